"""How many executions there are: by outcome, in steps of time, and the newest of each actor."""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from actors_app.core.clock import DAY, HOUR
from actors_app.history.filters import FAILED, OUTCOMES, Count, Counts, Filters
from actors_app.history.partitions import SLICE, partitions
from actors_app.history.plan import Question, Row, marks, questions, select

EXACT = 10_000  # up to which a count is exact
DRAWN = 20_000  # executions that a chart counts one by one
NAMED = 500  # actors that a query names; of more, those of the whole tenant are read
QUARTER = HOUR // 4  # by whole ones of which all clocks differ


def counts(filters: Filters, keys: Sequence[int], named: Sequence[int] = ()) -> Counts:
    """Return how many executions match of each outcome, whichever outcomes the filters select."""
    total = Counts({outcome: Count() for outcome in OUTCOMES})
    for question in questions(filters.without_outcome(), keys, named, leading=True):
        if not question.keys or question.is_empty:
            continue
        question.branches = ()
        by_outcome = _count_candidates(question, question.candidates) if question.candidates else _count(question)
        for outcome, count in by_outcome.items():
            if outcome in total.of:
                total.of[outcome] += count
    return total


def _count_candidates(question: Question, candidates: tuple[str, list[Any]]) -> dict[str, Count]:
    text, params = question.where()
    rows = select(
        f"SELECT s.outcome, COUNT(*) FROM portal_execution s WHERE s.id IN ({candidates[0]}) AND {text}"
        " GROUP BY s.outcome",
        [*candidates[1], *params],
    )
    return {outcome: Count(count) for outcome, count in rows}


def _count(question: Question) -> dict[str, Count]:
    tried = question.tried
    text, params = question.where(with_tried=False)
    actors = f"s.actor_id IN ({marks(question.keys)})"
    matches, values = "COUNT(*)", []
    if tried:
        matches = f"SUM(CASE WHEN {' AND '.join(f'({text})' for text, _ in tried)} THEN 1 ELSE 0 END)"
        values = [value for _, tried_params in tried for value in tried_params]
    columns = "*" if tried else "s.outcome"
    parts, parameters = [], []
    for outcome in OUTCOMES:
        inner = (
            f"SELECT {columns} FROM portal_execution s WHERE {actors} AND s.outcome = %s AND {text} LIMIT {EXACT + 1}"
        )
        parts.append(f"SELECT '{outcome}', COUNT(*), {matches.replace('s.', 't.')} FROM ({inner}) t")
        parameters += [*values, *question.keys, outcome, *params]
    by_outcome = {}
    for outcome, looked_at, matching in select(" UNION ALL ".join(parts), parameters):
        by_outcome[outcome] = Count(min(int(matching or 0), EXACT), looked_at <= EXACT)
    return by_outcome


@dataclass(frozen=True, slots=True)
class Buckets:
    """Counts by outcome for each step of time from `start` on; the oldest are not all counted where it is partial."""

    start: int
    step: int
    counts: list[dict[str, int]]
    is_partial: bool = False


