"""What holds for every operation of the JSON API: who may ask, with which headers, and what goes wrong around it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.models import PortalSession
from portal.tenants import Tenant
from tests.conftest import API
from tests.core.api.operations import OPERATIONS, READS, Operation
from tests.core.api.support import ALL, EACH_WRITE, EARLIER, METHODS, headers_of
from tests.support.json_api import TOKEN, Caller, problem
from tests.support.payloads import ACTOR_ID
from tests.support.routes import answer_everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_kept", "_is_there")]


def test_each_operation_has_a_row_and_each_row_an_operation() -> None:
    routes = {
        (pattern.name, method.upper())
        for pattern in get_resolver("actors_app.api_urls").url_patterns
        if pattern.name not in ("schema", "docs")
        for method in METHODS
        if hasattr(pattern.callback.view_class, method.lower())
    }
    assert {(one.name, one.method) for one in OPERATIONS} == routes


@ALL
def test_it_works_with_a_token(one: Operation, program: Caller, api: API) -> None:
    answer_everything(api.wire)
    answer = program.ask(one.method, one.address, one.body)
    assert answer.status_code == one.status, answer.content
    assert answer.headers["Content-Type"].partition(";")[0] == one.media
    assert not answer.cookies
    headers_of(answer)
    assert {request.headers["Authorization"] for request in api.asked} == {f"Bearer {TOKEN}"}
    kinds = [AuditEntry.START, AuditEntry.END] * one.writes if one.records else [AuditEntry.READ] * one.reveals
    entries = AuditEntry.objects.exclude(request_id=EARLIER).order_by("pk")
    assert list(entries.values_list("kind", flat=True)) == (kinds if one.is_write else [AuditEntry.READ] * one.is_noted)


@ALL
def test_it_works_in_a_session_that_proves_itself(one: Operation, signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in.cookies
    caller = Caller(browser, origin="https://testserver", **{"sec-fetch-site": "same-origin"})
    if one.is_write:
        problem(caller.ask(one.method, one.address, one.body), 403, "csrf")
        problem(caller.ask(one.method, one.address, one.body, x_csrftoken="a" * 64), 403, "csrf")
        assert api.asked == []
    token = caller.get("/api/v1/").json()["csrf_token"]
    answer = caller.ask(one.method, one.address, one.body, x_csrftoken=token)
    assert answer.status_code == one.status, answer.content


@EACH_WRITE
def test_another_site_changes_nothing(one: Operation, caller: Caller, api: API) -> None:
    answer = caller.ask(one.method, one.address, one.body, sec_fetch_site="cross-site")
    problem(answer, 403, "csrf")
    assert api.asked == []


@ALL
def test_it_needs_somebody(one: Operation, nobody: Caller, api: API) -> None:
    answer = nobody.ask(one.method, one.address, one.body)
    problem(answer, 401, "signed-out")
    headers_of(answer)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Actors Portal"'
    assert api.asked == []


@ALL
def test_a_token_that_the_api_refuses_is_refused(one: Operation, caller: Caller, api: API) -> None:
    api.get("/profiles/v2/me", status=401, json={"fault": {"message": "Invalid Credentials"}})
    for _ in range(2):  # the second time it is remembered
        # The session beside it counts for nothing.
        answer = caller.ask(one.method, one.address, one.body, Authorization="Bearer another")
        assert problem(answer, 401, "signed-out")["detail"] == "The Actors API rejected this token."
    assert len(api.asked) == 1


@pytest.mark.parametrize("token", ["", " ", "a b", "ä", "a\tb", "x" * 9000])
def test_what_cannot_be_a_token_is_not_shown_to_the_api(token: str, nobody: Caller, api: API) -> None:
    problem(nobody.get("/api/v1/actors/", Authorization=f"Bearer {token}"), 401, "signed-out")
    assert api.asked == []


def test_a_token_is_remembered_for_a_minute_and_never_in_clear(program: Caller, api: API) -> None:
    api.get("/actors/v2", [])
    for _ in range(3):
        assert program.get("/api/v1/actors/").status_code == 200
    assert [request.path_url for request in api.asked].count("/profiles/v2/me") == 1
    from django.core.cache import cache

    assert TOKEN not in str(cache._cache)  # type: ignore[attr-defined]


@EACH_WRITE
def test_who_only_reads_changes_nothing(one: Operation, caller: Caller, api: API, settings: Any) -> None:
    PortalSession.objects.update(read_only=True)
    problem(caller.ask(one.method, one.address, one.body), 403, "reads-only")
    assert api.asked == []
    settings.READ_ONLY = True
    answer = Caller(Client(), Authorization="Bearer x").ask(one.method, one.address, one.body)
    assert "This portal is read-only" in problem(answer, 403, "reads-only")["detail"]
    assert api.asked == []


def test_a_session_that_only_reads_binds_no_token_beside_it(program: Caller, caller: Caller, api: API) -> None:
    answer_everything(api.wire)
    PortalSession.objects.update(read_only=True)
    answer = caller.ask("DELETE", f"/api/v1/actors/{ACTOR_ID}/messages/", **program.headers)
    assert answer.status_code == 200


def test_another_method_is_refused(caller: Caller, api: API, subtests: pytest.Subtests) -> None:
    for name in sorted({one.name for one in OPERATIONS}):
        rows = {one.method: one for one in OPERATIONS if one.name == name}
        address = next(iter(rows.values())).address
        for method in sorted({*METHODS, "OPTIONS", "TRACE"} - set(rows)):
            with subtests.test(name=name, method=method):
                answer = caller.ask(method, address, {} if method in ("PUT", "PATCH") else None)
                problem(answer, 405, "no-such-method")
                assert {one.strip() for one in answer.headers["Allow"].split(",")} >= set(rows)
                assert method not in answer.headers["Allow"]


# Who is meant ------------------------------------------------------------------------------------------------


def test_of_several_apis_one_must_be_named(nobody: Caller, api: API, settings: Any) -> None:
    only = settings.TENANTS["default"]
    settings.TENANTS = {"default": only, "other": Tenant("other", "Other", only.url)}
    token = {"Authorization": "Bearer x"}
    for headers in (token, token | {"X-Portal-Tenant": "third"}, token | {"X-Portal-Tenant": ""}):
        found = problem(nobody.get("/api/v1/", **headers), 400, "unknown-tenant")
        assert found["tenants"] == ["default", "other"]
        assert "default, other" in found["advice"]
    assert api.asked == []
    api.get("/profiles/v2/me", {"username": "jdoe"})
    answer = nobody.get("/api/v1/", **token, **{"X-Portal-Tenant": "other"})
    assert answer.json()["tenant"] == "other"


def test_a_session_is_of_its_own_api(caller: Caller, settings: Any) -> None:
    only = settings.TENANTS["default"]
    settings.TENANTS = {"default": only, "other": Tenant("other", "Other", only.url)}
    assert caller.get("/api/v1/", X_Portal_Tenant="default").status_code == 200
    problem(caller.get("/api/v1/", X_Portal_Tenant="other"), 400, "unknown-tenant")
    problem(caller.get("/api/v1/", X_Portal_Tenant="third"), 400, "unknown-tenant")


# What goes wrong around it -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/api/v1/nowhere/", "/api/", "/api/v1/actors/..%2fadmin/", "/api/v1/actors/%00/"])
def test_an_address_there_is_not(address: str, nobody: Caller) -> None:
    problem(nobody.get(address), 404, "no-such-address")


def test_a_body_that_is_too_large(caller: Caller) -> None:
    problem(caller.post("/api/v1/actors/", b'"' + b"x" * 13 * 1024**2 + b'"'), 413, "too-large")


def test_a_fault_of_our_own(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    caller.client.raise_request_exception = False
    monkeypatch.setattr("actors_app.actors.api.definition_archive", None)
    monkeypatch.setattr("actors_app.actors.api.typed", None)
    answer = caller.post("/api/v1/actors/", {"image": "a/b"})
    assert "went wrong" in problem(answer, 500, "portal-failed", "unknown")["detail"]


def test_a_store_that_fails(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def broken(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("locked")

    caller.client.raise_request_exception = False
    monkeypatch.setattr("actors_app.core.security.sessions.SessionStore._get_session_from_db", broken)
    answer = caller.get("/api/v1/actors/")
    problem(answer, 503, "store-failed")
    assert answer.headers["Retry-After"] == "5"


def test_a_portal_that_is_busy_says_when_to_come_back(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from actors_app.services.errors import Busy

    def full(*args: Any) -> None:
        raise Busy

    monkeypatch.setattr("actors_app.core.bulkhead.enter", full)
    answer = caller.get("/api/v1/actors/")
    problem(answer, 503, "busy")
    assert answer.headers["Retry-After"] == "5"


# The CSRF token of the start is another each time; a file is sent while it is read.
@pytest.mark.parametrize(
    "one", [one for one in READS if one.name != "start" and one.media == "application/json"], ids=str
)
def test_what_did_not_change_is_not_sent_again(one: Operation, caller: Caller, api: API) -> None:
    answer_everything(api.wire)
    first = caller.get(one.address)
    if one.name in ("history", "execution-list"):
        first = caller.get(one.address)  # the first look has read what there is
    again = caller.get(one.address, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    headers_of(again)
    assert caller.get(one.address, If_None_Match='"other"').status_code == 200
