"""The benchmark of the history measures what it says: its stores are true, and its stub is an Actors API."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from benchmarks.__main__ import MEASURES
from benchmarks.cases import PER_PAGE, Case, cases, next_of, rows_of
from benchmarks.client import open_loop
from benchmarks.filling import Filling
from benchmarks.goals import END, PAGE, START, Goal, goals, table, write_into
from benchmarks.measuring import Figure
from benchmarks.portals import Asked, StubAPI, stub_of
from benchmarks.shapes import DAY, HOUR, PERSON, SHAPES, actors_of
from benchmarks.stores import Store, store_of


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(SHAPES["all-250"], tmp_path_factory.mktemp("stores"))


def test_the_tallies_of_a_store_are_those_of_its_executions(store: Store) -> None:
    with closing(sqlite3.connect(store.file)) as found:
        rows = found.execute("SELECT actor_id, received, outcome FROM portal_execution").fetchall()
        kept = found.execute("SELECT actor_id, span, start, outcome, count FROM portal_execution_tally").fetchall()
        known = dict(found.execute("SELECT id, known FROM portal_actor_history"))
        indexes = found.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'execution_%'").fetchone()[0]
    assert len(rows) == sum(known.values()) == 250
    assert len(known) == 300
    assert indexes >= 9, "they were all made again"
    counted = Counter(
        (actor, span, received - received % span, outcome) for actor, received, outcome in rows for span in (HOUR, DAY)
    )
    assert {tuple(row[:4]): row[4] for row in kept} == counted


def test_most_filters_fill_a_page_of_the_small_stores(store: Store) -> None:
    found = {case.name: _count(store, case) for case in cases("all")}
    full = [name for name, count in found.items() if count >= PER_PAGE]
    assert len(full) > 0.8 * len(found)
    assert all(found.values())


def _count(store: Store, case: Case) -> int:
    # Whatever is shown cannot be right for a page that shows nothing: the message has how many there should be.
    try:
        return case.check(store, "", store.made)
    except AssertionError as problem:
        return int(str(problem).rpartition(" ")[2])


def test_a_page_that_does_not_filter_is_found_out(store: Store) -> None:
    with closing(sqlite3.connect(store.file)) as found:
        newest = found.execute("SELECT execution_id FROM portal_execution ORDER BY received DESC LIMIT 50").fetchall()
    rows = (f'<tr id="execution-1"><td><a href="/actors/x/executions/{one}/">x</a></td></tr>' for (one,) in newest)
    page = "".join(rows)
    everything = Case("all", "", "1", "all")
    assert everything.check(store, page, store.made) == 50
    with pytest.raises(AssertionError, match="in another order"):
        Case("all", "sort=received", "1", "all", "received ASC").check(store, page, store.made)
    with pytest.raises(AssertionError, match="should show 50"):
        Case("all", "outcome=failed", "outcome = 'failed'", "all").check(store, page, store.made)


def test_rows_and_the_next_page_are_found_in_a_page() -> None:
    page = (
        '<a href="/executions/?cursor=x&amp;window=all" rel="next">Older</a>'
        '<a href="/actors/x/executions/aaaaaaaaaaaaZ/">a dot of a chart</a>'
        '<tr><td><a href="/actors/x/executions/ccccccccccccZ/">a row of a chart\'s table</a></td></tr>'
        '<tr id="execution-7"><td><a href="/actors/x/executions/bbbbbbbbbbbbZ/">b</a></td>'
        '<td><a href="/actors/x/executions/bbbbbbbbbbbbZ/halt/">halt</a></td></tr>'
    )
    assert rows_of(page) == ["bbbbbbbbbbbbZ"]
    assert next_of('<a rel="next" href="?cursor=x&amp;window=all">') == "?cursor=x&window=all"
    assert next_of(page) == "/executions/?cursor=x&window=all"
    assert next_of("<a href='?page=2'>") is None


def test_the_large_stores_have_the_executions_they_promise() -> None:
    filling = Filling(SHAPES["one-100k"], 1_795_000_000_000)
    rows = filling.rows()
    outcomes = Counter(row[5] for row, _ in zip(rows, range(20_000), strict=False))
    assert 0.04 < outcomes["failed"] / 20_000 < 0.06
    assert outcomes["succeeded"] > 18_000


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StubAPI]:
    with stub_of("store", tmp_path_factory.mktemp("stub"), shape="all-250") as found:
        yield found


def test_the_stub_answers_as_the_api_does_and_counts(api: StubAPI) -> None:
    def get(path: str) -> requests.Response:
        return requests.get(api.url + path, timeout=5)

    api.asked()
    first = actors_of(SHAPES["all-250"])[0]
    assert get("/profiles/v2/me").json()["result"]["username"] == PERSON
    assert len(get("/actors/v2").json()["result"]) == 300
    assert get(f"/actors/v2/{first.id}").json()["result"]["name"] == first.name
    assert get(f"/actors/v2/{first.id}/executions?limit=5").json()["result"]["search"] == []
    assert get(f"/actors/v2/{first.id}/executions").status_code == 500, "nobody asks for the whole listing"
    assert get("/actors/v2/aliases/admin-role-probe").status_code == 400
    asked = api.asked()
    assert asked.bytes > 100_000
    assert asked.calls == {"profile": 1, "actors": 1, "actor": 1, "search": 1, "listing": 1, "refused": 1}
    assert (asked.connections, asked.at_once) == (6, 1)
    assert api.asked() == Asked({})


def test_the_stubs_search_finds_what_is_in_the_store(store: Store, tmp_path: Path) -> None:
    with stub_of("store", tmp_path, shape="all-250", store=store.file) as api:

        def search(path: str, **query: str) -> dict[str, Any]:
            found: dict[str, Any] = requests.get(f"{api.url}/actors/v2/{path}", query, timeout=5).json()["result"]
            return found

        named = {"id.in": f'["{store.an_id}"]'}
        (one,) = search("search/executions", **named)["search"]
        assert one["id"] == store.an_id
        assert search(f"{one['actorId']}/executions", **named)["search"] == [one]
        after = search("search/executions", **{"messageReceivedTime.gt": "2001-01-01T00:00:00.000", "limit": "7"})
        assert (after["_metadata"]["totalCount"], len(after["search"])) == (250, 7)
        after = search("search/executions", **{"messageReceivedTime.gt": one["messageReceivedTime"].rstrip("Z")})
        assert after["search"] == [], "it is the newest"


def test_a_store_is_used_again_while_it_is_fresh(store: Store, tmp_path: Path) -> None:
    again = store_of(SHAPES["all-250"], store.file.parent)
    assert again == store


def test_only_what_was_measured_meets_a_goal() -> None:
    goal = Goal("P1", "a page", "ratio", limit=8, stretch=5)
    assert goal.verdict(None) == goal.verdict(Figure("P1", ratio=1, problem="no peer")) == "n/a"
    assert not goal.fails(None)
    figures = [Figure("P1", ratio=ratio) for ratio in (5, 8, 10.3, 10.5)]
    assert [goal.verdict(figure) for figure in figures] == ["met", "met", "missed", "missed"]
    assert [goal.fails(figure) for figure in figures] == [False, False, False, True]
    gate = Goal("P4", "calls", "value", limit=1, gate=True)
    assert [gate.verdict(Figure("P4", value=value)) for value in (1, 2)] == ["met", "missed"]
    assert [gate.fails(Figure("P4", value=value)) for value in (1, 2)] == [False, True]
    assert Goal("P9", "no limit", "ratio").verdict(Figure("P9", ratio=100)) == "n/a"


def test_every_goal_is_measured_and_has_its_row() -> None:
    known = goals()
    assert {goal.group for goal in known.values()} == set(MEASURES)
    figure = Figure("P1", 2.0, 15.0, ratio=7.5, ratios=[7.0, 7.5, 8.0])
    lines = table({"P1": figure}, known.values()).splitlines()
    assert len(lines) == len(known) + 2
    assert "| 7.5x [7..8]: 15 ms of 2 | met |" in lines[2]
    assert "| 0.071x: 355 ms of 5000 |" in table({"P9": Figure("P9", 5000.0, 355.0, ratio=0.071)}, known.values())
    assert all(line.endswith("| n/a |") for line in lines[3:])


def test_the_table_goes_between_its_markers(tmp_path: Path) -> None:
    file = tmp_path / "performance.md"
    file.write_text(f"before\n{START}\nold\n{END}\nafter\n")
    assert write_into(file, "new\n")
    assert file.read_text() == f"before\n{START}\n\nnew\n\n{END}\nafter\n"
    file.write_text("no markers")
    assert not write_into(file, "new")
    assert file.read_text() == "no markers"
    page = PAGE.read_text(encoding="utf-8")
    assert page.count(START) == page.count(END) == 1


def test_load_is_timed_from_when_it_was_due(api: StubAPI) -> None:
    first = actors_of(SHAPES["all-250"])[0]
    api.be_slow(0.05)
    try:
        load = open_loop(api.url, "", [f"/actors/v2/{first.id}"], rate=40, seconds=1, hands=1)
    finally:
        api.be_slow()
    assert len(load.waits) > 20
    assert not load.errors
    assert max(load.waits) > 300, "one pair of hands cannot keep up, and that is not hidden"
