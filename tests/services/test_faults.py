"""The network at its worst, on real sockets: what drips, breaks, lies, swells or never comes."""

import gzip
import os
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import requests
import responses

from actors_app.services import Abaco, AbacoClient
from actors_app.services.calls import Limits, Reply
from actors_app.services.deadline import Attempt, DeadlineSocket
from actors_app.services.errors import (
    BadAnswer,
    ServiceFailed,
    TimedOut,
    Unreachable,
)
from tests.services.conftest import (
    LIST,
    RawServer,
    Start,
    Visitor,
    answering,
    envelope,
    failure_of,
    http,
    known,
    pouring,
    reach,
)


def once(answer: bytes) -> Callable[[RawServer, socket.socket], None]:
    """Return a handler that answers one request and hangs up."""

    def handle(server: RawServer, connection: socket.socket) -> None:
        if server.read_request(connection):
            connection.sendall(answer)

    return handle


def dripping(answer: bytes) -> Callable[[RawServer, socket.socket], None]:
    """Return a handler that sends its answer byte by byte."""

    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        for byte in answer:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    return handle


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 4000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + b" " * 4000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 1000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 4000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 200,
    ],
    ids=["headers", "body", "chunks", "chunk-size", "continue"],
)
def test_a_dripping_answer_ends_at_the_deadline(raw: Start, answer: bytes) -> None:
    abaco = reach(raw(dripping(answer)), answer=0.5)
    error = failure_of(abaco.actors.list)  # left alone it would drip for more than a minute, and end otherwise
    assert (type(error), error.kind, error.status, error.changed) == (TimedOut, "timeout", 504, "no")


def test_a_dripping_answer_to_a_write_is_of_unknown_outcome(raw: Start) -> None:
    server = raw(dripping(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 4000))
    error = failure_of(lambda: reach(server, answer=0.3).messages.send_text("a", "x"))
    assert (type(error), error.kind, error.changed) == (TimedOut, "unknown-outcome", "unknown")
    assert len(server.requests) == 1


def test_a_write_that_drips_after_its_success_was_done(raw: Start) -> None:
    server = raw(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + b" " * 4000))
    error = failure_of(lambda: reach(server, answer=1.5).messages.send_text("a", "x"))
    assert (type(error), error.kind, error.changed) == (TimedOut, "timeout", "yes")


