"""A page of the history, in any order.

Rights are those of an actor, so every question names actors, and every index begins with one. What is asked of many
actors is asked of each by its index and merged. So a page costs the same however many executions there are. A filter
that no index answers is tried on a bounded number of executions at a time, newest first; a page that has looked through
so many says how far it came.

The SQL is written by hand since the two stores need different words for "the first rows of each".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from actors_app.history.filters import NULLABLE, SORTS, Filters
from actors_app.history.merge import run
from actors_app.history.models import ExecutionRecord
from actors_app.history.plan import Row, questions

_WIDE = (
    "id",
    "actor_id",
    "execution_id",
    "executor",
    "status",
    "outcome",
    "exit_code",
    "worker_id",
    "received",
    "started",
    "finished",
    "waited",
    "ran",
    "runtime",
    "cpu",
    "io",
    "is_sketch",
    "in_api",
    "last_seen",
)


class HistoryRow(NamedTuple):
    """An execution as a page or a file shows it; moments and spans in milliseconds, `actor` is the history's key."""

    pk: int
    actor: int
    id: str
    executor: str
    status: str
    outcome: str
    exit_code: int | None
    worker_id: str
    received: int
    started: int | None
    finished: int | None
    waited: int | None
    ran: int | None
    runtime: int | None
    cpu: int | None
    io: int | None
    is_sketch: bool
    in_api: bool
    last_seen: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in an order: the values of its columns, and whether it is among the rows that have none.

    Where actors make the order it names one of them, and which one that was: others may have come or gone since.
    """

    values: tuple[Any, ...]
    among_none: bool = False
    rank: int = 0
    actor: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some executions in their order; whether there are more, and how far was looked where that was not to the end."""

    rows: list[HistoryRow] = field(default_factory=list)
    has_more: bool = False
    looked_back_to: int | None = None


def page(
    filters: Filters, keys: Sequence[int], named: Sequence[int] = (), *, cursor: Cursor | None = None,
    back: bool = False, number: int = 50, skip: int = 0,
) -> Page:  # fmt: skip
    """Return up to `number` executions of the actors `keys` that follow a cursor in the order, or precede it.

    `skip` of them are left out first.

    `keys` are in the order of the actors' names; `named` are those of them that the text of the filter names.
    """
    columns, descending = SORTS[filters.sort], filters.descending is not back
    if filters.sort == "actor":
        rows, looked_back_to = _by_actor(filters, keys, named, cursor, back, skip + number + 1), None
    else:
        rows, looked_back_to = _ordered(filters, keys, named, columns, cursor, descending, skip + number + 1)
    executions = _wide([row[-2] for row in rows[skip : skip + number]])
    if back:
        executions.reverse()
    return Page(executions, len(rows) > skip + number, looked_back_to)


def cursor_of(filters: Filters, row: HistoryRow, keys: Sequence[int]) -> Cursor:
    """Return the cursor of a row in an order."""
    names = {"id": "pk", "execution_id": "id"}
    columns = SORTS[filters.sort]
    values = tuple(getattr(row, names.get(column, column)) for column in columns)
    among_none = columns[0] in NULLABLE and values[0] is None
    if filters.sort == "actor":
        return Cursor(values, among_none, keys.index(row.actor), row.actor)
    return Cursor(values, among_none)


def cursor_before(filters: Filters, row: HistoryRow, keys: Sequence[int]) -> Cursor:
    """Return the cursor that a row is the first to follow, so that a page begins with it whatever came since."""
    at = cursor_of(filters, row, keys)
    is_falling = filters.descending or filters.sort == "actor"  # within each actor the newest come first
    return replace(at, values=(*at.values[:-1], at.values[-1] + (1 if is_falling else -1)))


def rows_of(pks: Sequence[int]) -> list[HistoryRow]:
    """Return executions by their own keys; whether somebody may see them is for the caller to check."""
    return _wide(pks)


