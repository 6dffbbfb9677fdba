"""Deleting an actor: only with its name, and once."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.payloads import ACTOR_ID, actor_payload, nonce_payload, worker_payload

URL = f"/actors/{ACTOR_ID}/delete/"
API = f"/actors/v2/{ACTOR_ID}"


def opened(signed_in: Client, api: Any, **actor: Any) -> dict[str, str]:
    """Open the page and return its hidden field."""
    api.get(API, actor_payload(**actor))
    api.get(f"{API}/messages", {"messages": 3})
    api.get(f"{API}/workers", [worker_payload()])
    api.get(f"{API}/nonces", [nonce_payload(), nonce_payload(id="TACC-PROD_another")])
    page = signed_in.get(URL).content.decode()
    assert "3 waiting messages" in page
    assert "1 worker," in page
    assert "2 nonces" in page
    found = re.search(r'name="expected" value="([^"]*)"', page)
    assert found
    return {"expected": found[1]}


def test_it_works(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    api.delete(API, None, message="Actor deleted successfully.")
    response = signed_in.post(URL, form | {"confirm": "word-count"}, follow=False)
    assert response.status_code == 302
    assert response["Location"] == "/actors/"


def test_an_actor_without_a_name_is_confirmed_by_its_id(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api, name=None)
    api.delete(API, None, message="Actor deleted successfully.")
    assert signed_in.post(URL, form | {"confirm": ACTOR_ID}).status_code == 302


def test_a_name_with_hidden_characters_may_be_typed_as_it_is_shown(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api, name="a\u202eb")
    api.delete(API, None)
    assert signed_in.post(URL, form | {"confirm": "a⟦RIGHT-TO-LEFT OVERRIDE⟧b"}).status_code == 302


@pytest.mark.parametrize("typed", ["", "word", "WORD-COUNT", ACTOR_ID])
def test_a_wrong_name_deletes_nothing_and_asks_nobody(signed_in: Client, api: Any, typed: str) -> None:
    form = opened(signed_in, api)
    before = len(api.asked)
    response = signed_in.post(URL, form | {"confirm": typed})
    assert response.status_code == 422
    assert 'class="error"' in response.content.decode()
    assert len(api.asked) == before


def test_without_the_page_the_api_says_what_the_name_is(signed_in: Client, api: Any) -> None:
    api.get(API, actor_payload())
    assert signed_in.post(URL, {"confirm": "wrong"}).status_code == 422
    api.delete(API, None)
    assert signed_in.post(URL, {"confirm": "word-count"}).status_code == 302


def test_it_says_when_the_api_is_still_cleaning_up(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    message = "Actor deleted successfully, though Abaco is still cleaning up some of the actor's resources."
    api.delete(API, None, message=message)
    api.get("/actors/v2", [])
    page = signed_in.post(URL, form | {"confirm": "word-count"}, follow=True).content.decode()
    assert "The actor word-count is deleted. The API is still cleaning up after it." in page


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.delete(URL).status_code == 405


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.post(URL, {"confirm": "x"}).status_code == 302


def test_it_shows_a_refusal(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    api.refuse("DELETE", API, "Not authorized -- you do not have access to this actor.")
    response = signed_in.post(URL, form | {"confirm": "word-count"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "Nothing was changed." in page
    assert 'value="word-count"' in page


def test_it_survives_silence_and_sends_once(signed_in: Client, api: Any) -> None:
    form = opened(signed_in, api)
    api.is_silent("DELETE", API)
    response = signed_in.post(URL, form | {"confirm": "word-count"})
    assert response.status_code == 502
    assert "It is not known whether it was done" in response.content.decode()
    assert [request.method for request in api.asked].count("DELETE") == 1
