"""The collector of several tenants: an account for each, a sign of life, and what it does with what is refused."""

import logging
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses
from django.core.management import CommandError
from requests import PreparedRequest

from actors_app.history import heartbeat
from actors_app.history.models import CollectorBeat, ExecutionRecord
from portal.tenants import Tenant
from tests.history.test_commands import says
from tests.history.world import World
from tests.support.store import taken_away

pytestmark = [pytest.mark.django_db, pytest.mark.store]
Worlds = dict[str, World]


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Take back the handlers that the command sets."""
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)}
    yield
    for sign, handler in before.items():
        signal.signal(sign, handler)


@pytest.fixture
def sent() -> list[tuple[str, str, str]]:
    """Return what is sent to any tenant: its name, the path, and the user name and password of a sign-in."""
    return []


@pytest.fixture
def worlds(settings: Any, tmp_path: Path, sent: list[tuple[str, str, str]]) -> Iterator[Worlds]:
    """Answer for two tenants with an account, whose passwords stand in the table and in a file, and one without."""
    file = tmp_path / "password"
    file.write_text("password of second\n")
    first, second, third = (
        Tenant(name, name, f"https://{name}.example.org", client_key="k", client_secret="s")
        for name in ("first", "second", "third")
    )
    settings.TENANTS = {
        "first": replace(first, collector_username="one", collector_password="password of first"),
        "second": replace(second, collector_username="two", collector_password_file=str(file)),
        "third": third,
    }
    answering = {name: World(password=f"password of {name}") for name in settings.TENANTS}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        for name, world in answering.items():

            def answer(request: PreparedRequest, name: str = name, world: World = world) -> Any:
                form = parse_qs(str(request.body)) if request.method == "POST" else {}
                account = " ".join(form.get(field, [""])[0] for field in ("username", "password")).strip()
                sent.append((name, request.path_url.partition("?")[0], account))
                return world.token(request) if form else world.answer(request)

            for method in ("GET", "POST"):
                wire.add_callback(method, re.compile(rf"https://{name}\.example\.org/.*"), answer)
        yield answering


def stop(result: Any = None) -> Any:
    """Answer a probe as no administrator gets it, and tell the collector to stop after this step."""
    os.kill(os.getpid(), signal.SIGTERM)
    return 400, {}, '{"status": "error", "message": "Abaco Admin role required.", "version": "1", "result": null}'


def test_each_tenant_is_read_with_its_own_account(worlds: Worlds, sent: list[tuple[str, str, str]]) -> None:
    for name in ("first", "second"):
        worlds[name].actor(f"actor-{name}")
        worlds[name].run(f"run-{name}", None, f"actor-{name}")
    assert says("collect_history", once=True) == "first: 1 new executions.\nsecond: 1 new executions.\n"
    found = set(ExecutionRecord.objects.values_list("actor__tenant", "execution_id"))
    assert found == {("first", "run-first"), ("second", "run-second")}
    assert {(name, account) for name, _, account in sent if account} == {
        ("first", "one password of first"),
        ("second", "two password of second"),
    }
    assert "third" not in {name for name, *_ in sent}
    assert {beat.tenant: bool(beat.whole) for beat in CollectorBeat.objects.all()} == {"first": True, "second": True}


def test_a_long_history_of_one_tenant_does_not_keep_another_waiting(
    worlds: Worlds, sent: list[tuple[str, str, str]]
) -> None:
    for number in range(5):
        worlds["first"].actor(f"actor{number}")
    worlds["second"].actor()
    worlds["second"].run("run")
    assert says("collect_history", once=True).splitlines()[0] == "second: 1 new executions."
    order = [name for name, *_ in sent]
    assert order.index("second") < len(order) - 1 - order[::-1].index("first")


def test_an_account_that_is_refused_is_asked_once_and_the_others_go_on(
    worlds: Worlds, sent: list[tuple[str, str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    worlds["second"].password = "another"
    worlds["first"].actor()
    rounds_of_first: list[str] = []

    def twice(result: Any) -> Any:
        rounds_of_first.append("probe")
        return stop() if len(rounds_of_first) == 2 else (400, {}, "{}")

    worlds["first"].failing["probe"] = twice
    says("collect_history", every=1)
    assert len([account for name, _, account in sent if name == "second" and account]) == 1
    refused = "The API rejected the collector account"
    assert f"second will not be synced until the collector is restarted. {refused}" in caplog.text
    assert CollectorBeat.objects.get(tenant="second").refusal.startswith(refused)
    assert CollectorBeat.objects.get(tenant="first").refusal == ""
    with pytest.raises(CommandError, match="has stopped syncing second: The API rejected the collector account"):
        says("collect_history", is_alive=True)
    says("collect_history", is_alive=True, tenant="first")
    with pytest.raises(CommandError, match=r"^second: The API rejected the collector account") as caught:
        says("collect_history", once=True)
    assert caught.value.returncode == 78


def test_where_all_are_refused_it_ends_or_stays_as_it_is_told(
    worlds: Worlds, sent: list[tuple[str, str, str]], settings: Any
) -> None:
    for world in worlds.values():
        world.password = "another"
    with pytest.raises(
        CommandError, match="first: {0}.* second: {0}".format("The API rejected the collector account")
    ) as caught:
        says("collect_history")
    assert caught.value.returncode == 78
    sent.clear()
    grant = worlds["second"].token
    worlds["second"].token = lambda request: (stop(), grant(request))[1]  # type: ignore[method-assign]
    says("collect_history", stay=True)
    assert [name for name, *_ in sent] == ["first", "second"]


def test_an_account_that_cannot_sign_in_is_said_before_anybody_is_asked(
    worlds: Worlds, sent: list[tuple[str, str, str]], settings: Any, tmp_path: Path
) -> None:
    says("collect_history", check=True)
    (tmp_path / "password").unlink()
    for options in ({"check": True}, {"is_alive": True}, {}):
        with pytest.raises(CommandError, match=r"password cannot be read.* for second") as caught:
            says("collect_history", **options)
        assert caught.value.returncode == 78
    says("collect_history", check=True, tenant="first")
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "everywhere", "everywhere"
    settings.TENANTS = dict.fromkeys(("third", "fourth"), settings.TENANTS["third"])
    with pytest.raises(CommandError, match="COLLECTOR_USERNAME works only with a single API"):
        says("collect_history")
    settings.TENANTS = {"alone": Tenant("alone", "alone", "https://first.example.org")}
    with pytest.raises(CommandError, match="set ACTORS_API_CLIENT_KEY"):
        says("collect_history", check=True)
    assert sent == []


def test_a_sign_of_life_is_of_this_place_and_of_now(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    def silence() -> str:
        with pytest.raises(CommandError) as caught:
            says("collect_history", is_alive=True)
        return str(caught.value)

    assert silence() == "The collector for first is not responding."
    heartbeat.beat("first")
    assert silence() == "The collector for second is not responding."
    heartbeat.beat("second")
    says("collect_history", is_alive=True)
    CollectorBeat.objects.filter(tenant="second").update(at=1)
    assert silence() == "The collector for second is not responding."
    heartbeat.beat("second")
    CollectorBeat.objects.update(host="another container")
    assert silence() == "The collector for first is not responding."


@pytest.mark.django_db(transaction=True)
def test_a_store_that_is_away_is_no_reason_to_end(worlds: Worlds, tmp_path: Path) -> None:
    class UntilTheNextRound(logging.Handler):
        failures = 0

        def emit(self, record: logging.LogRecord) -> None:
            # The first sign of life, the first round, and another after it.
            self.failures += record.getMessage().startswith("Database error")
            if self.failures == 3:
                os.kill(os.getpid(), signal.SIGTERM)

    handler = UntilTheNextRound()
    logging.getLogger("actors_app.history").addHandler(handler)
    with taken_away(tmp_path / "away"):
        says("collect_history", tenant="first", every=1)
        logging.getLogger("actors_app.history").removeHandler(handler)
        with pytest.raises(CommandError, match="Database error") as caught:
            says("collect_history", is_alive=True)
        assert caught.value.returncode == 1, "nobody has to mend a setting"
