"""The administration at the JSON API: for administrators alone, but for the utilization and one's own workers."""

from typing import Any

import pytest

from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import (
    ACTOR_ID,
    actor_payload,
    admin_actor_payload,
    search_payload,
    totals_payload,
    utilization_payload,
    worker_payload,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/administration/"
PROBE = "/actors/v2/aliases/admin-role-probe"


def administers(api: API, *actors: dict[str, Any], workers: tuple[dict[str, Any], ...] = ()) -> None:
    api.refuse("GET", PROBE, "No alias found: admin-role-probe.", 404)
    api.get("/actors/v2/admin", list(actors))
    api.get("/actors/v2/admin/workers", {"workers": list(workers)})
    api.get("/actors/v2/admin/executions", totals_payload())
    api.get("/actors/v2", [actor_payload()])


def test_the_tenant_is_counted_and_what_is_stuck_named(caller: Caller, api: API) -> None:
    administers(
        api,
        admin_actor_payload(messages=3, status="ERROR", workers=[]),
        workers=(worker_payload(actorId="other", status="ERROR"),),
    )
    found = caller.get(URL).json()
    assert (found["actors"], found["errors"], found["messages"]) == (1, 1, 3)
    assert found["totals"]["executions"] is not None
    assert [(one["actor_id"], one["messages"]) for one in found["stuck_mailboxes"]] == [(ACTOR_ID, 3)]


def test_its_actors_are_searched_and_sorted(caller: Caller, api: API) -> None:
    rows = [admin_actor_payload(id=f"a{n}", name=f"n{n}", owner=owner, messages=n) for n, owner in enumerate("xyx")]
    administers(api, admin_actor_payload(), *rows)
    found = caller.get(f"{URL}actors/?sort=-messages&owner=x").json()
    assert [one["id"] for one in found["items"]] == ["a2", "a0"]
    for sort in ("name", "status", "owner", "workers", "-executions", "updated", "-updated"):
        page = caller.get(f"{URL}actors/?sort={sort}&limit=3").json()
        assert len(page["items"]) + len(caller.get(page["next"]).json()["items"]) == 4


def test_nobody_else_is_told(caller: Caller, api: API) -> None:
    api.refuse("GET", PROBE, "Abaco Admin role required.")
    for address in (URL, f"{URL}actors/"):
        found = problem(caller.get(address), 403, "forbidden")
        assert found["detail"] == "Only tenant administrators can view this."
    assert {request.path_url for request in api.asked} == {PROBE}


def test_workers_of_all_actors_of_who_is_no_administrator(caller: Caller, api: API) -> None:
    api.refuse("GET", PROBE, "Abaco Admin role required.")
    rows = [worker_payload(id="w1", actorId=ACTOR_ID), worker_payload(id="w2", actorId="other", status="ERROR")]
    api.get("/actors/v2/search/workers", search_payload(*rows))
    api.get("/actors/v2", [actor_payload()])
    found = caller.get("/api/v1/workers/").json()["items"]
    assert [(one["id"], one["is_stuck"]) for one in found] == [("w1", False), ("w2", True)]
    assert found[0]["actor_name"] == actor_payload()["name"]
    assert [one["id"] for one in caller.get("/api/v1/workers/?show=stuck").json()["items"]] == ["w2"]


def test_the_utilization_is_told_to_everybody(caller: Caller, api: API) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    assert set(caller.get("/api/v1/utilization/").json()) == {
        "current_actors",
        "total_actors",
        "workers",
        "command_queue",
    }
