"""One act on many things at the JSON API: previewed, ordered, moved on by steps, each thing with a result."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from actors_app.bulk.models import BulkItem
from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, actor_payload

pytestmark = [pytest.mark.store, pytest.mark.django_db]
URL = "/api/v1/bulk/"
PREVIEW = f"{URL}previews/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
OTHER = "/actors/v2/other"


def mailboxes(api: API) -> None:
    """Let there be an actor of the caller's with three messages, and one of somebody else's."""
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"})
    api.get(f"{ACTOR}/messages", {"messages": 3})
    api.get(OTHER, actor_payload(id="other", owner="bob"))
    api.get(f"{OTHER}/permissions", {"bob": "UPDATE", "jdoe": "READ"})
    api.get(f"{OTHER}/messages", {"messages": 1})
    api.refuse("GET", "/actors/v2/aliases/admin-role-probe", "Abaco Admin role required.")


def previewed(caller: Caller, api: API) -> dict[str, Any]:
    mailboxes(api)
    found: dict[str, Any] = caller.post(PREVIEW, {"act": "purge", "pick": [ACTOR_ID, "other"]}).json()
    return found


def test_a_preview_says_what_each_loses_and_who_is_left_out(caller: Caller, api: API) -> None:
    found = previewed(caller, api)
    assert (found["question"], found["number"]) == ("Purge 1 mailbox?", 1)
    assert found["items"] == [{"actor_id": ACTOR_ID, "object_id": ""}]
    assert found["left"][0]["actor_id"] == "other"
    assert "you have READ" in found["left"][0]["why_not"]
    assert [one["actor_id"] for one in found["losses"]] == [ACTOR_ID]
    assert found["losses"][0]["effects"]
    assert {request.method for request in api.asked} == {"GET"}
    assert not AuditEntry.objects.exists()


def test_the_example_of_the_schema_is_one(caller: Caller, api: API) -> None:
    schema = caller.get("/api/v1/schema/", HTTP_ACCEPT="application/json").json()
    content = schema["paths"][PREVIEW]["post"]["requestBody"]["content"]["application/json"]
    example = next(iter(content["examples"].values()))["value"]
    api.get("/actors/v2", [])
    assert caller.post(PREVIEW, example).json()["number"] == 0


def test_it_is_ordered_once_and_done_by_steps(caller: Caller, api: API) -> None:
    plan = previewed(caller, api)["plan"]
    api.delete(f"{ACTOR}/messages", message="Queue purged.")
    sent = {"plan": plan, "reason": "a test", "number": 1}
    first, again = (caller.post(URL, sent, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    job = first.headers["Location"]
    assert (first.json()["counts"], first.json()["is_over"]) == ({"waiting": 1, "left": 1}, False)
    done = caller.post(f"{job}step/").json()
    assert (done["is_over"], done["total"], done["over"], done["reason"]) == (True, 1, 1, "a test")
    assert [one["outcome"] for one in done["items"]] == ["done", "left"]
    assert "3 messages deleted" in done["items"][0]["said"]
    caller.post(f"{job}step/")
    assert [request.method for request in api.asked].count("DELETE") == 1
    assert caller.get(job).json()["items"] == done["items"]
    assert [one["handle"] for one in caller.get(URL).json()["items"]] == [done["handle"]]
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions == {"bulk.start", "mailbox.purge"}


def test_what_was_stopped_is_not_begun(caller: Caller, api: API) -> None:
    plan = previewed(caller, api)["plan"]
    job = caller.post(URL, {"plan": plan, "reason": "a test", "number": 1}).headers["Location"]
    assert caller.post(f"{job}stop/").json()["counts"] == {"skipped": 1, "left": 1}
    assert caller.post(f"{job}step/").json()["is_over"] is True
    assert {request.method for request in api.asked} == {"GET"}


def test_a_step_that_cannot_go_on_says_why(caller: Caller, api: API) -> None:
    plan = previewed(caller, api)["plan"]
    job = caller.post(URL, {"plan": plan, "reason": "a test", "number": 1}).headers["Location"]
    api.wire.replace("GET", f"https://api.example.org{ACTOR}/messages", json={"message": "slow down"}, status=429)
    found = caller.post(f"{job}step/").json()
    assert found["waits_because"]
    assert BulkItem.objects.filter(outcome=BulkItem.WAITING).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": 2}, "number"),
        ({"number": None}, "number"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"plan": "nonsense"}, "plan"),
    ],
)
def test_an_order_needs_its_number_and_a_reason(change: Any, field: str, caller: Caller, api: API) -> None:
    sent = {"plan": previewed(caller, api)["plan"], "reason": "a test", "number": 1} | change
    assert list(problem(caller.post(URL, sent), 422, "not-valid")["errors"]) == [field]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"act": "burn", "pick": [ACTOR_ID]}, "act"),
        ({"act": "purge"}, "pick"),
        ({"act": "purge", "pick": ["a/b"]}, "pick"),
        ({"act": "purge", "pick": ["../x"]}, "pick"),
        ({"act": "purge", "filter": ""}, "filter"),
        ({"act": "halt", "pick": [ACTOR_ID]}, "pick"),
        ({"act": "halt", "filter": "nonsense=1"}, "filter"),
        ({"act": "halt", "filter": "limit=5&offset=5"}, "filter"),
        ({"act": "halt", "filter": "window=1d", "pick": ["a/b"]}, "filter"),
        ({"act": "halt", "pick": "a/b"}, "pick"),
    ],
)
def test_what_is_no_act_on_anything_is_refused(sent: Any, field: str, caller: Caller, api: API) -> None:
    assert list(problem(caller.post(PREVIEW, sent), 422, "not-valid")["errors"]) == [field]
    assert api.asked == []


def test_nobody_else_has_the_plan_or_the_job(caller: Caller, sign_in: Callable[..., Client], api: API) -> None:
    plan = previewed(caller, api)["plan"]
    job = caller.post(URL, {"plan": plan, "reason": "a test", "number": 1}).headers["Location"]
    other = Caller(sign_in(username="mallory"))
    assert list(problem(other.post(URL, {"plan": plan, "reason": "x", "number": 1}), 422, "not-valid")["errors"]) == [
        "plan"
    ]
    for address, method in ((job, "GET"), (f"{job}step/", "POST"), (f"{job}stop/", "POST")):
        problem(other.ask(method, address), 404, "no-such-address")
    assert json.loads(other.get(URL).content)["items"] == []
