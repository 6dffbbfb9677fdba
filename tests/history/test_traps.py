"""Traps of the API on the way of the history: searches that show nothing, answers that never end, others at work."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from requests.exceptions import ReadTimeout

from actors_app.core.clock import DAY, now_ms
from actors_app.core.security.models import Readable
from actors_app.history import backfill, collector, sync
from actors_app.history.collector import look_at_all
from actors_app.history.models import ActorHistory, ExecutionRecord, ExecutionTally
from actors_app.history.visibility import PATIENCE
from actors_app.services import Abaco, AbacoClient
from actors_app.services.calls import Limits
from tests.history.test_sync import fresh, known, look, many
from tests.history.world import World, ago
from tests.services.conftest import Visitor
from tests.support import payloads
from tests.support.payloads import ACTOR_ID

pytestmark = [pytest.mark.django_db, pytest.mark.store]


def test_who_is_not_shown_it_by_the_search_gets_what_is_new_by_the_listing(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.run("one", ago(minutes=9))
    look(abaco, actor)
    world.hidden.add(ACTOR_ID)  # an administrator looks, without an entry in the permissions
    world.run("two", ago(minutes=1))
    look(abaco, actor)
    assert set(known()) == {"one", "two"}


def test_a_look_of_somebody_without_an_entry_costs_others_nothing(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.run("one", ago(minutes=9))
    world.hidden.add(ACTOR_ID)
    look(abaco, actor)
    world.hidden.clear()
    world.forget()
    world.run("two", ago(minutes=1))
    look(abaco, actor)
    assert world.asked == [f"search {ACTOR_ID}"]
    assert set(known()) == {"one", "two"}


def test_the_page_over_all_reads_on_what_its_search_does_not_show(world: World, abaco: Abaco) -> None:
    actors = [world.actor(f"actor{number}") for number in range(3)]
    for number in range(3):
        world.hidden.add(f"actor{number}")
        world.run(f"first{number}", ago(minutes=20), f"actor{number}")
    keys = [actor.pk for actor in actors]
    look_at_all(abaco, keys, since=now_ms() - DAY, seconds=5)
    assert ExecutionRecord.objects.count() == 3
    for number in range(3):
        world.run(f"second{number}", ago(minutes=1), f"actor{number}")
    ActorHistory.objects.update(looked=now_ms() - 120_000)
    look_at_all(abaco, keys, since=now_ms() - DAY, seconds=5)
    assert ExecutionRecord.objects.count() == 6


def test_what_only_the_listing_told_is_asked_for_again(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    world.run("one", ago(minutes=9), exitCode=3)
    world.failing["details"] = (500, {}, "{}")
    look(abaco, actor)
    assert known() == {"one": ("finished", None)}
    world.failing.clear()
    look(abaco, actor)
    assert known() == {"one": ("failed", 3)}


def test_the_page_over_all_asks_once_whom_the_search_shows(world: World, signed_in: Client) -> None:
    for number in range(3):
        world.actor(f"actor{number}", owner="somebody")
        world.run(f"first{number}", ago(minutes=20), f"actor{number}")
    signed_in.get("/executions/?window=all")
    signed_in.get("/executions/?window=all")
    world.forget()
    ActorHistory.objects.update(looked=now_ms() - 50_000)
    minute_of_reading_passes()
    signed_in.get("/executions/?window=all")
    assert world.asked == ["search-all"]


def minute_of_reading_passes() -> None:
    """Let what was just read be old, but not whom the search shows what."""
    for key in list(cache._cache):
        if "looked:" in key:
            cache.delete(key.split(":", 2)[2])


# Listings that are too long --------------------------------------------------------------------------------------


def slow(result: Any) -> Any:
    """Fail as an API that takes longer than anybody waits."""
    raise ReadTimeout


def test_a_listing_that_takes_too_long_is_left_for_searches(world: World, abaco: Abaco) -> None:
    actor = world.actor()
    many(world, 65)
    world.run("long ago", ago(days=4000))
    world.failing["listing"] = slow
    assert look(abaco, actor).error is None
    found = fresh(actor)
    assert (found.is_whole, found.total, found.known) == (True, 66, 66)
    assert known()["run0003"] == ("failed", 3)
    world.forget()
    world.run("new", ago(seconds=2))
    assert look(abaco, actor).new == 1
    assert world.asked == [f"search {ACTOR_ID}"]


def test_the_first_page_shows_the_newest_though_the_listing_takes_too_long(world: World, signed_in: Client) -> None:
    world.actor()
    many(world, 65)
    world.failing["listing"] = slow
    page = signed_in.get(f"/actors/{ACTOR_ID}/executions/?window=all").content.decode()
    assert "run0000" in page
    assert page.count('<tr id="execution-') == 50


def test_a_long_past_is_read_by_searches_in_steps(world: World, abaco: Abaco, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "MAX_SEARCH", 10)
    actor = world.actor()
    many(world, 100)
    world.failing["listing"] = slow
    world.failing["search"] = counting(world, 4)
    first = look(abaco, actor)
    found = fresh(actor)
    assert first.error is not None
    assert not found.is_whole
    assert 0 < len(known()) < 100
    newest = sorted(known())
    assert newest == [f"run{place:04}" for place in range(len(newest))], "the newest come first, without a gap"
    world.failing.pop("search")
    world.run("meanwhile", ago(seconds=2))
    for _ in range(3):
        look(abaco, actor)
    assert fresh(actor).is_whole
    assert len(known()) == 101
    assert world.asked.count(f"listing {ACTOR_ID}") == 1


def counting(world: World, number: int) -> Any:
    """Return an API that falls silent after so many answers."""
    left = [number]

    def answer(result: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise ReadTimeout
        return 200, {}, json.dumps(payloads.envelope(result))

    return answer


def test_more_at_one_moment_than_one_search_brings_is_read_whole(
    world: World, abaco: Abaco, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "MAX_SEARCH", 10)
    actor = world.actor()
    moment = ago(minutes=30)
    for place in range(35):
        world.run(f"burst{place:02}", moment)
    world.failing["listing"] = slow
    look(abaco, actor)
    assert len(known()) == 35
    monkeypatch.setattr(sync, "MAX_SEARCH", 10)
    monkeypatch.setattr(sync, "AT_ONCE", 10)
    moment = ago(minutes=3)
    for place in range(35):
        world.run(f"again{place:02}", moment)
    look(abaco, actor)
    assert len(known()) == 70


def test_where_listing_and_search_both_give_nothing_the_page_goes_on_reading(
    world: World, signed_in: Client, htmx: dict[str, str]
) -> None:
    world.actor()
    world.hidden.add(ACTOR_ID)
    world.run("one")
    world.failing["listing"] = slow
    page = signed_in.get(f"/actors/{ACTOR_ID}/executions/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "data-step" in text
    assert "Syncing history" in text
    assert "No executions yet" not in text
    world.failing.clear()
    poll = f"/actors/{ACTOR_ID}/executions/?poll=1&newest=0.0&filling=1"
    assert "Sync complete" in signed_in.get(poll, headers=htmx).content.decode()
    assert "one" in signed_in.get(f"/actors/{ACTOR_ID}/executions/").content.decode()


# Rights -----------------------------------------------------------------------------------------------------------


def test_a_refused_search_ends_rights_within_the_minute(world: World, signed_in: Client) -> None:
    world.actor(owner="somebody")
    world.run("Secret1")
    url = f"/actors/{ACTOR_ID}/executions/"
    assert "Secret1" in signed_in.get(url).content.decode()
    world.unreadable.add(ACTOR_ID)
    ActorHistory.objects.update(looked=0)
    answer = signed_in.get(url)
    assert answer.status_code == 403
    assert "Secret1" not in answer.content.decode()


def test_an_actor_deleted_within_the_minute_is_shown_as_deleted_to_its_owner(world: World, signed_in: Client) -> None:
    world.actor(owner="jdoe")
    world.run("Run1")
    url = f"/actors/{ACTOR_ID}/executions/"
    signed_in.get(url)
    world.actors.clear()
    ActorHistory.objects.update(looked=0)
    answer = signed_in.get(url)
    assert answer.status_code == 200
    assert "This actor was deleted" in answer.content.decode()
    assert "Run1" in answer.content.decode()


def test_a_slow_api_is_waited_for_before_rights_stand_for_long(
    world: World, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given three seconds while its last answer is young, and its whole time afterwards."""
    world.actor(owner="somebody")
    world.run("Run1")
    signed_in.get("/executions/")
    given: list[float | None] = []
    hurried = Abaco.hurried
    monkeypatch.setattr(Abaco, "hurried", lambda self, seconds: (given.append(seconds), hurried(self, seconds))[1])
    for minutes, waits in ((2, True), (6, False)):
        Readable.objects.update(checked=now_ms() - minutes * 60_000)
        given.clear()
        signed_in.get("/executions/")
        assert (PATIENCE in given) is waits


