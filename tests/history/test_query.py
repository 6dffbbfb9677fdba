"""Every page, count and chart of the history against the same question answered by looking at each execution."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors_app.core.clock import DAY, HOUR, MINUTE, to_ms
from actors_app.history import counts as history_counts
from actors_app.history import merge, partitions, plan, query
from actors_app.history.counts import counts, over_time
from actors_app.history.filters import OUTCOMES, SORTS, Filters, Span, Value
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory, ExecutionRecord, ExecutionTally
from actors_app.history.query import HistoryRow, batches, cursor_of, newer, page
from actors_app.services.types import Execution

pytestmark = [pytest.mark.django_db, pytest.mark.store]
NOW = datetime(2026, 11, 23, 12, 30, 15, 500_000, tzinfo=UTC)
NOW_MS = to_ms(NOW) or 0
WINDOW = Filters(since=NOW_MS - 30 * HOUR, until=NOW_MS - 5 * HOUR - MINUTE)  # begins and ends within an hour


def execution(rng: random.Random, number: int) -> Execution:
    """Make an execution of any kind."""
    received = NOW - timedelta(milliseconds=rng.choice([rng.randrange(3_600_000), rng.randrange(3 * 86_400_000)]))
    status = rng.choice(["COMPLETE"] * 6 + ["ERROR", "RUNNING", "SUBMITTED", "PAUSED"])
    ended = status == "COMPLETE"
    started = received + timedelta(milliseconds=rng.randrange(5000))
    code = rng.choice([0, 0, 0, 1, 2, 137, None])
    return Execution(
        id=rng.choice("abXY") + rng.choice("01") + f"{number:08}",
        executor=rng.choice(["alice", "bob", "Zoë", "cron"]),
        status=status,
        message_received_time=received,
        start_time=started if ended else None,
        finish_time=started + timedelta(milliseconds=rng.choice([5, 900, 70_000])) if ended else None,
        exit_code=code if ended else None,
        worker_id=rng.choice(["w1", "w2", None]),
        final_state={"OOMKilled": True} if ended and rng.random() < 0.1 else {},
    )


@pytest.fixture
def actors() -> list[ActorHistory]:
    """Fill the history: five actors, of which one has most and one has none; then somebody else's."""
    rng = random.Random(4)
    made = []
    for number, size in enumerate([120, 25, 10, 3, 0, 20]):
        actor = ActorHistory.objects.create(tenant="t", actor_id=f"actor{number}", name=f"name-{number}")
        record(actor, [execution(rng, number * 1000 + place) for place in range(size)])
        made.append(actor)
    return made


def brute(wanted: Filters, keys: list[int], named: list[int]) -> list[HistoryRow]:
    """Answer by looking at every execution."""
    rows = [HistoryRow(*row) for row in ExecutionRecord.objects.filter(actor__in=keys).values_list(*query._WIDE)]
    return order(wanted, keys, [row for row in rows if admits(wanted, row, named)])


def admits(wanted: Filters, row: HistoryRow, named: list[int]) -> bool:
    """Whether the filter lets an execution through."""
    checks = [
        not wanted.outcomes or row.outcome in wanted.outcomes,
        wanted.since is None or row.received >= wanted.since,
        wanted.until is None or row.received < wanted.until,
        not wanted.q or (row.actor in named or row.id.startswith(wanted.q)) is not wanted.q_is_not,
    ]
    for value, have in (
        (wanted.values.get("executor"), row.executor),
        (wanted.values.get("worker"), row.worker_id),
        (wanted.values.get("exit_code"), None if row.exit_code is None else str(row.exit_code)),
    ):
        checks.append(value is None or (have == value.text) is not value.is_not)
    if span := wanted.duration:
        inside = row.ran is not None and (span.least or 0) <= row.ran < (span.most or 2**62)
        checks.append(row.ran is not None and inside is not span.is_not)
    return all(checks)


