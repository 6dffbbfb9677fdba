"""Search: operators, guessed values, times, paging, and who sees what."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.contract_state import FAR_AWAY, LONG_AGO, Store
from tests.sandbox.support import Person, Sandbox

ACTOR = "searchedActor"
ROWS = (  # id, status, exit code, io, received, started
    ("executionAAA1", "COMPLETE", 0, 10, "2026-01-01 10:00:00", "2026-01-01 10:00:01"),
    ("executionAAA2", "COMPLETE", 1, 20, "2026-01-02 10:00:00", "2026-01-02 10:00:01"),
    ("executionAAA3", "ERROR", None, 30, "2026-01-03 10:00:00", None),
    ("executionAAA4", "COMPLETE", 137, 40, "2026-01-04 10:00:00", "2026-01-04 10:00:01"),
)
STATES = {
    1: '{"ExitCode": 1, "OOMKilled": false, "Error": "", "Pid": 0}',
    137: '{"ExitCode": 137, "OOMKilled": true, "Error": "killed"}',
}


@pytest.fixture(scope="module", autouse=True)
def filled(sandbox: Sandbox) -> Iterator[None]:
    store = Store(str(sandbox.database))
    store.put(
        "actor", id=ACTOR, name="needle in a stack", owner="demo", hints='["hay", "12"]', max_workers=3,
        default_environment='{"MODE": "fast", "DEPTH": 7, "INNER": {"a": null}}', image="tacc/needle:2",
    )  # fmt: skip
    for name, status, code, io, received, started in ROWS:
        store.put(
            "execution", id=name, actor_id=ACTOR, status=status, exit_code=code, io=io, message_received_time=received,
            start_time=started, finish_time=started, executor="demo", final_state=started and STATES.get(code),
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
        ({"status.in": "['ERROR', 'RUNNING']"}, [3]),
        ({"finalState.ExitCode": "137"}, [4]),
        ({"finalState.ExitCode.gte": "1"}, [2, 4]),
        ({"finalState.ExitCode.lt": "137"}, [2]),
        ({"finalState.ExitCode.between": "2,200"}, [4]),
        ({"finalState.ExitCode.in": "[1, 5]"}, [2]),
        ({"finalState.ExitCode.neq": "1"}, [1, 3, 4]),
        ({"finalState.OOMKilled": "true"}, [4]),
        ({"finalState.Error.like": "^kill"}, [4]),
        ({"finalState.Error.gt": "a"}, [4]),
        ({"finalState.Error.gt": "0"}, []),  # a text is greater than no number
        ({"finalState.StartedAt.gt": "2026-01-02T10:00"}, [2, 4]),
        ({"finalState.ExitCode": "none"}, [1, 3]),
        ({"status.ExitCode": "1"}, []),
        ({"actorId": ACTOR}, []),
        ({"actorId": f"SANDBOX_{ACTOR}"}, [1, 2, 3, 4]),
        ({"actorId.like": ACTOR}, [1, 2, 3, 4]),
        ({"tenant": "SANDBOX"}, [1, 2, 3, 4]),
        ({"finalState.StartedAt.gt": "2000-05:00"}, [1, 2, 4]),
        ({"messageReceivedTime.gt": "2026-01-02T10+0000"}, [3, 4]),
        ({"finalState.index": "[1]"}, []),  # `.in` is looked for anywhere in a name
        ({"exitCode.like": "1"}, []),  # a number is no text; what is looked for is `1.0`
    ],
)
def test_a_parameter_finds_what_it_should(query: dict[str, str], expected: list[int], demo: Person) -> None:
    assert numbers(demo, **query) == expected


def test_metadata_counts_all_that_match(demo: Person) -> None:
    found = demo.get(f"/{ACTOR}/executions", params={"limit": 1, "skip": 1, "status": "COMPLETE"})
    assert found["_metadata"] == {"totalCount": 3, "recordsSkipped": 1, "recordLimit": 1, "countReturned": 1}


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("limit=-1", "ValueError"),
        ("skip=x", "ValueError"),
        ("startTime.gt=yesterday", "ValueError"),
        ("startTime.gt=2026-01-02 10:00", "ValueError"),
        ("startTime.between=2026", "ValueError"),
        ("io.between=5", "TypeError"),
        ("io.between=true", "TypeError"),
        ("io.between=1,2,3", "ValueError"),
        ("io.between=[]", "IndexError"),
        ("io.between=[1, 2]", "ValueError"),
        ("status.between=A", "ValueError"),
        ("status.between=A,B", "ValueError"),
        ("status.like=(", "pymongo.errors.OperationFailure"),
        ("status.in=ERROR", "pymongo.errors.OperationFailure"),
        ("startTime=2026-13", "ValueError"),
    ],
)
def test_a_bad_argument_is_500(query: str, kind: str, demo: Person) -> None:
    status, message = demo.refusal("GET", f"/{ACTOR}/executions?{query}")
    assert status == 500
    assert message.startswith(f"Unrecognized exception type: <class '{kind}'>.")


def test_an_actor_among_the_parameters_takes_the_place_of_that_in_the_path(demo: Person) -> None:
    other = demo.actor("nosuch/thing")
    found = demo.get(f"/{other}/executions", params={"actorId": f"SANDBOX_{ACTOR}"})
    assert found["_metadata"]["totalCount"] == len(ROWS)


def test_words_and_phrases_are_found_in_text(demo: Person) -> None:
    def actors(**query: str) -> list[str]:
        return [row["id"] for row in demo.get("/search/actors", params=query)["search"]]

    assert actors(search="needle nothing") == [ACTOR]
    assert actors(exactsearch="needle in a stack") == [ACTOR]
    assert actors(exactsearch="stack needle") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"image.like": "needle"}, True),
        ({"image": "tacc/needle:2", "owner": "demo"}, True),
        ({"image.nlike": "needle"}, False),
        ({"hints": "hay"}, True),
        ({"hints": "straw"}, False),
        ({"maxWorkers.between": "2,3"}, True),
        ({"maxWorkers.gt": "3"}, False),
        ({"stateless": "true", "cronOn": "false"}, True),
        ({"cronSchedule": "none"}, True),
        ({"createTime.lt": "2020-01-02"}, True),
        ({"lastUpdateTime.gte": "2020-01-02"}, False),
        ({"defaultEnvironment.MODE": "fast"}, True),
        ({"defaultEnvironment.DEPTH.lte": "7"}, True),
        ({"defaultEnvironment.MODE.gt": "1"}, False),
        ({"defaultEnvironment.INNER.a": "none"}, True),
        ({"defaultEnvironment.a__isnull": "none"}, True),
        ({"dbId": f"SANDBOX_{ACTOR}"}, True),
    ],
)
def test_actors_are_found_by_every_kind_of_field(query: dict[str, str], found: bool, demo: Person) -> None:
    shown = demo.get("/search/actors", params=query | {"limit": 1000})["search"]
    assert (ACTOR in [row["id"] for row in shown]) is found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "SHUTDOWN_REQUESTED"}, True),
        ({"status.nin": '["READY", "BUSY"]', "hostId": "none"}, True),
        ({"status.like": "REQUESTED$"}, True),
        ({"createTime.between": "2019,2021"}, True),
        ({"createTime.gt": "2021"}, False),
        ({"lastExecutionTime": "none"}, True),
        ({"lastExecutionTime.lt": "2099"}, False),
        ({"actorId": f"SANDBOX_{ACTOR}"}, True),
    ],
)
def test_workers_are_found_by_status_time_and_actor(
    query: dict[str, str], found: bool, demo: Person, sandbox: Sandbox
) -> None:
    store = Store(str(sandbox.database))
    store.put("worker", id="searchWorker2", actor_id=ACTOR, status="SHUTDOWN_REQUESTED")
    store.db.close()
    shown = demo.get("/search/workers", params=query | {"limit": 1000})["search"]
    assert ("searchWorker2" in [row["id"] for row in shown]) is found


@pytest.mark.parametrize(("query", "count"), [("quick.*fox$", 1), ("^brown", 0), ("Quick", 0)])
def test_logs_are_searched_by_pattern(query: str, count: int, demo: Person) -> None:
    found = demo.get(f"/{ACTOR}/executions/executionAAA1/logs", params={"logs.like": query})
    assert found["_metadata"]["totalCount"] == count


def test_a_log_that_has_expired_is_not_found(demo: Person, sandbox: Sandbox) -> None:
    store = Store(str(sandbox.database))
    # At a time that the sandbox's own cleaning, which comes twice a second here, has not yet seen.
    store.put("log", execution_id="executionAAA2", actor_id=ACTOR, text="gone already", expires_at=LONG_AGO)
    store.db.close()
    assert demo.get("/search/logs", params={"exactsearch": "gone already"})["search"] == []


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
    store.put("worker", id="searchWorker1", actor_id=actor, status="SHUTTING_DOWN", host_id="0")
    store.put("worker", id="searchWorker3", actor_id=actor, status="REQUESTED")
    store.db.close()
    (row,) = demo.get("/search/workers", params={"id": "searchWorker1"})["search"]
    assert row["actorId"] == actor
    assert row["cid"] is None
    assert "tenant" not in row
    (row,) = demo.get("/search/workers", params={"id": "searchWorker3"})["search"]
    assert row.keys() == {"id", "status", "createTime", "actorId"}  # those of a request for a worker
