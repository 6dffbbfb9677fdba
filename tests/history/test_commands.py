"""`collect_history` and `prune_history`: a memory without gaps, and letting go of it as told and never silently."""

import json
import os
import signal
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from requests.exceptions import ReadTimeout

from actors_app.core.clock import DAY
from actors_app.core.operations.models import AuditEntry
from actors_app.history import collector
from actors_app.history.models import ActorHistory, ExecutionRecord, ExecutionTally
from actors_app.services import Abaco
from tests.history.test_sync import known, look, many
from tests.history.world import World, ago
from tests.support import payloads
from tests.support.payloads import ACTOR_ID

pytestmark = [pytest.mark.django_db, pytest.mark.store]


def says(command: str, **options: Any) -> str:
    """Run a command and return what it says."""
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def account(world: World, settings: Any) -> Iterator[World]:
    """Let an operator provide an account that collects."""
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "collector", "its password"
    world.password = "its password"
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)}
    yield world
    for sign, handler in before.items():
        signal.signal(sign, handler)


def test_one_round_reads_every_actor_whole(account: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "FRESH_ROWS", 10)
    monkeypatch.setattr(collector, "PIECE", 20)
    account.actor()
    many(account, 65)
    account.actor("other")
    account.run("one", ago(minutes=3), "other")
    assert says("collect_history", once=True) == "66 new executions.\n"
    assert account.asked.count("token") == 1
    assert set(ActorHistory.objects.values_list("is_whole", flat=True)) == {True}
    assert known("other") == {"one": ("succeeded", 0)}
    assert not ExecutionRecord.objects.filter(is_sketch=True).exists()
    account.run("two", ago(minutes=1), "other")
    assert says("collect_history", once=True) == "1 new executions.\n"


@pytest.mark.parametrize("is_admin", [False, True])
def test_an_account_that_the_search_shows_nothing_collects_by_the_listing(account: World, is_admin: bool) -> None:
    account.is_admin = is_admin
    account.actor()
    account.hidden.add(ACTOR_ID)
    many(account, 45)  # more than are asked for singly at a time
    assert says("collect_history", once=True) == "45 new executions.\n"
    assert not ExecutionRecord.objects.filter(is_sketch=True).exists()
    assert known()["run0003"] == ("failed", 3)


def test_where_the_role_is_unknown_all_that_is_known_is_asked_for(
    account: World, caplog: pytest.LogCaptureFixture
) -> None:
    account.actor()
    account.run("one")
    account.actor("theirs")
    account.unreadable.add("theirs")
    account.failing["probe"] = (500, {}, "<html>")
    assert says("collect_history", once=True) == "1 new executions.\n"
    assert "Could not check whether the account is an administrator" in caplog.text
    assert "listing theirs" in account.asked
    assert ActorHistory.objects.get(actor_id="theirs").deleted is None


def test_an_execution_that_cannot_be_read_does_not_hold_it_up(account: World) -> None:
    account.actor()
    account.hidden.add(ACTOR_ID)
    many(account, 45)
    account.failing["execution"] = (500, {}, "{}")
    assert says("collect_history", once=True) == "45 new executions.\n"
    assert ExecutionRecord.objects.filter(is_sketch=True).count() == 45


def test_what_ran_before_an_actor_was_deleted_is_kept(account: World) -> None:
    account.actor()
    account.run("one")
    says("collect_history", once=True)
    account.is_admin = True
    account.actors.clear()
    says("collect_history", once=True)
    assert ActorHistory.objects.get().deleted
    assert set(known()) == {"one"}


