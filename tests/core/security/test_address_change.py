"""The address of a tenant changes under people who are signed in: no token follows it, and nothing that was kept."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as settings_of_django
from django.core.management import call_command
from django.test import Client
from requests import PreparedRequest

from actors_app.core.api.authentication import TENANT_HEADER
from actors_app.core.security.models import PortalSession
from actors_app.core.security.sessions import ADDRESS_CHANGED
from tests.conftest import API, key_of
from tests.core.api.operations import OPERATIONS
from tests.support import payloads
from tests.support.json_api import Caller
from tests.support.payloads import ACTOR_ID
from tests.support.routes import ROWS, answer_everything, crawled

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
NEW = "https://new.example.org"
OLD_TOKENS = ("access-token-of-jdoe", "refresh-token-of-jdoe")
NOT_WALKED = ("actors:sign-in", "actors:sign-in-token", "actors:sign-in-code", "actors:sign-in-callback")


@pytest.fixture
def moves(settings: Any) -> Callable[[str], None]:
    """Return a function that gives the tenant another address."""

    def to(url: str = NEW) -> None:
        settings.TENANTS = {"default": replace(settings.TENANTS["default"], url=url)}

    return to


def sent(request: PreparedRequest) -> str:
    """Return all that a request carried."""
    body = request.body or b""
    text = body.decode("latin-1") if isinstance(body, bytes) else str(body)
    return f"{request.url} {dict(request.headers)} {text}"


@pytest.mark.parametrize("ends", [0, 3600], ids=["renewed first", "alive"])
def test_no_page_takes_a_token_to_another_host(
    ends: int, sign_in: Browser, api: API, moves: Callable[..., None]
) -> None:
    row, key = signed_in_row(sign_in(expires_at=time.time() + ends))
    moves()
    pages = [(name, address) for name, address in crawled().items() if name not in NOT_WALKED]
    poll = {"HX-Request": "true"}
    # A token that must be renewed is tried on the ways by which pages come to the API, not on each page.
    pages = [*pages[:: 1 if ends else 12], ("actors:actor-detail", f"/actors/{ACTOR_ID}/?poll=1")]
    for name, address in pages:
        for method in ROWS[name].methods:
            row.save()
            answer = browser_with(key).generic(method, address, headers=poll if "poll" in address else {})
            assert answer.status_code in (200, 286, 302, 400), (method, address, answer.status_code)
            assert not api.asked, (method, address)
            assert_gone(row)


@pytest.mark.parametrize("ends", [0, 3600], ids=["renewed first", "alive"])
def test_no_program_takes_a_token_to_another_host(
    ends: int, sign_in: Browser, api: API, moves: Callable[..., None]
) -> None:
    row, key = signed_in_row(sign_in(expires_at=time.time() + ends))
    moves()
    for operation in OPERATIONS[:: 1 if ends else 12]:
        row.save()
        answer = Caller(browser_with(key)).ask(operation.method, operation.address, operation.body)
        assert (answer.status_code, answer.json()["detail"]) == (401, ADDRESS_CHANGED), operation
        assert not api.asked, operation
        assert_gone(row)


def signed_in_row(browser: Client) -> tuple[PortalSession, str]:
    """Return the row of a browser's session, which can be put back when it has gone, and its key."""
    return PortalSession.objects.get(), key_of(browser)


def browser_with(key: str) -> Client:
    browser = Client(headers={"host": "testserver"})
    browser.cookies[settings_of_django.SESSION_COOKIE_NAME] = key
    return browser


def assert_gone(row: PortalSession) -> None:
    """Assert that the credential of a session that was refused is not kept on."""
    assert not PortalSession.objects.filter(pk=row.pk).exists()


def test_who_was_signed_in_learns_why_on_the_page(sign_in: Browser, api: API, moves: Callable[..., None]) -> None:
    browser = sign_in()
    moves()
    page = browser.get("/actors/", follow=True)
    assert page.redirect_chain == [("/sign-in/?next=%2Factors%2F", 302)]
    assert f"{ADDRESS_CHANGED} Sign in again." in page.content.decode()
    assert ADDRESS_CHANGED not in browser.get("/sign-in/").content.decode(), "it is said once"
    browser = sign_in_at_the_old(sign_in, moves)
    assert f"{ADDRESS_CHANGED} Sign in again." in browser.get("/sign-in/").content.decode()
    browser = sign_in_at_the_old(sign_in, moves)
    poll = browser.get(f"/actors/{ACTOR_ID}/?poll=1", headers={"HX-Request": "true"})
    assert (poll.status_code, ADDRESS_CHANGED in poll.content.decode()) == (286, True)


