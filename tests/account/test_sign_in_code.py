"""Signing in at the API's own page: there with a state and a challenge, back with a code, and everything in between."""

import json
import logging
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import Client

from actors_app.account import codes
from actors_app.core.security.crypto import decrypt
from actors_app.core.security.models import PortalSession
from actors_app.services.tokens import challenge_of
from portal.tenants import Tenant
from tests.conftest import API
from tests.support.payloads import envelope, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.store(full=True)]
V2 = Tenant("v2", "Two", "https://api.example.org", sign_in=("code", "token"), client_key="k2", client_secret="s2")
V3 = Tenant("v3", "Three", "https://api.example.org", "v3", ("code", "password"), "k3", "s3")
PAGES = {"v2": "/authorize", "v3": "/v3/oauth2/authorize"}
GIVEN = {
    "v2": {"access_token": "a1", "refresh_token": "r1", "expires_in": 14400},
    "v3": envelope({"access_token": {"access_token": "a1", "expires_in": 14400},
                    "refresh_token": {"refresh_token": "r1", "expires_in": 99}}),
}  # fmt: skip
ENDPOINTS = {"v2": ("/token", "/profiles/v2/me"), "v3": ("/v3/oauth2/tokens", "/v3/oauth2/userinfo")}
both = pytest.mark.parametrize("version", ["v2", "v3"])


@pytest.fixture
def browser(settings: object) -> Client:
    settings.TENANTS = {"v2": V2, "v3": V3}  # type: ignore[attr-defined]
    return Client()


