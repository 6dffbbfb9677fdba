"""Bringing the history up to date: what is asked of the API, what is written down of it, and that nothing is lost."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from requests.exceptions import ConnectionError as Reset

from actors_app.core.clock import DAY, now_ms
from actors_app.history import collector, coverage, sync
from actors_app.history.collector import look_at, look_at_all
from actors_app.history.models import ActorHistory, ExecutionRecord, ExecutionTally, UnreadHistory
from actors_app.services import Abaco
from actors_app.services.breaker import breaker_of
from actors_app.services.errors import TimedOut
from tests.history.world import World, ago, stamp
from tests.support import payloads
from tests.support.payloads import ACTOR_ID

pytestmark = [pytest.mark.django_db, pytest.mark.store]


def known(actor_id: str = ACTOR_ID) -> dict[str, tuple[str, int | None]]:
    """Return what is known of an actor's executions: outcome and exit code, by id."""
    rows = ExecutionRecord.objects.filter(actor__actor_id=actor_id)
    return {row[0]: row[1:] for row in rows.values_list("execution_id", "outcome", "exit_code")}


def fresh(actor: ActorHistory) -> ActorHistory:
    """Return an actor as it stands in the store now."""
    return ActorHistory.objects.get(pk=actor.pk)


def look(abaco: Abaco, actor: ActorHistory, seconds: float = 5) -> collector.Look:
    """Look once, at an actor as it stands in the store."""
    return look_at(abaco, fresh(actor), seconds=seconds)


# The first look -----------------------------------------------------------------------------------------------


