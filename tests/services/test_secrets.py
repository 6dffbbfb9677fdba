"""No token, nonce, password, address or body in any log, exception or repr of the door, whatever goes wrong."""

import ast
import logging
import re
import socket
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from actors_app.services import Abaco, AbacoClient, tokens
from actors_app.services.calls import Limits
from actors_app.services.errors import CallError
from tests.services.conftest import RawServer, Visitor, envelope, http

SERVICES = Path(__file__).parent.parent.parent / "actors_app" / "services"
ACTOR, NONCE, TOKEN = "actorCanary01", "SANDBOX_nonceCanary02", "token-canary-03"
PASSWORD, SECRET, BODY = "password-canary-04", "secret-canary-05", "body-canary-06"
CANARIES = re.compile("canary|127.0.0.1|:[0-9]{4,5}/", re.IGNORECASE)

Handle = Callable[[RawServer, socket.socket], None]


def say(answer: bytes) -> Handle:
    def handle(server: RawServer, connection: socket.socket) -> None:
        if server.read_request(connection):
            connection.sendall(answer)

    return handle


def stay_silent(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    server.read_request(connection)


def hang_up(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)


PYTHON = b'{"status": "error", "message": "Unrecognized exception type: body-canary-06 nonceCanary02"}'
FAULTS: dict[str, Handle] = {
    "silence": stay_silent,
    "reset": hang_up,
    "garbage": say(b"body-canary-06\r\n\r\n"),
    "cut": say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbody-canary-06"),
    "html": say(http(b"<html>body-canary-06")),
    "json": say(http(b'{"body-canary-06')),
    "deep": say(http(b"[" * 99999)),
    "no-result": say(http(b'{"status": "success", "message": "body-canary-06"}')),
    "wrong-result": say(http(envelope(b'"body-canary-06"'))),
    "redirect": say(http(b"", b"Location: http://body-canary-06/", status=b"302 Found")),
    "encoding": say(http(b"x", b"Content-Encoding: body-canary-06")),
    "400": say(http(b"body-canary-06", status=b"400 Bad")),
    "401": say(http(b"body-canary-06", status=b"401 Who")),
    "404": say(http(b"body-canary-06", status=b"404 No")),
    "429": say(http(b"body-canary-06", b"Retry-After: body-canary-06", status=b"429 Slow")),
    "500": say(http(PYTHON, status=b"500 Oops")),
    "502": say(http(b"body-canary-06", status=b"502 Bad Gateway")),
}
ACTS: dict[str, Callable[[Abaco], object]] = {
    "get": lambda abaco: abaco.nonces.get(ACTOR, NONCE),
    "delete": lambda abaco: abaco.nonces.delete(ACTOR, NONCE),
    "send": lambda abaco: abaco.messages.send_text(ACTOR, BODY, {"K": BODY}),
    "stream": lambda abaco: list(abaco.logs.stream(ACTOR, "executionCanary07")),
    "gather": lambda abaco: abaco.gather(nonce=lambda: abaco.nonces.get(ACTOR, NONCE))["nonce"].unwrap(),
    "malformed": lambda abaco: abaco.nonces.get(ACTOR, "not/a/nonce-canary"),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_no_fault_tells_a_secret(
    fault: str, raw: Callable[[Handle], RawServer], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    limits = Limits(pause=0.0, answer=0.3, gap=0.3)
    client = AbacoClient(raw(FAULTS[fault]).url, limits=limits)
    acts: dict[str, Callable[[], object]] = {
        **{name: (lambda act=act: act(Abaco(client, Visitor(TOKEN)))) for name, act in ACTS.items()},  # type: ignore[misc]
        "password": lambda: tokens.password(client, "portal", SECRET, "jdoe", PASSWORD),
        "refresh": lambda: tokens.refresh(client, "portal", SECRET, TOKEN),
    }
    if fault in ("no-result", "wrong-result"):
        del acts["delete"]  # which is content with the API's words
    for name, act in acts.items():
        with pytest.raises(CallError) as caught:
            act()
        error = caught.value
        # A traceback shows our lines of source, never the values in them.
        shown = "".join(traceback.format_exception_only(error)) + repr(error) + repr(error.__context__)
        shown += f"{error.user_message} {error.advice} {error.detail} {error.kind} {error.field}"
        assert not CANARIES.search(shown), name
        assert error.__context__ is None or type(error.__context__).__module__.startswith("actors_app"), name
    assert not CANARIES.search(caplog.text)


def test_a_debug_level_of_the_root_does_not_open_urllib3(
    raw: Callable[[Handle], RawServer], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = AbacoClient(raw(say(http(envelope(b'{"id": "x"}')))).url, limits=Limits(pause=0.0))
    assert Abaco(client, Visitor(TOKEN)).nonces.get(ACTOR, NONCE).id == "x"
    assert not CANARIES.search(caplog.text)


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


def test_only_the_client_knows_the_network() -> None:
    network = {"requests", "urllib3", "httpx", "aiohttp", "http"}
    for room in ("actors_app", "portal"):
        for path in (SERVICES.parent.parent / room).rglob("*.py"):
            # `http` is Python's own package too; outside the door it is only asked for names of statuses.
            forbidden = network if path.is_relative_to(SERVICES) else network - {"http"}
            if path != SERVICES / "client.py":
                assert not imports(path) & forbidden, path


def test_the_door_knows_no_django() -> None:
    for path in SERVICES.rglob("*.py"):
        assert not imports(path) & {"django", "portal", "rest_framework"}, path
