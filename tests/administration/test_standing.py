"""Actors that stand still, in the administrators' list, from the answers of the real servers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.administration.support import URL, WORKERS, is_admin, lists, minutes_ago
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, admin_actor_payload, utilization_payload, worker_payload
from tests.support.recorded import result, result_at

pytestmark = pytest.mark.django_db
HALT = datetime(2026, 11, 30, 21, 46, 43, tzinfo=UTC)
BINARY = datetime(2026, 11, 30, 21, 45, 37, tzinfo=UTC)


def recorded(series: str, start: datetime, at: float, name: str) -> Any:
    return result_at(f"{series}_{name}", "v2-nginx", start + timedelta(seconds=at))


def stands(api: API, actor: dict[str, Any], workers: list[dict[str, Any]], messages: int) -> str:
    """Let an administrator see an actor with workers, none of whose executions the search shows; return its path."""
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    there = [worker | {"actorId": actor["id"]} for worker in workers]
    lists(api, admin_actor_payload(**actor) | {"messages": messages, "workers": []}, workers=there, listed=[])
    return f"/actors/v2/{actor['id']}/executions"


def halted(api: API) -> str:
    def at(name: str) -> Any:
        return recorded("halt", HALT, 185.0, name)

    path = stands(api, at("38_actor_180s") | {"owner": "somebody"}, at("35_workers_180s"), 1)
    api.get(path, at("39_executions_180s"))
    waiting = at("34_execution_second_120s")
    api.get(f"{path}/{waiting['id']}", waiting)
    return path


def test_a_halted_worker_is_listed_with_what_frees_its_actor(api: API, signed_in: Client) -> None:
    halted(api)
    page = signed_in.get(URL).content.decode()
    row = page[page.index('data-standstill="worker-exited"') :]
    assert "1 queued message." in row
    assert 'name="num" value="2"' in row
    assert 'action="/actors/RPPkpV8vEqXrm/workers/PZZAW5DXEbjkP/stop/"' in row
    # An administrator is not the owner: the update is asked about first.
    assert 'href="/actors/RPPkpV8vEqXrm/restart/"' in row
    assert 'name="pick" value="RPPkpV8vEqXrm/PZZAW5DXEbjkP"' in page


def test_the_json_api_lists_it_too(api: API, signed_in: Client) -> None:
    halted(api)
    api.wire.remove("GET", "https://api.example.org/actors/v2/utilization")
    (one,) = signed_in.get("/api/v1/administration/").json()["standstills"]
    assert (one["actor_id"], one["worker_id"], one["kind"]) == ("RPPkpV8vEqXrm", "PZZAW5DXEbjkP", "worker-exited")
    assert [remedy["name"] for remedy in one["remedies"]] == ["restart", "add", "stop"]


def test_it_is_among_the_stuck_workers(api: API, signed_in: Client) -> None:
    halted(api)
    api.wire.remove("GET", "https://api.example.org/actors/v2/utilization")
    assert "PZZAW5DXEbjkP" in signed_in.get(f"{WORKERS}?show=stuck").content.decode()
    (one,) = signed_in.get("/api/v1/workers/?show=stuck").json()["items"]
    assert (one["id"], one["is_stuck"]) == ("PZZAW5DXEbjkP", True)


def test_a_worker_that_a_file_blocks_is_listed(api: API, signed_in: Client) -> None:
    def at(name: str) -> Any:
        return recorded("binary", BINARY, 151.8, name)

    path = stands(api, at("02_actor_ready"), at("23_workers_150s"), 1)
    rows = recorded("binary", BINARY, 214.1, "42_executions_12s_after_add")
    api.get(path, rows)
    for name in ("22_execution_100000_150s", "26_execution_behind_150s"):
        api.get(f"{path}/{at(name)['id']}", at(name))
    page = signed_in.get(URL).content.decode()
    assert 'data-standstill="worker-blocked"' in page
    assert "Purge mailbox" in page


def test_a_worker_that_runs_something_is_not_listed(api: API, signed_in: Client) -> None:
    def at(name: str) -> Any:
        return recorded("halt", HALT, 30.0, name)

    path = stands(api, at("38_actor_180s"), at("06_workers_busy"), 0)
    running = at("10_execution_first_right_after")
    api.get(path, {"executions": [{"id": running["id"], "status": "RUNNING"}]})
    api.get(f"{path}/{running['id']}", running)
    assert "Nothing is stuck." in signed_in.get(URL).content.decode()


def test_a_worker_of_which_the_api_does_not_say_is_not_listed(api: API, signed_in: Client) -> None:
    path = stands(
        api, recorded("halt", HALT, 185.0, "38_actor_180s"), recorded("halt", HALT, 185.0, "35_workers_180s"), 1
    )
    api.refuse("GET", path, "no", 500)
    assert "Nothing is stuck." in signed_in.get(URL).content.decode()


@pytest.mark.parametrize("changes", [{}, {"actorId": "Gone"}])
def test_workers_that_stay_stopping_are_listed_whosever_they_are(
    api: API, signed_in: Client, changes: dict[str, Any]
) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    worker = {
        "actorId": ACTOR_ID,
        "status": "SHUTDOWN_REQUESTED",
        "createTime": minutes_ago(9),
        "lastExecutionTime": "None",
    }
    lists(api, admin_actor_payload(messages=0), workers=[worker_payload(**worker | changes)])
    page = signed_in.get(URL).content.decode()
    assert 'data-standstill="worker-stopping"' in page
    assert ("/restart/" in page) == (not changes)


def test_an_actor_in_error_by_its_message_is_listed_with_the_words_of_the_api(api: API, signed_in: Client) -> None:
    stands(api, result("longtext_07_actor_in_error"), [], 1)
    page = signed_in.get(URL).content.decode()
    assert 'data-standstill="too-long"' in page
    assert "Argument list too long" in page
