"""Names with several addresses: the order in which they are tried, and silent ones before the one that answers."""

import os
import selectors
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from actors_app.doctor import outside, probing
from actors_app.history.accounts import ServiceAccount
from actors_app.services import AbacoClient, tokens
from actors_app.services.calls import Limits
from actors_app.services.connecting import DELAY, addresses_of, connect
from actors_app.services.errors import TimedOut, Unreachable
from portal.tenants import Tenant
from tests.faults.conftest import shorten
from tests.services.conftest import LIST, RawServer, Start, answering, http, reach

NAME = "api.example.org"
SIX, FOUR = socket.AF_INET6, socket.AF_INET
Place = tuple[int, str, int]


class Names:
    """What the resolver says of NAME, with places where nobody answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stack: ExitStack) -> None:
        self.places: list[Place] = []
        self.silent = [self._silent(stack, *where) for where in [(SIX, "::1"), (FOUR, "127.0.0.1")] * 3]
        with socket.create_server(("127.0.0.1", 0)) as closed:
            self.refusing = (FOUR, "127.0.0.1", closed.getsockname()[1])
        real = socket.getaddrinfo

        def answer(host: str, *args: Any, **options: Any) -> Any:
            if host != NAME:
                return real(host, *args, **options)
            return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for family, address, port in self.places]

        monkeypatch.setattr(socket, "getaddrinfo", answer)

    @staticmethod
    def _silent(stack: ExitStack, family: int, host: str) -> Place:
        """Return a place whose queue is full, so that a connection to it is neither made nor refused."""
        listener = stack.enter_context(socket.socket(family))
        listener.bind((host, 0))
        listener.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket(family))
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        return family, host, listener.getsockname()[1]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    with ExitStack() as stack:
        yield Names(monkeypatch, stack)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds for which connections are waited for."""
    seconds: list[float] = []
    select = selectors.DefaultSelector.select

    def noted(selector: Any, timeout: float | None = None) -> Any:
        seconds.append(1e9 if timeout is None else timeout)
        return select(selector, timeout)

    monkeypatch.setattr(selectors.DefaultSelector, "select", noted)
    return seconds


def place_of(server: RawServer) -> Place:
    return FOUR, "127.0.0.1", int(server.url.rpartition(":")[2])


def test_the_address_that_answers_is_used_whatever_comes_before_it(
    raw: Start, names: Names, waits: list[float]
) -> None:
    server = raw(answering(http(LIST)))
    place, server.url = place_of(server), f"http://{NAME}"
    befores = ([], names.silent[:1], [names.refusing], [*names.silent[:2], names.refusing])
    for before in befores:
        waits.clear()
        names.places = [*before, place]
        assert [actor.id for actor in reach(server, connect=20.0).actors.list()] == ["a"]
        assert all(wait <= DELAY for wait in waits[: len(before)])


def test_short_of_time_each_address_has_its_share(raw: Start, names: Names, waits: list[float]) -> None:
    place = place_of(raw(answering(http(LIST))))
    names.places = [*names.silent, place]
    with connect(NAME, 80, 1.4) as connection:
        assert connection.getpeername() == place[1:]
        assert 0 < (connection.gettimeout() or 0) < 1.4
    assert all(wait < 1.4 / len(names.places) for wait in waits[: len(names.silent)])


def test_many_silent_addresses_share_the_time_of_one(names: Names, waits: list[float]) -> None:
    names.places = names.silent
    client = AbacoClient(f"http://{NAME}", limits=Limits(connect=0.5, pause=0.01))
    with pytest.raises(TimedOut):
        tokens.password(client, "k", "s", "u", "p")
    assert waits
    assert sum(waits) <= 0.5, "of each alone it would be 3"


def test_a_name_that_leads_nowhere_says_why(names: Names) -> None:
    for places, failure in (
        ([names.silent[0], names.refusing], TimeoutError),
        ([names.refusing, names.refusing], ConnectionRefusedError),
        ([], OSError),
    ):
        names.places = places
        with pytest.raises(failure):
            connect(NAME, 80, 0.3)
        client = AbacoClient(f"http://{NAME}", limits=Limits(connect=0.3, pause=0.01))
        with pytest.raises(Unreachable) as caught:
            tokens.password(client, "k", "s", "u", "p")
        assert isinstance(caught.value, TimedOut) is (failure is TimeoutError)
        assert caught.value.changed == "no"


def test_no_attempt_is_left_open(raw: Start, names: Names) -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    place = place_of(raw(answering(http(LIST))))
    before = open_files()
    for places in ([*names.silent, place], [names.silent[0], names.refusing], [names.refusing]):
        names.places = places
        with suppress(OSError):
            connect(NAME, 80, 0.3).close()
    assert open_files() == before


def test_the_families_take_turns_in_the_order_of_the_resolver(names: Names) -> None:
    names.places = [(SIX, "a", 1), (SIX, "b", 1), (SIX, "a", 1), (SIX, "c", 1), (FOUR, "d", 1), (FOUR, "e", 1)]
    assert [address.sockaddr[0] for address in addresses_of(NAME, 1)] == ["a", "d", "b", "e", "c"]
    names.places.reverse()
    assert [address.sockaddr[0] for address in addresses_of(NAME, 1)] == ["e", "c", "d", "a", "b"]
    names.places = [(FOUR, str(number), 1) for number in range(1000)]
    assert len(addresses_of(NAME, 1)) == 32


def test_the_collector_and_the_doctor_get_through_too(raw: Start, names: Names, settings: Any) -> None:
    granted = http(b'{"access_token": "a-token", "expires_in": 60}')
    server = raw(answering(granted, http(b"{}", status=b"401 Unauthorized")))
    names.places = [names.silent[0], place_of(server)]
    tenant = Tenant("default", "API", f"http://{NAME}", client_key="k", client_secret="s")
    settings.TENANTS = {"default": tenant}
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "collector", "password"
    shorten()
    assert ServiceAccount(tenant).access_token() == "a-token"
    assert probing.ask(tenant.url, "/").status == 401
    findings = [finding for finding in outside.apis() if finding.about == "API default"]
    assert ("ok", True) in [(finding.level, "requires a sign-in" in finding.says) for finding in findings]


def test_proxies_of_the_environment_are_asked_for_nothing(
    raw: Start, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = raw(answering(http(LIST))), raw(answering(http(LIST)))
    names.places = [names.silent[0], place_of(server)]
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    for excepted in ("", NAME):
        monkeypatch.setenv("NO_PROXY", excepted)
        monkeypatch.setenv("no_proxy", excepted)
        server.url = f"http://{NAME}"
        assert [actor.id for actor in reach(server).actors.list()] == ["a"]
    assert not proxy.requests
