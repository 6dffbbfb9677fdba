"""What makes an actor stand still, and what frees it: a halt, a container that cannot start, a full FIFO."""

import re
from collections.abc import Iterator

import pytest

from tests.sandbox.support import Person, Sandbox, start_sandbox

LONG, SHORT = {"sleep": 0.1, "iterations": 1000}, {"sleep": 0.05, "iterations": 1}
NOT_STARTED = r"Error executing container: Could not start container [0-9a-f]{64}\. Exception .*; w"


@pytest.fixture(scope="module")
def abaco(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(
        tmp_path_factory.mktemp("standstills"),
        "none",
        SANDBOX_PULL_SECONDS="0.05",
        SANDBOX_RETRY_SECONDS="0.1",
        SANDBOX_DELETE_SECONDS="0.3",
        SANDBOX_STOP_SECONDS="0.3",
    )
    yield running
    running.stop()


@pytest.fixture(scope="module")
def owner(abaco: Sandbox) -> Person:
    return abaco.sign_in("demo")


@pytest.fixture(scope="module")
def admin(abaco: Sandbox) -> Person:
    return abaco.sign_in("admin")


@pytest.fixture(scope="module")
def tapis(abaco: Sandbox) -> Person:
    return abaco.sign_in("demo", "v3")


def ready(person: Person, image: str = "abacosamples/sleep_loop") -> tuple[str, str]:
    """Return an actor whose first worker is ready, and that worker."""
    actor = person.actor(image)
    (worker,) = person.until(f"/{actor}/workers", lambda rows: rows and rows[0]["status"] == "READY" and rows)
    return actor, worker["id"]


def send(person: Person, actor: str, body: object) -> str:
    """Send a JSON message and return its execution."""
    result = person.post(f"/{actor}/messages", body)
    return str(result.get("executionId") or result["execution_id"])


def send_bytes(person: Person, actor: str, number: int) -> str:
    """Send a binary message and return its execution."""
    headers = {"Content-Type": "application/octet-stream"}
    answer = person.ask("POST", f"/{actor}/messages", data=b"\1" * number, headers=headers)
    return str(answer.json()["result"]["executionId"])


def halted(person: Person) -> tuple[str, str, str]:
    """Return an actor whose one worker was halted with a message waiting behind, that worker and that execution."""
    actor, worker = ready(person)
    first = send(person, actor, LONG)
    person.until(f"/{actor}/executions/{first}", lambda row: row["status"] == "RUNNING")
    person.delete(f"/{actor}/executions/{first}")
    assert person.ended(actor, first)["status"] == "COMPLETE"
    second = send(person, actor, SHORT)
    person.until(f"/{actor}/messages", lambda result: result["messages"] == 1)
    return actor, worker, second


def workers(person: Person, actor: str) -> dict[str, str]:
    return {row["id"]: row["status"] for row in person.get(f"/{actor}/workers")}


def waits(person: Person, actor: str, execution: str) -> bool:
    """Say whether a message still waits after other actors have had the time to run one."""
    other = person.actor("abacosamples/wc")
    name = "execution_id" if person.headers else "executionId"
    person.ended(other, person.post(f"/{other}/messages", {"message": "meanwhile"})[name])
    return bool(person.get(f"/{actor}/executions/{execution}")["status"] == "SUBMITTED")


def test_after_a_halt_the_worker_stays_busy_and_later_messages_wait(owner: Person) -> None:
    actor, worker, second = halted(owner)
    assert workers(owner, actor) == {worker: "BUSY"}
    assert waits(owner, actor, second)
    assert workers(owner, actor) == {worker: "BUSY"}
    row = owner.get(f"/{actor}/executions/{second}")
    assert "workerId" not in row


def test_a_halt_asks_first_and_kills_what_does_not_end(owner: Person) -> None:
    actor = owner.actor("sandbox/stubborn")
    execution = send(owner, actor, {"message": "go"})
    owner.until(f"/{actor}/executions/{execution}/logs", lambda log: log["logs"] != "")
    owner.delete(f"/{actor}/executions/{execution}")
    assert owner.ended(actor, execution)["exitCode"] == 137


def test_in_v2_a_stop_leaves_the_record_and_starts_nothing(owner: Person, admin: Person) -> None:
    actor, worker, second = halted(owner)
    owner.delete(f"/{actor}/workers/{worker}")
    assert workers(owner, actor) == {worker: "SHUTDOWN_REQUESTED"}
    third = send(owner, actor, SHORT)
    assert waits(owner, actor, second)
    assert workers(owner, actor) == {worker: "SHUTDOWN_REQUESTED"}
    answer = admin.ask("POST", f"/{actor}/workers", json={"num": 1}).json()
    assert answer["message"] == f"Actor {actor} already had 1 worker(s)."
    answer = admin.ask("POST", f"/{actor}/workers", json={"num": 2}).json()
    assert answer["message"] == "Scheduled 1 new worker(s) to start. Previously, there were 1 workers."
    assert [owner.ended(actor, execution)["exitCode"] for execution in (second, third)] == [0, 0]


def test_a_forced_update_runs_what_waits_and_in_v2_leaves_the_halted_workers_record(owner: Person) -> None:
    actor, worker, second = halted(owner)
    owner.put(f"/{actor}", {"image": "abacosamples/sleep_loop", "force": True})
    runner = owner.ended(actor, second)["workerId"]
    assert runner != worker
    assert workers(owner, actor)[worker] == "BUSY"
    answer = owner.ask("DELETE", f"/{actor}").json()
    assert answer["message"].endswith("though Abaco is still cleaning up some of the actor's resources.")


def test_in_v3_a_stop_removes_the_record_and_the_next_message_runs_both(tapis: Person) -> None:
    actor, worker, second = halted(tapis)
    assert workers(tapis, actor) == {worker: "BUSY"}
    tapis.delete(f"/{actor}/workers/{worker}")
    tapis.until(f"/{actor}/workers", lambda rows: rows == [])
    assert waits(tapis, actor, second)
    third = send(tapis, actor, SHORT)
    assert [tapis.ended(actor, execution)["exit_code"] for execution in (second, third)] == [0, 0]


def test_in_v3_a_forced_update_removes_the_halted_worker(tapis: Person) -> None:
    actor, worker, second = halted(tapis)
    tapis.put(f"/{actor}", {"image": "abacosamples/sleep_loop", "force": True})
    tapis.ended(actor, second)
    assert worker not in workers(tapis, actor)
    assert tapis.ask("DELETE", f"/{actor}").json()["message"] == "Actor deleted successfully."


def test_the_health_agent_removes_halted_workers_and_the_next_message_starts_one(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    quick = {"SANDBOX_PULL_SECONDS": "0.05", "SANDBOX_HEALTH_SECONDS": "0.05"}
    times = {"SANDBOX_SHUTDOWN_SECONDS": "0.2", "SANDBOX_SILENCE_SECONDS": "1000"}
    running = start_sandbox(tmp_path_factory.mktemp("health"), "none", **quick, **times)
    try:
        owner = running.sign_in("demo")
        actor, worker, second = halted(owner)
        assert waits(owner, actor, second)
        assert workers(owner, actor) == {worker: "BUSY"}
        owner.delete(f"/{actor}/workers/{worker}")
        owner.until(f"/{actor}/workers", lambda rows: rows == [])
        assert waits(owner, actor, second)
        third = send(owner, actor, SHORT)
        assert [owner.ended(actor, execution)["exitCode"] for execution in (second, third)] == [0, 0]
        (row,) = owner.get(f"/{actor}/workers")
        later = owner.until(f"/{actor}/workers", lambda rows: rows != [row] and rows)
        assert later[0]["lastHealthCheckTime"] > row["createTime"]
    finally:
        running.stop()


def test_a_halted_worker_stays_over_a_restart_and_goes_when_it_was_silent_for_long(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    directory = tmp_path_factory.mktemp("silent")
    first = start_sandbox(directory, "none", SANDBOX_PULL_SECONDS="0.05")
    owner = first.sign_in("demo")
    actor, worker, second = halted(owner)
    first.stop()
    port = int(first.url.rsplit(":", 1)[1])
    times = {"SANDBOX_HEALTH_SECONDS": "0.05", "SANDBOX_SILENCE_SECONDS": "3600"}
    again = start_sandbox(directory, "none", port, SANDBOX_PULL_SECONDS="0.05", **times)
    assert waits(owner, actor, second)
    assert workers(owner, actor) == {worker: "BUSY"}
    again.stop()
    times["SANDBOX_SILENCE_SECONDS"] = "0.1"
    last = start_sandbox(directory, "none", port, SANDBOX_PULL_SECONDS="0.05", **times)
    try:
        owner.until(f"/{actor}/workers", lambda rows: rows == [])
    finally:
        last.stop()


@pytest.mark.parametrize("person", ["owner", "tapis"])
def test_stopping_a_worker_at_work_ends_it_at_once_and_its_message_waits_for_the_next(
    person: str, request: pytest.FixtureRequest
) -> None:
    who: Person = request.getfixturevalue(person)
    actor, worker = ready(who)
    first = send(who, actor, {"sleep": 0.5, "iterations": 2})
    who.until(f"/{actor}/executions/{first}", lambda row: row["status"] == "RUNNING")
    who.delete(f"/{actor}/workers/{worker}")
    who.until(f"/{actor}/workers", lambda rows: rows == [])
    who.until(f"/{actor}/messages", lambda result: result["messages"] == 1)
    assert who.get(f"/{actor}/executions/{first}")["status"] == "RUNNING"
    second = send(who, actor, SHORT)
    ended = [who.ended(actor, execution) for execution in (first, second)]
    name = "worker_id" if who.headers else "workerId"
    assert worker not in [row[name] for row in ended]


def test_a_new_image_takes_over_what_an_older_worker_runs(owner: Person) -> None:
    actor, _ = ready(owner)
    first = send(owner, actor, LONG)
    owner.until(f"/{actor}/executions/{first}", lambda row: row["status"] == "RUNNING")
    owner.put(f"/{actor}", {"image": "abacosamples/wc"})
    assert owner.ended(actor, first)["exitCode"] == 0
    (row,) = owner.until(f"/{actor}/workers", lambda rows: [row["status"] for row in rows] == ["READY"] and rows)
    assert row["image"] == "abacosamples/wc"


def test_a_container_that_cannot_start_breaks_the_actor_after_six_tries(owner: Person) -> None:
    actor, worker = ready(owner, "sandbox/nostart")
    first = send(owner, actor, {"message": "x"})
    flipped = owner.until(f"/{actor}/executions/{first}", lambda row: "workerId" in row)
    assert (flipped["status"], flipped["workerId"]) == ("SUBMITTED", worker)
    owner.until(f"/{actor}/messages", lambda result: result["messages"] == 1)
    broken = owner.until(f"/{actor}", lambda row: row["status"] == "ERROR")
    assert re.fullmatch(NOT_STARTED, broken["statusMessage"])
    row = owner.ended(actor, first)
    assert row["status"] == "ERROR"
    assert not {"startTime", "finishTime", "exitCode", "finalState"} & row.keys()
    owner.until(f"/{actor}/workers", lambda rows: rows == [])
    assert owner.get(f"/{actor}/messages")["messages"] == 1
    second = send(owner, actor, {"message": "y"})
    assert waits(owner, actor, second)
    owner.until(f"/{actor}/workers", lambda rows: rows == [])
    assert owner.get(f"/{actor}/messages")["messages"] == 2
    owner.put(f"/{actor}", {"image": "abacosamples/wc"})
    assert all(
        owner.until(f"/{actor}/executions/{execution}", lambda row: row["status"] == "COMPLETE")["exitCode"] == 0
        for execution in (first, second)
    )
    assert owner.get(f"/{actor}")["statusMessage"] == " "


def test_emptying_the_mailbox_between_two_tries_frees_the_worker(owner: Person) -> None:
    actor, _ = ready(owner, "abacosamples/wc")
    long = send(owner, actor, {"message": "x" * 131_068})
    owner.until(f"/{actor}/executions/{long}", lambda row: "workerId" in row)
    owner.until(f"/{actor}/messages", lambda result: result["messages"] == 1)
    owner.delete(f"/{actor}/messages")
    assert owner.run(actor, "short")["exitCode"] == 0
    assert owner.get(f"/{actor}/executions/{long}")["status"] == "SUBMITTED"


@pytest.mark.parametrize(
    ("fits", "text", "environment"),
    [
        (True, "x" * 131_067, {}),
        (False, "x" * 131_068, {}),
        (True, "é" * 65_533, {}),
        (False, "é" * 65_534, {}),
        (False, "short", {"PLACE": "x" * 131_066}),
        (True, "short", {"PLACE": "x" * 131_065}),
    ],
)
def test_a_variable_longer_than_linux_takes_breaks_the_actor(
    fits: bool, text: str, environment: dict[str, str], owner: Person
) -> None:
    actor = owner.actor("abacosamples/wc", defaultEnvironment=environment)
    ended = owner.run(actor, text)
    assert ended["status"] == ("COMPLETE" if fits else "ERROR")
    message = owner.get(f"/{actor}")["statusMessage"]
    assert message == " " if fits else message.endswith("Exception [Errno 7] Argument list too long; w")
    if fits:
        return
    owner.delete(f"/{actor}/messages")
    owner.put(f"/{actor}", {"image": "abacosamples/wc", "force": True})
    assert owner.run(actor, "short")["exitCode"] == 0


def test_a_binary_message_larger_than_the_fifo_hangs_one_worker_after_the_other(owner: Person, admin: Person) -> None:
    actor, worker = ready(owner, "abacosamples/binary_message_classifier")
    assert owner.ended(actor, send_bytes(owner, actor, 65_536))["exitCode"] == 0
    hanging = send_bytes(owner, actor, 65_537)
    owner.until(f"/{actor}/workers", lambda rows: rows[0]["status"] == "BUSY")
    behind = owner.send(actor, "behind")
    assert waits(owner, actor, behind)
    assert owner.get(f"/{actor}/messages")["messages"] == 1
    row = owner.get(f"/{actor}/executions/{hanging}")
    assert (row["status"], row["workerId"]) == ("SUBMITTED", worker)
    status, message = owner.refusal("DELETE", f"/{actor}/executions/{hanging}")
    assert (status, message.endswith("Execution was found in status: SUBMITTED")) == (400, True)
    owner.delete(f"/{actor}/workers/{worker}")
    owner.until(f"/{actor}/workers", lambda rows: rows == [])
    owner.until(f"/{actor}/messages", lambda result: result["messages"] == 2)
    admin.post(f"/{actor}/workers", {"num": 1})
    (other,) = owner.until(f"/{actor}/workers", lambda rows: rows and rows[0]["status"] == "BUSY" and rows)
    assert waits(owner, actor, behind)
    assert owner.get(f"/{actor}/executions/{hanging}")["workerId"] == other["id"]
    admin.post(f"/{actor}/workers", {"num": 2})
    assert owner.ended(actor, behind)["workerId"] not in (worker, other["id"])
    assert owner.get(f"/{actor}/executions/{hanging}")["status"] == "SUBMITTED"
    assert owner.ask("DELETE", f"/{actor}").json()["message"] == "Actor deleted successfully."


def test_a_worker_breaks_off_over_the_fifo_of_a_start_that_failed(owner: Person) -> None:
    actor, _ = ready(owner, "sandbox/nostart")
    execution = send_bytes(owner, actor, 10)
    owner.until(f"/{actor}/workers", lambda rows: rows == [])
    assert owner.get(f"/{actor}/executions/{execution}")["status"] == "SUBMITTED"
    assert owner.get(f"/{actor}/messages")["messages"] == 1
    assert owner.get(f"/{actor}")["status"] == "READY"