def begin(browser: Client, version: str = "v2", target: str = "/actors/") -> dict[str, str]:
    """Press the link on the sign-in page; return what the API's page is asked."""
    answer = browser.get("/sign-in/code/", {"tenant": version, "next": target})
    assert answer.status_code == 302
    address = urlsplit(answer["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://api.example.org" + PAGES[version]
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def allow(api: API, version: str, username: str = "jdoe") -> None:
    tokens, profile = ENDPOINTS[version]
    api.post(tokens, json=GIVEN[version])
    api.get(profile, {"username": username})


def said(browser: Client, location: str) -> str:
    """Return what the sign-in page says after something went wrong."""
    assert location.startswith("/sign-in/?")
    page = browser.get(location).content.decode()
    found = re.search(r'<p class="notice"[^>]*>.*?<span>(.*?)</span>', page, re.DOTALL)
    assert found, page
    return found[1]


def test_it_rejects_the_wrong_method(browser: Client) -> None:
    assert browser.post("/sign-in/code/").status_code == 405
    assert browser.post("/sign-in/callback/").status_code == 405


def test_the_page_offers_it_where_a_tenant_does(browser: Client, settings: object) -> None:
    page = browser.get("/sign-in/?next=/actors/%3Fq%3Da%26b").content.decode()
    assert 'href="/sign-in/code/?tenant=v2&amp;next=%2Factors%2F%3Fq%3Da%26b"' in page
    assert "Continue with Two" in page
    assert "Continue with Three" in page
    settings.TENANTS = {"a": Tenant("a", "Alpha", "https://api.example.org")}  # type: ignore[attr-defined]
    assert "/sign-in/code/" not in browser.get("/sign-in/").content.decode()


@both
def test_there_and_back(browser: Client, api: API, version: str) -> None:
    asked = begin(browser, version, "/actors/?q=wc")
    assert asked["redirect_uri"] == "http://testserver/sign-in/callback/"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    allow(api, version)
    answer = browser.get("/sign-in/callback/", {"code": "c0de", "state": asked["state"]})
    assert (answer.status_code, answer["Location"]) == (302, "/actors/?q=wc")
    form = parse_qs(api.asked[0].body.decode())
    assert (form["code"], form["redirect_uri"]) == (["c0de"], [asked["redirect_uri"]])
    assert challenge_of(form["code_verifier"][0]) == asked["code_challenge"]
    header = {"v2": ("Authorization", "Bearer a1"), "v3": ("X-Tapis-Token", "a1")}[version]
    assert api.asked[1].headers[header[0]] == header[1]
    page = browser.get("/account/").content.decode()
    assert "jdoe" in page
    assert "renewed automatically" in page


def test_a_new_session_key_is_given(browser: Client, api: API, settings: object) -> None:
    asked = begin(browser)
    name = settings.SESSION_COOKIE_NAME  # type: ignore[attr-defined]
    before = browser.cookies[name].value
    allow(api, "v2")
    browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert browser.cookies[name].value != before
    assert not PortalSession.named(before).exists()


def test_the_verifier_is_kept_encrypted_and_out_of_the_browser(browser: Client) -> None:
    answer = browser.get("/sign-in/code/", {"tenant": "v2"})
    encrypted = next(iter(browser.session["code_sign_ins"].values()))
    verifier = json.loads(decrypt("sign-in", encrypted))["verifier"]
    row = PortalSession.objects.get()
    assert verifier not in answer["Location"] + str(answer.headers) + str(row.get_decoded())
    assert len(verifier) >= 43


def test_a_session_that_holds_nothing_else_ends_with_the_ten_minutes(browser: Client) -> None:
    begin(browser)
    row = PortalSession.objects.get()
    assert 0 < row.expire_date.timestamp() - time.time() <= codes.LIFETIME
    assert browser.session.get_expiry_age() <= codes.LIFETIME
    PortalSession.objects.update(expire_date=row.created)
    begin(Client())
    assert PortalSession.objects.count() == 1, "those that have ended are gone"


@pytest.mark.parametrize("state", ["", "wrong", None])
def test_a_wrong_state_or_none_asks_nobody(browser: Client, api: API, state: str | None) -> None:
    begin(browser)
    given = {"code": "c"} | ({} if state is None else {"state": state})
    answer = browser.get("/sign-in/callback/", given)
    assert "expired or was already used" in said(browser, answer["Location"])
    assert "c0de" not in answer["Location"]


def test_a_state_of_another_browser_is_worth_nothing(browser: Client, api: API) -> None:
    asked = begin(browser)
    other = Client()
    begin(other)
    answer = other.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert "expired or was already used" in said(other, answer["Location"])


def test_a_state_is_good_once(browser: Client, api: API) -> None:
    asked = begin(browser)
    api.answer("POST", "/token", json={"error": "invalid_grant"}, status=400)
    browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    again = browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert len(api.asked) == 1
    assert "because=code-state" in again["Location"]


def test_a_state_is_good_for_ten_minutes(browser: Client, api: API) -> None:
    asked = begin(browser)
    session = browser.session
    encrypted = session["code_sign_ins"][asked["state"]]
    first = Fernet(settings.CREDENTIAL_KEYS[0])
    late = first.encrypt_at_time(decrypt("sign-in", encrypted), int(time.time()) - codes.LIFETIME - 1)
    session["code_sign_ins"] = {asked["state"]: late.decode()}
    session.save()
    answer = browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert "expired or was already used" in said(browser, answer["Location"])


def test_several_tabs_may_sign_in_and_the_oldest_go(browser: Client, api: API) -> None:
    states = [begin(browser)["state"] for _ in range(codes.AT_ONCE + 2)]
    assert len(browser.session["code_sign_ins"]) == codes.AT_ONCE
    assert states[-1] in browser.session["code_sign_ins"]
    allow(api, "v2")
    answer = browser.get("/sign-in/callback/", {"code": "c", "state": states[-2]})
    assert answer["Location"] == "/actors/"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "canceled or denied"),
        ("server_error", "Sign-in failed on the API"),
        ("<script>", "Sign-in failed on the API"),
        ("", "Sign-in failed on the API"),  # neither an error nor a code
    ],
)
def test_an_error_of_the_authority_is_a_sentence_of_ours(browser: Client, api: API, error: str, words: str) -> None:
    asked = begin(browser, target="/executions/")
    given = {"error": error, "error_description": "evil words", "state": asked["state"]}
    answer = browser.get("/sign-in/callback/", given)
    assert "next=%2Fexecutions%2F" in answer["Location"], "the way back is kept"
    assert words in said(browser, answer["Location"])
    assert "evil" not in browser.get(answer["Location"]).content.decode()


