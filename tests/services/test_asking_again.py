"""What is sent a second time and what never is, over which connection, and where it leads."""

import socket
import time
from collections.abc import Callable

import pytest

from actors_app.services import Abaco, AbacoClient
from actors_app.services.calls import Limits
from actors_app.services.client import IDLE
from actors_app.services.errors import (
    BadAnswer,
    RateLimited,
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
    pouring,
    reach,
)


def test_a_refused_connection_changes_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    abaco = Abaco(AbacoClient(f"http://127.0.0.1:{port}", limits=Limits(pause=0.0)), Visitor())
    for act in (lambda: abaco.actors.list(), lambda: abaco.messages.send_text("a", "x")):
        error = failure_of(act)
        assert (type(error), error.kind, error.status, error.changed) == (Unreachable, "unreachable", 502, "no")


def test_a_name_that_nobody_knows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    abaco = Abaco(AbacoClient("http://actors.invalid", limits=Limits(pause=0.0)), Visitor())
    error = failure_of(lambda: abaco.messages.send_text("a", "x"))
    assert (type(error), error.changed) == (Unreachable, "no")
    assert "name" in error.user_message
    assert "actors.invalid" not in error.user_message + error.detail


def test_a_reset_is_tried_once_more_for_a_get_only(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)

    server = raw(handle)
    error = failure_of(reach(server).actors.list)
    assert (type(error), error.changed, len(server.requests)) == (Unreachable, "no", 2)
    error = failure_of(lambda: reach(server).messages.send_text("a", "x"))
    assert (error.kind, error.changed, len(server.requests)) == ("unknown-outcome", "unknown", 3)


def test_a_stale_connection_is_not_noticed_by_a_get(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(http(LIST))
        server.read_request(connection)  # and hangs up without an answer, as an impatient gateway does

    abaco = reach(raw(handle))
    assert [len(abaco.actors.list()) for _ in range(4)] == [1, 1, 1, 1]


@pytest.mark.parametrize("act", ["write", "take a result"])
def test_what_goes_out_once_uses_no_connection_that_lay_idle(raw: Start, act: str) -> None:
    sent = envelope(b'{"executionId": "x", "msg": "y"}')

    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(http(LIST if server.connections == 1 else sent))
        server.read_request(connection)  # and hangs up at that very moment, as a server does with what lay idle

    server = raw(handle)
    abaco = reach(server)
    abaco.actors.list()
    time.sleep(IDLE + 0.1)
    if act == "write":
        assert abaco.messages.send_text("a", "x").execution_id == "x"
    else:
        assert abaco.results.take("a", "e")
    assert (server.connections, len(server.requests)) == (2, 2)


def test_a_connection_serves_again(raw: Start) -> None:
    server = raw(answering(http(LIST)))
    abaco = reach(server)
    for _ in range(5):
        abaco.actors.list()
    assert (server.connections, len(server.requests)) == (1, 5)


@pytest.mark.parametrize("status", [b"502 Bad Gateway", b"503 Unavailable", b"504 Gateway Timeout"])
def test_a_tired_gateway_is_asked_once_more(raw: Start, status: bytes) -> None:
    server = raw(answering(http(b"<html>", status=status), http(LIST)))
    assert len(reach(server).actors.list()) == 1
    assert len(server.requests) == 2
    server = raw(answering(http(b"<html>", b"Retry-After: 9999", status=status)))
    # Whoever waits as long as that meets the deadline, which is another failure.
    assert type(failure_of(reach(server).actors.list)) is ServiceFailed
    assert len(server.requests) == 2
    assert failure_of(lambda: reach(server).messages.send_text("a", "x")).changed == "unknown"
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [b"500 Oops", b"429 Slow", b"404 No", b"401 Who", b"400 Bad"])
def test_nothing_else_is_asked_again(raw: Start, status: bytes) -> None:
    server = raw(answering(http(b"{}", b"Retry-After: 9999", status=status)))
    error = failure_of(reach(server).actors.list)
    assert len(server.requests) == 1
    assert not isinstance(error, RateLimited) or error.retry_after == 3600


def test_a_result_is_never_asked_for_again(raw: Start) -> None:
    def hang_up(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)

    for handle in (hang_up, answering(http(b"", status=b"503 Unavailable"))):
        server = raw(handle)
        failure_of(lambda server=server: reach(server).results.take("a", "e"))  # type: ignore[misc]
        assert len(server.requests) == 1


def test_a_retry_stays_within_the_deadline(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        time.sleep(1.2)  # hang up the first time; the second answer comes within a limit of its own, and too late
        if len(server.requests) > 1:
            connection.sendall(http(LIST))

    assert type(failure_of(reach(raw(handle), answer=2.0).actors.list)) is TimedOut


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(raw: Start, status: int) -> None:
    other = raw(answering(http(LIST)))
    target = f"Location: {other.url}/actors/v2".encode()
    server = raw(answering(http(b"x" * 100, target, status=b"%d Elsewhere" % status)))
    error = failure_of(reach(server).actors.list)
    assert (type(error), error.changed) == (BadAnswer, "no")
    assert "redirect" in error.user_message
    failure_of(lambda: reach(server).messages.send_text("a", "x"))
    assert (other.connections, len(server.requests)) == (0, 2)


def test_a_redirect_with_an_endless_body_is_not_read(raw: Start) -> None:
    pour = pouring(b"HTTP/1.1 302 Found\r\nLocation: /x")
    assert type(failure_of(reach(raw(pour)).actors.list)) is BadAnswer
    assert pour.sent < 20_000_000  # what the buffers of the two sockets hold


@pytest.mark.parametrize("change", ["delete", "update", "create"])
def test_no_write_is_sent_twice_whatever_its_method(raw: Start, change: str) -> None:
    """A gateway that is away answers 503; a GET would be asked once more."""
    server = raw(answering(http(b"", status=b"503 Service Unavailable")))
    actors = reach(server).actors
    calls: dict[str, Callable[[], object]] = {
        "delete": lambda: actors.delete("zlVl01zOo4pXE"),
        "update": lambda: actors.update("zlVl01zOo4pXE", {"image": "a/b"}),
        "create": lambda: actors.create({"image": "a/b"}),
    }
    failure_of(calls[change])
    assert len(server.requests) == 1
