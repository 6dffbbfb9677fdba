"""The lists for admins: everything of everybody, with totals."""

import re

import pytest

from tests.sandbox.support import Person

PATHS = ("/admin", "/admin/workers", "/admin/executions")


@pytest.mark.parametrize("path", PATHS)
def test_others_are_refused(path: str, demo: Person) -> None:
    assert demo.refusal("GET", path) == (400, "Abaco Admin role required.")


def test_every_actor_with_its_workers_and_its_counts(demo: Person, admin: Person) -> None:
    actor = demo.actor("abacosamples/wc", name="for the admins")
    runtime = demo.run(actor, "one")["runtime"]
    (row,) = (row for row in admin.get("/admin") if row["id"] == actor)
    assert (row["executions"], row["runtime"], row["messages"]) == (1, runtime, 0)
    assert (row["tenant"], row["dbId"], row["owner"]) == ("SANDBOX", f"SANDBOX_{actor}", "demo")
    assert row["maxWorkers"] is None
    assert "_links" not in row
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", row["createTime"])
    (worker,) = row["workers"]
    assert (worker["actorId"], worker["image"]) == (f"SANDBOX_{actor}", "abacosamples/wc")
    assert worker["createTime"].endswith(" GMT")


def test_messages_that_wait_are_counted(demo: Person, admin: Person) -> None:
    actor = demo.actor("nosuch/image:2")
    demo.until(f"/{actor}", lambda row: row["status"] == "ERROR")
    demo.send(actor, "waiting")
    assert [row["messages"] for row in admin.get("/admin") if row["id"] == actor] == [1]


def test_every_worker_and_how_many_in_each_status(demo: Person, admin: Person) -> None:
    actor = demo.actor("abacosamples/wc")
    demo.until(f"/{actor}/workers", lambda rows: [row["status"] for row in rows] == ["READY"])
    result = admin.get("/admin/workers")
    (row,) = (row for row in result["workers"] if row["actorId"] == actor)
    assert (row["actorDbid"], row["tenant"], row["lastExecutionTime"]) == (f"SANDBOX_{actor}", "SANDBOX", "None")
    summary = result["summary"]
    assert summary["totalWorkers"] == len(result["workers"])
    assert summary["readyWorkers"] == sum(row["status"] == "READY" for row in result["workers"])
    actors = {row["actorId"] for row in result["workers"]}
    assert summary["actorsNoWorkers"] == demo.get("/utilization")["currentActors"] - len(actors)


def test_executions_are_summed_and_those_of_deleted_actors_count_only_in_all(demo: Person, admin: Person) -> None:
    kept, gone = demo.actor("abacosamples/wc"), demo.actor("abacosamples/wc")
    for actor in (kept, gone):
        demo.run(actor, "one")
    before = admin.get("/admin/executions")["summary"]
    demo.delete(f"/{gone}")
    result = admin.get("/admin/executions")
    rows = {row["actorId"]: row for row in result["actors"]}
    assert gone not in rows
    assert (rows[kept]["totalExecutions"], rows[kept]["owner"]) == (1, "demo")
    assert rows[kept]["totalExecutionCpu"] > 0
    after = result["summary"]
    assert after["totalExecutionsAll"] == before["totalExecutionsAll"]
    assert after["totalExecutionsExisting"] == before["totalExecutionsExisting"] - 1
    assert after["totalActorsExisting"] == before["totalActorsExisting"] - 1
    assert after["totalExecutionsExisting"] == sum(row["totalExecutions"] for row in result["actors"])
