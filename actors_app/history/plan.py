"""A filter as questions to the store: which rows there can be, by which index, and what must be tried on each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from actors_app.history.filters import FILTERS, OUTCOMES, Filters

Row = tuple[Any, ...]
END = 2**62  # beyond every moment, span and id


def select(sql: str, values: Sequence[Any]) -> list[Row]:
    """Return the rows of a question."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def after(columns: tuple[str, ...], values: tuple[Any, ...] | None, descending: bool) -> tuple[str, list[Any]]:
    """Return the condition that a row of `s` follows a place in an order, and its parameters; of no place, all do."""
    if values is None:
        return "1 = 1", []
    names = ", ".join(f"s.{name}" for name in columns)
    return f"({names}) {'<' if descending else '>'} ({marks(values)})", list(values)


def order(columns: tuple[str, ...], descending: bool) -> str:
    """Return the words of an order of the rows of `s`."""
    return ", ".join(f"s.{name} {'DESC' if descending else 'ASC'}" for name in columns)


def marks(values: Sequence[Any]) -> str:
    """Return a place for each value."""
    return ", ".join(["%s"] * len(values))


CANDIDATES = 2_000  # rows that an index of another order may name, to be sorted afterwards


@dataclass(slots=True)
class Question:
    """A question to the actors of `keys`: conditions that an index answers, and others that are tried."""

    keys: list[int]
    branches: tuple[str, ...] = ()  # outcomes, each of which has rows in order
    fixed: list[tuple[str, Any]] = field(default_factory=list)  # columns with one value, first in the index
    tried: list[tuple[str, list[Any]]] = field(default_factory=list)
    candidates: tuple[str, list[Any]] | None = None  # query of the rows that can match, by another index
    is_empty: bool = False
    since: int | None = None
    until: int | None = None

    def where(self, *, with_branches: bool = True, with_tried: bool = True) -> tuple[str, list[Any]]:
        """Return everything but the actors as a condition on the table `s`."""
        conditions: list[tuple[str, list[Any]]] = [(f"s.{column} = %s", [value]) for column, value in self.fixed]
        if with_branches and self.branches:
            conditions.append((f"s.outcome IN ({marks(self.branches)})", list(self.branches)))
        if self.since is not None:
            conditions.append(("s.received >= %s", [self.since]))
        if self.until is not None:
            conditions.append(("s.received < %s", [self.until]))
        if with_tried:
            conditions += self.tried
        return " AND ".join(text for text, _ in conditions) or "1 = 1", [
            value for _, params in conditions for value in params
        ]


def questions(filters: Filters, keys: Sequence[int], named: Sequence[int], *, leading: bool) -> list[Question]:
    """Return what is to be asked of the store: one question, or two where a text names actors and executions.

    None where an excluded text names every actor.

    `leading`: whether the order is that of arrival, so that a column with one value can come first in the index.
    """
    if not filters.q:
        return [_question(filters, list(keys), leading)]
    result = []
    unnamed = [key for key in keys if key not in set(named)]
    begins = "substr(s.execution_id, 1, %s)"  # LIKE tells capitals from small letters in one store and not in the other
    if filters.q_is_not:
        if unnamed:
            result.append(_question(filters, unnamed, leading))
            result[0].tried.append((f"{begins} <> %s", [len(filters.q), filters.q]))
        return result
    if named:
        result.append(_question(filters, list(named), leading))
    if unnamed:
        question = _question(filters, unnamed, leading=False)
        if question.candidates is None:
            _narrow(question, "c.execution_id >= %s AND c.execution_id <= %s", [filters.q, filters.q + "z" * 16])
        question.tried.append((f"{begins} = %s", [len(filters.q), filters.q]))
        result.append(question)
    return result


def _question(filters: Filters, keys: list[int], leading: bool) -> Question:
    question = Question(keys, since=filters.since, until=filters.until, branches=filters.outcomes)
    for name, value in filters.values.items():
        column = FILTERS[name].column
        if not column:
            continue
        # A name that holds a comma is also compared whole.
        is_whole, texts = FILTERS[name].is_whole, dict.fromkeys((*value.choices, value.text))
        stored: list[Any] = [int(text) for text in value.choices] if is_whole else list(texts)
        if value.is_not:
            question.tried.append((f"(s.{column} NOT IN ({marks(stored)}) OR s.{column} IS NULL)", stored))
        elif leading and not question.fixed and len(stored) == 1:
            question.fixed.append((column, stored[0]))
            question.branches = question.branches or OUTCOMES
        else:
            question.tried.append((f"s.{column} IN ({marks(stored)})", stored))
    if filters.duration is not None:
        text, values = _ran(filters)
        _narrow(question, text.replace("s.", "c."), values)
        question.tried.append((f"({text})", values))
    return question


def _ran(filters: Filters) -> tuple[str, list[Any]]:
    span = filters.duration
    assert span is not None  # noqa: S101 - for the type checker
    least, most = span.least or 0, END if span.most is None else span.most
    if span.is_not:
        return "s.ran < %s OR s.ran >= %s", [least, most]
    return "s.ran >= %s AND s.ran < %s", [least, most]


def _narrow(question: Question, text: str, values: list[Any]) -> None:
    """Let the index of another order name the rows, where they are few enough to be sorted afterwards."""
    if not question.keys:
        return
    candidates = f"SELECT c.id FROM portal_execution c WHERE c.actor_id IN ({marks(question.keys)}) AND ({text})"
    params = [*question.keys, *values]
    ((count,),) = select(f"SELECT COUNT(*) FROM ({candidates} LIMIT {CANDIDATES + 1}) t", params)
    if count <= CANDIDATES:
        question.candidates, question.is_empty = (candidates, params), not count
