"""What would block a worker or break an actor is refused at the JSON API too, before the call."""

import json

import pytest
from django.test import Client

from actors_app.core.security.credentials import Credentials
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sent", [Sent("text", b"x" * 131_068, {}), Sent("binary", bytes(65_537), {})])
def test_one_that_was_kept_under_other_limits_is_not_sent_again(sent: Sent, caller: Caller, api: API) -> None:
    message_archive.keep(Credentials("default", "somebody", "x"), ACTOR_ID, EXECUTION_ID, sent)
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.get(f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}", execution_payload())
    answer = caller.post(f"/api/v1/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/send-again/")
    assert "send its URL" in problem(answer, 422, "invalid")["detail"]
    assert [call.method for call in api.asked] == ["GET", "GET"]


def test_the_json_api_and_imports_refuse_it_too(caller: Caller, signed_in: Client, api: API) -> None:
    definition = {"image": "a/b", "default_environment": {"LONG": "x" * 131_067}}
    found = problem(caller.post("/api/v1/actors/", definition), 422, "not-valid")
    assert "is 131,066." in str(found["errors"]["default_environment"])
    text = json.dumps({"image": "a/b", "defaultEnvironment": {"LONG": "x" * 131_067}})
    answer = signed_in.post("/actors/new/", {"import": "1", "definition_text": text})
    assert answer.status_code == 422
    assert "is 131,066." in answer.content.decode()
    assert api.asked == []


def test_a_state_and_a_config_that_no_container_could_get(caller: Caller, api: API) -> None:
    state = {"state": {"x": "y" * 131_050}}
    found = problem(caller.ask("PUT", f"/api/v1/actors/{ACTOR_ID}/state/", state), 422, "not-valid")
    assert "_abaco_actor_state" in str(found["errors"]["state"])
    config = {"name": "long", "value": "é" * 65_523, "actors": [ACTOR_ID]}
    found = problem(caller.post("/api/v1/configs/", config), 422, "not-valid")
    assert "_actor_configs" in str(found["errors"]["value"])
    assert api.asked == []


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_state_with_an_integer_that_the_api_cannot_store(number: int, caller: Caller, api: API) -> None:
    state = {"state": {"deep": [{"count": number}]}}
    found = problem(caller.ask("PUT", f"/api/v1/actors/{ACTOR_ID}/state/", state), 422, "not-valid")
    assert "more than 64 bits" in str(found["errors"]["state"])
    actor = {"image": "a/b", "stateless": False}
    found = problem(caller.post("/api/v1/actors/", actor | state), 422, "not-valid")
    assert "more than 64 bits" in str(found["errors"]["state"])
    assert api.asked == []
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload(stateless=False))
    found = problem(caller.post(f"/api/v1/actors/{ACTOR_ID}/clone/", {"name": "copy", **state}), 422, "not-valid")
    assert "more than 64 bits" in str(found["errors"]["state"])
    assert [call.method for call in api.asked] == ["GET"]


def test_the_largest_integer_is_sent(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}/state", {"state": {}})
    api.post(f"/actors/v2/{ACTOR_ID}/state", actor_payload(stateless=False))
    caller.ask("PUT", f"/api/v1/actors/{ACTOR_ID}/state/", {"state": {"count": 2**63 - 1}})
    assert json.loads(api.asked[-1].body) == {"count": 2**63 - 1}