def test_a_part_that_cannot_be_read_is_said_and_the_rest_is_read(account: World) -> None:
    account.actor("ill")
    account.actor("well")
    account.run("one", None, "well")

    def slow(result: Any) -> Any:
        if result.get("actorId") == "ill":
            raise ReadTimeout
        return 200, {}, json.dumps({"status": "success", "message": "", "version": "1", "result": result})

    account.failing["listing"] = slow
    with pytest.raises(CommandError, match="Some histories are incomplete"):
        says("collect_history", once=True)
    assert set(known("well")) == {"one"}


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("", "its password", "Set COLLECTOR_USERNAME and COLLECTOR_PASSWORD"),
        ("collector", "", "Set COLLECTOR_USERNAME and COLLECTOR_PASSWORD"),
        ("collector", "a wrong one", "The API rejected the collector account"),
    ],
)
def test_without_an_account_that_works_it_says_so(
    account: World, settings: Any, name: str, password: str, words: str
) -> None:
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = name, password
    for once in (True, False):
        account.forget()
        with pytest.raises(CommandError, match=words) as caught:
            says("collect_history", once=once)
        assert "a wrong one" not in str(caught.value)
        assert account.asked.count("token") <= 1
        assert caught.value.returncode == 78, "systemd does not start it again"


def test_it_goes_on_until_it_is_told_to_stop(account: World) -> None:
    account.actor()
    account.run("one")

    def answer(result: Any) -> Any:
        # While the second round is under way.
        os.kill(os.getpid(), signal.SIGTERM)
        return 200, {}, json.dumps(payloads.envelope(result))

    account.failing["search"] = answer
    said = says("collect_history", every=1)
    assert said == "1 new executions.\n0 new executions.\n"


@pytest.mark.parametrize("every", [0, -1, 86401])
def test_how_often_it_looks_has_bounds(account: World, every: int) -> None:
    with pytest.raises(CommandError, match="between 1 and 86400"):
        says("collect_history", every=every)
    assert account.asked == []


def test_a_tenant_has_to_be_one_of_those_set(account: World) -> None:
    with pytest.raises(CommandError, match="Specify a tenant with --tenant: default"):
        says("collect_history", tenant="elsewhere", once=True)


# Letting go -----------------------------------------------------------------------------------------------------


@pytest.fixture
def old_and_new(world: World, abaco: Abaco) -> World:
    """Let executions of ten, five and no days ago be known, and one of a time that nobody said."""
    actor = world.actor()
    for days in (10, 5, 0):
        world.run(f"run{days}", ago(days=days, minutes=1))
    world.run("timeless", messageReceivedTime=None)
    look(abaco, actor)
    return world


def test_nothing_goes_unless_it_is_told_to(old_and_new: World) -> None:
    assert says("prune_history") == "The history is kept forever: HISTORY_RETENTION_DAYS is 0.\n"
    assert len(known()) == 4


def test_what_would_go_is_counted_and_stays(old_and_new: World) -> None:
    assert says("prune_history", days=7, count=True) == "1 executions would be deleted.\n"
    assert len(known()) == 4
    assert not AuditEntry.objects.exists()


def test_what_is_older_goes_and_the_trail_says_so(old_and_new: World) -> None:
    assert says("prune_history", days=7) == "1 executions deleted.\n"
    assert set(known()) == {"run5", "run0", "timeless"}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_id, json.loads(entry.details)["count"]) == ("history.prune", ACTOR_ID, 1)
    tallied = ExecutionTally.objects.filter(span=DAY, count__gt=0)
    assert sum(tallied.values_list("count", flat=True)) == 3 == ActorHistory.objects.get().known
    assert says("prune_history", days=7) == "0 executions deleted.\n"
    assert AuditEntry.objects.count() == 1


def test_what_cannot_be_noted_does_not_go(old_and_new: World) -> None:
    from django.db import DatabaseError, connection

    def refuse(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith("INSERT") and AuditEntry._meta.db_table in sql:
            raise DatabaseError("full")
        return execute(sql, *more)

    with connection.execute_wrapper(refuse), pytest.raises(DatabaseError):
        says("prune_history", days=7)
    assert len(known()) == 4


def test_what_went_does_not_come_back_with_the_next_look(old_and_new: World, abaco: Abaco) -> None:
    says("prune_history", days=1)
    look(abaco, ActorHistory.objects.get())
    assert set(known()) == {"run0", "timeless"}


@pytest.mark.parametrize("days", [-1, 36501])
def test_a_number_of_days_that_cannot_be_is_refused(days: int, db: None) -> None:
    with pytest.raises(CommandError, match=r"between 0 \(keep forever\) and 36500"):
        says("prune_history", days=days)
