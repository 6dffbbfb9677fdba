"""The state of an actor: looked at, edited with a review, saved over only by a tick, and reset by an update."""

import json
import re
from html import unescape

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.state.forms import mark_of
from tests.conftest import API
from tests.support.audit import wrote
from tests.support.payloads import ACTOR_ID, actor_payload

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/state/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
STATE = f"{ACTOR}/state"
KEY = "0123456789abcdef0123456789abcdef"
NOW = {"count": 41, "token_of_ours": "<i>x</i>"}


def stateful(**changes: object) -> dict[str, object]:
    return actor_payload(stateless=False, state=NOW, **changes)


def sent(state: object, *, seen: object = NOW, step: str = "save", **more: str) -> dict[str, str]:
    return {"state": json.dumps(state), "seen": mark_of(ACTOR_ID, seen), "step": step, "write_key": KEY, **more}


def test_it_is_shown_as_a_tree_and_raw(api: API, signed_in: Client) -> None:
    api.get(ACTOR, stateful())
    api.get(STATE, {"state": NOW})
    page = signed_in.get(URL).content.decode()
    assert '<span class="key">count</span>' in page
    assert "&lt;i&gt;x&lt;/i&gt;" in page
    assert f'href="{URL}reset/"' in page


@pytest.mark.parametrize("state", [{}, None])
def test_an_empty_state_can_be_filled(api: API, signed_in: Client, state: object) -> None:
    api.get(ACTOR, stateful())
    api.get(STATE, {"state": state})
    page = signed_in.get(URL).content.decode()
    assert "Empty state" in page
    assert f'href="{URL}reset/"' not in page