def over_time(
    filters: Filters, keys: Sequence[int], named: Sequence[int], *, start: int, end: int, step: int
) -> Buckets:
    """Count executions by outcome in steps of time; `start` and `step` in milliseconds, `start` on a step's edge."""
    number = max(1, -(-(end - start) // step))
    totals: list[dict[str, int]] = [{} for _ in range(number)]
    is_partial = False
    for question in questions(filters, keys, named, leading=True):
        if not question.keys or question.is_empty:
            continue
        is_tallied = step % HOUR == 0 and start % HOUR == 0
        if is_tallied and not question.tried and not question.fixed and question.candidates is None:
            rows = _tallied(question, start, start + number * step, step)
            for since, end_ in ((start, question.since), (question.until, start + number * step)):
                if since is not None and end_ is not None and since < end_:
                    # The tallies are of whole hours or days; what lies outside of the window is taken off again.
                    outside = replace(question, since=None, until=None)
                    rows += [
                        (index, outcome, -count)
                        for index, outcome, count in _count_in_time(outside, start, since, end_, step)
                    ]
        else:
            drawn_from = _drawn_from(question, start)
            is_partial = is_partial or drawn_from > start
            rows = _count_in_time(question, start, max(start, drawn_from), start + number * step, step)
        for index, outcome, count in rows:
            if 0 <= index < number:
                totals[int(index)][outcome] = totals[int(index)].get(outcome, 0) + int(count)
    return Buckets(start, step, totals, is_partial)


def in_spans(
    filters: Filters, keys: Sequence[int], named: Sequence[int], edges: Sequence[tuple[int, int]]
) -> tuple[list[tuple[int, int, dict[str, int]]], bool]:
    """Count executions by outcome in spans of time that follow one another; return whether only some were counted.

    Where a clock is put back or forward among them they are not of one length, and are put together of shorter ones.
    """
    if not edges:
        return [], False
    lengths = {end - start for start, end in edges}
    step = lengths.pop()
    if lengths:
        step = HOUR if all(start % HOUR == 0 for start, _ in edges) else QUARTER
    buckets = over_time(filters, keys, named, start=edges[0][0], end=edges[-1][1], step=step)
    totals = [(start, end, dict[str, int]()) for start, end in edges]
    starts = [start for start, _ in edges]
    for index, counts in enumerate(buckets.counts):
        into = totals[bisect_right(starts, buckets.start + index * step) - 1][2]
        for outcome, count in counts.items():
            into[outcome] = into.get(outcome, 0) + count
    return totals, buckets.is_partial


def _tallied(question: Question, start: int, end: int, step: int) -> list[Row]:
    span = DAY if step % DAY == 0 and start % DAY == 0 else HOUR
    only, params = "", []
    if question.branches:
        only, params = f" AND outcome IN ({marks(question.branches)})", list(question.branches)
    sql = (
        f"SELECT (start - %s) / %s, outcome, SUM(count) FROM portal_execution_tally"
        f" WHERE actor_id IN ({marks(question.keys)}) AND span = %s AND start >= %s AND start < %s{only} GROUP BY 1, 2"
    )
    return select(sql, [start, step, *question.keys, span, start, end, *params])


def _drawn_from(question: Question, start: int) -> int:
    """Return from when on a chart can look at each execution, newest first, without looking at too many."""
    if question.candidates is not None or not question.tried:
        return start
    looked_at = 0
    for begins, ends, size in partitions(question, None, True):
        looked_at += size
        if looked_at > DRAWN + SLICE // 2:
            return max(ends, start)
        if begins <= start:
            break
    return start


def _count_in_time(question: Question, start: int, since: int, end: int, step: int) -> list[Row]:
    text, params = question.where(with_branches=False)
    actors, values = f"s.actor_id IN ({marks(question.keys)})", list(question.keys)
    if question.candidates is not None:
        actors, values = f"s.id IN ({question.candidates[0]})", list(question.candidates[1])
    # With the outcome given the index holds all that is needed.
    outcomes = question.branches or OUTCOMES
    sql = (
        f"SELECT (s.received - %s) / %s, s.outcome, COUNT(*) FROM portal_execution s WHERE {actors}"
        f" AND s.outcome IN ({marks(outcomes)}) AND {text} AND s.received >= %s AND s.received < %s GROUP BY 1, 2"
    )
    return select(sql, [start, step, *values, *outcomes, *params, since, end])


def of_last_day(keys: Sequence[int], end: int) -> dict[int, int]:
    """Return of each actor how many ran in the 24 hours that end with the hour of `end`; nothing of those with none."""
    if not keys:
        return {}
    start = end - end % HOUR - 23 * HOUR
    rows = select(
        f"SELECT actor_id, SUM(count) FROM portal_execution_tally WHERE actor_id IN ({marks(keys)}) AND span = %s"
        " AND start >= %s AND start <= %s GROUP BY actor_id",
        [*keys, HOUR, start, end],
    )
    return {key: int(count) for key, count in rows}


def of_last_days(keys: Sequence[int], end: int, days: int) -> dict[int, list[tuple[int, int]]]:
    """Return of each actor, for the days (UTC) up to that of `end`, how many ran and how many of them failed."""
    if not keys:
        return {}
    start = end - end % DAY - (days - 1) * DAY
    rows = select(
        f"SELECT actor_id, (start - %s) / %s, outcome, count FROM portal_execution_tally"
        f" WHERE actor_id IN ({marks(keys)}) AND span = %s AND start >= %s AND start <= %s",
        [start, DAY, *keys, DAY, start, end],
    )
    of_days: dict[int, list[tuple[int, int]]] = {key: [(0, 0)] * days for key in keys}
    for key, day, outcome, count in rows:
        if 0 <= day < days:
            all_, failed = of_days[key][day]
            of_days[key][day] = all_ + count, failed + (count if outcome in FAILED else 0)
    return of_days


def newest_of_each(tenant: str, actor_ids: Collection[str]) -> list[Row]:
    """Return of each actor whose history was read its id, how far it is known, and its newest run, if any.

    A run is an execution that does not wait any more. The columns are the actor's id, `since` and `is_whole`, then
    `received`, `outcome`, `status` and `exit_code`.
    """
    if not actor_ids:
        return []
    only = f" AND h.actor_id IN ({marks(list(actor_ids))})" if len(actor_ids) <= NAMED else ""
    rows = "FROM portal_execution s WHERE s.actor_id = h.id AND s.outcome <> %s"
    newest = f"{rows} ORDER BY s.received DESC, s.id DESC LIMIT 1"
    if connection.vendor == "postgresql":
        # Joined by its id it would be looked for among all executions, which are read for that.
        joined = f"LEFT JOIN LATERAL (SELECT s.received, s.outcome, s.status, s.exit_code {newest}) r ON true"
    else:
        joined = f"LEFT JOIN portal_execution r ON r.id = (SELECT s.id {newest})"
    sql = (
        "SELECT h.actor_id, h.since, h.is_whole, r.received, r.outcome, r.status, r.exit_code"
        f" FROM portal_actor_history h {joined}"
        f" WHERE h.tenant = %s AND h.until IS NOT NULL AND h.deleted IS NULL{only}"
    )
    return select(sql, ["waiting", tenant, *(actor_ids if only else ())])