def newest(filters: Filters, keys: Sequence[int], named: Sequence[int]) -> list[HistoryRow]:
    """Return the execution that came last, whatever the order; none where there is none."""
    return page(replace(filters, sort="received", descending=True), keys, named, number=1).rows


def newer(filters: Filters, keys: Sequence[int], named: Sequence[int], received: int, pk: int) -> int:
    """Return how many executions came after one, up to a hundred."""
    rows, _ = _ordered(filters, keys, named, SORTS["received"], Cursor((received, pk)), False, 101)
    return len(rows[:100])


def batches(
    filters: Filters, keys: Sequence[int], named: Sequence[int], *, at_once: int = 1000
) -> Iterator[list[HistoryRow]]:
    """Return all matching executions in their order, in batches."""
    cursor: Cursor | None = None
    while True:
        batch = page(filters, keys, named, cursor=cursor, number=at_once)
        if batch.rows:
            yield batch.rows
            cursor = cursor_of(filters, batch.rows[-1], keys)
        if batch.looked_back_to is not None:
            cursor = Cursor((batch.looked_back_to, -1))
        elif not batch.has_more:
            return


def _ordered(
    filters: Filters, keys: Sequence[int], named: Sequence[int], columns: tuple[str, ...], cursor: Cursor | None,
    descending: bool, number: int,
) -> tuple[list[Row], int | None]:  # fmt: skip
    rows: list[Row] = []
    looked_back_to: int | None = None
    # Those that have no value come last whichever way the others go; going back begins with them.
    has_none = columns[0] in NULLABLE
    phases = [False, True] if has_none else [False]
    if has_none and descending is not filters.descending:
        phases.reverse()
    for among_none in phases:
        if cursor and has_none and phases.index(cursor.among_none) > phases.index(among_none):
            continue
        at = cursor if cursor and (not has_none or cursor.among_none == among_none) else None
        remaining = number - len(rows)
        if remaining <= 0:
            break
        gathered: list[Row] = []
        for question in questions(filters, keys, named, leading=columns == SORTS["received"]):
            if has_none:
                question.tried.append((f"s.{columns[0]} IS {'' if among_none else 'NOT '}NULL", []))
            by = columns[1:] if among_none else columns
            values = at.values[1:] if at and among_none else at.values if at else None
            batch, back_to = run(
                question, by, values, descending, remaining, indexed=has_none or columns != SORTS["received"]
            )
            gathered += batch
            if back_to is not None:
                looked_back_to = max(back_to, looked_back_to or 0)
        gathered.sort(key=lambda row: row[:-1], reverse=descending)
        if looked_back_to is not None:
            gathered = [row for row in gathered if row[0] >= looked_back_to]
        rows += gathered[:remaining]
    return rows, looked_back_to if len(rows) < number else None


def _by_actor(
    filters: Filters, keys: Sequence[int], named: Sequence[int], cursor: Cursor | None, back: bool, number: int
) -> list[Row]:
    """Return rows by the order of their actors, and by arrival, newest first, within each."""
    upwards = filters.descending is back
    ordered, is_there = list(keys), cursor is not None and cursor.actor in keys
    if cursor:
        index = ordered.index(cursor.actor) if is_there else cursor.rank
        ordered = ordered[index:] if upwards else ordered[: index + is_there]
    rows: list[Row] = []
    for key in ordered if upwards else ordered[::-1]:
        at = cursor if cursor and key == cursor.actor else None
        batch, _ = _ordered(
            filters, [key], [key] if key in named else [], SORTS["received"], at, not back, number - len(rows)
        )
        rows += batch
        if len(rows) >= number:
            break
    return rows


def _wide(ids: Sequence[int]) -> list[HistoryRow]:
    rows = ExecutionRecord.objects.filter(pk__in=ids).values_list(*_WIDE)
    by_id = {row[0]: HistoryRow(*row) for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]
