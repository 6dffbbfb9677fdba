"""What a secret or a confirmation is bound to, and what is in no log: forged handles, signatures and forms."""

import logging
from typing import Any

import pytest
from django.test import Client

from actors_app.actors.forms import ActorDeleteForm
from actors_app.messages.forms import PurgeForm
from actors_app.nonces.notes import nonce_handle
from tests.faults import failures as f
from tests.faults.conftest import shorten
from tests.faults.stand_in import StandIn
from tests.faults.world import A
from tests.support.payloads import ACTOR_ID, NONCE_ID

WAYS_OUT = (
    "//evil.example/",
    "/\t/evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "\x00//evil.example",
    "/%0d%0aX: y",
    "///evil.example",
    "/nowhere/",
    "/sign-out/",
    "/sign-in/",
    "/account/theme/",
    "?next=x",
    "",
)


@pytest.mark.parametrize("handle", ["0" * 32, nonce_handle("another", NONCE_ID), nonce_handle(ACTOR_ID, "another")])
def test_b62_a_handle_opens_its_own_nonce_only(stand: StandIn, signed_in: Client, handle: str) -> None:
    for page in ("", "delete/"):
        assert signed_in.get(f"{A}nonces/{handle}/{page}").status_code == 404
    assert signed_in.post(f"{A}nonces/{handle}/delete/", {"confirm": "x"}).status_code == 404
    assert stand.count("DELETE") == 0


@pytest.mark.parametrize("actor_id", ["another", ACTOR_ID + "x"])
def test_a_confirmation_of_another_actor_confirms_nothing(stand: StandIn, signed_in: Client, actor_id: str) -> None:
    signed = PurgeForm(actor_id=actor_id, label="mine").initial["expected"]
    response = signed_in.post(A + "messages/purge/", {"confirm": "mine", "expected": signed})
    assert response.status_code == 422
    signed = ActorDeleteForm(actor_id=actor_id, label="mine").initial["expected"]
    assert signed_in.post(A + "delete/", {"confirm": "mine", "expected": signed}).status_code == 422
    assert stand.count("DELETE") == 0


def test_a_confirmation_of_another_kind_confirms_nothing(stand: StandIn, signed_in: Client) -> None:
    signed = ActorDeleteForm(actor_id=ACTOR_ID, label="word-count").initial["expected"]
    response = signed_in.post(A + "messages/purge/", {"confirm": "word-count", "expected": signed})
    assert response.status_code == 422
    assert stand.count("DELETE") == 0


@pytest.mark.parametrize("path", [A + "messages/", A + "workers/", A + "nonces/", A + "delete/", "/actors/new/"])
def test_a_form_without_its_token_is_refused_before_the_api_is_asked(
    stand: StandIn, signed_in: Client, path: str
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    response = strict.post(path, {"message": "x", "num": "1"})
    assert response.status_code == 403
    assert "Form expired" in response.content.decode()
    assert stand.asked == []


@pytest.mark.parametrize("way_out", WAYS_OUT)
def test_b72_signing_in_leads_to_a_page_of_ours(stand: StandIn, client: Client, db: None, way_out: str) -> None:
    stand.fail(f.answer(b'{"access_token": "t", "refresh_token": "r", "expires_in": 3600}'), "POST", "/token")
    stand.fail(f.result({"username": "jdoe"}), "GET", "/profiles")
    response = client.post("/sign-in/", {"username": "jdoe", "password": "x", "next": way_out})
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_an_address_of_the_api_stands_in_no_log(
    stand: StandIn, signed_in: Client, caplog: pytest.LogCaptureFixture
) -> None:
    handle = nonce_handle(ACTOR_ID, NONCE_ID)
    signed_in.get(f"{A}nonces/{handle}/")
    stand.fail(f.reset)
    signed_in.get(f"{A}nonces/{handle}/")
    assert NONCE_ID not in caplog.text
    assert f":{stand.port}" not in caplog.text
    assert not logging.getLogger("urllib3").isEnabledFor(logging.DEBUG)


def test_one_error_shown_twice_is_one_line(
    stand: StandIn, signed_in: Client, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    shorten()
    stand.fail(f.refuse("500 Oops", "x"))
    response = signed_in.get("/")
    number = response.headers["X-Request-ID"]
    # Two calls failed, so there are two lines, and one number leads to both.
    assert [number in line for line in caplog.text.splitlines()] == [True, True]
