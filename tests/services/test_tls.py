"""TLS on real sockets: what is not trusted gets not one byte of a request, and the deadline holds there too."""

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from actors_app.services import Abaco, AbacoClient
from actors_app.services.calls import Limits
from actors_app.services.errors import TimedOut, Unreachable
from tests.services.conftest import RawServer, Visitor, envelope, http, known
from tests.support.certificates import self_signed

Start = Callable[[Callable[[RawServer, socket.socket], None]], RawServer]


def over_tls(
    path: Path, handle: Callable[[RawServer, socket.socket], None], version: ssl.TLSVersion | None = None
) -> Callable[[RawServer, socket.socket], None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    if version:
        context.maximum_version = version

    def wrapped(server: RawServer, connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            handle(server, secure)

    return wrapped


def answer(server: RawServer, connection: socket.socket) -> None:
    while server.read_request(connection):
        connection.sendall(http(envelope(b"[]")))


def reach(server: RawServer, bundle: Path | None, **limits: float) -> Abaco:
    url = server.url.replace("http:", "https:")
    chosen = Limits(**{"pause": 0.0, **limits})
    return Abaco(known(AbacoClient(url, ca_bundle=str(bundle) if bundle else None, limits=chosen)), Visitor())


def test_a_trusted_certificate_serves_many_calls(raw: Start, tmp_path: Path) -> None:
    path = self_signed(tmp_path)
    server = raw(over_tls(path, answer))
    abaco = reach(server, path)
    assert [abaco.actors.list() for _ in range(3)] == [(), (), ()]
    assert server.connections == 1


@pytest.mark.parametrize("fault", ["unknown authority", "another address", "expired"])
def test_what_is_not_trusted_gets_no_request(raw: Start, tmp_path: Path, fault: str) -> None:
    address = "127.0.0.2" if fault == "another address" else "127.0.0.1"
    path = self_signed(tmp_path, address, days=-1 if fault == "expired" else 1)
    server = raw(over_tls(path, answer))
    abaco = reach(server, None if fault == "unknown authority" else path)
    for act in (abaco.actors.list, lambda: abaco.messages.send_text("a", "x")):
        with pytest.raises(Unreachable) as caught:
            act()
        error = caught.value
        assert (error.kind, error.status, error.changed) == ("untrusted-tls", 502, "no")
        assert error.__context__ is None
    assert server.requests == []


def test_plain_text_behind_https_gets_no_request(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with pytest.raises(Unreachable) as caught:
        reach(raw(handle), None).actors.list()
    assert caught.value.kind == "untrusted-tls"


def test_a_handshake_that_never_comes_ends(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        time.sleep(2)  # shorter than any other limit: then the connection ends, which is another failure

    abaco = reach(raw(handle), None, connect=0.2)
    with pytest.raises(Unreachable) as caught:
        abaco.messages.send_text("a", "x")
    assert (caught.value.kind, caught.value.changed) == ("timeout", "no")


def test_a_dripping_answer_ends_at_the_deadline(raw: Start, tmp_path: Path) -> None:
    def drip(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 4000:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    path = self_signed(tmp_path)
    with pytest.raises(TimedOut):  # left alone it would drip for more than a minute, and end otherwise
        reach(raw(over_tls(path, drip)), path, answer=0.5).actors.list()


def test_a_large_message_arrives_whole(raw: Start, tmp_path: Path) -> None:
    def take(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(http(envelope(b'{"executionId": "e"}')))

    path = self_signed(tmp_path)
    server = raw(over_tls(path, take))
    assert reach(server, path).messages.send_binary("a", b"x" * 1_000_000).execution_id == "e"
    assert server.requests[0].endswith(b"x" * 1_000_000)
