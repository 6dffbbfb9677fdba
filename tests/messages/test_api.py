"""Messages at the JSON API: in three forms, with variables, and dropping them."""

import base64
import json
from typing import Any

import pytest

from actors_app.messages.models import KeptMessage
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/messages/"
UPSTREAM = f"/actors/v2/{ACTOR_ID}/messages"


@pytest.mark.parametrize(
    ("sent", "body", "kind"),
    [
        ({"text": 'a\r\nb "c" \N{PILE OF POO}'}, {"message": 'a\r\nb "c" \N{PILE OF POO}'}, "application/json"),
        ({"json": {"a": [1, None]}}, {"a": [1, None]}, "application/json"),
        ({"json": {}}, {}, "application/json"),
        ({"base64": base64.b64encode(b"\x00\xff\r\n").decode()}, b"\x00\xff\r\n", "application/octet-stream"),
    ],
)
def test_a_message_is_sent_as_it_is(sent: Any, body: Any, kind: str, caller: Caller, api: API) -> None:
    api.post(UPSTREAM, {"executionId": EXECUTION_ID, "msg": "x"})
    answer = caller.post(URL, {**sent, "environment": {"A": "1", "B": "x y"}})
    assert answer.status_code == 201, answer.content
    execution = f"/api/v1/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"
    assert answer.headers["Location"] == execution
    assert answer.json() == {
        "actor_id": ACTOR_ID,
        "execution_id": EXECUTION_ID,
        "message": "Message sent.",
        "url": execution,
    }
    request = api.asked[0]
    assert (request.body if isinstance(body, bytes) else json.loads(request.body)) == body
    assert request.headers["Content-Type"] == kind
    assert request.path_url.endswith("?A=1&B=x+y")
    assert KeptMessage.objects.get().execution_id == EXECUTION_ID


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "body"),
        ({"text": "a", "json": {}}, "body"),
        ({"text": ""}, "text"),
        ({"text": "a\x00"}, "text"),
        ({"text": "x" * 131_068}, "text"),
        ({"json": {"x": "é" * 65_533}}, "json"),
        ({"base64": base64.b64encode(bytes(65_537)).decode()}, "base64"),
        ({"text": 5}, "text"),
        ({"json": []}, "json"),
        ({"json": {"message": "x"}}, "json"),
        ({"base64": "?"}, "base64"),
        ({"base64": ""}, "base64"),
        ({"text": "a", "environment": {"A": 1}}, "environment"),
        ({"text": "a", "environment": {"x-nonce": "1"}}, "environment"),
        ({"text": "a", "environment": {"message": "1"}}, "environment"),
        ({"text": "a", "environment": {"_abaco_synchronous": "true"}}, "environment"),
        ({"text": "a", "environment": {"": "1"}}, "environment"),
        ({"text": "a", "environment": {"A=B": "1"}}, "environment"),
        ({"text": "a", "environment": {"A": "x" * 5000}}, "environment"),
        ({"text": "a", "more": 1}, "more"),
    ],
)
def test_what_the_form_refuses_is_refused(sent: Any, field: str, caller: Caller, api: API) -> None:
    assert list(problem(caller.post(URL, sent), 422, "not-valid")["errors"]) == [field]
    assert api.asked == []


def test_an_execution_that_cannot_be_in_an_address(caller: Caller, api: API) -> None:
    api.post(UPSTREAM, {"msg": "x"})
    answer = caller.post(URL, {"text": "a"})
    assert (answer.status_code, answer.json()["url"]) == (201, None)
    assert "Location" not in answer.headers


def test_how_many_wait(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"messages": 7})
    assert caller.get(URL).json() == {"messages": 7}


def test_they_are_dropped(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"messages": 7})
    api.delete(UPSTREAM, {"msg": "Actor mailbox purged."})
    assert caller.delete(URL).json() == {"message": "Mailbox purged (7 messages deleted)."}
