"""What holds for every operation of the JSON API: who may ask, what goes wrong in which shape, and nothing twice."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from actors_app.actors import archive as definition_archive
from actors_app.actors.models import KeptDefinition
from actors_app.bulk.models import BulkJob
from actors_app.core.operations import trail
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.core.security.models import PortalSession
from actors_app.executions import archive as result_archive
from actors_app.executions.models import KeptResult
from actors_app.logs import archive as log_archive
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from actors_app.services.dialects import V2
from actors_app.services.naming import naming_of
from actors_app.services.types import Actor
from portal.tenants import Tenant
from tests.conftest import API, forget
from tests.core.api.operations import OPERATIONS, READS, VALUES, WRITES, Operation
from tests.portal.test_headers import FIXED, POLICY
from tests.support.json_api import TOKEN, Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, respelled
from tests.support.routes import answer_everything

pytestmark = pytest.mark.django_db
ALL = pytest.mark.parametrize("one", OPERATIONS, ids=str)
EACH_READ = pytest.mark.parametrize("one", READS, ids=str)
EACH_WRITE = pytest.mark.parametrize("one", WRITES, ids=str)
EARLIER = "earlier"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(autouse=True)
def _kept(db: None) -> None:
    """What some of the operations are about: a line of the activity, and a message that was sent."""
    about = {"tenant": "default", "username": "jdoe", "action": "message.send", "actor_id": ACTOR_ID, "object_id": ""}
    trail.append(kind=AuditEntry.READ, outcome=AuditEntry.DONE, request_id=EARLIER, details={}, **about)
    sent = Sent("text", b"hello", {"A": "1"})
    assert message_archive.keep(Credentials("default", "jdoe", "x"), ACTOR_ID, EXECUTION_ID, sent)


def upstream_writes(api: API) -> list[str]:
    """Return the calls that changed something at the API."""
    return [
        f"{request.method} {request.path_url}"
        for request in api.asked
        if request.method != "GET" or request.path_url.endswith("/results")  # which takes one away
    ]


@pytest.fixture(autouse=True)
def _is_there(request: pytest.FixtureRequest, db: None) -> None:
    """Let there be what an address is of and the API does not have, and let an administrator be one."""
    one = getattr(request.node, "callspec", None) and request.node.callspec.params.get("one")
    if isinstance(one, Operation) and one.name == "result-detail":
        owner = Credentials(tenant="default", username="jdoe", access_token="")
        result_archive.keep(owner, VALUES["actor_id"], VALUES["execution_id"], b'{"a": 1}')
        KeptResult.objects.update(id=VALUES["result_id"])
    elif isinstance(one, Operation) and one.name == "log-kept":
        owner = Credentials(tenant="default", username="jdoe", access_token="")
        log_archive.keep(owner, VALUES["actor_id"], VALUES["execution_id"], lambda: iter(["a log\n"]))
    elif isinstance(one, Operation) and one.name == "revision-detail":
        definition_archive.record("default", [Actor.from_api(actor_payload(), V2())])
        KeptDefinition.objects.update(id=VALUES["revision_id"])
    elif isinstance(one, Operation) and one.name in ("bulk-detail", "bulk-step", "bulk-stop"):
        who = {"tenant": "default", "username": "jdoe"}
        BulkJob.objects.create(handle=VALUES["handle"], act="purge", place="actor-list", created=timezone.now(), **who)
    elif isinstance(one, Operation) and one.name in ("administration", "admin-actor-list"):
        api = request.getfixturevalue("api")
        api.wire.assert_all_requests_are_fired = False
        api.refuse("GET", "/actors/v2/aliases/admin-role-probe", "No alias found: admin-role-probe.", 404)


def headers_of(answer: Any) -> None:
    """Check the headers that every answer carries."""
    policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
    assert policy == ({"default-src 'none'", "sandbox"} if answer.streaming else POLICY)
    assert {name: answer.headers.get(name) for name in FIXED} == FIXED
    assert len(answer.headers["X-Request-ID"]) == 12
    vary = {name.strip().lower() for name in answer.headers["Vary"].split(",")}
    assert {"cookie", "authorization", "x-portal-tenant", "accept"} <= vary
    assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache")


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
        assert problem(answer, 401, "signed-out")["detail"] == "The Actors API does not accept this token."
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
    assert "This portal only reads" in problem(answer, 403, "reads-only")["detail"]
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


_NOT_GONE = ("history", "history-export", "activity-export")
# Deleting what is gone is a success that says so (tests/core/operations/test_gone.py).
_DELETED_ALREADY = {("DELETE", "alias-detail"), ("DELETE", "config-detail")}


@pytest.mark.parametrize("one", [one for one in OPERATIONS if one.asks], ids=str)
def test_a_refusal_of_the_api_is_told(
    one: Operation, sign_in: Callable[..., Client], api: API, subtests: pytest.Subtests
) -> None:
    refusals = [(401, 401, "signed-out"), (403, 403, "forbidden"), (404, 404, "gone"), (429, 503, "rate-limited")]
    prepared = list(api.wire.registered())
    for said, status, kind in refusals:
        if said == 404 and (one.name in _NOT_GONE or (one.method, one.name) in _DELETED_ALREADY):
            continue
        with subtests.test(status=said):
            forget()
            api.wire.reset()
            for answered in prepared:
                api.wire.add(answered)
            answer_everything(api.wire, said)
            answer = Caller(sign_in(refresh_token="")).ask(one.method, one.address, one.body)
            found = problem(answer, status, kind)
            headers_of(answer)
            assert found["advice"]


@pytest.mark.parametrize("one", [one for one in OPERATIONS if one.asks], ids=str)
def test_the_names_of_another_version_are_told_and_nothing_is_sent(one: Operation, caller: Caller, api: API) -> None:
    naming_of.cache_clear()  # a portal that has just begun
    answer_everything(api.wire, written=respelled)
    found = problem(caller.ask(one.method, one.address, one.body), 502, "wrong-version")
    assert "set ACTORS_API_VERSION, or version in the file of PORTAL_TENANTS_FILE, to v2-snake." in found["detail"]
    assert upstream_writes(api) == []


@pytest.mark.parametrize("one", [one for one in READS if one.asks], ids=str)
def test_silence_is_told(one: Operation, caller: Caller, api: API) -> None:
    from requests.exceptions import ConnectTimeout

    api.wire.assert_all_requests_are_fired = False
    api.wire.add("GET", re.compile(".*"), body=ConnectTimeout("slow"))
    answer = caller.ask(one.method, one.address)
    found = json.loads(answer.content)
    assert (found["kind"], found["changed"]) in (("timeout", "no"), ("unreachable", "no"))
    problem(answer, found["status"], found["kind"])


@pytest.mark.parametrize("one", [one for one in WRITES if one.records and one.asks], ids=str)
def test_a_write_of_which_nobody_knows_says_so_each_time(one: Operation, caller: Caller, api: API) -> None:
    """What is read before goes well; the write itself is sent, and no answer comes."""
    from requests.exceptions import ReadTimeout

    if one.name == "result-list":
        api.wire.add("GET", re.compile(".*/results"), body=ReadTimeout("slow"))
    answer_everything(api.wire)
    for registered in list(api.wire.registered()):
        if registered.method != "GET":
            api.wire.remove(registered)
            api.wire.add(registered.method, registered.url, body=ReadTimeout("slow"))
    answers = [caller.ask(one.method, one.address, one.body, Idempotency_Key="once") for _ in range(2)]
    for answer in answers:
        found = problem(answer, 504, "unknown-outcome", "unknown")
        assert found["check"].startswith("/api/v1/activity/")
    assert "Idempotency-Replayed" not in answers[0].headers
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(upstream_writes(api)) == 1


@pytest.mark.parametrize("one", [one for one in WRITES if one.records], ids=str)
def test_the_same_key_and_body_is_done_once(one: Operation, caller: Caller, api: API) -> None:
    answer_everything(api.wire)
    first, again = (caller.ask(one.method, one.address, one.body, Idempotency_Key="my key 1") for _ in range(2))
    assert first.status_code == again.status_code == one.status, again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers.get("Location") == first.headers.get("Location")
    expected = first.json() | ({"id": None} if "nonce-" in one.name and one.status == 201 else {})
    assert again.json() == expected
    assert len(upstream_writes(api)) == one.writes * one.asks
    if one.other is not None:
        problem(caller.ask(one.method, one.address, one.other, Idempotency_Key="my key 1"), 409, "conflict")
        assert len(upstream_writes(api)) == one.writes * one.asks


# What is the portal's own may be gone the second time.
@pytest.mark.parametrize("one", [one for one in WRITES if one.records and one.asks], ids=str)
def test_without_a_key_it_is_done_each_time(one: Operation, caller: Caller, api: API) -> None:
    answer_everything(api.wire)
    for _ in range(2):
        assert caller.ask(one.method, one.address, one.body).status_code == one.status
    assert len(upstream_writes(api)) == 2 * one.writes * one.asks


@pytest.mark.parametrize("key", ["", "x" * 256, "ä", "a\tb"])
def test_what_cannot_be_a_key_is_refused(key: str, caller: Caller, api: API) -> None:
    found = problem(caller.post("/api/v1/actors/", {"image": "a/b"}, Idempotency_Key=key), 422, "not-valid")
    assert list(found["errors"]) == ["Idempotency-Key"]


def test_an_answer_that_is_not_kept_any_more_is_told(caller: Caller, api: API) -> None:
    from actors_app.core.operations.models import KeptAnswer

    answer_everything(api.wire)
    for _ in range(2):
        answer = caller.post("/api/v1/actors/", {"image": "a/b"}, Idempotency_Key="k")
        KeptAnswer.objects.all().delete()
    found = problem(answer, 409, "done-before", "yes")
    assert found["detail"].startswith("The actor word-count is registered.")
    assert len(upstream_writes(api)) == 1


def test_a_key_is_of_one_person_and_one_act(sign_in: Callable[..., Client], api: API) -> None:
    answer_everything(api.wire)
    for username in ("jdoe", "other"):
        caller = Caller(sign_in(username=username))
        for address in (f"/api/v1/actors/{one}/messages/" for one in ("a1", "a2")):
            assert caller.post(address, {"text": "x"}, Idempotency_Key="k").status_code == 201
    assert len(upstream_writes(api)) == 4


# What is sent ------------------------------------------------------------------------------------------------


NO_BODIES: list[tuple[bytes, dict[str, str], int, str]] = [
    (b"{", {}, 400, "malformed"),
    (b'{"a": 1, "a": 2}', {}, 400, "malformed"),
    (b'{"a": NaN}', {}, 400, "malformed"),
    (b'"\xff"', {}, 400, "malformed"),
    (b'{"a": "\\ud800"}', {}, 400, "malformed"),
    (b"[" * 100_000, {}, 400, "malformed"),
    (b'{"a": ' + b"9" * 5000 + b"}", {}, 400, "malformed"),
    (b"a=b", {"content-type": "application/x-www-form-urlencoded"}, 415, "wrong-media-type"),
    (b"<a/>", {"content-type": "application/xml"}, 415, "wrong-media-type"),
    (b"x", {"content-type": "nonsense"}, 415, "wrong-media-type"),
    (b"{}", {"accept": "text/html"}, 406, "not-acceptable"),
]


@EACH_WRITE
def test_a_body_that_is_none_is_refused(one: Operation, caller: Caller, api: API, subtests: pytest.Subtests) -> None:
    for body, headers, status, kind in NO_BODIES:
        with subtests.test(body=body[:20], **headers):
            named = {name.replace("-", "_"): value for name, value in headers.items()}
            problem(caller.ask(one.method, one.address, body, **named), status, kind)
            assert api.asked == []


@pytest.mark.parametrize("one", [one for one in WRITES if one.body], ids=str)
def test_what_is_no_body_of_it_is_refused_by_field(
    one: Operation, caller: Caller, api: API, subtests: pytest.Subtests
) -> None:
    bodies: list[Any] = [[], "x", 1, {"nonsense": 1}, {"image": 5, "text": 5, "num": "1", "level": 5}]
    if one.name not in ("worker-list", "nonce-list", "alias-nonce-list", "actor-clone"):  # which need no field
        bodies.append(None)
    for body in bodies:
        with subtests.test(body=body):
            found = problem(caller.ask(one.method, one.address, json.dumps(body).encode()), 422, "not-valid")
            lists = found["errors"].values()
            assert all(sentences and all(text.endswith(".") for text in sentences) for sentences in lists)
            assert found["errors"]
            assert api.asked == []


@EACH_READ
def test_a_question_that_is_none_is_refused(
    one: Operation, caller: Caller, api: API, subtests: pytest.Subtests
) -> None:
    answer_everything(api.wire)
    for query in ("nonsense=1", "limit=0", "limit=ten", "limit=1&limit=2", "cursor=%00", "cursor=e30"):
        with subtests.test(query=query):
            answer = caller.get(f"{one.address}{'&' if one.query else '?'}{query}")
            found = problem(answer, 422, "not-valid")
            assert list(found["errors"]) == [query.partition("=")[0]]


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
    assert "fault" in problem(answer, 500, "portal-failed", "unknown")["detail"]


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