def test_a_first_look_reads_the_listing_and_the_newest_whole(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.run("one", exitCode=3)
    world.run("two")
    world.waits("three", ago(seconds=30))
    assert look(abaco, actor) == collector.Look(3, None)
    assert known() == {"one": ("failed", 3), "two": ("succeeded", 0), "three": ("waiting", None)}
    assert world.asked == [f"listing {ACTOR_ID}", f"details {ACTOR_ID}"]
    found = fresh(actor)
    assert (found.known, found.total, found.is_whole, found.is_searchable) == (3, 3, True, True)
    assert found.busy_until == 0


def test_a_first_look_at_an_actor_without_executions_is_whole(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    assert look(abaco, actor) == collector.Look(0, None)
    assert fresh(actor).is_whole
    world.run("first", ago(seconds=1))
    assert look(abaco, actor).new == 1


def many(world: World, number: int) -> None:
    """Add executions, one a minute."""
    for place in range(number):
        world.run(f"run{place:04}", ago(minutes=place + 1), exitCode=place % 4)


def test_what_does_not_fit_into_one_look_is_read_by_later_ones_newest_first(
    world: World, abaco: Abaco, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "FRESH_ROWS", 10)
    monkeypatch.setattr(collector, "PIECE", 20)
    actor = world.actor()
    many(world, 65)
    look(abaco, actor, seconds=0.2)
    found = fresh(actor)
    assert (found.known, found.total, found.is_whole) == (10, 65, False)
    assert sorted(known()) == [f"run{place:04}" for place in range(10)]
    assert UnreadHistory.objects.count() == 3
    assert coverage.incomplete([actor.pk], 0) == 1
    assert coverage.incomplete([actor.pk], now_ms() - 5 * 60_000) == 0, "actors complete"
    world.forget()
    look(abaco, actor)
    assert fresh(actor).is_whole
    assert len(known()) == 65
    assert known()["run0063"] == ("failed", 3)
    assert world.asked == [f"search {ACTOR_ID}"] * 4, "what is new, and one search for each piece"
    assert UnreadHistory.objects.count() == 0
    assert sum(ExecutionTally.objects.filter(span=DAY).values_list("count", flat=True)) == 65


def test_reading_on_after_a_failure_loses_nothing(world: World, abaco: Abaco, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "FRESH_ROWS", 10)
    monkeypatch.setattr(collector, "PIECE", 20)
    actor = world.actor()
    many(world, 65)
    look(abaco, actor, seconds=0.2)
    world.failing["search"] = (500, {}, json.dumps(payloads.refusal("Something broke.")))
    failed = look(abaco, actor)
    assert failed.error is not None
    assert fresh(actor).busy_until == 0, "somebody else may read on"
    assert len(known()) == 10
    world.failing.clear()
    look(abaco, actor)
    assert len(known()) == 65


@pytest.mark.parametrize("cut", [b"", b'{"id": "Ex1", "status": "COMP', b'{"id": "Ex1", "status": "COMPLETE"}, '])
def test_a_listing_that_breaks_off_is_no_listing(world: World, abaco: Abaco, cut: bytes) -> None:
    actor = world.actor()
    world.run("one")
    head = b'{"status": "success", "message": "OK", "result": {"executions": ['
    world.failing["listing"] = (200, {}, head + cut)
    assert look(abaco, actor).error is not None
    found = fresh(actor)
    assert (found.total, found.until, found.busy_until, known()) == (None, None, 0, {})
    world.failing.clear()
    look(abaco, actor)
    assert list(known()) == ["one"]


@pytest.mark.parametrize("failure", [Reset("reset"), (500, {}, "{}"), (502, {}, "<html>")])
def test_a_silent_or_broken_api_is_said_and_changes_nothing(world: World, abaco: Abaco, failure: Any) -> None:
    actor = world.actor()
    world.run("one")
    look(abaco, actor)
    before = fresh(actor)

    def fail(result: Any) -> Any:
        if isinstance(failure, Exception):
            raise failure
        return failure

    world.failing["search"] = fail
    assert look(abaco, actor).error is not None
    assert fresh(actor).until == before.until
    assert list(known()) == ["one"]


# What came since ----------------------------------------------------------------------------------------------


def test_a_second_look_costs_one_small_search(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.run("one", ago(minutes=9))
    look(abaco, actor)
    world.forget()
    world.run("two", ago(minutes=1))
    assert look(abaco, actor).new == 1
    assert world.asked == [f"search {ACTOR_ID}"]
    (query,) = world.queries
    until = datetime.fromisoformat(world.executions[ACTOR_ID][0]["messageReceivedTime"]).replace(microsecond=0)
    assert query == {
        "limit": "500",
        "skip": "0",
        "messageReceivedTime.gt": stamp(until - timedelta(minutes=1)).rstrip("Z"),
    }
    assert list(known()) == ["one", "two"]


def test_what_is_young_and_unfinished_is_asked_again_by_the_same_call(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.waits("waiting", ago(minutes=9))
    world.run("done", ago(minutes=2))
    look(abaco, actor)
    world.forget()
    world.ends("waiting", 7)
    look(abaco, actor)
    assert world.asked == [f"search {ACTOR_ID}"]
    assert known()["waiting"] == ("failed", 7)


def test_what_is_old_and_unfinished_is_asked_for_by_its_id(
    world: World, abaco: Abaco, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "AT_ONCE", 8)
    actor = world.actor()
    world.waits("waiting", ago(hours=3))
    many(world, 6)
    look(abaco, actor)
    world.forget()
    world.ends("waiting")
    look(abaco, actor)
    assert sorted(world.asked) == [f"details {ACTOR_ID}", f"search {ACTOR_ID}"]
    assert [query["id.in"] for query in world.queries if "id.in" in query] == ['["waiting"]']
    assert known()["waiting"] == ("succeeded", 0)
    assert known()["run0000"] == ("succeeded", 0)


def test_an_unfinished_one_that_the_api_has_no_more_is_remembered_as_such(
    world: World, abaco: Abaco, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "AT_ONCE", 8)
    actor = world.actor()
    world.waits("lost", ago(hours=3))
    world.waits("kept", ago(hours=3))
    many(world, 6)
    look(abaco, actor)
    world.executions[ACTOR_ID] = [run for run in world.executions[ACTOR_ID] if run["id"] != "lost"]
    look(abaco, actor)
    assert list(ExecutionRecord.objects.filter(in_api=False).values_list("execution_id", flat=True)) == ["lost"]


def test_more_than_one_search_holds_is_read_by_spans(
    world: World, abaco: Abaco, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "AT_ONCE", 10)
    monkeypatch.setattr(sync, "MAX_SEARCH", 15)
    actor = world.actor()
    world.run("old", ago(hours=30))
    look(abaco, actor)
    for place in range(60):  # in a burst, and spread over the time after it
        world.run(f"burst{place:03}", ago(hours=20, seconds=place))
        if place % 4 == 0:
            world.run(f"later{place:03}", ago(minutes=place * 4 + 1))
    found = look(abaco, actor, seconds=20)
    assert found.error is None
    assert len(known()) == 76
    assert fresh(actor).known == 76
    world.forget()
    assert look(abaco, actor).new == 0
    assert world.asked == [f"search {ACTOR_ID}"]


def test_answers_that_overtook_one_another_lose_nothing(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.waits("one", ago(minutes=2))
    look(abaco, actor)
    world.ends("one", 4)
    look(abaco, actor)
    world.executions[ACTOR_ID].clear()
    world.waits("one", ago(minutes=2))
    look(abaco, actor)
    assert known() == {"one": ("failed", 4)}


def test_the_order_of_answers_and_equal_moments_do_not_matter(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    same = ago(seconds=90)
    for id_, at in (("b", same), ("old", ago(minutes=50)), ("a", same), ("new", ago(minutes=1)), ("c", same)):
        world.run(id_, at)
    look(abaco, actor)
    world.run("late", same)  # the API received it in the same moment, and shows it later
    look(abaco, actor)
    assert sorted(known()) == ["a", "b", "c", "late", "new", "old"]


# What the search does not show ------------------------------------------------------------------------------------


def test_where_the_search_shows_nothing_the_listing_is_read_again(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.hidden.add(ACTOR_ID)
    world.run("one", ago(minutes=9), exitCode=3)
    world.waits("two", ago(minutes=8))
    look(abaco, actor)
    assert known() == {"one": ("failed", 3), "two": ("waiting", None)}
    assert world.asked[:2] == [f"listing {ACTOR_ID}", f"details {ACTOR_ID}"]
    assert sorted(world.asked[2:]) == ["execution one", "execution two"]
    world.forget()
    world.ends("two", 5)
    world.run("three", ago(minutes=1))
    look(abaco, actor)
    asked = [f"search {ACTOR_ID}", f"listing {ACTOR_ID}", "execution two", "execution three"]
    assert world.asked == asked, "the search might have shown it to whoever asks now"
    assert known() == {"one": ("failed", 3), "two": ("failed", 5), "three": ("succeeded", 0)}


def test_what_nobody_says_the_time_of_is_kept_at_the_end(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.run("one")
    world.run("timeless", messageReceivedTime=None)
    assert look(abaco, actor) == collector.Look(2, None)
    assert ExecutionRecord.objects.get(execution_id="timeless").received == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"executor": "a\x00b\u202e" + "x" * 10_000},
        {"workerId": "w\x00" * 5_000},
        {"status": "S" * 10_000},
        {"exitCode": 2**70},
        {"exitCode": "undetermined"},
        {"runtime": "99999999999999999999", "cpu": "99999999999999999999", "io": -(2**70)},
        {"finalState": {"Error": "\x00" * 1000, "OOMKilled": True}},
        {"startTime": "0001-01-01T00:00:00", "finishTime": "9999-12-31T23:59:59.999Z"},
        {"finishTime": "1990-01-01T00:00:00.000Z"},
    ],
)
def test_hostile_values_are_written_down_without_harm(world: World, abaco: Abaco, changes: dict[str, Any]) -> None:
    actor = world.actor()
    world.run("one", ago(minutes=4))
    world.run("two", ago(minutes=3), **changes)
    assert look(abaco, actor) == collector.Look(2, None)
    assert set(known()) == {"one", "two"}


@pytest.mark.parametrize("id_", ["x" * 2_000, "x" * 10_000, "a\x00b", "\ud800", "", "../../x", "'); DROP TABLE--"])
def test_hostile_ids_harm_nobody(world: World, abaco: Abaco, id_: str) -> None:
    actor = world.actor()
    world.run("one")
    world.run(id_)
    assert look(abaco, actor).error is None
    assert "one" in known()
    assert look(abaco, actor).error is None


# Who looks when ---------------------------------------------------------------------------------------------------


def test_of_two_that_look_at_once_one_reads_the_past(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.run("one")
    ActorHistory.objects.update(busy_until=now_ms() + 10_000)
    assert look(abaco, actor) == collector.Look(0, None)
    assert world.asked == []
    ActorHistory.objects.update(busy_until=now_ms() - 1)
    assert look(abaco, actor).new == 1


def test_what_time_ran_out_on_is_no_sign_that_the_api_is_ill(
    world: World, abaco: Abaco, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = world.actor()
    look(abaco, actor)

    def slow(result: Any) -> Any:
        from requests.exceptions import ReadTimeout

        raise ReadTimeout

    world.failing["search"] = slow
    for _ in range(8):
        assert isinstance(look(abaco, actor).error, TimedOut)
    assert breaker_of(payloads.API).enter("a call") is None


# All actors at once -----------------------------------------------------------------------------------------------


def three(world: World, abaco: Abaco) -> list[ActorHistory]:
    """Add three actors with an execution each, all of which are known."""
    actors = []
    for number in range(3):
        actors.append(world.actor(f"actor{number}"))
        world.run(f"first{number}", ago(minutes=20), f"actor{number}")
        look(abaco, actors[-1])
    world.forget()
    return actors


def test_one_search_brings_what_is_new_in_all_actors(world: World, abaco: Abaco) -> None:
    actors = three(world, abaco)
    for number in range(3):
        world.run(f"second{number}", ago(minutes=1), f"actor{number}", exitCode=number)
    found = look_at_all(abaco, [actor.pk for actor in actors], since=now_ms() - DAY, seconds=5)
    assert found == collector.Look(3, None)
    assert world.asked == ["search-all"]
    assert known("actor2")["second2"] == ("failed", 2)


def test_actors_of_which_nothing_is_known_are_read_a_few_at_a_time(world: World, abaco: Abaco) -> None:
    actors = [world.actor(f"actor{number}") for number in range(6)]
    for number in range(6):
        world.run(f"old{number}", ago(hours=40), f"actor{number}")
    keys = [actor.pk for actor in actors]
    since = 0
    look_at_all(abaco, keys, since=since, seconds=5)
    assert [name for name in world.asked if name.startswith("listing")] == [f"listing actor{n}" for n in range(4)]
    assert coverage.incomplete(keys, since) == 2
    look_at_all(abaco, keys, since=since, seconds=5)
    assert coverage.incomplete(keys, since) == 0
    assert ExecutionRecord.objects.count() == 6


def test_the_search_alone_covers_a_day_of_an_actor_that_was_never_read(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.run("one", ago(hours=2))
    look_at_all(abaco, [actor.pk], since=now_ms() - DAY, seconds=5)
    assert set(world.asked) == {"search-all"}
    assert coverage.incomplete([actor.pk], now_ms() - DAY) == 0
    assert coverage.incomplete([actor.pk], now_ms() - 3 * DAY) == 1


def test_more_than_one_search_brings_makes_those_that_lag_be_read_singly(
    world: World, abaco: Abaco, monkeypatch: pytest.MonkeyPatch
) -> None:
    actors = three(world, abaco)
    monkeypatch.setattr(collector, "MAX_SEARCH", 5)
    ActorHistory.objects.update(looked=now_ms() - 120_000)
    for number in range(3):
        for place in range(6):
            world.run(f"new{number}{place}", ago(minutes=10 - place), f"actor{number}")
    look_at_all(abaco, [actor.pk for actor in actors], since=now_ms() - DAY, seconds=5)
    for _ in range(3):
        ActorHistory.objects.update(looked=now_ms() - 120_000)
        look_at_all(abaco, [actor.pk for actor in actors], since=now_ms() - DAY, seconds=5)
    assert ExecutionRecord.objects.count() == 21


def test_a_failing_search_over_all_is_said(world: World, abaco: Abaco) -> None:
    actors = three(world, abaco)
    world.failing["search-all"] = (500, {}, "{}")
    found = look_at_all(abaco, [actor.pk for actor in actors], since=now_ms() - DAY, seconds=5)
    assert found.error is not None
    assert ExecutionRecord.objects.count() == 3


def test_an_execution_of_an_actor_that_was_not_asked_for_is_not_written_down(world: World, abaco: Abaco) -> None:
    actors = three(world, abaco)
    world.run("other", ago(minutes=1), "actor2")
    look_at_all(abaco, [actors[0].pk], since=now_ms() - DAY, seconds=5)
    assert "other" not in known("actor2")
