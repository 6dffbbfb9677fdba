"""The sign-in in the session's row: encrypted, untouched by ordinary saves, renewed once."""

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from actors_app.core.security import credentials
from actors_app.core.security.credentials import Credentials, SessionCredentials
from actors_app.core.security.models import PortalSession
from actors_app.core.security.sessions import SessionStore
from actors_app.services.calls import Limits
from actors_app.services.errors import ServiceFailed, SignedOut, TimedOut
from portal import store
from tests.conftest import API, key_of
from tests.support import payloads
from tests.support.store import Lock

Browser = Callable[..., Client]
pytestmark = [pytest.mark.store, pytest.mark.django_db]

RENEWED = {"access_token": "new-access", "refresh_token": "new-refresh", "expires_in": 14400}


def row() -> PortalSession:
    return PortalSession.objects.get()


def test_the_row_holds_no_token_in_the_clear(sign_in: Browser) -> None:
    sign_in()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM portal_session")
        everything = repr(cursor.fetchall()) + repr(row().get_decoded())
    assert "access-token-of-jdoe" not in everything
    assert "refresh-token-of-jdoe" not in everything
    assert row().get_decoded() == {"who": {"tenant": "default", "username": "jdoe"}}


def test_a_row_moved_to_another_session_does_not_open(sign_in: Browser) -> None:
    sign_in()
    stolen = row().credential
    other = SessionStore()
    other.create()
    PortalSession.named(other.session_key).update(credential=stolen)
    assert SessionCredentials(other.session_key).current is None


def test_another_key_ends_the_sign_in_and_nothing_else(sign_in: Browser, settings: object) -> None:
    browser = sign_in()
    settings.CREDENTIAL_KEYS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]  # type: ignore[attr-defined]
    answer = browser.get("/account/")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Faccount%2F"


def test_an_added_key_still_opens_what_the_old_one_encrypted(sign_in: Browser, settings: object) -> None:
    browser = sign_in()
    old = settings.CREDENTIAL_KEYS  # type: ignore[attr-defined]
    settings.CREDENTIAL_KEYS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", *old]  # type: ignore[attr-defined]
    assert SessionCredentials(key_of(browser)).current is not None


def test_saving_the_session_never_writes_the_credential(sign_in: Browser) -> None:
    browser = sign_in()
    stale = SessionStore(key_of(browser))
    stale["theme"] = "dark"
    PortalSession.objects.update(credential="renewed meanwhile", credential_version=7)
    stale.save()
    assert (row().credential, row().credential_version) == ("renewed meanwhile", 7)


def test_a_session_that_was_ended_elsewhere_is_not_made_again(sign_in: Browser) -> None:
    browser = sign_in()
    stale = SessionStore(key_of(browser))
    stale["theme"] = "dark"
    PortalSession.objects.all().delete()
    from django.contrib.sessions.backends.base import UpdateError

    with pytest.raises(UpdateError):
        stale.save()
    assert not PortalSession.objects.exists()


def test_nothing_shows_a_token_by_accident() -> None:
    shown = repr(Credentials("default", "jdoe", "secret-access", "secret-refresh"))
    assert "secret" not in shown


# Renewal ----------------------------------------------------------------------------------------------------


def test_a_token_that_ends_soon_is_renewed_first(sign_in: Browser, api: API) -> None:
    browser = sign_in(expires_at=time.time() + 30)
    api.post("/token", json=RENEWED)
    assert SessionCredentials(key_of(browser)).access_token() == "new-access"
    [asked] = api.asked
    assert asked.headers["Authorization"].startswith("Basic ")
    assert b"refresh-token-of-jdoe" in asked.body
    again = SessionCredentials(key_of(browser))
    assert again.access_token() == "new-access"
    assert again.current is not None
    assert again.current.refresh_token == "new-refresh"


def test_a_page_met_by_a_401_is_answered_after_one_renewal(sign_in: Browser, api: API) -> None:
    browser = sign_in()
    api.answer("GET", "/actors/v2", json={"fault": {"code": 900904}}, status=401)
    api.post("/token", json=RENEWED)
    api.get("/actors/v2", [])
    assert browser.get("/actors/").status_code == 200
    assert api.asked[-1].headers["Authorization"] == "Bearer new-access"


def test_a_refused_renewal_leads_to_the_sign_in_page_and_back(sign_in: Browser, api: API) -> None:
    browser = sign_in(expires_at=1)
    api.answer("POST", "/token", json={"error": "invalid_grant"}, status=400)
    answer = browser.get("/actors/?q=wc")
    assert answer["Location"] == "/sign-in/?next=%2Factors%2F%3Fq%3Dwc"


def test_a_failing_token_endpoint_ends_nobody(sign_in: Browser, api: API) -> None:
    browser = sign_in(expires_at=1)
    api.answer("POST", "/token", body="<html>", status=503)
    with pytest.raises(ServiceFailed):
        SessionCredentials(key_of(browser)).access_token()
    assert row().credential
    assert row().renewing_until is None, "the next request may try at once"


def test_a_sign_in_that_cannot_be_renewed_ends(sign_in: Browser) -> None:
    browser = sign_in(refresh_token="")
    with pytest.raises(SignedOut):
        SessionCredentials(key_of(browser)).renew("access-token-of-jdoe")


def test_whoever_waits_takes_the_token_another_request_got(sign_in: Browser) -> None:
    browser = sign_in()
    waiting = SessionCredentials(key_of(browser))
    key = key_of(browser)
    new = Credentials("default", "jdoe", "token-of-the-other", "r", time.time() + 3600)
    PortalSession.objects.update(credential=credentials._encrypt(key, new), credential_version=2)
    assert waiting.renew("access-token-of-jdoe") == "token-of-the-other"


