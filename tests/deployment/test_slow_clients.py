"""Clients that send or read slowly, and names that nobody configured, before the proxy's own configuration."""

import re
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.support import start_sandbox
from tests.support.proxied import proxy
from tests.support.running import RunningPortal, running_portal

CLIENTS = 12  # of each kind, six times the threads of the portal
MOST = 16  # requests of one address
LARGE = "large.0123456789ab.css"


class Proxied:
    """A proxy before one portal of two threads: its roots, its certificate, and slow clients of it."""

    def __init__(self, secure: str, plain: str, certificate: Path, portal: RunningPortal) -> None:
        self.secure, self.plain, self.certificate, self.portal = secure, plain, certificate, portal

    def sign_in_page(self) -> requests.Response:
        """Ask for the page for signing in."""
        return requests.get(f"{self.secure}/sign-in/", verify=str(self.certificate), timeout=20)

    def connect(self, sent: bytes, room: int = 0) -> socket.socket:
        """Return a TLS connection on which these bytes were sent; `room` is all that it takes of an answer."""
        parts = urlsplit(self.secure)
        plain = socket.socket()
        if room:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        plain.settimeout(30)
        plain.connect((parts.hostname, parts.port))
        context = ssl.create_default_context(cafile=self.certificate)
        connection = context.wrap_socket(plain, server_hostname="127.0.0.1")
        connection.sendall(sent)
        return connection


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    directory = tmp_path_factory.mktemp("slow")
    (directory / "static").mkdir()
    (directory / "static" / LARGE).write_bytes(b"/* large */\n" * 700_000)  # 8.4 MB: more than all buffers
    sandbox = start_sandbox(directory, fill="none")
    settings = {
        "PORTAL_PLAIN_HTTP": "false",
        "PORTAL_BEHIND_PROXY": "true",
        "STATIC_ROOT": str(directory / "static"),  # with the large file; other tests share theirs
    }
    few = {"GUNICORN_CMD_ARGS": "--workers 1 --threads 2"}
    lower = {f"client_{part}_timeout 10s": f"client_{part}_timeout 1s" for part in ("header", "body")}
    lower["send_timeout 20s"] = "send_timeout 120s"  # so that the first is still there when the last one comes
    lower["limit_conn addresses 64"] = f"limit_conn addresses {MOST}"
    try:
        with (
            running_portal(directory, sandbox.url, **settings, **few) as portal,
            proxy(directory, portal.url, portal.url, lower) as (secure, plain, certificate),
        ):
            yield Proxied(secure, plain, certificate, portal)
    finally:
        sandbox.stop()


HALF_A_HEAD = b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HALF_A_BODY = (
    b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nusername="
)
UNREAD = b"GET /static/" + LARGE.encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("sent", [HALF_A_HEAD, HALF_A_BODY], ids=["head", "body"])
def test_who_sends_slowly_holds_no_thread_and_is_cut_off(proxied: Proxied, sent: bytes) -> None:
    with ExitStack() as slow:
        connections = [slow.enter_context(proxied.connect(sent)) for _ in range(CLIENTS)]
        assert proxied.sign_in_page().status_code == 200
        for connection in connections:
            answer = connection.recv(65536)
            assert answer == b"" or answer.startswith(b"HTTP/1.1 408 "), "within the 30 s of this client"


def test_one_address_cannot_have_all_threads(proxied: Proxied) -> None:
    beyond = 4
    with ThreadPoolExecutor(MOST + beyond) as readers, ExitStack() as slow:
        connections = [slow.enter_context(proxied.connect(UNREAD, room=2048)) for _ in range(MOST + beyond)]
        answers = as_completed([readers.submit(connection.recv, 4096) for connection in connections])
        refused = list(islice((each.result() for each in answers if b" 429 " in each.result()[:15]), beyond))
        for connection in connections:
            connection.shutdown(socket.SHUT_RDWR)
    assert len(refused) == beyond
    assert all(b"\r\nRetry-After: 5\r\n" in answer and b"data-alert" in answer for answer in refused)
    assert proxied.sign_in_page().status_code == 200, "they are gone"


