"""How much of a question is answered: closed ranges are read to their end, and what is lost is marked everywhere."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from actors_app.history import collector, retention, visibility
from actors_app.history.coverage import coverage
from actors_app.history.models import ActorHistory, HistoryGap
from tests.faults.pages import Page
from tests.history.pages.test_updates import poll_of, step_of
from tests.history.test_sync import fresh, look, many
from tests.history.world import TENANT, World, ago
from tests.support.payloads import ACTOR_ID

pytestmark = [pytest.mark.django_db, pytest.mark.store]
ONE = f"/actors/{ACTOR_ID}/executions/"
STOP_POLLING = 286


def minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FRESH_ROWS", "PIECE", "MUCH"):
        monkeypatch.setattr(collector, name, 10)


@pytest.mark.usefixtures("small_steps")
def test_a_closed_range_is_read_to_its_end_by_the_page_itself(
    world: World, signed_in: Client, htmx: dict[str, str]
) -> None:
    actor = world.actor()
    for number in range(60):
        world.run(f"Run{number:03}", ago(days=number + 1))
    world.failing["search"] = (500, {}, "{}")
    closed = {"from": minute(ago(days=50)), "to": minute(ago(days=2))}
    page = signed_in.get(ONE, closed)
    assert "Syncing history" in Page.of(page).words
    step = step_of(page)
    assert step
    world.failing.clear()
    while step:
        answer = signed_in.get(step, headers=htmx)
        step = step_of(answer)
    assert answer.status_code == STOP_POLLING
    assert "Sync complete" in answer.content.decode()
    assert fresh(actor).is_whole or (fresh(actor).since or 0) <= ago(days=50).timestamp() * 1000
    whole = signed_in.get(ONE, closed)
    assert "48 executions" in Page.of(whole).words
    assert 'id="history-live" hx-get' not in whole.content.decode(), "nothing more can come"


@pytest.mark.usefixtures("small_steps")
def test_a_page_asks_at_its_usual_pace_where_a_step_brought_nothing(
    world: World, signed_in: Client, htmx: dict[str, str]
) -> None:
    actor = world.actor()
    many(world, 30)
    first = signed_in.get(ONE, {"window": "all"})
    ActorHistory.objects.filter(pk=actor.pk).update(busy_until=2**62)  # somebody else reads it
    answer = signed_in.get(step_of(first), headers=htmx)
    while step_of(answer):
        answer = signed_in.get(step_of(answer), headers=htmx)
    assert "Syncing history" in answer.content.decode()
    assert answer.status_code == 200, "it is still polled"
    assert poll_of(first)


def test_the_progress_counts_the_actors_of_the_filter_alone(world: World, signed_in: Client) -> None:
    world.actor(name="word-count")
    world.actor("other", name="Zebra")
    world.run("one")
    world.failing["listing"] = lambda result: (500, {}, "{}")
    page = Page.of(signed_in.get("/executions/", {"actor": "word-count,Zebra", "window": "all"}))
    assert "0 of 2 actors complete" in page.words
    page = Page.of(signed_in.get("/executions/", {"actor": "word-count", "window": "all"}))
    assert "Syncing" in page.words
    assert "actors complete" not in page.words


def test_what_was_never_synced_is_not_zero(world: World, signed_in: Client) -> None:
    actor = world.actor(owner="somebody")  # whose executions the search need not show
    ActorHistory.objects.filter(pk=actor.pk).update(busy_until=2**62)  # and somebody else reads them
    page = signed_in.get("/executions/", {"window": "all"})
    text = page.content.decode()
    assert "Not synced yet" in text
    assert 'class="num count">0<' not in text


@pytest.mark.usefixtures("small_steps")
def test_the_time_left_follows_from_the_speed_of_the_sync(world: World) -> None:
    actor = world.actor()
    ActorHistory.objects.filter(pk=actor.pk).update(total=40, known=10, until=1, since=5)
    known = coverage([actor.pk])
    assert (known.executions, known.expected) == (10, 40)
    begun = int(datetime.now(UTC).timestamp() * 1000) - 10_000
    left = known.seconds_left(begun, 0)
    assert left is not None
    assert 29 < left < 33
    assert known.seconds_left(begun, 10) is None, "nothing has come yet"


# Gaps -------------------------------------------------------------------------------------------------------


def files_of(client: Client, **query: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the lines of both files of a filter."""
    lines = {}
    for format_ in ("csv", "jsonl"):
        answer = client.get(ONE, {"window": "all", "format": format_, **query})
        lines[format_] = b"".join(answer.streaming_content).decode().splitlines()
    return lines["csv"], [json.loads(line) for line in lines["jsonl"]]


