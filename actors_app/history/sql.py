"""The few words of SQL that the history's questions are made of; every value is a parameter."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

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