def order(wanted: Filters, keys: list[int], rows: list[HistoryRow]) -> list[HistoryRow]:
    """Sort as a page does: those without a value last."""
    if wanted.sort == "actor":
        rank = {key: place for place, key in enumerate(keys if not wanted.descending else keys[::-1])}
        return sorted(rows, key=lambda row: (rank[row.actor], -row.received, -row.pk))
    names = {"id": "pk", "execution_id": "id"}
    columns = [names.get(name, name) for name in SORTS[wanted.sort]]
    have = [row for row in rows if getattr(row, columns[0]) is not None]
    have_not = [row for row in rows if getattr(row, columns[0]) is None]
    have.sort(key=lambda row: [getattr(row, name) for name in columns], reverse=wanted.descending)
    have_not.sort(key=lambda row: [getattr(row, name) for name in columns[1:]], reverse=wanted.descending)
    return have + have_not


def any_wanted(rng: random.Random) -> Filters:
    """Make a filter of any kind, in any order."""

    def maybe(make: Any, share: float = 0.25) -> Any:
        return make() if rng.random() < share else None

    texts = {"executor": ("alice", "bob", "nobody", "Zoë"), "worker": ("w1", "w2"), "exit_code": ("0", "1", "9")}
    outcomes = maybe(lambda: tuple(rng.sample(OUTCOMES, rng.randrange(1, 4))), 0.4) or ()
    values = {name: maybe(lambda: Value(rng.choice(some), rng.random() < 0.4)) for name, some in texts.items()}  # noqa: B023 - called at once
    return Filters(
        outcomes=outcomes,
        values={name: value for name, value in values.items() if value},
        duration=maybe(
            lambda: Span(rng.choice([None, 100, 60_000]), rng.choice([None, 1000, 80_000]), rng.random() < 0.3)
        ),
        since=maybe(lambda: NOW_MS - rng.choice([HOUR, DAY, 2 * DAY])),
        until=maybe(lambda: NOW_MS - rng.choice([MINUTE, HOUR, DAY])),
        q=maybe(lambda: rng.choice(["a", "X0", "b00000", "nothing"]), 0.2) or "",
        q_is_not=rng.random() < 0.3,
        sort=rng.choice([*SORTS, "received", "received"]),
        descending=rng.random() < 0.7,
    )


@pytest.mark.parametrize("number", [40, pytest.param(120, marks=pytest.mark.full)])
@pytest.mark.parametrize("small", [False, True])
def test_every_page_is_the_part_of_the_whole_that_it_claims_to_be(
    actors: list[ActorHistory], monkeypatch: pytest.MonkeyPatch, small: bool, number: int
) -> None:
    if small:  # so that the ways for large histories are gone
        for room, name, limit in (
            (plan, "CANDIDATES", 3),
            (partitions, "SLICE", 15),
            (merge, "TRIED", 10**9),
            (history_counts, "EXACT", 4),
        ):
            monkeypatch.setattr(room, name, limit)
    rng = random.Random(20 + small)
    keys = [actor.pk for actor in actors[:5]]
    for _ in range(number):
        wanted = any_wanted(rng)
        asked = keys if rng.random() < 0.6 else keys[:1]
        named = [key for key in asked if rng.random() < 0.3] if wanted.q else []
        expected = brute(wanted, asked, named)
        walked, place = [], None
        while len(walked) <= len(expected):
            found = page(wanted, asked, named, cursor=place, number=7)
            walked += found.rows
            if not found.has_more:
                break
            place = cursor_of(wanted, found.rows[-1], asked)
        assert [row.pk for row in walked] == [row.pk for row in expected], wanted
        if len(expected) > 8:  # and back again
            back = page(wanted, asked, named, cursor=cursor_of(wanted, expected[-1], asked), back=True, number=7)
            assert [row.pk for row in back.rows] == [row.pk for row in expected[-8:-1]], wanted
        of = counts(wanted, asked, named).of
        for outcome in OUTCOMES:
            have = len(brute(replace(wanted, outcomes=(outcome,)), asked, named))
            if of[outcome].is_exact:
                assert of[outcome].number == have, (wanted, outcome)
            else:
                assert of[outcome].number <= have, (wanted, outcome)


