"""Definitions that pass through the portal: kept once, encrypted, told apart by who made them, let go in time."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from actors_app.actors.archive import AT_ONCE, TOUCHED, line, opened, record
from actors_app.actors.former_values import FormerReader, Sight
from actors_app.actors.models import KeptDefinition
from actors_app.actors.revisions import difference, line_of
from actors_app.core.clock import DAY, HOUR
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.trail import append
from actors_app.core.security import rotation
from actors_app.services.dialects import V2
from actors_app.services.types import Actor
from tests.support.payloads import ACTOR_ID, actor_payload

pytestmark = [pytest.mark.store, pytest.mark.django_db]
LATER = "2026-11-22T11:00:00.12Z0"
NEW = Fernet.generate_key().decode()


def actor(**changes: Any) -> Actor:
    """Return an actor as the API describes it."""
    return Actor.from_api(actor_payload(**changes), V2())


def again(*actors: Actor) -> None:
    """Record as another process would, which remembers nothing."""
    cache.clear()
    record("default", actors)


def age(milliseconds: int) -> None:
    """Let all that was seen be longer ago."""
    for row in KeptDefinition.objects.all():
        row.first_seen -= milliseconds
        row.last_seen -= milliseconds
        row.save()


def test_what_is_seen_twice_is_kept_once() -> None:
    again(actor())
    again(actor())
    again(actor(status="ERROR", statusMessage="no image"))
    (row,) = line("default", ACTOR_ID)
    assert row.revision == 2
    found = opened(row)
    assert found is not None
    assert found["image"] == "abacosamples/wc"
    assert "state" not in found


def test_a_change_is_a_new_row_and_the_former_stays() -> None:
    again(actor())
    again(actor(description="new", lastUpdateTime=LATER))
    newest, former = line("default", ACTOR_ID)
    assert (newest.is_newest, former.is_newest) == (True, False)
    before, after = opened(former), opened(newest)
    assert before
    assert after
    owner = FormerReader(Sight.SHOWN, "default", ACTOR_ID, {})
    ((label, one, other),) = difference(owner, before, after)
    assert (label, one.value, other.value) == ("Description", "Counts words.", "new")


def test_an_older_answer_that_comes_late_is_no_change() -> None:
    again(actor(description="new", lastUpdateTime=LATER))
    again(actor())
    assert len(line("default", ACTOR_ID)) == 1


def test_a_save_without_a_change_is_no_new_definition() -> None:
    again(actor())
    again(actor(lastUpdateTime=LATER))
    (row,) = line("default", ACTOR_ID)
    again(actor(lastUpdateTime=LATER))
    assert row.updated > 0


def test_the_same_definition_pulled_again_is_a_new_revision() -> None:
    again(actor())
    again(actor(revision=3, lastUpdateTime=LATER))
    assert [row.revision for row in line("default", ACTOR_ID)] == [3, 2]


def test_that_it_still_stands_is_noted_now_and_then() -> None:
    again(actor())
    (before,) = line("default", ACTOR_ID)
    again(actor())
    assert line("default", ACTOR_ID)[0].last_seen == before.last_seen
    age(TOUCHED)
    again(actor())
    assert line("default", ACTOR_ID)[0].last_seen >= before.last_seen


def test_what_was_seen_within_minutes_asks_the_store_nothing() -> None:
    actors = [actor(id=f"actor{number}") for number in range(30)]
    record("default", actors)
    with CaptureQueriesContext(connection) as asked:
        record("default", actors)
    assert len(asked) == 0


def test_a_page_writes_down_a_bounded_number() -> None:
    actors = [actor(id=f"actor{number}") for number in range(AT_ONCE + 30)]
    record("default", actors)
    assert KeptDefinition.objects.count() == AT_ONCE
    record("default", actors)
    assert KeptDefinition.objects.count() == AT_ONCE + 30


def test_tenants_do_not_see_each_other() -> None:
    again(actor())
    assert line("other", ACTOR_ID) == []


def test_nothing_lies_in_the_store_in_clear_and_nothing_opens_elsewhere() -> None:
    again(actor(defaultEnvironment={"API_KEY": "hunter2-in-clear"}))
    row = KeptDefinition.objects.get()
    assert b"hunter2" not in bytes(row.content)
    row.actor_id = "another"
    assert opened(row) is None, "a row copied to another actor"


def test_a_new_key_is_followed(settings: Any) -> None:
    again(actor())
    settings.CREDENTIAL_KEYS = [NEW, *settings.CREDENTIAL_KEYS]
    assert rotation.rotate() == {"rotated": 1}
    settings.CREDENTIAL_KEYS = [NEW]
    assert opened(KeptDefinition.objects.get()) is not None
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    assert opened(KeptDefinition.objects.get()) is None


def test_a_store_that_fails_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: Any) -> None:
        raise DatabaseError("no store")

    with connection.execute_wrapper(fail):
        record("default", [actor()])
    assert "Definitions could not be stored" in caplog.text


def test_an_id_or_a_revision_that_no_store_holds_is_no_failure() -> None:
    again(actor(id=""), actor(id="a\x00b"), actor(id="x" * 129), actor(revision=2**63))
    assert [row.revision for row in KeptDefinition.objects.all()] == [None]


def test_who_made_it_is_told() -> None:
    again(actor())
    age(3 * HOUR)
    again(actor(description="elsewhere", lastUpdateTime=LATER))
    newest, first = line_of(line("default", ACTOR_ID))
    assert (newest.origin, first.origin) == ("elsewhere", "first")
    assert newest.since == first.last_seen
    KeptDefinition.objects.filter(pk=newest.key).update(username="jdoe")
    assert line_of(line("default", ACTOR_ID))[0].origin == "here"


def test_a_save_of_unknown_outcome_is_told_as_perhaps() -> None:
    again(actor())
    append(
        kind=AuditEntry.START,
        key="k",
        tenant="default",
        username="jdoe",
        action="actor.update",
        actor_id=ACTOR_ID,
        request_id="",
        details={},
    )
    again(actor(description="perhaps", lastUpdateTime=LATER))
    newest = line_of(line("default", ACTOR_ID))[0]
    assert (newest.origin, newest.username) == ("maybe", "jdoe")


def test_former_ones_are_let_go_and_what_stands_now_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    again(actor())
    again(actor(description="new", lastUpdateTime=LATER))
    age(40 * DAY)
    call_command("prune_definitions", days=0)
    call_command("prune_definitions", days=30, count=True)
    assert len(line("default", ACTOR_ID)) == 2
    call_command("prune_definitions", days=30)
    said = capsys.readouterr().out
    assert "forever" in said
    assert "1 definitions would be deleted." in said
    assert "1 definitions deleted." in said
    assert [row.is_newest for row in line("default", ACTOR_ID)] == [True]
    with pytest.raises(CommandError):
        call_command("prune_definitions", days=-1)
