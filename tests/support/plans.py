"""How the stores would answer a question, by their own plans."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection


def sqlite_steps(sql: str) -> list[str]:
    """Return the steps of SQLite's plan."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql)
        return [row[3] for row in cursor.fetchall()]


def postgresql_steps(sql: str) -> list[dict[str, Any]]:
    """Return the steps of PostgreSQL's plan, where it reads a whole table only if there is no other way.

    Of a table as small as a test's it would read the whole anyhow.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql)
        (found,) = cursor.fetchone()
        cursor.execute("SET LOCAL enable_seqscan = on")
    plan = json.loads(found) if isinstance(found, str) else found
    return list(_nodes(plan[0]["Plan"]))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)
