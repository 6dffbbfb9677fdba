"""No question to the history without an index: asserted from the stores' own plans, for each filter and each order.

The addresses are those that the benchmarks measure.
"""

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from actors_app.history.models import ActorHistory, ExecutionRecord
from benchmarks.cases import Case, cases
from tests.history.world import World, ago
from tests.support.payloads import ACTOR_ID
from tests.support.plans import postgresql_steps, sqlite_steps

pytestmark = [pytest.mark.django_db, pytest.mark.store]
TABLES = r"portal_(?:execution|execution_tally|actor_history|unread_history|readable)"
SPANS = ("window=1h", "window=7d", "from=2026-01-01&to=2026-12-31", "from=2026-01-01T10:00&outcome=failed")
MOST = 45  # questions that one page may ask


@pytest.fixture
def filled(world: World, signed_in: Client) -> World:
    """Let the history hold thousands of executions: more than are sorted afterwards, and fewer."""
    for number, name in enumerate((ACTOR_ID, "other"), start=1):
        world.actor(name, image=f"bench/image-0{number}:1.{number}", owner=f"owner0{number}")
        world.run(f"Ok{name}", ago(minutes=3), name)
        signed_in.get(f"/actors/{name}/executions/")
    now = int(ago(minutes=4).timestamp() * 1000)
    outcomes = ("succeeded", "failed", "error")
    ExecutionRecord.objects.bulk_create(
        ExecutionRecord(
            actor=actor, execution_id=f"Bulk{number}", executor=f"person{number % 3:02}", status="COMPLETE",
            outcome=outcomes[number % 3], exit_code=number % 4, worker_id=f"w{number % 5}",
            received=now - number * 1000, started=now, finished=now, waited=number % 100, ran=number % 300 * 1000,
            first_seen=now, last_seen=now,
        )
        for actor in ActorHistory.objects.all()
        for number in range(3000)
    )  # fmt: skip
    return world


def addresses(page: str) -> Iterator[str]:
    """Return every single filter, its pair with a window, and every order."""
    actor = SimpleNamespace(id=ACTOR_ID, workers=["w2"])
    store: Any = SimpleNamespace(actor=actor, an_id="Bulk1234")
    for case in cases(page):
        yield case.path(store)
    for span in SPANS:
        yield Case(page, span, "", "all").path(store).removesuffix("&window=all")


def unindexed(sql: str) -> list[str]:
    """Return the steps of the store's plan of a question that read a table of the history from end to end."""
    if connection.vendor == "sqlite":
        # The short names are those of `history/`; a table that a question makes itself has others.
        return [step for step in sqlite_steps(sql) if re.match(rf"SCAN (?:{TABLES}|s|r|c|a|h)\b", step)]
    return [json.dumps(step) for step in postgresql_steps(sql) if reads_all(step)]


def reads_all(node: dict[str, Any]) -> bool:
    """Whether a step reads a table of the history without an index, or an index from end to end."""
    if node["Node Type"] == "Seq Scan":
        return bool(re.fullmatch(TABLES, node["Relation Name"]))
    is_index = node["Node Type"] in ("Index Scan", "Index Only Scan", "Bitmap Index Scan")
    # A condition that the index does not begin with is looked for in all of it.
    return is_index and not re.search(r"\b(actor_id|id|tenant)\b", node.get("Index Cond", ""))


# A plain run asks for every third, with `all` from another on, so that each filter is among those of either page.
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.full)], ids=["third", "each"])
@pytest.mark.parametrize("page", ["one", "all"])
def test_no_question_to_the_history_is_without_an_index(
    filled: World, signed_in: Client, page: str, every: int
) -> None:
    asked = set[str]()
    for address in list(addresses(page))[page == "all" :: every]:
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.get(address).status_code == 200, address
        questions = [
            one["sql"]
            for one in captured.captured_queries
            if re.match(r"(SELECT|UPDATE|DELETE|WITH)\b", one["sql"]) and re.search(TABLES, one["sql"])
        ]
        assert 5 < len(questions) <= MOST, address
        for sql in questions:
            if sql not in asked:
                asked.add(sql)
                assert unindexed(sql) == [], f"{address}: {sql[:300]} … {sql[-300:]}"


@pytest.mark.parametrize("address", ["/actors/", "/actors/?live=1"])
def test_the_list_of_actors_asks_by_an_index(filled: World, signed_in: Client, address: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert signed_in.get(address).status_code == 200
    questions = [query["sql"] for query in captured.captured_queries if re.search(r"portal_execution", query["sql"])]
    assert questions
    for sql in questions:
        if sql.startswith("SELECT"):
            assert unindexed(sql) == [], sql


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM portal_execution s WHERE s.io = 3",
        "SELECT s.id FROM portal_execution s WHERE s.outcome = 'failed' ORDER BY s.received DESC LIMIT 50",
        "SELECT outcome, SUM(count) FROM portal_execution_tally GROUP BY outcome",
        "UPDATE portal_actor_history SET looked = 0 WHERE name = 'x'",
    ],
)
def test_a_question_without_an_index_is_found_out(db: None, sql: str) -> None:
    assert unindexed(sql)