def test_counts_are_exact_up_to_their_limit_whatever_else_there_is(
    actors: list[ActorHistory], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [actors[0].pk]
    exact = counts(Filters(), keys).of
    monkeypatch.setattr(history_counts, "EXACT", exact["failed"].number)
    assert exact["succeeded"].number > exact["failed"].number > 0
    limited = counts(Filters(), keys).of
    assert limited["failed"] == exact["failed"]
    assert limited["succeeded"].number == exact["failed"].number
    assert not limited["succeeded"].is_exact


def test_a_page_that_finds_nothing_stops_after_a_bounded_number_and_says_so(
    actors: list[ActorHistory], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CANDIDATES", 0)
    monkeypatch.setattr(partitions, "SLICE", 20)
    monkeypatch.setattr(merge, "TRIED", 40)
    keys = [actor.pk for actor in actors[:5]]
    wanted = Filters(values={"executor": Value("alice", True)}, duration=Span(60_000))
    found = page(wanted, keys, number=50)
    expected = brute(wanted, keys, [])
    assert found.looked_back_to is not None
    assert not found.has_more
    assert [row.pk for row in found.rows] == [row.pk for row in expected if row.received >= found.looked_back_to]
    assert len(found.rows) < len(expected)
    all_rows = [row.pk for rows in batches(wanted, keys, [], at_once=10) for row in rows]
    assert all_rows == [row.pk for row in expected]


@pytest.mark.parametrize("step", [DAY, HOUR, 5 * MINUTE])
def test_a_chart_counts_each_execution_once(actors: list[ActorHistory], step: int) -> None:
    keys = [actor.pk for actor in actors[:5]]
    start = NOW_MS - NOW_MS % DAY - 3 * DAY
    for wanted in (
        Filters(),
        Filters(outcomes=("failed", "oom")),
        Filters(values={"executor": Value("bob")}),
        Filters(q="a"),
        WINDOW,
    ):
        drawn = over_time(wanted, keys, [], start=start, end=NOW_MS, step=step)
        expected: list[dict[str, int]] = [{} for _ in drawn.counts]
        for row in brute(wanted, keys, []):
            bucket = expected[(row.received - start) // step]
            bucket[row.outcome] = bucket.get(row.outcome, 0) + 1
        assert [{k: v for k, v in one.items() if v} for one in drawn.counts] == expected


def test_tallies_follow_what_becomes_of_an_execution(actors: list[ActorHistory]) -> None:
    actor = actors[4]
    one = replace(execution(random.Random(1), 1), status="RUNNING", exit_code=None, start_time=None, finish_time=None)
    record(actor, [one])
    record(actor, [one])
    record(actor, [replace(one, status="COMPLETE", exit_code=3)])
    record(actor, [one])  # an answer that was overtaken
    assert ExecutionRecord.objects.get(actor=actor).outcome == "failed"
    tallies = ExecutionTally.objects.filter(actor=actor, count__gt=0).values_list("span", "outcome", "count")
    assert sorted(tallies) == [(HOUR, "failed", 1), (DAY, "failed", 1)]
    actor.refresh_from_db()
    assert actor.known == 1


def test_what_is_newer_is_counted(actors: list[ActorHistory]) -> None:
    keys = [actor.pk for actor in actors[:5]]
    rows = brute(Filters(), keys, [])
    assert newer(Filters(), keys, [], rows[9].received, rows[9].pk) == 9
    assert newer(Filters(), keys, [], rows[0].received, rows[0].pk) == 0
    assert newer(Filters(), keys, [], rows[-1].received, rows[-1].pk) == 100


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("gone", [False, True])
def test_pages_in_the_order_of_actors_stay_right_while_actors_come_and_go(
    actors: list[ActorHistory], descending: bool, gone: bool
) -> None:
    wanted = Filters(sort="actor", descending=descending)
    keys = [actor.pk for actor in actors[:4]]
    first = page(wanted, keys, number=15)
    place = cursor_of(wanted, first.rows[-1], keys)
    later = [key for key in keys if key != place.actor] if gone else [actors[5].pk, *keys]  # before all others
    rest = [row for rows in _pages_after(wanted, later, place) for row in rows]
    expected = [row for row in brute(wanted, later, []) if row.actor in keys and row not in first.rows]
    assert [row for row in rest if row.actor in keys and row not in first.rows] == expected
    assert len(rest) == len(set(rest))
    back = page(wanted, later, cursor=cursor_of(wanted, rest[0], later), back=True, number=15)
    if not gone:
        assert back.rows[-1] == first.rows[-1]


def _pages_after(wanted: Filters, keys: list[int], place: Any) -> Any:
    while True:
        found = page(wanted, keys, cursor=place, number=7)
        yield found.rows
        if not found.has_more:
            return
        place = cursor_of(wanted, found.rows[-1], keys)
