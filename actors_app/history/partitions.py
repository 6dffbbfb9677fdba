"""The past cut into partitions that hold a bounded number of executions, by the tallies."""

from collections.abc import Iterator

from actors_app.core.clock import DAY, HOUR, now_ms
from actors_app.history.plan import END, Question, marks, select

SLICE = 20_000  # executions that are tried at once by a filter without an index
NEAR = 6  # hours that are tried first


def partitions(question: Question, at: int | None, descending: bool) -> Iterator[tuple[int, int, int]]:
    """Return spans of time with how many executions fall into each: none, by the tallies, much more than SLICE.

    The first is of a few hours, since a filter that lets most executions through fills a page from these.
    """
    conditions, params = ["span = %s", f"actor_id IN ({marks(question.keys)})"], [DAY, *question.keys]
    low = question.since if descending or at is None else max(at, question.since or 0)
    high = question.until if not descending or at is None else min(at + 1, question.until or END)
    if low is not None:
        conditions.append("start > %s")
        params.append(low - DAY)
    if high is not None:
        conditions.append("start < %s")
        params.append(high)
    if descending:
        near = _near(question, high)
        if near is not None:
            yield near
            high = near[0]
            conditions.append("start < %s")
            params.append(high)
            if low is not None and high <= low:
                return
    direction = "DESC" if descending else "ASC"
    days = select(
        f"SELECT start, SUM(count) FROM portal_execution_tally WHERE {' AND '.join(conditions)}"
        f" GROUP BY start HAVING SUM(count) > 0 ORDER BY start {direction}",
        params,
    )
    pending: tuple[int, int, int] | None = None
    for start, count in days:
        parts = max(1, -(-int(count) // SLICE))
        pieces = [
            (start + DAY * part // parts, start + DAY * (part + 1) // parts, int(count) // parts)
            for part in range(parts)
        ]
        for piece in pieces[::-1] if descending else pieces:
            if (high is not None and piece[0] >= high) or (low is not None and piece[1] <= low):
                continue
            if high is not None:
                piece = piece[0], min(piece[1], high), piece[2]
            if pending and pending[2] + piece[2] <= SLICE:
                pending = min(pending[0], piece[0]), max(pending[1], piece[1]), pending[2] + piece[2]
                continue
            if pending:
                yield pending
            pending = piece
    if pending:
        yield pending


def _near(question: Question, high: int | None) -> tuple[int, int, int] | None:
    """Return the newest hours before a moment that hold less than a slice and more than nothing."""
    at = high if high is not None else now_ms()
    first = at - at % HOUR - NEAR * HOUR
    rows = select(
        f"SELECT start, SUM(count) FROM portal_execution_tally WHERE actor_id IN ({marks(question.keys)})"
        f" AND span = %s AND start >= %s AND start < %s GROUP BY start ORDER BY start DESC",
        [*question.keys, HOUR, first, high if high is not None else END],
    )
    size, start = 0, None
    for begins, count in rows:
        if size + int(count) > SLICE // 2:
            break
        size, start = size + int(count), begins
    return (start, high if high is not None else END, size) if start is not None and size else None
