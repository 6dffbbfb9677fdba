"""Why an execution is not running, at the JSON API."""

import pytest

from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, WORKER_ID, actor_payload, execution_payload, worker_payload

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/why/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
WAITS = {"status": "SUBMITTED", "exitCode": None, "startTime": None, "finishTime": None, "workerId": None}


def test_the_reason_comes_with_what_shows_it(caller: Caller, api: API) -> None:
    api.get(EXECUTION, execution_payload(**WAITS))
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/messages", {"messages": 3})
    api.get(f"{ACTOR}/workers", [worker_payload(id=WORKER_ID, status="BUSY")])
    found = caller.get(URL).json()
    assert (found["status"], found["outcome"]) == ("SUBMITTED", "waiting")
    why = found["why"]
    assert (why["kind"], why["is_stuck"]) == ("busy", False)
    assert why["reason"] == "The only worker is busy; up to 2 messages ahead."
    assert why["advice"].startswith("The execution runs when a worker is free.")
    facts = {one["name"]: one["value"] for one in why["evidence"]}
    assert facts["Mailbox"] == "3 messages"
    assert f"Worker {WORKER_ID}" in facts


def test_one_that_does_not_wait_has_no_reason(caller: Caller, api: API) -> None:
    api.get(EXECUTION, execution_payload())
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/messages", {"messages": 0})
    api.get(f"{ACTOR}/workers", [])
    assert caller.get(URL).json() == {"status": "COMPLETE", "outcome": "succeeded", "why": None}


def test_what_is_not_told_is_not_known(caller: Caller, api: API) -> None:
    api.get(EXECUTION, execution_payload(**WAITS))
    for path in ("", "/messages", "/workers"):
        api.refuse("GET", ACTOR + path, "no", 500)
    assert caller.get(URL).json()["why"]["kind"] == "unknown"


def test_one_that_is_gone(caller: Caller, api: API) -> None:
    api.refuse("GET", EXECUTION, "gone", 404)
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/messages", {"messages": 0})
    api.get(f"{ACTOR}/workers", [])
    problem(caller.get(URL), 404, "gone")
