"""Workers at the JSON API."""

from typing import Any

import pytest

from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, WORKER_ID, actor_payload, worker_payload

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/workers/"
UPSTREAM = f"/actors/v2/{ACTOR_ID}/workers"


def test_the_oldest_come_first(caller: Caller, api: API) -> None:
    made = [("b", "2026-11-23T16:20:39.061Z"), ("a", "2026-11-22T16:20:39.061Z"), ("c", None)]
    api.get(UPSTREAM, [worker_payload(id=id_, createTime=at) for id_, at in made])
    page = caller.get(f"{URL}?limit=2").json()
    assert [one["id"] for one in page["items"]] == ["a", "b"]
    assert [one["id"] for one in caller.get(page["next"]).json()["items"]] == ["c"]


def test_one_is_read(caller: Caller, api: API) -> None:
    api.get(f"{UPSTREAM}/{WORKER_ID}", worker_payload(lastExecutionTime="None"))
    found = caller.get(f"{URL}{WORKER_ID}/").json()
    assert (found["status"], found["last_execution_time"]) == ("READY", None)


def test_one_that_is_gone(caller: Caller, api: API) -> None:
    api.refuse("GET", f"{UPSTREAM}/{WORKER_ID}", "Worker not found.", 404)
    problem(caller.get(f"{URL}{WORKER_ID}/"), 404, "gone")


def test_more_are_asked_for(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.post(UPSTREAM, message="Scheduled 2 new worker(s) to start.")
    api.get(UPSTREAM, [worker_payload(), worker_payload(id="x")])
    assert caller.post(URL, {"num": 2}).json()["message"] == ("Starting workers (target: 2). Currently 2 workers.")


def test_an_actor_that_keeps_state_gets_no_second(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload(stateless=False))
    found = problem(caller.post(URL, {"num": 2}), 422, "not-valid")
    assert "Stateful" in found["errors"]["num"][0]


def test_no_more_workers_than_the_actor_may_have(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload(maxWorkers=2))
    found = problem(caller.post(URL, {"num": 3}), 422, "not-valid")
    assert "maximum is 2 workers" in found["errors"]["num"][0]
    assert [one.method for one in api.asked] == ["GET"]


@pytest.mark.parametrize("num", [0, -5, 101, 1.5, "2", True, None, [1]])
def test_what_is_no_number_of_workers(num: Any, caller: Caller, api: API) -> None:
    assert list(problem(caller.post(URL, {"num": num}), 422, "not-valid")["errors"]) == ["num"]
    assert api.asked == []


def test_one_is_stopped(caller: Caller, api: API) -> None:
    api.delete(f"{UPSTREAM}/{WORKER_ID}", message="Worker scheduled to be stopped.")
    assert "Stopping worker" in caller.delete(f"{URL}{WORKER_ID}/").json()["message"]
