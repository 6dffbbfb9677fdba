"""Definitions at the JSON API: former ones, what differs, export, import and clone."""

import json
from typing import Any

import pytest

from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, actor_payload, envelope
from tests.support.payloads import API as API_URL

pytestmark = pytest.mark.django_db
ONE = f"/api/v1/actors/{ACTOR_ID}/"
UPSTREAM = f"/actors/v2/{ACTOR_ID}"


def saved_again(caller: Caller, api: API) -> None:
    """Let the portal see an actor, and then how it was changed elsewhere."""
    api.get(UPSTREAM, actor_payload(revision=1, description="Old.", defaultEnvironment={"A": "1"}))
    caller.get(f"{ONE}revisions/")
    changed = actor_payload(
        revision=2, description="New.", defaultEnvironment={"A": "2"}, lastUpdateTime="2026-11-24T10:00:00.000Z"
    )
    api.wire.replace("GET", f"{API_URL}{UPSTREAM}", json=envelope(changed))


def test_the_definitions_that_were_seen_are_listed_and_read(caller: Caller, api: API) -> None:
    saved_again(caller, api)
    newest, first = caller.get(f"{ONE}revisions/").json()["items"]
    assert (newest["number"], newest["made"], newest["is_newest"]) == (2, "elsewhere", True)
    assert (first["number"], first["made"]) == (1, "first")
    answer = caller.get(f"{ONE}revisions/{first['id']}/")
    assert answer.json()["definition"]["description"] == "Old."
    assert "state" not in answer.json()["definition"]
    assert answer.headers["Cache-Control"] == "no-store"
    problem(caller.get(f"{ONE}revisions/{newest['id'] + 1}/"), 404, "no-such-address")


def test_what_differs_between_two_is_told(caller: Caller, api: API) -> None:
    saved_again(caller, api)
    found = caller.get(f"{ONE}revisions/difference/").json()
    assert (found["before"]["number"], found["after"]["number"]) == (1, 2)
    assert {one["name"]: (one["before"], one["after"]) for one in found["differences"]} == {
        "description": ("Old.", "New."),
        "default_environment": ({"A": "1"}, {"A": "2"}),
    }
    turned = caller.get(f"{ONE}revisions/difference/?from={found['after']['id']}&to={found['before']['id']}").json()
    assert turned["differences"][0]["before"] == found["differences"][0]["after"]
    assert list(problem(caller.get(f"{ONE}revisions/difference/?to=999999"), 422, "not-valid")["errors"]) == ["to"]


def test_with_one_alone_nothing_differs(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, actor_payload())
    nothing = {"before": None, "after": None, "former_values": None, "differences": []}
    assert caller.get(f"{ONE}revisions/difference/").json() == nothing


def test_what_is_exported_can_be_imported(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, actor_payload(description="Line\r\nends"))
    exported = caller.get(f"{ONE}definition/").json()
    assert exported["image"]
    assert "defaultEnvironment" in exported
    assert "id" not in exported
    api.post("/actors/v2", actor_payload())
    body = {"definition": exported | {"id": "x", "colour": "blue"}}
    answer = caller.post("/api/v1/definitions/", body)
    assert (answer.status_code, answer.headers["Location"]) == (201, ONE)
    assert (answer.json()["unknown"], answer.json()["left_out"]) == (["colour"], ["id"])
    sent = json.loads(api.asked[-1].body)
    assert (sent["image"], sent["description"]) == (exported["image"], "Line\r\nends")


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ({}, "definition"),
        ({"image": 5}, "definition"),
        ({"colour": "blue"}, "definition"),
        ({"maxWorkers": 1, "max_workers": 2}, "definition"),
        ("text", "definition"),
        ([], "definition"),
        ({"name": "no image"}, "image"),
        ({"image": "a b"}, "image"),
    ],
)
def test_what_is_no_definition_is_refused(definition: Any, field: str, caller: Caller, api: API) -> None:
    found = problem(caller.post("/api/v1/definitions/", {"definition": definition}), 422, "not-valid")
    assert list(found["errors"]) == [field]
    assert api.asked == []


def test_a_clone_is_the_same_but_for_what_is_said(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, actor_payload(description="Kept.", defaultEnvironment={"A": "1"}))
    api.post("/actors/v2", actor_payload())
    assert caller.post(f"{ONE}clone/", {"name": "another", "token": True}).status_code == 201
    sent = json.loads(api.asked[-1].body)
    assert (sent["name"], sent["token"], sent["description"]) == ("another", True, "Kept.")
    assert sent["defaultEnvironment"] == {"A": "1"}


def test_one_key_clones_one_actor(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, actor_payload())
    api.get("/actors/v2/other", actor_payload(id="other"))
    api.post("/actors/v2", actor_payload())
    assert caller.post(f"{ONE}clone/", {}, Idempotency_Key="k").status_code == 201
    api.wire.assert_all_requests_are_fired = False
    problem(caller.post("/api/v1/actors/other/clone/", {}, Idempotency_Key="k"), 409, "conflict")