def test_a_stateless_actor_is_said_to_keep_none(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.refuse("GET", STATE, "actor is stateless.", 404)
    answer = signed_in.get(URL)
    assert answer.status_code == 200
    assert "Stateless actor" in answer.content.decode()


def test_silence_is_said(api: API, signed_in: Client) -> None:
    api.get(ACTOR, stateful())
    api.is_silent("GET", STATE)
    answer = signed_in.get(URL)
    assert answer.status_code == 502
    assert "Could not load the state" in answer.content.decode()


def test_the_form_holds_the_state_and_its_mark(api: API, signed_in: Client) -> None:
    api.get(ACTOR, stateful())
    api.get(STATE, {"state": NOW})
    page = signed_in.get(URL + "edit/").content.decode()
    field = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert field
    assert json.loads(unescape(field[1])) == NOW
    assert 'name="seen"' in page


def test_a_review_shows_both_and_saves_nothing(api: API, signed_in: Client) -> None:
    api.get(STATE, {"state": NOW})
    answer = signed_in.post(URL + "edit/", sent({"count": 42}, step="review"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "&quot;count&quot;: 41" in page
    assert "&quot;count&quot;: 42" in page
    assert [request.method for request in api.asked] == ["GET"]


def test_saving_sends_the_value_as_it_is(api: API, signed_in: Client) -> None:
    api.get(STATE, {"state": NOW})
    api.post(STATE, stateful())
    answer = signed_in.post(URL + "edit/", sent(["a", 1, None]))
    assert answer.headers["Location"] == URL
    assert json.loads(api.asked[-1].body) == ["a", 1, None]
    kept = AuditEntry.objects.get(kind=AuditEntry.START).details
    assert "<i>" not in kept, "the trail has the names alone"
    assert "count" in kept


def test_a_state_that_moved_is_not_saved_over(api: API, signed_in: Client) -> None:
    api.get(STATE, {"state": {"count": 99}})
    answer = signed_in.post(URL + "edit/", sent({"count": 42}))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The state has changed since you opened this page" in page
    assert "&quot;count&quot;: 99" in page
    assert 'value="{&quot;count&quot;: 42}"' in page, "nothing typed is lost"
    assert [request.method for request in api.asked] == ["GET"]


def test_it_is_saved_over_by_a_tick(api: API, signed_in: Client) -> None:
    api.get(STATE, {"state": {"count": 99}})
    api.post(STATE, stateful())
    answer = signed_in.post(URL + "edit/", sent({"count": 42}, over="on"))
    assert answer.headers["Location"] == URL
    assert json.loads(api.asked[-1].body) == {"count": 42}


def test_the_same_form_is_not_sent_twice(api: API, signed_in: Client) -> None:
    api.get(STATE, {"state": NOW})
    api.post(STATE, stateful())
    typed = sent({"count": 42})
    for _ in range(2):
        assert signed_in.post(URL + "edit/", typed).headers["Location"] == URL
    assert sum(request.method == "POST" for request in api.asked) == 1


def test_back_to_editing_keeps_what_was_typed(api: API, signed_in: Client) -> None:
    page = signed_in.post(URL + "edit/", sent({"count": 42}, step="back")).content.decode()
    assert "{&quot;count&quot;: 42}" in page
    assert api.asked == []


def test_a_refusal_is_shown(api: API, signed_in: Client) -> None:
    api.get(STATE, {"state": NOW})
    api.refuse("POST", STATE, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(URL + "edit/", sent({"count": 42}))
    assert answer.status_code == 403
    assert "{&quot;count&quot;: 42}" in answer.content.decode()


def test_a_reset_sends_the_whole_definition_with_an_empty_state(api: API, signed_in: Client) -> None:
    api.get(ACTOR, stateful(description="kept", cronOn=True, cronSchedule="2026-12-01 10 + 1 hour"))
    api.put(ACTOR, stateful())
    answer = signed_in.post(URL + "reset/", {"write_key": KEY})
    assert answer.headers["Location"] == URL
    body = json.loads(api.asked[-1].body)
    assert (body["state"], body["stateless"], body["description"], body["cronOn"]) == ({}, False, "kept", True)


def test_the_reset_offers_a_copy_first(api: API, signed_in: Client) -> None:
    api.get(ACTOR, stateful())
    page = signed_in.get(URL + "reset/").content.decode()
    assert "copy it if needed" in page
    assert "is lost permanently" in page


@pytest.mark.parametrize(
    ("action", "state", "words"),
    [
        ("state.reset", {}, "The state is empty"),
        ("state.reset", NOW, "is not empty"),
        ("state.update", NOW, "author of the state is unknown"),
    ],
)
def test_a_write_without_an_answer_is_checked(
    api: API, signed_in: Client, action: str, state: object, words: str
) -> None:
    api.get(STATE, {"state": state})
    entry = wrote(action, "unknown")
    assert words in signed_in.get(f"/activity/{entry.pk}/check/").content.decode()


@pytest.mark.parametrize("path", ["", "edit/", "reset/"])
def test_it_needs_credentials(client: Client, path: str) -> None:
    assert client.get(URL + path).headers["Location"].startswith("/sign-in/")


def test_a_key_for_a_setting_is_the_api_s_business_until_it_refuses_it(api: API, signed_in: Client) -> None:
    """The privileged role may have such a state, and nothing tells who has that role."""
    api.get(STATE, {"state": {"n": 1}})
    typed = sent({"maxWorkers": 2}, seen={"n": 1})
    refusal = "Not authorized -- only admins and privileged users can set max workers."
    api.refuse("POST", STATE, refusal)
    assert signed_in.post(f"{URL}edit/", typed | {"write_key": "a" * 43}).status_code == 403
    before = len(api.asked)
    answer = signed_in.post(f"{URL}edit/", typed | {"write_key": "b" * 43})
    assert answer.status_code == 422
    assert "“maxWorkers” is reserved at the top level" in answer.content.decode()
    body = json.dumps({"state": {"maxWorkers": 2}})
    program = signed_in.put(f"/api/v1{URL}", body, content_type="application/json", secure=True)
    assert list(program.json()["errors"]) == ["state"]
    assert len(api.asked) == before
