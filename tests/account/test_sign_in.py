"""Signing in and out, and the way back to where one was."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client

from actors_app.core.security.models import PortalSession
from portal.tenants import Tenant
from tests.conftest import API
from tests.support.payloads import envelope, refusal

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
TOKENS = {"access_token": "a1", "refresh_token": "r1", "expires_in": 14400, "token_type": "bearer"}
TYPED = {"username": "jdoe", "password": " p w\N{PILE OF POO} "}


@pytest.fixture
def browser() -> Client:
    return Client()


def allow(api: API, username: str = "jdoe") -> None:
    api.post("/token", json=TOKENS)
    api.get("/profiles/v2/me", {"username": username, "email": "j@example.org"})


def test_it_shows_the_form_at_once(browser: Client) -> None:
    page = browser.get("/sign-in/").content.decode()
    assert 'name="username"' in page
    assert 'name="password"' in page
    assert 'name="access_token"' in page
    assert 'name="tenant"' not in page


def test_it_rejects_the_wrong_method(browser: Client) -> None:
    assert browser.put("/sign-in/").status_code == 405
    assert browser.get("/sign-out/").status_code == 405


def test_a_password_signs_in_and_is_sent_exactly_as_typed(browser: Client, api: API) -> None:
    allow(api)
    answer = browser.post("/sign-in/", TYPED)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    sent = parse_qs(api.asked[0].body.decode())
    assert sent["password"] == [TYPED["password"]]
    assert sent["grant_type"] == ["password"]
    assert browser.get("/account/").status_code == 200


def test_a_new_session_key_is_given_at_sign_in(browser: Client, api: API, settings: object) -> None:
    browser.post("/account/theme/", {"theme": "dark"})
    name = settings.SESSION_COOKIE_NAME  # type: ignore[attr-defined]
    before = browser.cookies[name].value
    allow(api)
    browser.post("/sign-in/", TYPED)
    assert browser.cookies[name].value != before
    assert not PortalSession.named(before).exists()
    assert 'data-theme="dark"' in browser.get("/account/").content.decode(), "the theme is kept"


def test_a_deep_link_survives_signing_in(browser: Client, api: API) -> None:
    first = browser.get("/actors/zlVl01zOo4pXE/executions/?page=3")
    assert first["Location"] == "/sign-in/?next=%2Factors%2FzlVl01zOo4pXE%2Fexecutions%2F%3Fpage%3D3"
    allow(api)
    target = "/actors/zlVl01zOo4pXE/executions/?page=3"
    assert f'name="next" value="{target}"' in browser.get(first["Location"]).content.decode()
    assert browser.post("/sign-in/", {**TYPED, "next": target})["Location"] == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\t/evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/sign-out/",
        "/sign-in/",
        "/account/theme/",
        "/nowhere/",
        "",
    ],
)
def test_the_way_back_never_leaves_the_portal(browser: Client, api: API, target: str) -> None:
    allow(api)
    assert browser.post("/sign-in/", {**TYPED, "next": target})["Location"] == "/"


def test_a_wrong_password_is_said_and_the_name_is_kept(browser: Client, api: API) -> None:
    api.answer("POST", "/token", json={"error": "invalid_grant"}, status=400)
    answer = browser.post("/sign-in/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Incorrect username or password." in page
    assert re.findall(r'name="(\w+)"[^>]* autofocus', page) == ["password"]
    assert 'value="jdoe"' in page
    assert TYPED["password"] not in page, "a password is never written into a page"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": ""}, "Enter your username."),
        ({"password": ""}, "Enter your password."),
        ({"username": "a\nb"}, "control character"),
        ({"password": "a\x00b"}, "Null characters are not allowed."),
        ({"password": "x" * 5000}, "at most 4096"),
    ],
)
def test_bad_input_is_answered_without_asking_the_api(
    browser: Client, api: API, changes: dict[str, str], words: str
) -> None:
    answer = browser.post("/sign-in/", {**TYPED, **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_api_that_is_down_says_so(browser: Client, api: API) -> None:
    api.is_silent("POST", "/token")
    answer = browser.post("/sign-in/", TYPED)
    assert answer.status_code == 502
    assert 'value="jdoe"' in answer.content.decode()
    assert not PortalSession.objects.exclude(credential="").exists()


def test_a_pasted_token_signs_in_as_whoever_it_belongs_to(browser: Client, api: API) -> None:
    api.get("/profiles/v2/me", {"username": "team"})
    assert browser.post("/sign-in/token/", {"access_token": " pasted "})["Location"] == "/"
    assert api.asked[0].headers["Authorization"] == "Bearer pasted"
    assert "team" in browser.get("/account/").content.decode()


def test_a_token_the_api_does_not_know_is_refused(browser: Client, api: API) -> None:
    api.answer("GET", "/profiles/v2/me", json={"fault": {"code": 900904}}, status=401)
    answer = browser.post("/sign-in/token/", {"access_token": "old"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "rejected this token" in page
    assert re.findall(r'name="(\w+)"[^>]* autofocus', page) == ["access_token"]


def test_a_token_must_be_a_token(browser: Client, api: API) -> None:
    answer = browser.post("/sign-in/token/", {"access_token": "two words"})
    assert answer.status_code == 422
    assert "does not look like an access token" in answer.content.decode()
    assert re.findall(r'name="(\w+)"[^>]* autofocus', answer.content.decode()) == ["access_token"]


def test_a_sandbox_offers_its_accounts_at_one_click(browser: Client, api: API, settings: Any) -> None:
    settings.SANDBOX_ACCOUNTS = {"demo": "owner", "team": "colleague"}
    tenant = settings.TENANTS["default"]
    settings.TENANTS = {"default": replace(tenant, url="http://127.0.0.1:8100")}
    page = browser.get("/sign-in/?next=/actors/").content.decode()
    assert re.findall(r'name="account" value="(\w+)">\w+<small>(\w+)', page) == [
        ("demo", "owner"),
        ("team", "colleague"),
    ]
    assert page.index(">Sign in</button>") < page.index("Sign in with a sandbox account")
    api.wire.post("http://127.0.0.1:8100/token", json=TOKENS)
    api.wire.get("http://127.0.0.1:8100/profiles/v2/me", json=envelope({"username": "demo"}))
    api.wire.get(re.compile("http://127.0.0.1:8100/actors/v2/"), json=refusal("no"), status=404)
    answer = browser.post("/sign-in/", {"account": "demo", "next": "/actors/"})
    assert answer["Location"] == "/actors/"
    sent = parse_qs(api.asked[0].body.decode())
    assert (sent["username"], sent["password"]) == (["demo"], ["demo"])


def test_no_account_is_offered_or_taken_but_for_a_sandbox(browser: Client, settings: Any) -> None:
    tenant = settings.TENANTS["default"]
    local = replace(tenant, url="http://127.0.0.1:8100")
    for accounts, tenants in (
        ({"demo": "owner"}, {"default": tenant}),  # which is on another machine
        ({}, {"default": local}),
        ({"demo": "owner"}, {"default": local, "other": replace(tenant, name="other")}),
    ):
        settings.SANDBOX_ACCOUNTS, settings.TENANTS = accounts, tenants
        assert 'name="account"' not in browser.get("/sign-in/").content.decode()
        assert browser.post("/sign-in/", {"account": "demo"}).status_code == 422


def test_a_tenant_without_profiles_is_taken_at_the_typed_name(browser: Client, api: API) -> None:
    api.post("/token", json=TOKENS)
    api.answer("GET", "/profiles/v2/me", json=refusal("not found"), status=404)
    assert browser.post("/sign-in/", TYPED).status_code == 302
    assert "jdoe" in browser.get("/account/").content.decode()


def test_with_several_tenants_one_is_chosen_in_the_form(browser: Client, api: API, settings: object) -> None:
    settings.TENANTS = {  # type: ignore[attr-defined]
        "a": Tenant("a", "Alpha", "https://api.example.org", client_key="k", client_secret="s"),
        "b": Tenant("b", "Beta", "https://b.example.org", sign_in=("token",)),
    }
    page = browser.get("/sign-in/").content.decode()
    assert '<option value="a">Alpha</option>' in page
    assert browser.post("/sign-in/", {**TYPED, "tenant": "https://evil.example"}).status_code == 422
    assert browser.post("/sign-in/", {**TYPED, "tenant": "b"}).status_code == 422, "Beta takes only tokens"
    allow(api)
    assert browser.post("/sign-in/", {**TYPED, "tenant": "a"}).status_code == 302


def test_signing_out_destroys_the_session(signed_in: Client) -> None:
    answer = signed_in.post("/sign-out/")
    assert answer["Location"] == "/sign-in/"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not PortalSession.objects.exists()
    assert signed_in.get("/account/").status_code == 302


def test_a_form_without_its_token_is_refused() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", TYPED)
    assert answer.status_code == 403
    assert "Form expired" in answer.content.decode()


def test_whoever_is_signed_in_goes_on(signed_in: Client) -> None:
    assert signed_in.get("/sign-in/?next=/actors/")["Location"] == "/actors/"
