"""Pages over an API of v3, at the wire: what they make up for, and what they must not conclude."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.models import PortalSession
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.services.dialects import DIALECTS
from actors_app.services.types import Execution
from tests.actors.test_update import inputs
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload, nonce_payload, snake
from tests.support.recorded import replay, result

pytestmark = [pytest.mark.django_db, pytest.mark.store(full=True)]
ROOT, ACTOR = "/v3/actors", f"/v3/actors/{ACTOR_ID}"
PROBE = f"{ROOT}/aliases/admin-role-probe"
BAD_TOKENS = (
    "auth_token_expired",
    "auth_token_not_a_jwt",
    "auth_token_three_parts",
    "auth_token_of_unknown_tenant",
    "auth_token_of_service_without_headers",
)
NOT_YOURS = "Not authorized -- you do not have access to this actor."
FINAL = {
    "container_id": "containerd://1",
    "exit_code": 3,
    "finished_at": "Mon, 23 Nov 2026 15:55:10 GMT",
    "message": "killed by the tests",
    "reason": "Error",
    "signal": None,
    "started_at": "Mon, 23 Nov 2026 15:55:00 GMT",
}


@pytest.fixture(autouse=True)
def tapis(settings: Any) -> None:
    """Let the tenant be one of v3."""
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version="v3")}


def remember(owner: str) -> ActorHistory:
    """Let the portal know an actor and one of its executions from earlier."""
    row = ActorHistory.objects.create(tenant="default", actor_id=ACTOR_ID, name="gone", owner=owner)
    data = snake(execution_payload()) | {"final_state": FINAL, "finish_time": None, "exit_code": 3}
    record(row, [Execution.from_api(data, DIALECTS["v3"]())])
    return row


def is_refused(api: API, entries: list[dict[str, Any]], *, listed: bool = True) -> None:
    """Refuse the actor; its search then shows what the visitor has an entry for."""
    if listed:
        api.get(ROOT, [])
        api.refuse("GET", f"{ROOT}/aliases/admin-role-probe", "Abaco Admin role required.")
    api.refuse("GET", ACTOR, NOT_YOURS)
    api.get(ROOT, {"_metadata": {"total_count": len(entries)}, "search": entries})


def test_an_edit_sends_what_only_v3_resets(signed_in: Client, api: API) -> None:
    fields = {
        "cron_schedule": "2099-01-01 10 + 2 days",
        "cron_next_ex": "2099-01-01 10",
        "cron_on": True,
        "status_message": "why",
        "run_as_executor": True,
    }
    payload = snake(actor_payload()) | fields
    api.get(ACTOR, payload)
    form = inputs(signed_in.get(f"/actors/{ACTOR_ID}/edit/").content.decode())
    review = signed_in.post(f"/actors/{ACTOR_ID}/edit/", form | {"description": ["new"], "step": ["review"]})
    assert "1 field changes" in review.content.decode()
    api.put(ACTOR, payload)
    answer = signed_in.post(f"/actors/{ACTOR_ID}/edit/", form | {"description": ["new"], "step": ["save"]})
    assert answer.status_code == 302
    (sent,) = [json.loads(request.body) for request in api.asked if request.method == "PUT"]
    assert fields.items() <= sent.items()
    assert sent["description"] == "new"
    assert "defaultEnvironment" not in sent


@pytest.mark.store
def test_an_execution_shows_the_end_that_kubernetes_tells(signed_in: Client, api: API) -> None:
    payload = snake(execution_payload()) | {"finish_time": None, "cpu": 0, "io": 0, "exit_code": 3}
    payload |= {"final_state": FINAL, "executor_uid": None, "executor_gid": None}
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", payload)
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}/logs", {"logs": ""})
    api.get(ACTOR, snake(actor_payload(logEx=-1)))
    page = signed_in.get(f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/").content.decode()
    assert "Exit code 3" in page
    assert "killed by the tests" in page
    assert "2026-11-23T15:55:10" in page, "when it ended"
    assert page.count("Not reported") >= 2, "CPU and I/O are not measured"
    assert "discards logs" in page


def test_a_negative_time_loses_the_log_and_zero_is_the_default(signed_in: Client, api: API) -> None:
    created = result("actors_create_log_ex_negative", "v3-nginx")
    actor, execution = created["id"], result("executions_get_log_ex_negative", "v3-nginx")["id"]
    root = f"{ROOT}/{actor}"
    replay(api, "executions_get_log_ex_negative", "GET", f"{root}/executions/{execution}", "v3-nginx")
    replay(api, "logs_get_log_ex_negative", "GET", f"{root}/executions/{execution}/logs", "v3-nginx")
    pages = {}
    for log_ex in (-1, 0):
        api.wire.remove("GET", f"https://api.example.org{root}")
        api.get(root, created | {"log_ex": log_ex})
        pages[log_ex] = [
            signed_in.get(f"/actors/{actor}/{page}").content.decode()
            for page in (f"executions/{execution}/logs/", "configuration/")
        ]
    assert "the API discards logs" in " ".join(pages[-1][0].split())
    assert "None: the API discards logs" in pages[-1][1]
    assert "discards logs" not in pages[0][0]
    assert "API default" in pages[0][1]


@pytest.mark.store
def test_an_actor_of_ones_own_that_is_gone_keeps_its_history(signed_in: Client, api: API) -> None:
    row = remember("jdoe")
    is_refused(api, [])
    page = signed_in.get("/executions/?window=all").content.decode()
    assert EXECUTION_ID in page
    row.refresh_from_db()
    assert row.deleted


def test_an_actor_of_ones_own_that_was_taken_away_does_not(signed_in: Client, api: API) -> None:
    row = remember("jdoe")
    is_refused(api, [snake(actor_payload())])
    page = signed_in.get("/executions/?window=all").content.decode()
    assert EXECUTION_ID not in page
    row.refresh_from_db()
    assert row.deleted is None


def test_somebody_elses_actor_is_not_taken_for_a_deleted_one(signed_in: Client, api: API) -> None:
    row = remember("mvaughn")
    is_refused(api, [], listed=False)
    api.refuse("GET", f"{ROOT}/aliases/admin-role-probe", "Abaco Admin role required.")
    api.wire.assert_all_requests_are_fired = False
    api.refuse("GET", f"{ACTOR}/executions", NOT_YOURS)
    answer = signed_in.get(f"/actors/{ACTOR_ID}/executions/?window=all")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "do not have access" in page
    assert EXECUTION_ID not in page
    row.refresh_from_db()
    assert row.deleted is None, "it may be there for others"


@pytest.mark.parametrize(
    ("entries", "status", "words"),
    [([], 404, "do not have access"), ([{"id": ACTOR_ID}], 403, "You do not have permission")],
)
def test_a_page_of_what_is_refused_says_what_is_known(
    signed_in: Client, api: API, entries: list[dict[str, Any]], status: int, words: str
) -> None:
    is_refused(api, entries, listed=False)
    answer = signed_in.get(f"/actors/{ACTOR_ID}/configuration/")
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_token_that_tapis_refuses_ends_a_sign_in_that_cannot_be_renewed(sign_in: Any, api: API) -> None:
    api.refuse("GET", ROOT, "Invalid Tapis token.")
    answer = sign_in(refresh_token="").get("/actors/")
    assert answer["Location"].startswith("/sign-in/?next=%2Factors%2F")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_a_token_that_abaco_refuses_is_said_to_be_invalid_at_sign_in(db: None, api: API, case: str) -> None:
    """Who signs people in may know the token, and Abaco not: one of a tenant that it does not serve, above all."""
    api.get("/v3/oauth2/userinfo", {"username": "jdoe"})
    replay(api, case, "GET", PROBE, "v3-nginx")
    browser = Client(headers={"host": "testserver"})
    answer = browser.post("/sign-in/token/", {"access_token": "a.b.c"})
    assert answer.status_code == 422
    assert "The Actors API rejected this token: it is invalid, expired" in answer.content.decode()
    assert not PortalSession.objects.exclude(credential="").exists()


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_a_program_is_told_that_its_token_is_invalid(db: None, api: API, case: str) -> None:
    replay(api, case, "GET", "/v3/oauth2/userinfo", "v3-nginx")
    for _ in range(2):  # the second time it is remembered
        answer = Client().get("/api/v1/actors/", headers={"Authorization": "Bearer a.b.c"})
        assert (answer.status_code, answer.json()["kind"]) == (401, "invalid-token")
    assert len(api.asked) == 1


@pytest.mark.parametrize("case", BAD_TOKENS)
@pytest.mark.parametrize("path", ["/actors/", f"/actors/{ACTOR_ID}/"])
def test_a_token_that_abaco_refuses_later_is_not_called_the_end_of_a_sign_in(
    sign_in: Any, api: API, case: str, path: str
) -> None:
    api.wire.assert_all_requests_are_fired = False
    for called in (ROOT, ACTOR, *(f"{ACTOR}/{part}" for part in ("messages", "workers", "nonces", "permissions"))):
        replay(api, case, "GET", called, "v3-nginx")
    browser = sign_in(refresh_token="")
    answer = browser.get(path, follow=True)
    page = answer.content.decode()
    assert "The Actors API rejected this token" in page
    assert "Your session has expired" not in page


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_a_form_that_such_a_token_stops_is_kept(sign_in: Any, api: API, case: str) -> None:
    replay(api, case, "POST", f"{ACTOR}/messages", "v3-nginx")
    browser = sign_in(refresh_token="")
    sent = {"kind": "text", "message": "hej", "write_key": "0123456789abcdef0123456789abcdef"}
    api.wire.assert_all_requests_are_fired = False
    for called in (ACTOR, f"{ACTOR}/messages", f"{ACTOR}/workers"):
        replay(api, case, "GET", called, "v3-nginx")
    page = browser.post(f"/actors/{ACTOR_ID}/messages/", sent, follow=True).content.decode()
    assert "The Actors API rejected this token" in page
    assert "Nothing was sent." in page
    assert "Your session has expired" not in page


def test_the_json_api_says_that_a_token_is_invalid(sign_in: Any, api: API) -> None:
    replay(api, "auth_token_of_unknown_tenant", "GET", ROOT, "v3-nginx")
    answer = sign_in(refresh_token="").get("/api/v1/actors/")
    assert (answer.status_code, answer.json()["kind"]) == (401, "invalid-token")
    assert "another tenant" in answer.json()["detail"]


@pytest.mark.store
def test_a_token_is_renewed_at_tapis(signed_in: Client, api: API) -> None:
    api.refuse("GET", ROOT, "Invalid Tapis token.")
    given = {"access_token": {"access_token": "new", "expires_in": 14400}, "refresh_token": {"refresh_token": "r2"}}
    api.post("/v3/oauth2/tokens", given)
    api.get(ROOT, [snake(actor_payload())])
    assert "word-count" in signed_in.get("/actors/").content.decode()
    assert [request.headers.get("X-Tapis-Token") for request in api.asked] == ["access-token-of-jdoe", None, "new"]


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        (
            ["abaco_admin"],
            "who had the admin role at creation: while they have it, permissions are bypassed.",
        ),
        ([], "who now has NONE: the nonce allows no more, unless they are an administrator."),
    ],
)
def test_a_nonce_acts_with_the_roles_its_maker_has_now(
    api: API, signed_in: Client, roles: list[str], words: str
) -> None:
    api.get(ACTOR, snake(actor_payload()))
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"})
    api.get(f"{ACTOR}/nonces", [snake(nonce_payload(owner="ada")) | {"roles": roles}])
    api.get(f"{ROOT}/aliases", [])
    assert words in " ".join(signed_in.get(f"/actors/{ACTOR_ID}/permissions/").content.decode().split())
