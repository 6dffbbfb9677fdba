"""Dropping all messages that wait."""

import re

import pytest
from django.test import Client

from tests.conftest import API
from tests.support import payloads
from tests.support.payloads import ACTOR_ID, actor_payload

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/messages/purge/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
MAILBOX = f"{ACTOR}/messages"


def opened(api: API, browser: Client, **actor: object) -> str:
    """Open the page and return what it expects to be typed, signed."""
    api.get(ACTOR, actor_payload(**actor))
    api.get(MAILBOX, {"messages": 7})
    page = browser.get(URL).content.decode()
    found = re.search(r'name="expected" value="([^"]+)"', page)
    assert found
    assert "7 queued messages" in page
    assert "stay Waiting permanently." in page
    return found[1]


def test_it_works(api: API, signed_in: Client) -> None:
    expected = opened(api, signed_in)
    api.delete(MAILBOX, {"msg": "Actor mailbox purged."})
    answer = signed_in.post(URL, {"confirm": "word-count", "expected": expected})
    assert answer.headers["Location"] == f"/actors/{ACTOR_ID}/messages/"
    after = signed_in.get(answer.headers["Location"]).content.decode()
    assert "Mailbox purged (7 messages deleted)." in after


def test_an_actor_without_a_name_is_named_by_its_id(api: API, signed_in: Client) -> None:
    expected = opened(api, signed_in, name=None)
    api.delete(MAILBOX, {"msg": "Actor mailbox purged."})
    assert signed_in.post(URL, {"confirm": ACTOR_ID, "expected": expected}).status_code == 302


def test_it_purges_even_where_nobody_can_count(api: API, signed_in: Client) -> None:
    expected = opened(api, signed_in)
    api.wire.replace("GET", payloads.API + MAILBOX, status=500, json={"status": "error", "message": ""})
    api.delete(MAILBOX, {"msg": "Actor mailbox purged."})
    assert signed_in.post(URL, {"confirm": "word-count", "expected": expected}).status_code == 302


@pytest.mark.parametrize("typed", ["", "Word-count", "x" * 2000])
def test_it_shows_form_errors_and_asks_the_api_nothing(api: API, signed_in: Client, typed: str) -> None:
    expected = opened(api, signed_in)
    before = len(api.asked)
    answer = signed_in.post(URL, {"confirm": typed, "expected": expected})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert len(api.asked) == before


@pytest.mark.parametrize("expected", ["", "word-count", "a:b:c"])
def test_a_name_that_we_did_not_sign_counts_for_nothing(api: API, signed_in: Client, expected: str) -> None:
    answer = signed_in.post(URL, {"confirm": "word-count", "expected": expected})
    assert answer.status_code == 422
    assert "This page is out of date." in answer.content.decode()


def test_the_confirmation_of_another_actor_counts_for_nothing(api: API, signed_in: Client) -> None:
    expected = opened(api, signed_in)
    answer = signed_in.post("/actors/other/messages/purge/", {"confirm": "word-count", "expected": expected})
    assert answer.status_code == 422


def test_it_shows_a_refusal(api: API, signed_in: Client) -> None:
    expected = opened(api, signed_in)
    api.refuse("DELETE", MAILBOX, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(URL, {"confirm": "word-count", "expected": expected})
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()
    assert 'value="word-count"' in answer.content.decode()


def test_it_survives_silence(api: API, signed_in: Client) -> None:
    expected = opened(api, signed_in)
    api.is_silent("DELETE", MAILBOX)
    answer = signed_in.post(URL, {"confirm": "word-count", "expected": expected})
    assert answer.status_code == 502
    assert "We do not know whether this succeeded" in answer.content.decode()


def test_it_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    answer = signed_in.post(URL, {"confirm": ""}, headers=htmx)
    assert answer.status_code == 422
    assert answer.content.decode().startswith('<section class="card confirm" id="purge"')


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.delete(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.post(URL).headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(("before", "said"), [(0, "it was empty"), (1, "1 message deleted")])
def test_it_says_how_many_were_dropped(api: API, signed_in: Client, before: int, said: str) -> None:
    expected = opened(api, signed_in)
    api.wire.replace("GET", payloads.API + MAILBOX, json=payloads.envelope({"messages": before}))
    api.delete(MAILBOX, {"msg": "Actor mailbox purged."})
    answer = signed_in.post(URL, {"confirm": "word-count", "expected": expected})
    assert said in signed_in.get(answer.headers["Location"]).content.decode()
