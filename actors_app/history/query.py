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

from actors_app.history.filters import NULLABLE, SORTS, Wanted
from actors_app.history.merge import run
from actors_app.history.models import ExecutionRecord
from actors_app.history.plan import questions
from actors_app.history.sql import Row

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


class Found(NamedTuple):
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
class Place:
    """A place in an order: the values of its columns there, and whether it is among those that have none.

    Where actors make the order it names one of them, and which one that was: others may have come or gone since.
    """

    values: tuple[Any, ...]
    among_none: bool = False
    rank: int = 0
    actor: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some executions in their order; whether there are more, and how far was looked where that was not to the end."""

    rows: list[Found] = field(default_factory=list)
    has_more: bool = False
    looked_back_to: int | None = None


def page(
    wanted: Wanted, keys: Sequence[int], named: Sequence[int] = (), *, place: Place | None = None, back: bool = False,
    number: int = 50, skip: int = 0,
) -> Page:  # fmt: skip
    """Return up to `number` executions of the actors `keys` that follow a place in the order, or precede it.

    `skip` of them are left out first.

    `keys` are in the order of the actors' names; `named` are those of them that the text of the filter names.
    """
    columns, descending = SORTS[wanted.sort], wanted.descending is not back
    if wanted.sort == "actor":
        rows, looked_back_to = _by_actor(wanted, keys, named, place, back, skip + number + 1), None
    else:
        rows, looked_back_to = _ordered(wanted, keys, named, columns, place, descending, skip + number + 1)
    found = _wide([row[-2] for row in rows[skip : skip + number]])
    if back:
        found.reverse()
    return Page(found, len(rows) > skip + number, looked_back_to)


def place_of(wanted: Wanted, row: Found, keys: Sequence[int]) -> Place:
    """Return where a row stands in an order."""
    names = {"id": "pk", "execution_id": "id"}
    columns = SORTS[wanted.sort]
    values = tuple(getattr(row, names.get(column, column)) for column in columns)
    among_none = columns[0] in NULLABLE and values[0] is None
    if wanted.sort == "actor":
        return Place(values, among_none, keys.index(row.actor), row.actor)
    return Place(values, among_none)


def place_before(wanted: Wanted, row: Found, keys: Sequence[int]) -> Place:
    """Return the place that a row is the first to follow, so that a page begins with it whatever came since."""
    at = place_of(wanted, row, keys)
    is_falling = wanted.descending or wanted.sort == "actor"  # within each actor the newest come first
    return replace(at, values=(*at.values[:-1], at.values[-1] + (1 if is_falling else -1)))


def rows_of(pks: Sequence[int]) -> list[Found]:
    """Return executions by their own keys; whether somebody may see them is for the caller to check."""
    return _wide(pks)


def newest(wanted: Wanted, keys: Sequence[int], named: Sequence[int]) -> list[Found]:
    """Return the execution that came last, whatever the order; none where there is none."""
    return page(replace(wanted, sort="received", descending=True), keys, named, number=1).rows


def newer(wanted: Wanted, keys: Sequence[int], named: Sequence[int], received: int, pk: int) -> int:
    """Return how many executions came after one, up to a hundred."""
    rows, _ = _ordered(wanted, keys, named, SORTS["received"], Place((received, pk)), False, 101)
    return len(rows[:100])


def every(wanted: Wanted, keys: Sequence[int], named: Sequence[int], *, at_once: int = 1000) -> Iterator[list[Found]]:
    """Return all executions that are wanted, in their order, some at a time."""
    place: Place | None = None
    while True:
        found = page(wanted, keys, named, place=place, number=at_once)
        if found.rows:
            yield found.rows
            place = place_of(wanted, found.rows[-1], keys)
        if found.looked_back_to is not None:
            place = Place((found.looked_back_to, -1))
        elif not found.has_more:
            return


def _ordered(
    wanted: Wanted, keys: Sequence[int], named: Sequence[int], columns: tuple[str, ...], place: Place | None,
    descending: bool, number: int,
) -> tuple[list[Row], int | None]:  # fmt: skip
    rows: list[Row] = []
    looked_back_to: int | None = None
    # Those that have no value come last whichever way the others go; going back begins with them.
    has_none = columns[0] in NULLABLE
    phases = [False, True] if has_none else [False]
    if has_none and descending is not wanted.descending:
        phases.reverse()
    for among_none in phases:
        if place and has_none and phases.index(place.among_none) > phases.index(among_none):
            continue
        at = place if place and (not has_none or place.among_none == among_none) else None
        left = number - len(rows)
        if left <= 0:
            break
        gathered: list[Row] = []
        for question in questions(wanted, keys, named, leading=columns == SORTS["received"]):
            if has_none:
                question.tried.append((f"s.{columns[0]} IS {'' if among_none else 'NOT '}NULL", []))
            by = columns[1:] if among_none else columns
            values = at.values[1:] if at and among_none else at.values if at else None
            some, back_to = run(
                question, by, values, descending, left, indexed=has_none or columns != SORTS["received"]
            )
            gathered += some
            if back_to is not None:
                looked_back_to = max(back_to, looked_back_to or 0)
        gathered.sort(key=lambda row: row[:-1], reverse=descending)
        if looked_back_to is not None:
            gathered = [row for row in gathered if row[0] >= looked_back_to]
        rows += gathered[:left]
    return rows, looked_back_to if len(rows) < number else None


def _by_actor(
    wanted: Wanted, keys: Sequence[int], named: Sequence[int], place: Place | None, back: bool, number: int
) -> list[Row]:
    """Return rows by the order of their actors, and by arrival, newest first, within each."""
    upwards = wanted.descending is back
    ordered, is_there = list(keys), place is not None and place.actor in keys
    if place:
        here = ordered.index(place.actor) if is_there else place.rank
        ordered = ordered[here:] if upwards else ordered[: here + is_there]
    rows: list[Row] = []
    for key in ordered if upwards else ordered[::-1]:
        at = place if place and key == place.actor else None
        some, _ = _ordered(
            wanted, [key], [key] if key in named else [], SORTS["received"], at, not back, number - len(rows)
        )
        rows += some
        if len(rows) >= number:
            break
    return rows


def _wide(ids: Sequence[int]) -> list[Found]:
    rows = ExecutionRecord.objects.filter(pk__in=ids).values_list(*_WIDE)
    by_id = {row[0]: Found(*row) for row in rows}
    return [by_id[one] for one in ids if one in by_id]
