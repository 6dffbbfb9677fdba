"""The state of an actor at the JSON API: what moved meanwhile is not written over where that is asked for."""

import json
from typing import Any

import pytest

from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, actor_payload, envelope
from tests.support.payloads import API as API_URL

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/state/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
UPSTREAM = f"{ACTOR}/state"


def test_it_is_read_and_kept_by_nobody(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"state": {"ü": [1, None, 2.5]}})
    answer = caller.get(URL)
    assert answer.json() == {"state": {"ü": [1, None, 2.5]}}
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_actor_that_keeps_none_is_a_conflict(caller: Caller, api: API) -> None:
    api.refuse("GET", UPSTREAM, "actor is stateless.", 409)
    problem(caller.get(URL), 409, "conflict")


@pytest.mark.parametrize("state", [{"a": "b\r\n"}, [1], "text", 5, True])
def test_it_is_written_as_it_was_sent(state: Any, caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"state": {"secret-name": "secret-value"}})
    api.post(UPSTREAM, actor_payload(stateless=False))
    assert caller.ask("PUT", URL, {"state": state}).json() == {"message": "State saved."}
    assert json.loads(api.asked[-1].body) == state
    details = AuditEntry.objects.get(kind=AuditEntry.START).details
    assert "secret-name" in details
    assert "secret-value" not in details


@pytest.mark.parametrize(
    "sent",
    [{"state": {}}, {"state": None}, {"state": ""}, {"state": 0}, {}],
)
def test_what_the_form_refuses_is_refused(sent: Any, caller: Caller, api: API) -> None:
    assert list(problem(caller.ask("PUT", URL, sent), 422, "not-valid")["errors"]) == ["state"]
    assert api.asked == []


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_moved_meanwhile_is_left_alone(method: str, caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"state": {"n": 1}})
    read = caller.get(URL).headers["ETag"]
    moved = {"n": 2}
    if method == "PUT":
        api.wire.replace("GET", f"{API_URL}{UPSTREAM}", json=envelope({"state": moved}))
    else:
        api.get(ACTOR, actor_payload(stateless=False, state=moved))
    body = {"state": {"n": 3}} if method == "PUT" else None
    found = problem(caller.ask(method, URL, body, If_Match=read), 412, "changed-meanwhile")
    assert found["detail"] == "The state has changed since you read it, so nothing was sent."
    assert {request.method for request in api.asked} == {"GET"}
    assert not AuditEntry.objects.exists()


def test_what_did_not_move_is_written(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"state": {"n": 1}})
    api.post(UPSTREAM, actor_payload(stateless=False))
    assert caller.ask("PUT", URL, {"state": {"n": 2}}, If_Match=caller.get(URL).headers["ETag"]).status_code == 200


def test_it_is_emptied_with_all_else_kept(caller: Caller, api: API) -> None:
    api.get(ACTOR, actor_payload(stateless=False, state={"n": 1}, description="Kept."))
    api.put(ACTOR, actor_payload(stateless=False, state={}))
    assert caller.delete(URL).json() == {"message": "State reset."}
    sent = json.loads(api.asked[-1].body)
    assert (sent["state"], sent["description"]) == ({}, "Kept.")
