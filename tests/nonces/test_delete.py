"""Deleting a nonce."""

import logging

import pytest
from django.test import Client

from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, NONCE_ID, actor_payload, nonce_payload

pytestmark = pytest.mark.django_db
LIST = f"/actors/{ACTOR_ID}/nonces/"
URL = f"{LIST}{nonce_handle(ACTOR_ID, NONCE_ID)}/delete/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
NONCE = f"{ACTOR}/nonces/{NONCE_ID}"


@pytest.fixture
def listed(api: API) -> API:
    api.get(f"{ACTOR}/nonces", [nonce_payload()])
    return api


def test_it_asks_first(listed: API, signed_in: Client) -> None:
    listed.get(ACTOR, actor_payload())
    page = signed_in.get(URL).content.decode()
    assert "Anything using this nonce stops working" in page
    assert page.index(">Cancel<") < page.index(">Delete nonce</button>")
    assert NONCE_ID not in page


def test_it_works(listed: API, signed_in: Client) -> None:
    listed.delete(NONCE, None, message="Actor nonce deleted successfully.")
    answer = signed_in.post(URL)
    assert answer.headers["Location"] == LIST
    listed.get(ACTOR, actor_payload())
    page = signed_in.get(LIST).content.decode()
    assert "Nonce TACC-PROD_…6W1q deleted." in page


def test_it_works_with_htmx(listed: API, signed_in: Client, htmx: dict[str, str]) -> None:
    listed.delete(NONCE, None)
    assert signed_in.post(URL, headers=htmx).headers["HX-Redirect"] == LIST


def test_a_nonce_deleted_meanwhile_is_said_to_be_gone(listed: API, signed_in: Client) -> None:
    said = f"Unrecognized exception type: <class 'KeyError'>. Exception: '{NONCE_ID}'"
    listed.refuse("DELETE", NONCE, said, 500)
    answer = signed_in.post(URL)
    assert answer.headers["Location"] == LIST
    listed.get(ACTOR, actor_payload())
    assert "was already deleted" in signed_in.get(LIST).content.decode()


def test_a_handle_of_no_nonce_is_not_found(api: API, signed_in: Client) -> None:
    api.get(f"{ACTOR}/nonces", [])
    assert signed_in.post(URL).status_code == 404


def test_it_shows_a_refusal(listed: API, signed_in: Client) -> None:
    listed.refuse("DELETE", NONCE, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(URL)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing was changed." in page
    assert "Delete nonce" in page


def test_it_survives_silence(listed: API, signed_in: Client, caplog: pytest.LogCaptureFixture) -> None:
    listed.is_silent("DELETE", NONCE)
    with caplog.at_level(logging.DEBUG):
        answer = signed_in.post(URL)
    assert answer.status_code == 502
    assert "We do not know whether this succeeded" in answer.content.decode()
    assert NONCE_ID not in answer.content.decode() + caplog.text


def test_it_answers_htmx_with_the_fragment(listed: API, signed_in: Client, htmx: dict[str, str]) -> None:
    listed.get(ACTOR, actor_payload())
    fragment = signed_in.get(URL, headers=htmx).content.decode()
    assert fragment.startswith('<section class="card confirm" id="delete"')


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.delete(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.post(URL).headers["Location"].startswith("/sign-in/")