@both
def test_a_refused_code_is_said(browser: Client, api: API, version: str, caplog: pytest.LogCaptureFixture) -> None:
    asked = begin(browser, version)
    caplog.set_level(logging.DEBUG)
    body = {"error": "invalid_grant"} if version == "v2" else refusal("authorization code not valid.")
    api.answer("POST", ENDPOINTS[version][0], json=body, status=400)
    answer = browser.get("/sign-in/callback/", {"code": "code-canary", "state": asked["state"]})
    words = said(browser, answer["Location"])
    assert "sign-in page" in words
    number = re.search(r"Request ID (\w+)", words)
    assert number
    assert number[1] in caplog.text
    for secret in ("code-canary", asked["state"], "s2", "s3"):
        assert secret not in caplog.text
        assert secret not in answer["Location"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"error": "invalid_client"}, 401, "The portal&#x27;s API credentials were rejected"),
        ({}, 503, "The Actors API returned an error"),
        ({"access_token": 7}, 200, "unreadable response"),
    ],
)
def test_another_failure_is_said(browser: Client, api: API, body: dict[str, object], status: int, words: str) -> None:
    asked = begin(browser)
    api.answer("POST", "/token", json=body, status=status)
    answer = browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert words in said(browser, answer["Location"])
    assert not PortalSession.objects.exclude(credential="").exists()


def test_it_survives_silence(browser: Client, api: API) -> None:
    asked = begin(browser, target="/executions/")
    api.is_silent("POST", "/token")
    answer = browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert "Request ID" in said(browser, answer["Location"])
    assert "next=%2Fexecutions%2F" in answer["Location"]


@pytest.mark.store
def test_a_token_that_belongs_to_nobody_signs_nobody_in(browser: Client, api: API) -> None:
    asked = begin(browser, "v3")
    api.post("/v3/oauth2/tokens", json=GIVEN["v3"])
    api.refuse("GET", "/v3/oauth2/userinfo", "Invalid Tapis token.")
    answer = browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert "Sign in again." in said(browser, answer["Location"])
    assert not PortalSession.objects.exclude(credential="").exists()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/sign-out/", "/sign-in/callback/?a=b"])
def test_it_leads_to_pages_of_ours_only(browser: Client, api: API, target: str) -> None:
    asked = begin(browser, target=target)
    allow(api, "v2")
    answer = browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("tenant", ["", "nowhere", "a"])
def test_a_tenant_that_takes_no_code_is_not_asked(browser: Client, settings: object, tenant: str) -> None:
    settings.TENANTS = {"v2": V2, "a": Tenant("a", "Alpha", "https://api.example.org")}  # type: ignore[attr-defined]
    answer = browser.get("/sign-in/code/", {"tenant": tenant, "next": "/actors/"})
    assert answer["Location"] == "/sign-in/?next=%2Factors%2F"


def test_a_tenant_that_takes_codes_no_more_signs_nobody_in(browser: Client, api: API, settings: object) -> None:
    asked = begin(browser)
    settings.TENANTS = {"v3": V3}  # type: ignore[attr-defined]
    answer = browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert "because=code-state" in answer["Location"]


def test_refused_codes_are_counted(browser: Client, api: API, settings: object) -> None:
    settings.SIGN_INS_PER_ADDRESS = 1  # type: ignore[attr-defined]
    api.answer("POST", "/token", json={"error": "invalid_grant"}, status=400)
    for _ in range(2):
        asked = begin(browser)
        answer = browser.get("/sign-in/callback/", {"code": "c", "state": asked["state"]})
    assert len(api.asked) == 1
    assert "Too many failed sign-in attempts" in said(browser, answer["Location"])


def test_whoever_is_signed_in_goes_on(signed_in: Client, settings: object) -> None:
    assert signed_in.get("/sign-in/code/?tenant=default&next=/actors/")["Location"] == "/actors/"


def test_over_a_page_it_opens_beside_it(browser: Client, htmx: dict[str, str]) -> None:
    answer = browser.post("/actors/zlVl01zOo4pXE/delete/", {"confirm": "x"}, headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert re.search(r'href="/sign-in/code/\?tenant=v3" target="_blank" rel="noopener"', page)
    assert "return here and submit again" in page
    assert '<form method="dialog">' in page, "a phone has no Escape"
