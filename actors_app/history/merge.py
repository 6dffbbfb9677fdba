"""The first rows of a question to many actors: each is answered by its index, and the answers are merged.

A stream is one actor, or one outcome of it; its index has its rows in the order of the page.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection

from actors_app.history.filters import SORTS
from actors_app.history.partitions import partitions
from actors_app.history.plan import END, Question, Row, after, marks, order, select

TRIED = 60_000  # executions that a filter without an index is tried on, for one page


def run(
    question: Question, columns: tuple[str, ...], values: tuple[Any, ...] | None, descending: bool, number: int,
    *, indexed: bool,
) -> tuple[list[Row], int | None]:  # fmt: skip
    """Return the first rows that follow a cursor, and how far was looked where that was not to the end.

    `indexed`: whether the order itself is an index, so that what is tried may be tried on every row of it.
    """
    if not question.keys or question.is_empty:
        return [], None
    if question.candidates is not None:
        return _of_candidates(question, question.candidates, columns, values, descending, number), None
    if not question.tried or indexed:
        return _merged(question, columns, values, descending, number), None
    return _tried(question, columns, values, descending, number)


def _of_candidates(
    question: Question, candidates: tuple[str, list[Any]], columns: tuple[str, ...], values: tuple[Any, ...] | None,
    descending: bool, number: int,
) -> list[Row]:  # fmt: skip
    text, params = question.where()
    beyond, beyond_params = after(columns, values, descending)
    return select(
        f"SELECT {', '.join(f's.{name}' for name in columns)}, 0 FROM portal_execution s"
        f" WHERE s.id IN ({candidates[0]}) AND {text} AND {beyond}"
        f" ORDER BY {order(columns, descending)} LIMIT {number}",
        [*candidates[1], *params, *beyond_params],
    )


def _tried(
    question: Question, columns: tuple[str, ...], values: tuple[Any, ...] | None, descending: bool, number: int
) -> tuple[list[Row], int | None]:
    """Try the filter on partitions of time of bounded size, in the order of the page."""
    rows: list[Row] = []
    tried, since, until = 0, question.since, question.until
    # An id below all others stands for the very edge of what was looked through before.
    at: int | None = values[0] - (descending and values[-1] < 0) if values else None
    for start, end, size in partitions(question, at, descending):
        if tried and tried + size > TRIED:
            return rows, end if descending else None
        question.since = max(start, since or start)
        question.until = min(end, until or end)
        rows += _merged(question, columns, values, descending, number - len(rows))
        tried += size
        if len(rows) >= number:
            break
    question.since, question.until = since, until
    return rows, None


def _merged(
    question: Question, columns: tuple[str, ...], values: tuple[Any, ...] | None, descending: bool, number: int
) -> list[Row]:
    """Return the first rows of all streams, each of which is one actor, or one outcome of it, in its index's order."""
    streams = len(question.keys) * max(1, len(question.branches))
    limit = number if streams == 1 else max(1, min(number, 2 * number // streams))
    actors, floor, rows = list(question.keys), None, list[Row]()
    if streams > number and columns == SORTS["received"]:
        actors, floor = _heads(question, values, descending, number)
        limit = number
    while actors:
        pending = set(actors)
        rows = [row for row in rows if row[-1][0] not in pending]
        rows += _fetch(question, actors, columns, values, descending, limit, floor)
        rows.sort(key=lambda row: row[:-1], reverse=descending)
        if limit >= number:
            return rows[:number]
        # A stream that gave all it was asked for may have more that belong before the last row of the page.
        border = rows[number - 1][:-1] if len(rows) >= number else None
        stream_counts = Counter(row[-1] for row in rows if row[-1][0] in pending)
        last = {row[-1]: row[:-1] for row in rows}
        actors = list(
            {
                stream[0]
                for stream, count in stream_counts.items()
                if count == limit
                and (border is None or (last[stream] > border if descending else last[stream] < border))
            }
        )
        if not actors:
            return rows[:number]
        floor, limit = border, number if border else limit * 4
    return []


def _heads(
    question: Question, values: tuple[Any, ...] | None, descending: bool, number: int
) -> tuple[list[int], tuple[Any, ...] | None]:
    """Return the actors that can have one of the first rows by arrival, and beyond what no such row can be.

    Only those whose own first row is among the first have others among them, and none that comes after the last of
    these. The moments alone are read, which the index holds.
    """
    text, params = question.where(with_branches=False)
    beyond, beyond_params = after(SORTS["received"], values, descending)
    branch, branches = branches_of(question)
    rows = select(
        f"SELECT a.id, (SELECT s.received FROM portal_execution s WHERE s.actor_id = a.id{branch} AND {text}"
        f" AND {beyond} ORDER BY {order(SORTS['received'], descending)} LIMIT 1)"
        f" FROM portal_actor_history a{branches} WHERE a.id IN ({marks(question.keys)})",
        [*params, *beyond_params, *question.branches, *question.keys],
    )
    heads = sorted(((head, key) for key, head in rows if head is not None), reverse=descending)
    if len(heads) < number:
        return list({key for _, key in heads}), None
    last = heads[number - 1][0]
    first = {key for head, key in heads if (head >= last if descending else head <= last)}
    return list(first), (last, 0 if descending else END)


def _fetch(
    question: Question, keys: Sequence[int], columns: tuple[str, ...], values: tuple[Any, ...] | None,
    descending: bool, limit: int, floor: tuple[Any, ...] | None = None,
) -> list[Row]:  # fmt: skip
    """Return the first rows of each stream, none beyond the floor, each ending with the stream it is of."""
    text, params = question.where(with_branches=False)
    beyond, beyond_params = after(columns, values, descending)
    if floor is not None:
        names = ", ".join(f"s.{name}" for name in columns)
        beyond += f" AND ({names}) {'>=' if descending else '<='} ({marks(floor)})"
        beyond_params += floor
    outer_columns = ", ".join(f"r.{name}" for name in columns)
    branch, branches = branches_of(question)
    inner = (
        f"FROM portal_execution s WHERE s.actor_id = a.id{branch} AND {text} AND {beyond}"
        f" ORDER BY {order(columns, descending)} LIMIT {limit}"
    )
    if connection.vendor == "postgresql":
        inner_columns = ", ".join(f"s.{name}" for name in dict.fromkeys((*columns, "outcome")))
        joined = f"CROSS JOIN LATERAL (SELECT {inner_columns} {inner}) r"
    else:
        # CROSS JOIN keeps SQLite to this order: each actor, the first rows of its index, then these rows.
        joined = f"CROSS JOIN portal_execution r ON r.id IN (SELECT s.id {inner})"
    rows = select(
        f"SELECT {outer_columns}, a.id, r.outcome FROM portal_actor_history a{branches} {joined}"
        f" WHERE a.id IN ({marks(keys)})",
        [*question.branches, *params, *beyond_params, *keys],
    )
    is_branched = bool(question.branches)
    return [(*row[:-2], (row[-2], row[-1] if is_branched else "")) for row in rows]


def branches_of(question: Question) -> tuple[str, str]:
    """Return the condition of a branch, and the table of all of them."""
    if not question.branches:
        return "", ""
    table = " UNION ALL ".join(["SELECT %s AS o"] * len(question.branches))
    return " AND s.outcome = x.o", f" CROSS JOIN ({table}) x"
