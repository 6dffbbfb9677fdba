"""The sign-in in the session's row: sealed, untouched by ordinary saves, renewed once."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from actors_app import credentials as vault
from actors_app.credentials import Credentials, SessionCredentials
from actors_app.models import PortalSession
from actors_app.services.errors import ServiceFailed, SignedOut, TimedOut
from actors_app.sessions import SessionStore
from tests.conftest import API

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db

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
    PortalSession.objects.filter(session_key=other.session_key).update(credential=stolen)
    assert SessionCredentials(other.session_key).current is None


def test_another_key_ends_the_sign_in_and_nothing_else(sign_in: Browser, settings: object) -> None:
    browser = sign_in()
    settings.CREDENTIAL_KEYS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]  # type: ignore[attr-defined]
    answer = browser.get("/account/")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Faccount%2F"


def test_an_added_key_still_opens_what_the_old_one_sealed(sign_in: Browser, settings: object) -> None:
    sign_in()
    old = settings.CREDENTIAL_KEYS  # type: ignore[attr-defined]
    settings.CREDENTIAL_KEYS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", *old]  # type: ignore[attr-defined]
    assert SessionCredentials(row().session_key).current is not None


def test_saving_the_session_never_writes_the_credential(sign_in: Browser) -> None:
    sign_in()
    stale = SessionStore(row().session_key)
    stale["theme"] = "dark"
    PortalSession.objects.update(credential="renewed meanwhile", credential_version=7)
    stale.save()
    assert (row().credential, row().credential_version) == ("renewed meanwhile", 7)


def test_a_session_that_was_ended_elsewhere_is_not_made_again(sign_in: Browser) -> None:
    sign_in()
    stale = SessionStore(row().session_key)
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
    sign_in(expires_at=time.time() + 30)
    api.post("/token", json=RENEWED)
    assert SessionCredentials(row().session_key).access_token() == "new-access"
    [asked] = api.asked
    assert asked.headers["Authorization"].startswith("Basic ")
    assert b"refresh-token-of-jdoe" in asked.body
    again = SessionCredentials(row().session_key)
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
    sign_in(expires_at=1)
    api.answer("POST", "/token", body="<html>", status=503)
    with pytest.raises(ServiceFailed):
        SessionCredentials(row().session_key).access_token()
    assert row().credential
    assert row().renewing_until is None, "the next request may try at once"


def test_a_sign_in_that_cannot_be_renewed_ends(sign_in: Browser) -> None:
    sign_in(refresh_token="")
    with pytest.raises(SignedOut):
        SessionCredentials(row().session_key).renew("access-token-of-jdoe")


def test_whoever_waits_takes_the_token_another_request_got(sign_in: Browser) -> None:
    sign_in()
    waiting = SessionCredentials(row().session_key)
    key = row().session_key
    new = Credentials("default", "jdoe", "token-of-the-other", "r", time.time() + 3600)
    PortalSession.objects.update(credential=vault._seal(key, new), credential_version=2)
    assert waiting.renew("access-token-of-jdoe") == "token-of-the-other"


def test_a_holder_that_died_is_replaced_when_its_lease_ends(sign_in: Browser, api: API) -> None:
    sign_in()
    PortalSession.objects.update(renewing_until=timezone.now() - timedelta(seconds=1))
    api.post("/token", json=RENEWED)
    assert SessionCredentials(row().session_key).renew("access-token-of-jdoe") == "new-access"


def test_waiting_has_an_end(sign_in: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in()
    PortalSession.objects.update(renewing_until=timezone.now() + timedelta(minutes=5))
    monkeypatch.setattr(vault, "RENEWAL_LEASE", -0.9)
    with pytest.raises(TimedOut):
        SessionCredentials(row().session_key).renew("access-token-of-jdoe")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_renewal(sign_in: Browser, api: API) -> None:
    sign_in()
    key = row().session_key
    api.post("/token", json=RENEWED)
    answers: list[str] = []

    def ask() -> None:
        try:
            answers.append(SessionCredentials(key).renew("access-token-of-jdoe"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["new-access"] * 10
    assert len(api.asked) == 1