def test_deleting_an_actor_may_take_longer(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        time.sleep(0.4)
        connection.sendall(http(envelope(b"null")))

    abaco = reach(raw(handle), answer=0.2, delete=5.0)
    assert abaco.actors.delete("a") == "OK"
    assert type(failure_of(lambda: abaco.actors.get("a"))) is TimedOut


def test_a_gap_ends_the_call_before_the_deadline(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        time.sleep(8)  # shorter than any other limit: then the connection ends, which is no timeout

    assert type(failure_of(reach(raw(handle), gap=0.2).actors.list)) is TimedOut


def test_a_peer_that_does_not_read_ends_at_the_deadline(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        time.sleep(8)  # shorter than any other limit: then the connection ends, which is no timeout

    abaco = reach(raw(handle), answer=0.5, body=30_000_000)
    error = failure_of(lambda: abaco.messages.send_binary("a", b"x" * 30_000_000))
    assert (type(error), error.changed) == (TimedOut, "unknown")


def test_a_slow_upload_may_take_longer_than_connecting(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        time.sleep(0.6)
        server.read_request(connection)
        connection.sendall(http(envelope(b'{"executionId": "e"}')))

    abaco = reach(raw(handle), connect=0.2, body=20_000_000)
    assert abaco.messages.send_binary("a", b"x" * 20_000_000).execution_id == "e"


def test_cookies_are_not_kept(raw: Start) -> None:
    server = raw(answering(http(LIST, b"Set-Cookie: a=b; Path=/")))
    abaco = reach(server)
    abaco.actors.list()
    abaco.actors.list()
    assert all(b"cookie" not in request.lower() for request in server.requests)


def test_proxies_and_netrc_of_the_machine_are_ignored(
    raw: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    netrc = os.path.join(tmp_path, "netrc")
    with open(netrc, "w") as file:
        file.write("machine 127.0.0.1 login thief password stolen\n")
    monkeypatch.setenv("NETRC", netrc)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server = raw(answering(http(LIST)))
    reach(server).actors.list()
    assert b"Authorization: Bearer token-canary-7f3a\r\n" in server.requests[0]
    assert server.requests[0].count(b"Authorization") == 1


def test_only_our_headers_leave(raw: Start) -> None:
    server = raw(answering(http(envelope(b'{"executionId": "e"}'))))
    reach(server).messages.send_text("a", "x")
    names = [line.split(b":")[0] for line in server.requests[0].split(b"\r\n\r\n")[0].split(b"\r\n")[1:]]
    assert sorted(names) == sorted(
        [b"Host", b"Accept", b"Accept-Encoding", b"User-Agent", b"Authorization", b"Content-Type", b"Content-Length"]
    )


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + LIST[:15],
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"mes',
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        http(gzip.compress(LIST)[:-9], b"Content-Encoding: gzip"),
        http(b"this is no gzip", b"Content-Encoding: gzip"),
    ],
    ids=["length", "chunk", "chunk-size", "gzip-end", "not-gzip"],
)
def test_a_cut_answer_is_a_bad_one(raw: Start, answer: bytes) -> None:
    server = raw(once(answer))
    error = failure_of(reach(server).actors.list)
    assert (type(error), error.kind, error.changed) == (BadAnswer, "cut-off", "no")
    assert len(server.requests) == 1
    error = failure_of(lambda: reach(server).messages.send_text("a", "x"))
    assert (error.kind, error.changed) == ("cut-off", "yes")


@pytest.mark.parametrize("answer", [b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"])
def test_what_is_not_http_is_a_bad_answer(raw: Start, answer: bytes) -> None:
    error = failure_of(reach(raw(once(answer))).actors.list)
    assert (type(error), error.kind) == (BadAnswer, "unreadable")


@pytest.mark.parametrize("encoding", [b"deflate", b"br", b"zstd", b"gzip, gzip", b"gzip,deflate", b"x"])
def test_an_encoding_that_was_not_asked_for_is_refused(raw: Start, encoding: bytes) -> None:
    body = zlib.compress(LIST) if encoding == b"deflate" else gzip.compress(gzip.compress(LIST))
    error = failure_of(reach(raw(answering(http(body, b"Content-Encoding: " + encoding)))).actors.list)
    assert (type(error), error.kind) == (BadAnswer, "unreadable")


def test_gzip_is_unpacked_member_by_member(raw: Start) -> None:
    padding = b" " * 300_000
    body = gzip.compress(LIST[:20]) + gzip.compress(LIST[20:] + padding)
    server = raw(answering(http(body, b"Content-Encoding: GZIP")))
    assert len(reach(server).actors.list()) == 1


def test_a_gzip_bomb_stops_at_the_cap(raw: Start) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    server = raw(answering(http(bomb, b"Content-Encoding: gzip")))
    tracemalloc.start()
    try:
        error = failure_of(reach(server, whole=1_000_000).actors.list)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (type(error), error.kind, error.status) == (BadAnswer, "too-large", 502)
    assert most < 10_000_000


@pytest.mark.parametrize("head", [b"Content-Length: 200000000", b"Transfer-Encoding: chunked", b"Connection: close"])
def test_an_endless_answer_stops_at_the_cap(raw: Start, head: bytes) -> None:
    sent = 0

    def handle(server: RawServer, connection: socket.socket) -> None:
        nonlocal sent
        server.read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
        piece = b"x" * 65536
        while sent < 200_000_000:
            connection.sendall(b"10000\r\n" + piece + b"\r\n" if b"chunked" in head else piece)
            sent += 65536

    error = failure_of(reach(raw(handle), whole=1_000_000).actors.list)
    assert (type(error), error.kind) == (BadAnswer, "too-large")
    assert sent < 50_000_000


def test_an_endless_refusal_is_read_no_further_than_its_words(raw: Start) -> None:
    pour = pouring(b"HTTP/1.1 500 Oops")
    assert type(failure_of(reach(raw(pour)).actors.list)) is ServiceFailed
    assert pour.sent < 20_000_000  # what the buffers of the two sockets hold


def test_large_things_have_a_larger_cap(raw: Start) -> None:
    body = b"r" * 2_000_000
    server = raw(answering(http(body)))
    assert reach(server, whole=1_000_000).results.take("a", "e") == body
    assert failure_of(lambda: reach(server, streamed=1_000_000).results.take("a", "e")).kind == "too-large"


@pytest.mark.parametrize("url", ["", "ftp://x", "https://", "https://u:p@x", "https://x?y=1", "https://x#y", "x"])
def test_a_root_that_is_no_plain_address_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="Actors API") as caught:
        AbacoClient(url)
    assert not url or f" {url}," not in str(caught.value)


def test_an_unknown_version_stops_the_start() -> None:
    with pytest.raises(ValueError, match="v2"):
        AbacoClient("https://x", "v9")


def test_a_socket_has_no_time_after_its_call() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        attempt = Attempt(0.0, 1.0)
        with attempt.running():
            sock = DeadlineSocket.adopt(ours)
            with sock, pytest.raises(TimeoutError):
                sock.sendall(b"x")
        assert (attempt.opened, attempt.sent) == (True, True)


@responses.activate
def test_a_failure_of_no_known_kind_is_silence() -> None:
    responses.get("https://x/actors/v2", body=requests.RequestException("https://x/secret"))
    responses.post("https://x/actors/v2/a/messages", body=requests.RequestException("https://x/secret"))
    abaco = Abaco(known(AbacoClient("https://x", limits=Limits(pause=0.0))), Visitor())
    assert type(failure_of(abaco.actors.list)) is Unreachable
    assert failure_of(lambda: abaco.messages.send_text("a", "x")).changed == "unknown"


def test_an_answer_does_not_show_itself() -> None:
    assert repr(Reply(200, b"secret")) == "Reply(200, 6 bytes)"
