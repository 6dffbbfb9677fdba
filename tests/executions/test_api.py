"""Executions at the JSON API: the history with the filters of its page, one, halting it, registering one."""

import json
from typing import Any

import pytest

from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, execution_payload

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/executions/"
ONE = f"{URL}{EXECUTION_ID}/"
UPSTREAM = f"/actors/v2/{ACTOR_ID}/executions"


def test_one_is_read_with_how_it_ended(caller: Caller, api: API) -> None:
    api.get(f"{UPSTREAM}/{EXECUTION_ID}", execution_payload(exitCode=3))
    found = caller.get(ONE).json()
    assert (found["status"], found["outcome"], found["exit_code"]) == ("COMPLETE", "failed", 3)
    assert found["message_received_time"] == "2026-11-23T16:20:41.522000Z"
    assert (found["queued_seconds"], found["run_seconds"]) == (0.105, 1.001)


def test_an_exit_code_that_is_no_number(caller: Caller, api: API) -> None:
    api.get(f"{UPSTREAM}/{EXECUTION_ID}", execution_payload(exitCode="undetermined", finalState={"unavailable": True}))
    found = caller.get(ONE).json()
    assert (found["exit_code"], found["outcome"]) == (None, "finished")


def test_one_is_halted(caller: Caller, api: API) -> None:
    api.delete(f"{UPSTREAM}/{EXECUTION_ID}", message="Issued force quit command for execution.")
    message = caller.post(f"{ONE}halt/").json()["message"]
    assert message.startswith("Halt requested.")
    assert "The worker takes no more messages" in message


def test_one_that_does_not_run_is_not_halted(caller: Caller, api: API) -> None:
    words = "Cannot force quit an execution not in RUNNING status. Execution was found in status: COMPLETE"
    api.refuse("DELETE", f"{UPSTREAM}/{EXECUTION_ID}", words)
    assert problem(caller.post(f"{ONE}halt/"), 409, "conflict")["reason"]


def test_one_is_registered(caller: Caller, api: API) -> None:
    api.post(UPSTREAM, execution_payload())
    answer = caller.post(URL, {"runtime": 1, "cpu": 2, "io": 3})
    assert answer.json() == {"message": "Execution registered.", "id": EXECUTION_ID}
    assert answer.headers["Location"] == ONE
    assert json.loads(api.asked[0].body) == {"runtime": 1, "cpu": 2, "io": 3}


def test_abaco_refuses_every_one(caller: Caller, api: API) -> None:
    api.refuse("POST", UPSTREAM, "Required field executor missing.")
    problem(caller.post(URL, {"runtime": 1, "cpu": 2, "io": 3}), 422, "invalid")


@pytest.mark.parametrize("value", [-1, 2**63, "1", 1.5, None, True])
def test_what_is_no_measure(value: Any, caller: Caller, api: API) -> None:
    assert list(problem(caller.post(URL, {"runtime": value, "cpu": 2, "io": 3}), 422, "not-valid")["errors"]) == [
        "runtime"
    ]
    assert api.asked == []