# Clocks and files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_of_the_api_that_is_wrong_loses_nothing(world: World, abaco: Abaco, hours: int) -> None:
    actor = world.actor()
    other = world.actor("other")
    world.run("one", ago(hours=-hours, minutes=10))
    world.waits("two", ago(hours=-hours, minutes=9))
    look(abaco, actor)
    look_at_all(abaco, [actor.pk, other.pk], since=now_ms() - DAY, seconds=5)
    world.run("three", ago(hours=-hours, minutes=1))
    world.run("four", ago(hours=-hours, minutes=1), "other")
    world.ends("two", 3)
    look(abaco, actor)
    look_at_all(abaco, [actor.pk, other.pk], since=now_ms() - DAY, seconds=5)
    assert known() == {"one": ("succeeded", 0), "two": ("failed", 3), "three": ("succeeded", 0)}
    assert set(known("other")) == {"four"}


def test_a_file_says_that_the_api_has_nothing_of_a_deleted_actor_any_more(world: World, signed_in: Client) -> None:
    world.actor(owner="jdoe")
    world.run("Run1")
    url = f"/actors/{ACTOR_ID}/executions/"
    signed_in.get(url)

    def said() -> bool:
        file = b"".join(signed_in.get(url + "?window=all&format=jsonl").streaming_content)
        return bool(json.loads(file.splitlines()[0])["still_in_api"])

    assert said()
    world.actors.clear()
    ActorHistory.objects.update(looked=0)
    signed_in.get(url)
    assert not said()


# Two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_that_fill_the_same_history_at_once_lose_and_double_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "FRESH_ROWS", 10)
    monkeypatch.setattr(collector, "PIECE", 20)
    actor = world.actor()
    many(world, 300)
    together = Barrier(2)

    def read() -> None:
        together.wait(10)
        try:
            for _ in range(4):
                own = Abaco(AbacoClient(payloads.API, limits=Limits(pause=0.0)), Visitor("a-token"))
                look(own, actor, seconds=3)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        for reader in [threads.submit(read) for _ in range(2)]:
            reader.result(60)
    found = fresh(actor)
    assert (found.is_whole, found.known, len(known())) == (True, 300, 300)
    assert sum(ExecutionTally.objects.filter(span=DAY).values_list("count", flat=True)) == 300
