"""Workers, halting and restarts: what the engine does over time."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.sandbox.contract_state import moment_of
from tests.sandbox.support import Person, Sandbox, start_sandbox

SLEEP = {"sleep": 0.1, "iterations": 100}


def alive(execution: str) -> bool:
    """Say whether a process of an execution runs on this machine."""
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"_abaco_execution_id={execution}".encode() in place.read_bytes():
                return True
        except OSError:
            continue
    return False


def running(person: Person, actor: str, execution: str) -> bool:
    row = person.until(f"/{actor}/executions/{execution}", lambda row: row["status"] != "SUBMITTED")
    return bool(row["status"] == "RUNNING")


def test_an_execution_shows_what_it_used(demo: Person) -> None:
    actor = demo.actor("abacosamples/sleep_loop")
    sent = demo.post(f"/{actor}/messages", {"sleep": 0.6, "iterations": 2})
    row = demo.until(f"/{actor}/executions/{sent['executionId']}", lambda row: row["status"] == "RUNNING")
    assert "startTime" not in row
    assert row["runtime"] == row["cpu"] == row["io"] == 0
    ended = demo.ended(actor, sent["executionId"])
    assert ended["runtime"] == 1
    assert ended["cpu"] > 1_000_000
    assert ended["io"] > 1_000
    assert ended["finalState"]["StartedAt"] == ended["startTime"]
    listing = demo.get(f"/{actor}/executions")
    assert (listing["totalExecutions"], listing["totalCpu"], listing["totalRuntime"]) == (1, ended["cpu"], 1)
    assert listing["executions"][0]["finishTime"].endswith(" GMT")


def test_halting_kills_the_process_and_completes(demo: Person) -> None:
    actor = demo.actor("abacosamples/sleep_loop")
    execution = demo.post(f"/{actor}/messages", SLEEP)["executionId"]
    assert running(demo, actor, execution)
    demo.until(f"/{actor}/executions/{execution}/logs", lambda log: "Iteration 2" in log["logs"])
    assert alive(execution)
    answer = demo.ask("DELETE", f"/{actor}/executions/{execution}").json()
    assert answer["message"] == f"Issued force quit command for execution {execution}."
    ended = demo.ended(actor, execution)
    assert (ended["status"], ended["exitCode"]) == ("COMPLETE", 143)
    assert not alive(execution)
    status, message = demo.refusal("DELETE", f"/{actor}/executions/{execution}")
    assert status == 400
    assert message.endswith("Execution was found in status: COMPLETE")


def test_three_workers_run_three_messages_at_once(demo: Person, admin: Person) -> None:
    actor = demo.actor("abacosamples/sleep_loop")
    answer = admin.ask("POST", f"/{actor}/workers", json={"num": 3}).json()
    assert answer["message"] == "Scheduled 2 new worker(s) to start. Previously, there were 1 workers."
    assert answer["result"] is None
    demo.until(f"/{actor}/workers", lambda rows: [row["status"] for row in rows] == ["READY"] * 3)
    executions = [demo.post(f"/{actor}/messages", SLEEP)["executionId"] for _ in range(4)]
    demo.until(f"/{actor}/workers", lambda rows: [row["status"] for row in rows] == ["BUSY"] * 3)
    states = ["RUNNING", "RUNNING", "RUNNING", "SUBMITTED"]
    demo.until(f"/{actor}/executions", lambda listing: [row["status"] for row in listing["executions"]] == states)
    assert demo.get(f"/{actor}/messages")["messages"] == 1
    demo.delete(f"/{actor}")
    assert not any(alive(execution) for execution in executions) or not time.sleep(0.5)
    assert not any(alive(execution) for execution in executions)


def test_messages_run_in_order_on_one_worker(demo: Person) -> None:
    actor = demo.actor("abacosamples/wc")
    executions = [demo.send(actor, f"message {number}") for number in range(4)]
    rows = [demo.ended(actor, execution) for execution in executions]
    starts = [moment_of(row["startTime"]) for row in rows]
    assert starts == sorted(starts)
    assert len({row["workerId"] for row in rows}) == 1


def test_more_workers_come_up_to_the_actors_maximum(admin: Person) -> None:
    actor = admin.actor("abacosamples/sleep_loop", maxWorkers=2)
    for _ in range(4):
        admin.post(f"/{actor}/messages", SLEEP)
    admin.until(f"/{actor}/workers", lambda rows: [row["status"] for row in rows] == ["BUSY"] * 2)
    time.sleep(1.2)
    assert len(admin.get(f"/{actor}/workers")) == 2
    admin.delete(f"/{actor}")


def test_stopping_a_worker_removes_it_and_the_next_message_gets_a_new_one(demo: Person) -> None:
    actor = demo.actor("abacosamples/wc")
    (worker,) = demo.until(f"/{actor}/workers", lambda rows: rows and rows[0]["status"] == "READY")
    answer = demo.ask("DELETE", f"/{actor}/workers/{worker['id']}").json()
    assert answer["message"] == "Worker scheduled to be stopped."
    demo.until(f"/{actor}/workers", lambda rows: rows == [])
    assert demo.run(actor, "again")["workerId"] != worker["id"]


def test_an_unknown_image_is_an_error_until_a_good_one_is_put(demo: Person) -> None:
    actor = demo.actor("nosuch/image:1")
    row = demo.until(f"/{actor}", lambda row: row["status"] == "ERROR")
    assert "Image nosuch/image:1 was not found on the public registry." in row["statusMessage"]
    demo.until(f"/{actor}/workers", lambda rows: rows == [])
    execution = demo.send(actor, "waiting")
    assert demo.get(f"/{actor}/messages")["messages"] == 1
    row = demo.put(f"/{actor}", {"image": "abacosamples/wc"})
    assert (row["status"], row["revision"]) == ("SUBMITTED", 2)
    demo.until(f"/{actor}", lambda row: row["status"] == "READY")
    assert demo.ended(actor, execution)["exitCode"] == 0


def test_a_new_image_replaces_the_worker_and_the_same_does_not(demo: Person) -> None:
    actor = demo.actor("abacosamples/wc")
    (first,) = demo.until(f"/{actor}/workers", lambda rows: rows and rows[0]["status"] == "READY")
    demo.put(f"/{actor}", {"image": "abacosamples/wc", "description": "new"})
    assert [row["id"] for row in demo.get(f"/{actor}/workers")] == [first["id"]]
    demo.put(f"/{actor}", {"image": "abacosamples/test"})
    rows = demo.until(f"/{actor}/workers", lambda rows: [row["status"] for row in rows] == ["READY"])
    assert rows[0]["id"] != first["id"]
    assert rows[0]["image"] == "abacosamples/test"


def test_a_synchronous_message_waits_for_the_result_or_the_log(demo: Person) -> None:
    actor = demo.actor("abacosamples/py3_func")
    query = {"_abaco_synchronous": "true"}
    answer = demo.ask("POST", f"/{actor}/messages", json={"func": "upper", "args": ["now"]}, params=query)
    assert (answer.headers["Content-Type"], answer.json()) == ("application/octet-stream", {"result": "NOW"})
    counter = demo.actor("abacosamples/wc")
    answer = demo.ask("POST", f"/{counter}/messages", json={"message": "a b"}, params=query)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Number of words: 2" in answer.text


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_restart_loses_nothing(sign: int, tmp_path: Path) -> None:
    first = start_sandbox(tmp_path, "none", SANDBOX_PULL_SECONDS="0.05")
    demo = first.sign_in("demo")
    actor = demo.actor("abacosamples/sleep_loop")
    interrupted = demo.post(f"/{actor}/messages", {"sleep": 0.2, "iterations": 10})["executionId"]
    waiting = demo.post(f"/{actor}/messages", {"sleep": 0, "iterations": 1})["executionId"]
    assert running(demo, actor, interrupted)
    first.stop(sign)
    if sign != signal.SIGKILL:
        assert not alive(interrupted)
    second = start_sandbox(tmp_path, "none", port=int(first.url.rsplit(":", 1)[1]), SANDBOX_PULL_SECONDS="0.05")
    try:
        assert demo.ended(actor, interrupted)["exitCode"] == 0
        assert demo.ended(actor, waiting)["exitCode"] == 0
        assert "Iteration 10 of 10." in demo.log(actor, interrupted)
        assert [row["status"] for row in demo.get(f"/{actor}/workers")] == ["READY"]
    finally:
        second.stop()


def test_a_time_limit_ends_an_execution_and_an_idle_worker_goes(tmp_path: Path) -> None:
    limited = start_sandbox(
        tmp_path, "none", SANDBOX_PULL_SECONDS="0.05", SANDBOX_MAX_RUN_TIME="1", SANDBOX_IDLE_SECONDS="1"
    )
    try:
        demo = limited.sign_in("demo")
        actor = demo.actor("abacosamples/sleep_loop")
        execution = demo.post(f"/{actor}/messages", SLEEP)["executionId"]
        ended = demo.ended(actor, execution)
        assert (ended["status"], ended["exitCode"], ended["runtime"]) == ("COMPLETE", 143, 1)
        demo.until(f"/{actor}/workers", lambda rows: rows == [])
    finally:
        limited.stop()


def test_a_message_to_many_actors_leaves_no_directory_behind(demo: Person, sandbox: Sandbox) -> None:
    actor = demo.actor("abacosamples/test")
    log = demo.log(actor, demo.run(actor, "where am I")["id"])
    home = next(line.removeprefix("HOME=") for line in log.splitlines() if line.startswith("HOME="))
    assert home.startswith("/")
    assert not os.path.exists(home)