def assert_no_way_to_another(connection: socket.socket) -> None:
    """Assert that nginx closes the connection, or calls the request a bad one."""
    try:
        answer = connection.recv(65536)
    except ConnectionResetError:
        answer = b""
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    assert b"\r\nlocation:" not in answer.lower()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example"])
def test_without_tls_nobody_is_sent_to_a_name_that_is_not_configured(proxied: Proxied, host: str) -> None:
    parts = urlsplit(proxied.plain)
    with socket.create_connection((parts.hostname, parts.port), 20) as connection:
        connection.sendall(f"GET /actors/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert_no_way_to_another(connection)


def test_without_tls_the_portals_own_name_leads_to_it(proxied: Proxied) -> None:
    to = requests.get(proxied.plain + "/actors/?q=1", timeout=20, allow_redirects=False)
    assert (to.status_code, to.headers["Location"]) == (301, "https://127.0.0.1/actors/?q=1")


# Straight at gunicorn, which has two threads ----------------------------------------------------------------------


def straight(proxied: Proxied, sent: bytes = b"") -> socket.socket:
    """Return a connection to the portal itself, on which these bytes were sent."""
    parts = urlsplit(proxied.portal.url)
    connection = socket.create_connection((parts.hostname, parts.port), 60)
    connection.sendall(sent)
    return connection


def read_until(connection: socket.socket, words: bytes) -> bytes:
    """Read until something has come that matches."""
    came = b""
    while not re.search(words, came):
        piece = connection.recv(65536)
        assert piece, came
        came += piece
    return came


WHOLE = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST_CHUNK = rb"\r\n0\r\n\r\n"
HALF_CHUNKED = HALF_A_BODY.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked").partition(b"username")[0]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"G",
        WHOLE + b"G",
        HALF_A_HEAD,
        HALF_A_BODY,
        HALF_A_BODY.partition(b"username")[0],
        HALF_CHUNKED,
        HALF_CHUNKED + b"5\r\nus",
    ],
    ids=[
        "nothing",
        "a byte",
        "a byte behind a request",
        "half a head",
        "half a body",
        "no body",
        "no chunk",
        "half a chunk",
    ],
)
def test_gunicorn_gives_no_thread_to_what_has_not_come(proxied: Proxied, sent: bytes) -> None:
    with ExitStack() as slow:
        for _ in range(CLIENTS):
            slow.enter_context(straight(proxied, sent))
        with straight(proxied, WHOLE) as quick:
            quick.settimeout(8)  # seconds; less than the slow ones have
            read_until(quick, rb"^HTTP/1.1 200 ")


def test_what_comes_in_pieces_is_answered_when_it_is_there(proxied: Proxied) -> None:
    with straight(proxied) as slow:
        for number in range(3):  # on one connection
            for byte in b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Number: %d\r\n\r\n" % number:
                slow.sendall(bytes([byte]))
            assert read_until(slow, LAST_CHUNK).startswith(b"HTTP/1.1 200 ")
        for piece in [HALF_A_BODY, b"x" * 500, b"x" * 491]:
            slow.sendall(piece)
        read_until(slow, rb"^HTTP/1.1 (301|403) ")


@pytest.mark.parametrize("end", [b"", b"X-Trailer: x\r\n"])
def test_chunks_that_come_in_pieces_are_one_body(proxied: Proxied, end: bytes) -> None:
    pieces = [b"5;name=value\r\nuse", b"rn\r", b"\n00A\r\name=xxxxxx\r\n0", b"\r\n", end, b"\r\n"]
    with straight(proxied, HALF_CHUNKED) as slow:
        for piece in pieces:
            slow.sendall(piece)
        read_until(slow, rb"^HTTP/1.1 (301|403) ")


def test_two_requests_sent_at_once_are_both_answered(proxied: Proxied) -> None:
    with straight(proxied, WHOLE * 2) as both:
        read_until(both, rb"(?s)ok\n.*ok\n" + LAST_CHUNK)
        both.sendall(WHOLE + WHOLE[:9])
        read_until(both, LAST_CHUNK)
        both.sendall(WHOLE[9:])
        read_until(both, LAST_CHUNK)


def test_who_waits_for_a_word_before_the_body_gets_it(proxied: Proxied) -> None:
    head, _, start = HALF_A_BODY.partition(b"username")
    with straight(proxied, head.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")) as polite:
        assert polite.recv(4096).startswith(b"HTTP/1.1 100 ")
        polite.sendall(b"username" + start + b"x" * (1000 - len(b"username" + start)))
        read_until(polite, rb"HTTP/1.1 (301|403) ")


def test_a_head_without_an_end_is_cut_off(proxied: Proxied) -> None:
    with straight(proxied, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n") as endless:
        try:
            for number in range(1000):
                endless.sendall(b"X-%d: " % number + b"x" * 4000 + b"\r\n")
            answer = endless.recv(4096)
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
    assert answer == b"" or answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))
