"""Search: operators, guessed values, times, paging, and who sees what."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.contract_state import FAR_AWAY, Store
from tests.sandbox.support import Person, Sandbox

ACTOR = "searchedActor"
ROWS = (  # id, status, exit code, io, received, started
    ("executionAAA1", "COMPLETE", 0, 10, "2026-01-01 10:00:00", "2026-01-01 10:00:01"),
    ("executionAAA2", "COMPLETE", 1, 20, "2026-01-02 10:00:00", "2026-01-02 10:00:01"),
    ("executionAAA3", "ERROR", None, 30, "2026-01-03 10:00:00", None),
    ("executionAAA4", "COMPLETE", 137, 40, "2026-01-04 10:00:00", "2026-01-04 10:00:01"),
)


@pytest.fixture(scope="module", autouse=True)
def filled(sandbox: Sandbox) -> Iterator[None]:
    store = Store(str(sandbox.database))
    store.put("actor", id=ACTOR, name="needle in a stack", owner="demo")
    for name, status, code, io, received, started in ROWS:
        store.put(
            "execution", id=name, actor_id=ACTOR, status=status, exit_code=code, io=io, message_received_time=received,
            start_time=started, finish_time=started, executor="demo",
        )  # fmt: skip
    store.put("log", execution_id="executionAAA1", actor_id=ACTOR, text="the quick brown fox", expires_at=FAR_AWAY)
    yield
    store.db.close()


def numbers(demo: Person, **query: Any) -> list[int]:
    """Return the last digits of the executions found."""
    found = demo.get(f"/{ACTOR}/executions", params=query)
    return [int(row["id"][-1]) for row in found["search"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "ERROR"}, [3]),
        ({"status.neq": "ERROR"}, [1, 2, 4]),
        ({"exitCode": "0"}, [1]),
        ({"exitCode": "none"}, [3]),
        ({"exitCode.gt": "0"}, [2, 4]),
        ({"exitCode.lte": "1"}, [1, 2]),
        ({"exit_code.gte": "1", "status": "COMPLETE"}, [2, 4]),
        ({"io.between": "15,30"}, [2, 3]),
        ({"io.in": "[10, 40]"}, [1, 4]),
        ({"status.in": '["ERROR"]'}, [3]),
        ({"status.nin": '["ERROR"]'}, [1, 2, 4]),
        ({"status.like": "^COM"}, [1, 2, 4]),
        ({"status.like": "com"}, []),
        ({"status.nlike": "^COM"}, [3]),
        ({"messageReceivedTime.gt": "2026-01-02T10:00:00"}, [3, 4]),
        ({"messageReceivedTime.gt": "2026-01-02T11:00:00+01:00"}, [3, 4]),
        ({"messageReceivedTime.gte": "2026-01-02T10:00:00.000Z"}, [2, 3, 4]),
        ({"message_received_time.lt": "2026-01-02"}, [1]),
        ({"messageReceivedTime.gt": "2026"}, [1, 2, 3, 4]),
        ({"messageReceivedTime.between": "2026-01-02,2026-01-04"}, [2, 3]),
        ({"startTime": "none"}, [3]),
        ({"finishTime.gt": "2026-01-02"}, []),
        ({"status": "5"}, []),
        ({"limit": "2"}, [1, 2]),
        ({"limit": "2", "skip": "3"}, [4]),
        ({"offset": "0", "limit": "2"}, []),
        ({"pretty": "true"}, []),
        ({"nothing.neq": "1"}, [1, 2, 3, 4]),
    ],
)
def test_a_parameter_finds_what_it_should(query: dict[str, str], expected: list[int], demo: Person) -> None:
    assert numbers(demo, **query) == expected


def test_metadata_counts_all_that_match(demo: Person) -> None:
    found = demo.get(f"/{ACTOR}/executions", params={"limit": 1, "skip": 1, "status": "COMPLETE"})
    assert found["_metadata"] == {"totalCount": 3, "recordsSkipped": 1, "recordLimit": 1, "countReturned": 1}


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "skip=x",
        "startTime.gt=yesterday",
        "io.between=5",
        "status.like=(",
        "status.in=ERROR",
        "startTime=2026-13",
    ],
)
def test_a_bad_argument_is_500(query: str, demo: Person) -> None:
    status, message = demo.refusal("GET", f"/{ACTOR}/executions?{query}")
    assert status == 500
    assert message.startswith("Unrecognized exception type:")


def test_words_and_phrases_are_found_in_text(demo: Person) -> None:
    def actors(**query: str) -> list[str]:
        return [row["id"] for row in demo.get("/search/actors", params=query)["search"]]

    assert actors(search="needle nothing") == [ACTOR]
    assert actors(exactsearch="needle in a stack") == [ACTOR]
    assert actors(exactsearch="stack needle") == []


def test_logs_are_searched_too(demo: Person) -> None:
    found = demo.get("/search/LOGS", params={"exactsearch": "quick brown"})["search"]
    assert [row["logs"] for row in found] == ["the quick brown fox"]
    assert found[0]["_links"]["self"].endswith(f"/{ACTOR}/executions/executionAAA1/logs")
    here = demo.get(f"/{ACTOR}/executions/executionAAA1/logs", params={"limit": 5})
    assert here["_metadata"]["totalCount"] == 1


def test_only_a_personal_entry_makes_visible(demo: Person, team: Person, admin: Person) -> None:
    query = {"id": ACTOR}
    assert team.get("/search/actors", params=query)["search"] == []
    assert admin.get("/search/actors", params=query)["search"] == []
    demo.post(f"/{ACTOR}/permissions", {"user": "team", "level": "NONE"})
    assert [row["id"] for row in team.get("/search/actors", params=query)["search"]] == [ACTOR]


def test_workers_carry_their_actor_and_nulls(demo: Person, sandbox: Sandbox) -> None:
    actor = demo.actor("nosuch/thing")
    store = Store(str(sandbox.database))
    store.put("worker", id="searchWorker1", actor_id=actor, status="SHUTTING_DOWN")
    store.db.close()
    (row,) = demo.get("/search/workers", params={"id": "searchWorker1"})["search"]
    assert row["actorId"] == actor
    assert row["cid"] is None
    assert "tenant" not in row