def sign_in_at_the_old(sign_in: Browser, moves: Callable[..., None]) -> Client:
    moves(payloads.API)
    browser = sign_in()
    moves()
    return browser


def test_a_form_that_was_open_is_not_sent_and_not_given_to_whoever_comes(
    sign_in: Browser, api: API, moves: Callable[..., None]
) -> None:
    answer_everything(api.wire)
    url = f"/actors/{ACTOR_ID}/messages/"
    for headers in ({}, {"HX-Request": "true"}):
        browser = sign_in_at_the_old(sign_in, moves)
        moves(payloads.API)
        page = browser.get(url).content.decode()
        whose = re.search(r'name="whose" value="([^"]+)"', page)
        assert whose
        calls = len(api.asked)
        moves()
        answer = browser.post(url, {"kind": "text", "message": "hello", "whose": whose[1]}, headers=headers)
        assert len(api.asked) == calls
        page = (answer if headers else browser.get(answer["Location"])).content.decode()
        assert f"{ADDRESS_CHANGED} Nothing was sent." in page
        assert "draft is saved" not in page
        assert "your input stays" not in page


def test_a_code_of_one_api_is_not_taken_to_another(api: API, settings: Any, moves: Callable[..., None]) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], sign_in=("code",))}
    browser = Client()
    state = re.search(r"state=([^&]+)", browser.get("/sign-in/code/?tenant=default")["Location"])
    assert state
    moves()
    answer = browser.get(f"/sign-in/callback/?state={state[1]}&code=secret-code", follow=True)
    assert "The URL of the Actors API changed while you were signing in." in answer.content.decode()
    assert not api.asked


def test_the_name_that_one_api_gave_to_a_token_is_not_believed_at_another(
    api: API, settings: Any, moves: Callable[..., None]
) -> None:
    caller = Caller(Client(), Authorization="Bearer a-token", **{TENANT_HEADER: "default"})
    api.get("/profiles/v2/me", {"username": "jdoe"})
    assert caller.get("/api/v1/").json()["username"] == "jdoe"
    moves()
    api.wire.add("GET", f"{NEW}/profiles/v2/me", json=payloads.envelope({"username": "another"}))
    assert caller.get("/api/v1/").json()["username"] == "another"


def test_the_collector_keeps_apart_what_it_reads(
    api: API, settings: Any, sign_in: Browser, moves: Callable[..., None]
) -> None:
    """Its token is got anew at the address of today, and rows of the former API are neither asked for nor written."""
    settings.COLLECTOR_USERNAME, settings.COLLECTOR_PASSWORD = "collector", "its-password"
    made = {"default": "token-of-the-old", "new": "token-of-the-new"}
    for url, token in zip((payloads.API, NEW), made.values(), strict=True):
        moves(url)
        api.wire.post(f"{url}/token", json={"access_token": token, "refresh_token": "r", "expires_in": 3600})
        answer_everything(api.wire, url=url)
        call_command("collect_history", "--once", verbosity=0)
    old = {sent(request) for request in api.asked if str(request.url).startswith(payloads.API)}
    new = {sent(request) for request in api.asked if str(request.url).startswith(NEW)}
    assert any(made["default"] in text for text in old)
    assert any(made["new"] in text for text in new)
    assert not any(made["default"] in text for text in new)
    histories = apps.get_model("actors_app", "ActorHistory").objects.order_by("pk")
    assert [(row.actor_id, row.known) for row in histories] == [(ACTOR_ID, 1), (ACTOR_ID, 1)]
    assert len({row.tenant for row in histories}) == 2


@pytest.mark.parametrize(
    "command", ["prune_audit", "prune_history", "prune_definitions", "verify_audit", "rotate_credentials"]
)
def test_nightly_commands_ask_nobody(command: str, sign_in: Browser, api: API, moves: Callable[..., None]) -> None:
    sign_in()
    moves()
    call_command(command, verbosity=0)
    assert not api.asked
