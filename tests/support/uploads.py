"""Requests whose bodies are too large, too slow, without end or not what they say, sent over a bare socket."""

import re
import select
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import requests

PATIENCE = 60.0  # seconds for an answer
PIECE = b"x" * 65536
MEGABYTE = 1024 * 1024
MULTIPART = "Content-Type: multipart/form-data; boundary=b"
URLENCODED = "Content-Type: application/x-www-form-urlencoded"
CHUNKED = "Transfer-Encoding: chunked"
FILE = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'


@dataclass(frozen=True)
class Answer:
    """What came back: the status (0 for none), the seconds to its first byte, the text, the bytes that went out."""

    status: int
    seconds: float
    text: str
    sent: int


def of_size(size: int) -> Iterator[bytes]:
    """Yield the body of a form with one file, `size` bytes long and never ended."""
    yield FILE
    size -= len(FILE)
    for _ in range(size // len(PIECE)):
        yield PIECE
    yield PIECE[: size % len(PIECE)]


def endless_chunks(size: int = 65536) -> Iterator[bytes]:
    """Yield chunks of a size without an end."""
    return repeat(b"%x\r\n" % size + b"x" * size + b"\r\n")


def chunks(body: bytes, size: int = 65536) -> Iterator[bytes]:
    """Yield a body in chunks, and their end."""
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield b"%x\r\n" % len(piece) + piece + b"\r\n"
    yield b"0\r\n\r\n"


def many_parts(number: int) -> bytes:
    """Return a form of so many fields."""
    part = b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n'
    return b"".join(part % place for place in range(number)) + b"--b--\r\n"


def send(
    url: str,
    head: Iterable[str],
    body: Iterable[bytes] = (),
    target: str = "POST /sign-in/",
    secure: ssl.SSLContext | None = None,
) -> Answer:
    """Send a request until it is answered, then read until the other side closes; `body` may have no end."""
    place = url.partition("://")[2]
    host, _, port = place.partition(":")
    lines = [f"{target} HTTP/1.1", f"Host: {place}", *head, "", ""]
    began, sent, text = time.monotonic(), 0, None
    plain = socket.create_connection((host, int(port)), timeout=PATIENCE)
    with secure.wrap_socket(plain, server_hostname=host) if secure else plain as connection:
        try:
            connection.sendall("\r\n".join(lines).encode())
            for piece in body:
                if select.select([connection], [], [], 0)[0] and (text := _at_once(connection)) is not None:
                    break
                connection.sendall(piece)
                sent += len(piece)
        except OSError:
            pass  # it is closed already; what it said may still be read
        first, text = time.monotonic() - began if text else 0.0, text or b""
        try:
            while part := connection.recv(65536):
                first = first or time.monotonic() - began
                text += part
        except OSError:
            pass  # it was closed with bytes of ours on their way
    status = re.match(rb"HTTP/1\.1 (\d+)", text)
    return Answer(int(status[1]) if status else 0, first, text.decode("latin-1"), sent)


def _at_once(connection: socket.socket) -> bytes | None:
    """Return what has come; None where it was something of TLS alone."""
    connection.settimeout(0)
    try:
        return connection.recv(65536)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None
    finally:
        connection.settimeout(PATIENCE)


def check_proxied(url: str, certificate: Path) -> None:
    """See that a portal behind the proxy, or the proxy, refuses what is too large on a page of ours, and no more."""
    secure = ssl.create_default_context(cafile=certificate)
    for head, body in (
        ([MULTIPART, "Content-Length: 1900000"], of_size(1_900_000)),
        ([MULTIPART, CHUNKED], chunks(PIECE * 29)),
    ):
        of_portal = send(url, [*head, "Connection: close"], body, secure=secure)
        assert of_portal.status == 413
        assert "X-Request-ID:" in of_portal.text
        assert "at most 65,536 bytes (64 KiB) at once; this request has 1,900," in of_portal.text
    by_length = send(url, [MULTIPART, "Content-Length: 400000000", "Connection: close"], secure=secure)
    by_count = send(url, [MULTIPART, CHUNKED, "Connection: close"], endless_chunks(), secure=secure)
    for of_proxy in (by_length, by_count):
        assert of_proxy.status == 413
        assert "data-alert" in of_proxy.text
        assert "at most 2,097,152 bytes (2 MiB)" in of_proxy.text
    with requests.Session() as visitor:
        visitor.verify, visitor.trust_env = str(certificate), False
        visitor.headers.update({"Origin": url, "Referer": f"{url}/"})
        form = {"username": "demo", "password": "demo", "tenant": "default"}
        for path, fields in (("sign-in", form), ("account/theme", {"theme": "dark", "more": "x" * 1_900_000})):
            page = visitor.get(f"{url}/sign-in/" if path == "sign-in" else f"{url}/account/", timeout=PATIENCE)
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
            assert token
            fields = {**fields, "csrfmiddlewaretoken": token[1]}
            answer = visitor.post(f"{url}/{path}/", fields, timeout=PATIENCE, allow_redirects=False)
            assert answer.status_code == 302, answer.text
        problems = [visitor.post(f"{url}/api/v1/actors/", b"x" * size, timeout=PATIENCE) for size in (2_200_000, 5)]
    assert (problems[0].status_code, problems[0].headers["Content-Type"]) == (413, "application/problem+json")
    assert problems[0].json().keys() == problems[1].json().keys()
    assert problems[0].json().items() >= {"kind": "too-large", "status": 413, "changed": "no"}.items()
