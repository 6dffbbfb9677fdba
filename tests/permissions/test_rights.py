"""Who may change what: every route, by everybody, with and without proof that the request is their own."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import resolve

from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.models import PortalSession
from tests.conftest import API
from tests.support.routes import OWN, ROWS, WRITE, answer_everything, crawled, writes

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
PEOPLE = ("anonymous", "member", "auditor")
ORIGIN = {"origin": "https://testserver", "sec-fetch-site": "same-origin"}
OWN_FORM = {**ORIGIN, "x-csrftoken": "own"}
FORGED = {
    "no token": {**ORIGIN},
    "bad token": {**ORIGIN, "x-csrftoken": "a" * 64},
    "another origin": {"origin": "https://evil.example", "x-csrftoken": "own"},
    "no origin to be seen": {"origin": "null", "x-csrftoken": "own"},
    "another site": {**ORIGIN, "sec-fetch-site": "cross-site", "x-csrftoken": "own"},
    "a sibling domain": {**ORIGIN, "sec-fetch-site": "same-site", "x-csrftoken": "own"},
}


def browser_of(person: str, sign_in: Browser) -> Client:
    browser = sign_in() if person != "anonymous" else Client()
    if person == "auditor":
        PortalSession.objects.update(read_only=True)
    checking = Client(enforce_csrf_checks=True)
    checking.cookies = browser.cookies
    return checking


def token_of(browser: Client) -> str:
    """Return a CSRF token of this browser's own, from a page it has opened."""
    page = browser.get("/nowhere/", secure=True).content.decode()
    return page.partition('"X-CSRFToken": "')[2].partition('"')[0]


def with_token(browser: Client, headers: dict[str, str]) -> dict[str, str]:
    """Return the headers with a CSRF token of this browser's own where they name one."""
    return headers | ({"x-csrftoken": token_of(browser)} if headers.get("x-csrftoken") == "own" else {})


