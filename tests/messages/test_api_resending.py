"""Sending the message of an execution again, at the JSON API."""

import json

import pytest

from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/send-again/"


def exists(api: API, owner: str = "jdoe") -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload(owner=owner))
    api.get(f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}", execution_payload())


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (Sent("text", b"a\r\nb", {"A": "1"}), {"message": "a\r\nb"}),
        (Sent("json", b'{"a":1}', {"A": "1"}), {"a": 1}),
        (Sent("binary", b"\x00\xff", {"A": "1"}), b"\x00\xff"),
    ],
)
def test_it_is_sent_as_it_was(sent: Sent, body: object, caller: Caller, api: API) -> None:
    message_archive.keep(Credentials("default", "somebody", "x"), ACTOR_ID, EXECUTION_ID, sent)
    exists(api)
    api.post(f"/actors/v2/{ACTOR_ID}/messages", {"executionId": "again", "msg": "x"})
    answer = caller.post(URL)
    assert (answer.status_code, answer.json()["execution_id"]) == (201, "again")
    request = api.asked[-1]
    assert (request.body if isinstance(body, bytes) else json.loads(request.body)) == body
    assert request.path_url.endswith("?A=1")
    assert json.loads(AuditEntry.objects.get(kind="start").details)["repeats"] == EXECUTION_ID


def test_what_is_not_kept_is_said(caller: Caller, api: API) -> None:
    exists(api)
    found = problem(caller.post(URL), 409, "not-kept")
    assert "was not sent through this portal" in found["detail"]


def test_another_persons_message_is_not_for_everybody(caller: Caller, api: API) -> None:
    message_archive.keep(Credentials("default", "somebody", "x"), ACTOR_ID, EXECUTION_ID, Sent("text", b"secret", {}))
    exists(api, owner="somebody")
    found = problem(caller.post(URL), 409, "not-kept")
    assert "Only somebody and the actor's owner can see it." in found["detail"]


def test_an_execution_that_there_is_not(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    words = f"No executions found with actor id of A and execution id of {EXECUTION_ID}."
    api.refuse("GET", f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}", words)
    problem(caller.post(URL), 404, "gone")
