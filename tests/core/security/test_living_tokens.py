"""A token endpoint that fails while the access token still works: nothing changes for the visitor."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from actors_app.core.security.credentials import SessionCredentials
from actors_app.core.security.models import PortalSession
from actors_app.history.accounts import ServiceAccount
from actors_app.services.errors import AbacoError, WrongPassword
from tests.conftest import API, key_of
from tests.support import payloads

Browser = Callable[..., Client]
pytestmark = [pytest.mark.store(full=True), pytest.mark.django_db]

OLD = "access-token-of-jdoe"
RENEWED = {"access_token": "new-access", "refresh_token": "new-refresh", "expires_in": 14400}
FAILURES: dict[str, dict[str, Any]] = {
    **{f"{status}": {"json": {}, "status": status} for status in (302, 403, 404, 405, 409, 429, 500, 502, 503, 504)},
    "429-waits": {"body": "", "status": 429, "headers": {"Retry-After": "3600"}},
    "400-html": {"body": "<html>", "status": 400},
    "401-html": {"body": "<html>", "status": 401},
    "400-scope": {"json": {"error": "invalid_scope"}, "status": 400},
    "401-client": {"json": {"error": "invalid_client"}, "status": 401},
    "500-grant": {"json": {"error": "invalid_grant"}, "status": 500},
    "200-grant": {"json": {"error": "invalid_grant"}},
    "empty": {"body": b""},
    "html": {"body": "<html>It works!</html>"},
    "no-json": {"body": b"\xff\xfe{"},
    "list": {"json": [RENEWED]},
    "no-token": {"json": {"refresh_token": "r", "expires_in": 14400}},
    "null": {"json": RENEWED | {"access_token": None}},
    "blank": {"json": RENEWED | {"access_token": ""}},
    "spaces": {"json": RENEWED | {"access_token": "a b"}},
    "lines": {"json": RENEWED | {"access_token": "a\r\nX-Evil: 1"}},
    "letters": {"json": RENEWED | {"access_token": "tökèn"}},
    "silent": {},
}


def fail(api: API, how: str) -> None:
    """Let the token endpoint fail."""
    if FAILURES[how]:
        api.answer("POST", "/token", **FAILURES[how])
    else:
        api.is_silent("POST", "/token")


def tokens_kept(before: PortalSession) -> bool:
    """Whether the session's row has the encrypted tokens that it had, and nobody holds the right to renew them."""
    row = PortalSession.objects.get()
    return (row.credential, row.credential_version, row.renewing_until) == (before.credential, 1, None)


@pytest.mark.parametrize("how", FAILURES)
def test_a_renewal_that_fails_changes_nothing_while_the_token_works(sign_in: Browser, api: API, how: str) -> None:
    browser = sign_in(expires_at=time.time() + 30)
    before = PortalSession.objects.get()
    fail(api, how)
    api.get("/actors/v2", [payloads.actor_payload()])
    pages = [browser.get("/actors/"), browser.get("/actors/")]
    assert [page.status_code for page in pages] == [200, 200]
    assert payloads.ACTOR_ID in pages[0].text
    assert "renew" not in pages[0].text
    calls = [request for request in api.asked if request.url.endswith("/actors/v2")]
    assert {request.headers["Authorization"] for request in calls} == {f"Bearer {OLD}"}
    assert sum(request.url.endswith("/token") for request in api.asked) == 1, "it is left alone for a while"
    assert tokens_kept(before)


def test_the_program_that_asks_with_a_session_notices_nothing_either(sign_in: Browser, api: API) -> None:
    browser = sign_in(expires_at=time.time() + 30)
    fail(api, "503")
    api.get("/actors/v2", [])
    assert browser.get("/api/v1/actors/").status_code == 200


def test_a_later_renewal_succeeds_with_the_same_refresh_token(sign_in: Browser, api: API) -> None:
    browser = sign_in(expires_at=time.time() + 30)
    api.post("/token", status=503, json={})
    assert SessionCredentials(key_of(browser)).access_token() == OLD
    cache.clear()  # the seconds for which it is left alone are over
    api.post("/token", json=RENEWED)
    assert SessionCredentials(key_of(browser)).access_token() == "new-access"
    assert b"refresh-token-of-jdoe" in api.asked[-1].body


@pytest.mark.parametrize("how", [how for how in FAILURES if how != "401-client"])
def test_at_its_real_end_a_page_says_so_and_nobody_is_signed_out(sign_in: Browser, api: API, how: str) -> None:
    browser = sign_in(expires_at=time.time() - 1)
    before = PortalSession.objects.get()
    fail(api, how)
    page = browser.get("/actors/")
    assert page.status_code in (502, 503, 504)
    assert "The Actors API cannot renew your session right now. You are still signed in." in page.text
    assert tokens_kept(before)


def test_a_refused_refresh_token_ends_the_sign_in_before_its_token_ends(sign_in: Browser, api: API) -> None:
    browser = sign_in(expires_at=time.time() + 30)
    api.answer("POST", "/token", json={"error": "invalid_grant"}, status=400)
    assert browser.get("/actors/")["Location"] == "/sign-in/?next=%2Factors%2F"


def test_a_refresh_token_that_is_none_leaves_the_former_one(sign_in: Browser, api: API) -> None:
    for nonsense in ("", " ", "a\nb", None, 7):
        browser = sign_in(expires_at=time.time() + 30)
        api.wire.upsert("POST", payloads.API + "/token", json=RENEWED | {"refresh_token": nonsense})
        held = SessionCredentials(key_of(browser))
        assert held.access_token() == "new-access"
        assert held.current is not None
        assert held.current.refresh_token == "refresh-token-of-jdoe"


@pytest.mark.store
@pytest.mark.parametrize("how", ["503", "silent"])
def test_failing_renewals_do_not_stop_the_calls_of_the_api(sign_in: Browser, api: API, how: str) -> None:
    fail(api, how)
    for _ in range(30):
        with pytest.raises(AbacoError):
            SessionCredentials(key_of(sign_in(expires_at=1))).access_token()
    api.get("/actors/v2", [])
    assert sign_in().get("/actors/").status_code == 200


def test_the_collectors_token_is_used_until_its_end(api: API, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "collector", "password"
    account = ServiceAccount(settings.TENANTS["default"])
    api.post("/token", json=RENEWED | {"expires_in": 50})
    assert account.access_token() == "new-access"
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 40)
    api.post("/token", json={}, status=503)
    assert account.access_token() == "new-access"
    monkeypatch.setattr(time, "monotonic", lambda: now + 51)
    with pytest.raises(AbacoError):
        account.access_token()
    api.wire.upsert("POST", payloads.API + "/token", json={"error": "invalid_grant"}, status=400)
    monkeypatch.setattr(time, "monotonic", lambda: now + 40)
    with pytest.raises(WrongPassword):
        account.access_token()