def test_an_actor_deleted_after_its_last_sync_has_a_gap(world: World, signed_in: Client) -> None:
    actor = world.actor(owner="jdoe")
    world.run("one")
    signed_in.get(ONE, {"window": "all"})
    assert HistoryGap.objects.count() == 0
    world.actors.clear()
    visibility.mark_deleted(TENANT, ACTOR_ID)
    cache.clear()
    (gap,) = coverage([actor.pk]).gaps
    assert gap.start == fresh(actor).until
    assert gap.end == fresh(actor).deleted
    page = Page.of(signed_in.get(ONE, {"window": "all"}))
    assert "1 gap in this history" in page.words
    assert "the actor was deleted before its last executions were synced" in page.words
    charts = signed_in.get(ONE, {"window": "all", "charts": "1"}).content.decode()
    assert charts.count('<rect class="shade gap"') == 2, "in the strip and in the chart"
    csv, records = files_of(signed_in)
    assert csv[-1].strip('"').startswith(f"GAP: name-{ACTOR_ID} ({ACTOR_ID}), ")
    assert "deleted before its last executions" in records[-1]["gap"]
    outside = minute(ago(days=3))
    assert "gap" not in Page.of(signed_in.get(ONE, {"to": outside})).words


def test_what_was_pruned_is_a_gap_and_stays_one(world: World, signed_in: Client) -> None:
    actor = world.actor()
    world.run("old", ago(days=40))
    world.run("new")
    signed_in.get(ONE, {"window": "all"})
    for days in (35, 30):
        assert retention.prune(int(ago(days=days).timestamp() * 1000)) == (days == 35)
    (gap,) = coverage([actor.pk]).gaps
    assert gap.reason == HistoryGap.PRUNED
    assert gap.words.startswith("before ")
    assert not coverage([actor.pk], since=int(ago(days=1).timestamp() * 1000)).gaps
    _, records = files_of(signed_in)
    assert "retention period" in records[-1]["gap"]


def test_what_the_api_forgot_before_a_sync_is_a_gap(world: World, abaco: Any) -> None:
    actor = world.actor()
    world.run("known", ago(days=3))
    look(abaco, actor)
    until = fresh(actor).until
    world.executions[ACTOR_ID].clear()  # as after a purge of its store
    world.run("later", ago(hours=1))
    look(abaco, fresh(actor))
    (gap,) = coverage([actor.pk]).gaps
    assert (gap.reason, gap.start) == (HistoryGap.FORGOTTEN, until)
    assert abs(gap.end - ago(hours=1).timestamp() * 1000) < timedelta(minutes=1).total_seconds() * 1000


def test_a_sync_that_finds_its_witness_has_no_gap(world: World, abaco: Any) -> None:
    actor = world.actor()
    world.run("known", ago(days=3))
    look(abaco, actor)
    world.run("later", ago(hours=1))
    look(abaco, fresh(actor))
    assert coverage([actor.pk]).gaps == ()


def test_a_program_is_told_of_coverage_and_gaps(world: World, abaco: Any, signed_in: Client) -> None:
    actor = world.actor()
    world.run("one")
    look(abaco, actor)
    HistoryGap.objects.create(actor=actor, start=0, end=1_000_000, reason=HistoryGap.PRUNED)
    answer = signed_in.get(f"/api/v1/actors/{ACTOR_ID}/executions/", {"window": "all"}).json()
    assert answer["coverage"] == {
        "actors": 1,
        "complete": 1,
        "not_synced": 0,
        "gaps": [{"actor_id": ACTOR_ID, "start": None, "end": "1970-01-01T00:16:40Z", "reason": "pruned"}],
    }
