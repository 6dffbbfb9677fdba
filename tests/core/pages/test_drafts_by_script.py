"""Drafts of a page with script, of one whose cookies are gone, and of one that was signed out elsewhere."""

import json
from typing import Any

import pytest
from django.test import Client

from actors_app.core.models import Draft
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages import drafts
from actors_app.core.security.models import PortalSession
from tests.conftest import API
from tests.core.pages.support import (
    ACTOR,
    HOME,
    MESSAGE,
    OWN,
    TOKENS,
    Browser,
    assert_all_typed,
    end_session,
)
from tests.support.routes import answer_everything

pytestmark = pytest.mark.django_db


def test_htmx_gets_the_sign_in_over_the_page(signed_in: Client, htmx: dict[str, str]) -> None:
    end_session(signed_in)
    answer = signed_in.post(HOME + "messages/", {**OWN, **MESSAGE}, headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert "<dialog open" in page
    assert 'value="jdoe"' in page, "who it was is known"
    assert 'id="write-key"' not in page, "its key is unused"
    assert not Draft.objects.exists(), "the page itself has it"


def test_htmx_gets_a_new_key_where_the_old_one_is_used_up(sign_in: Browser, api: API, htmx: dict[str, str]) -> None:
    api.answer("POST", ACTOR + "/messages", json={"fault": {"message": "Invalid Credentials"}}, status=401)
    answer = sign_in(refresh_token="").post(HOME + "messages/", {**OWN, **MESSAGE}, headers=htmx)
    assert answer.status_code == 401
    assert 'hx-swap-oob="true"' in answer.content.decode()


def test_a_wrong_password_keeps_the_dialog(htmx: dict[str, str], api: API) -> None:
    api.answer("POST", "/token", json={"error": "invalid_grant"}, status=400)
    typed = {"username": "jdoe", "password": "wrong", "whose": OWN["whose"]}
    answer = Client().post("/sign-in/", typed, headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("<dialog open") == 1
    assert "<html" not in page
    assert f'value="{OWN["whose"]}"' in page


def test_the_same_person_stays_on_the_page(htmx: dict[str, str], api: API) -> None:
    api.post("/token", json=TOKENS)
    api.get("/profiles/v2/me", {"username": "jdoe"})
    typed = {"username": "jdoe", "password": "pw", "whose": OWN["whose"]}
    answer = Client().post("/sign-in/", typed, headers=htmx)
    assert answer.status_code == 200
    assert "HX-Redirect" not in answer.headers
    assert "csrfmiddlewaretoken" in answer.content.decode()
    assert "Signed in again. Nothing was sent" in answer.content.decode()


@pytest.mark.parametrize("whose", [OWN["whose"], "", "forged"])
def test_anybody_else_is_led_away(htmx: dict[str, str], api: API, whose: str) -> None:
    api.post("/token", json=TOKENS)
    api.get("/profiles/v2/me", {"username": "eve"})
    answer = Client().post("/sign-in/", {"username": "eve", "password": "pw", "whose": whose}, headers=htmx)
    assert answer.headers["HX-Redirect"] == "/"


# A proof of origin that is gone -----------------------------------------------------------------------------


def strict(client: Client) -> Client:
    """Return the same browser with Django's check of forms switched on, which its test client leaves out."""
    checked = Client(enforce_csrf_checks=True)
    checked.cookies = client.cookies
    return checked


def test_a_lost_csrf_cookie_loses_no_words(signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    browser = strict(signed_in)
    answer = browser.post(HOME + "messages/", {**OWN, **MESSAGE})
    assert answer["Location"].startswith(HOME + "messages/?draft=")
    page = browser.get(answer["Location"]).content.decode()
    assert_all_typed(page, MESSAGE)
    assert "You were signed out" not in page
    assert "Your form had expired. We restored your draft; nothing was sent." in page
    assert not AuditEntry.objects.exists()


def test_a_lost_csrf_cookie_is_given_anew_to_htmx(signed_in: Client, htmx: dict[str, str]) -> None:
    answer = strict(signed_in).post(HOME + "messages/", {**OWN, **MESSAGE}, headers=htmx)
    assert answer.status_code == 403
    assert b"csrfmiddlewaretoken" in answer.content
    assert b"nothing was sent" in answer.content


def test_all_cookies_lost_asks_for_a_sign_in() -> None:
    answer = Client(enforce_csrf_checks=True).post(HOME + "messages/", {**OWN, **MESSAGE})
    assert answer["Location"].startswith("/sign-in/")
    assert "draft" in answer["Location"]


@pytest.mark.parametrize("whose", ["", drafts.sign_owner(drafts.Person("default", "eve"))])
def test_a_form_from_elsewhere_is_refused_and_not_kept(signed_in: Client, whose: str) -> None:
    answer = strict(signed_in).post(HOME + "messages/", {**OWN, **MESSAGE, "whose": whose})
    assert answer.status_code == 403
    assert not Draft.objects.exists()


# Signed out elsewhere while the request runs ----------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_a_write_that_was_made_is_not_offered_again(signed_in: Client, api: API, headers: dict[str, str]) -> None:
    def sign_out_meanwhile(request: Any) -> tuple[int, dict[str, str], str]:
        PortalSession.objects.all().delete()
        return 200, {}, json.dumps({"status": "success", "result": {"executionId": "abc123"}, "message": "OK"})

    api.wire.add_callback("POST", f"https://api.example.org{ACTOR}/messages", callback=sign_out_meanwhile)
    answer = signed_in.post(HOME + "messages/", {**OWN, **MESSAGE}, headers=headers)
    where = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert where.endswith("because=sent")
    assert b"Your request was sent" in signed_in.get(where).content
    assert not Draft.objects.exists()
    assert not PortalSession.objects.exclude(credential="").exists(), "no session came back to life"