def post(browser: Client, name: str, headers: dict[str, str], **data: Any) -> Any:
    return browser.post(crawled()[name], data, secure=True, headers=headers)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the store, but for when a session was last used, and for what looking leaves behind.

    That is what the portal remembers of executions and of definitions, what the API let somebody read, and that
    evidence was taken.
    """
    own = {"ActorHistory", "ExecutionRecord", "ExecutionTally", "KeptDefinition", "UnreadHistory", "Readable"}
    kept = {"AuditEntry", "AuditHead"} if not AuditEntry.objects.exclude(kind=AuditEntry.READ).exists() else set()
    return {
        model.__name__: sorted(
            model._default_manager.values_list(
                *(field.attname for field in model._meta.concrete_fields if field.name != "last_seen")
            ),
            key=repr,
        )
        for model in apps.get_app_config("actors_app").get_models()
        if model.__name__ not in own | kept
    }


# What is forged is refused before the view, the same for everybody and everywhere: every way by a member, and every
# person without a token, are the plain run.
FORGERIES = [
    pytest.param(forged, person, marks=() if person == "member" or forged == "no token" else pytest.mark.full)
    for forged in FORGED
    for person in PEOPLE
]


@pytest.mark.parametrize(("forged", "person"), FORGERIES)
def test_a_forged_request_changes_nothing(person: str, forged: str, sign_in: Browser, api: API) -> None:
    answer_everything(api.wire)
    browser = browser_of(person, sign_in)
    headers = with_token(browser, FORGED[forged])
    before = everything()
    for name in writes():
        answer = post(browser, name, headers)
        assert answer.status_code == 403, f"{name} took a request with {forged}: {answer.status_code}"
        assert "data-alert" in answer.content.decode(), name
    assert everything() == before
    assert api.asked == [], "the API was asked"


@pytest.mark.parametrize("name", writes())
def test_a_form_of_ours_is_taken_from_those_who_may(name: str, sign_in: Browser, api: API) -> None:
    answer_everything(api.wire)
    refused = {}
    for person in PEOPLE:
        browser = browser_of(person, sign_in)
        refused[person] = post(browser, name, with_token(browser, OWN_FORM)).status_code == 403
    assert refused == {"anonymous": False, "member": False, "auditor": ROWS[name].kind == WRITE}


def test_who_may_only_read_is_refused_before_the_api_is_asked(sign_in: Browser, api: API) -> None:
    answer_everything(api.wire)
    browser = browser_of("auditor", sign_in)
    headers = with_token(browser, OWN_FORM)
    before = everything()
    for name, row in ROWS.items():
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            if row.kind == WRITE:
                answer = browser.generic(method, crawled()[name], secure=True, headers=headers)
                assert answer.status_code == 403, f"{method} {name}"
                assert "This session is read-only." in answer.content.decode()
    assert api.asked == []
    assert everything() == before


def test_a_portal_that_only_reads_lets_nobody_write(sign_in: Browser, api: API, settings: Any) -> None:
    settings.READ_ONLY = True
    browser = browser_of("member", sign_in)
    headers = with_token(browser, OWN_FORM)
    for name in writes():
        if ROWS[name].kind == WRITE:
            answer = post(browser, name, headers)
            assert answer.status_code == 403
            assert "This portal is read-only" in answer.content.decode()
    assert api.asked == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(method: str, signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    before = everything()
    for address in crawled().values():
        signed_in.generic(method, address, secure=True)
    assert {request.method for request in api.asked} <= {"GET"}
    assert everything() == before


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.kind != OWN])
def test_a_page_of_the_api_is_for_those_who_are_signed_in(name: str, api: API) -> None:
    answer = Client().get(crawled()[name], secure=True)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


def test_who_may_only_read_sees_the_buttons_disabled_and_why(sign_in: Browser, api: API) -> None:
    answer_everything(api.wire)
    browser = browser_of("auditor", sign_in)
    found = 0
    for name in writes():
        answer = browser.get(crawled()[name], secure=True)
        if ROWS[name].kind != WRITE or answer.status_code != 200:
            continue
        page = answer.content.decode()
        assert "This session is read-only. Sign out and sign in again to make changes." in page
        for form in page.split("<form")[1:]:
            form = form.partition("</form>")[0]
            if 'name="write_key"' in form or 'name="step"' in form:
                buttons = [part.partition(">")[0] for part in form.split("<button")[1:] if 'type="submit"' in part]
                assert all(' form="none" aria-disabled="true" ' in button for button in buttons), (
                    f"{name} has a button that looks alive"
                )
                found += len(buttons)
    assert found >= 10


LEADS = ("-create", "-delete", "-update", "-replace", "-note", "-purge", "-stop", "-halt", "-reset")


def test_no_button_leads_who_may_only_read_to_a_form(sign_in: Browser, api: API) -> None:
    answer_everything(api.wire)
    browser = browser_of("auditor", sign_in)
    alive = []
    for name, address in crawled().items():
        answer = browser.get(address, secure=True)
        if answer.status_code != 200 or answer.streaming or "html" not in answer.headers["Content-Type"]:
            continue
        for link in re.findall(r'<a class="(?:btn small|sub)[^>]*? href="(/[^"?]*)', answer.content.decode()):
            to = resolve(link).url_name or ""
            if to.endswith(LEADS) and to != "message-create":  # which shows the mailbox too
                alive.append(f"{name} leads to {to}")
    assert not alive, "\n".join(alive)


def test_who_may_only_read_is_led_to_no_form(sign_in: Browser, api: API) -> None:
    answer_everything(api.wire)
    head = browser_of("auditor", sign_in).get(crawled()["actors:actor-detail"], secure=True).content.decode()
    head = head.partition("<main")[2].partition('class="tabs"')[0]
    assert "Edit" in head
    assert "href" not in head.partition('class="row"')[2]