def test_a_holder_that_died_is_replaced_when_its_lease_ends(sign_in: Browser, api: API) -> None:
    browser = sign_in()
    PortalSession.objects.update(renewing_until=timezone.now() - timedelta(seconds=1))
    api.post("/token", json=RENEWED)
    assert SessionCredentials(key_of(browser)).renew("access-token-of-jdoe") == "new-access"


def test_a_renewal_that_fails_late_leaves_the_lease_of_another_alone(sign_in: Browser, api: API) -> None:
    browser = sign_in()
    theirs = timezone.now() + timedelta(seconds=9)

    def fail(request: object) -> tuple[int, dict[str, str], str]:
        PortalSession.objects.update(renewing_until=theirs)
        return 503, {}, ""

    api.wire.add_callback("POST", payloads.API + "/token", fail)
    with pytest.raises(ServiceFailed):
        SessionCredentials(key_of(browser)).renew("access-token-of-jdoe")
    assert row().renewing_until == theirs


def test_waiting_has_an_end(sign_in: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = sign_in()
    PortalSession.objects.update(renewing_until=timezone.now() + timedelta(minutes=5))
    monkeypatch.setattr(credentials, "RENEWAL_WAIT", 0.2)
    with pytest.raises(TimedOut) as late:
        SessionCredentials(key_of(browser)).renew("access-token-of-jdoe")
    assert "cannot renew your session right now" in late.value.user_message
    assert row().credential


def test_a_holder_has_its_lease_until_its_answer_is_saved() -> None:
    assert Limits().token + store.PATIENCE + 0.3 < credentials.RENEWAL_LEASE < 10
    assert credentials.RENEWAL_LEASE + Limits().token < credentials.RENEWAL_WAIT + 0.5


@pytest.mark.parametrize("status", [503, 429, 404])
def test_f50_a_page_says_that_the_sign_in_cannot_be_renewed_now(sign_in: Browser, api: API, status: int) -> None:
    browser = sign_in(expires_at=1)
    api.answer("POST", "/token", json={}, status=status)
    answer = browser.get("/actors/")
    assert answer.status_code in (502, 503)
    assert "The Actors API cannot renew your session right now. You are still signed in." in answer.text
    assert browser.get("/account/").status_code == 200


def test_f50_a_renewal_without_an_answer_changed_nothing(sign_in: Browser, api: API) -> None:
    browser = sign_in(expires_at=1)
    api.is_silent("POST", "/token")
    answer = browser.get("/actors/")
    assert "The Actors API cannot renew your session right now." in answer.text
    assert "not known whether" not in answer.text
    assert "know whether this succeeded" not in answer.text
    assert row().credential


def test_a_portal_that_the_api_no_longer_knows_leads_to_one_sign_in_that_says_so(sign_in: Browser, api: API) -> None:
    browser = sign_in(expires_at=1)
    api.answer("POST", "/token", json={"error": "invalid_client"}, status=401)
    answer = browser.get("/actors/", follow=True)
    assert answer.redirect_chain == [("/sign-in/?next=%2Factors%2F", 302)]
    assert "the API rejected the portal" in answer.text


def test_a_refusal_is_no_end_where_another_request_has_renewed_meanwhile(sign_in: Browser, api: API) -> None:
    browser = sign_in()
    key = key_of(browser)
    new = Credentials("default", "jdoe", "token-of-the-other", "r", time.time() + 3600)

    def refuse(request: object) -> tuple[int, dict[str, str], str]:
        PortalSession.objects.update(credential=credentials._encrypt(key, new), credential_version=2)
        return 400, {}, '{"error": "invalid_grant"}'

    api.wire.add_callback("POST", payloads.API + "/token", refuse)
    assert SessionCredentials(key).renew("access-token-of-jdoe") == "token-of-the-other"
    assert row().credential_version == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("seconds", "saved"), [(0.7, True), (30, False)])
def test_f51_a_renewal_that_cannot_be_saved_still_serves_its_request(
    sign_in: Browser, api: API, seconds: float, saved: bool
) -> None:
    browser = sign_in(expires_at=1)
    timers = []

    def renew(request: object) -> tuple[int, dict[str, str], str]:
        timers.append(Lock().free_after(seconds))
        return 200, {}, json.dumps(RENEWED)

    api.wire.add_callback("POST", payloads.API + "/token", renew)
    held = SessionCredentials(key_of(browser))
    try:
        assert held.access_token() == "new-access"
    finally:
        for timer in timers:
            timer.cancel()
            timer.function()
            timer.join()
    assert held.current is not None
    assert held.current.access_token == "new-access"
    assert (row().credential_version == 2) is saved


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_the_clock", [True, False])
def test_f52_fifty_at_once_make_one_renewal(sign_in: Browser, api: API, by_the_clock: bool) -> None:
    browser = sign_in(expires_at=1 if by_the_clock else 0)
    key = key_of(browser)
    good = ["refresh-token-of-jdoe"]

    def renew(request: Any) -> tuple[int, dict[str, str], str]:
        time.sleep(0.5)
        if f"refresh_token={good[-1]}&".encode() not in request.body:
            return 400, {}, '{"error": "invalid_grant"}'
        good.append(f"refresh-{len(good)}")
        return 200, {}, json.dumps(RENEWED | {"refresh_token": good[-1]})

    api.wire.add_callback("POST", payloads.API + "/token", renew)
    answers: list[str] = []

    def ask() -> None:
        try:
            held = SessionCredentials(key)
            answers.append(held.access_token() if by_the_clock else held.renew("access-token-of-jdoe"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["new-access"] * 50
    assert len(api.asked) == 1
    assert good == ["refresh-token-of-jdoe", "refresh-1"]
    assert row().renewing_until is None
