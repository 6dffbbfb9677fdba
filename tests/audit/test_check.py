"""The check of a write whose answer never came: what the API shows now, asked by nothing but GET."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.audit import SENT, wrote
from tests.support.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    NONCE_ID,
    WORKER_ID,
    actor_payload,
    execution_payload,
    execution_row,
    listing_payload,
    nonce_payload,
    worker_payload,
)

Browser = Callable[..., Client]
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"/actors/{ACTOR_ID}/executions/"


def iso(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def rfc(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%a, %d %b %Y %H:%M:%S GMT")


def checked(client: Client, api: API, entry: AuditEntry, status: int = 200) -> str:
    """Open the check and return its page; the actor is asked for first, to know who may see the line."""
    answer = client.get(f"/activity/{entry.pk}/check/")
    assert answer.status_code == status
    assert {request.method for request in api.asked} <= {"GET"}
    return answer.content.decode()


def unknown(action: str = "message.send", **changes: Any) -> AuditEntry:
    return wrote(action, "unknown", ago=timedelta(hours=5), **changes)


def executions(api: API, *ids: str, executor: str = "jdoe") -> None:
    """Let the API show executions that arrived after the message."""
    rows = [execution_row(id=one, messageReceivedTime=rfc(hours=4)) for one in ids]
    old = execution_row(id="older", messageReceivedTime=rfc(hours=6))
    api.get(f"{ACTOR}/executions", listing_payload(old, *rows))
    for one in ids:
        api.get(f"{ACTOR}/executions/{one}", execution_payload(id=one, executor=executor))


def test_a_message_that_arrived_is_found(signed_in: Client, api: API) -> None:
    entry = unknown()
    api.get(ACTOR, actor_payload())
    executions(api, "found1")
    text = checked(signed_in, api, entry)
    assert f'href="{EXECUTION}found1/"' in text
    assert "older" not in text.partition("<main")[2].partition("</main>")[0]
    assert "The message was most likely accepted" in text


def test_a_message_that_did_not_arrive_is_not_found(signed_in: Client, api: API) -> None:
    entry = unknown()
    api.get(ACTOR, actor_payload())
    executions(api)
    assert "the message was most likely not accepted" in checked(signed_in, api, entry)


def test_an_execution_of_somebody_else_or_of_another_message_is_not_taken_for_it(signed_in: Client, api: API) -> None:
    entry = unknown()
    wrote(end={"answer": {**SENT, "location": f"{EXECUTION}explained/"}})
    api.get(ACTOR, actor_payload())
    rows = [execution_row(id=one, messageReceivedTime=rfc(hours=4)) for one in ("explained", "theirs")]
    api.get(f"{ACTOR}/executions", listing_payload(*rows))
    api.get(f"{ACTOR}/executions/theirs", execution_payload(id="theirs", executor="team"))
    assert "the message was most likely not accepted" in checked(signed_in, api, entry)


def test_two_candidates_are_both_shown_and_neither_is_claimed(signed_in: Client, api: API) -> None:
    entry = unknown()
    api.get(ACTOR, actor_payload())
    executions(api, "one", "two")
    text = checked(signed_in, api, entry)
    assert "2 later executions" in text
    assert f"{EXECUTION}one/" in text
    assert f"{EXECUTION}two/" in text


def test_too_many_executions_are_not_all_asked_for(signed_in: Client, api: API) -> None:
    entry = unknown()
    api.get(ACTOR, actor_payload())
    ids = [f"e{number:02}" for number in range(21)]
    rows = [execution_row(id=one, messageReceivedTime=rfc(hours=4)) for one in ids]
    api.get(f"{ACTOR}/executions", listing_payload(*rows))
    for one in ids[:20]:
        api.get(f"{ACTOR}/executions/{one}", execution_payload(id=one, executor="team"))
    assert "21 executions were received after this message" in checked(signed_in, api, entry)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"createTime": iso(hours=4)}, "The actor was registered."),
        ({"createTime": iso(hours=6)}, "No matching actor of yours"),
        ({"createTime": iso(hours=4), "owner": "team"}, "No matching actor of yours"),
        ({"createTime": iso(hours=4), "name": "other"}, "No matching actor of yours"),
    ],
)
def test_an_actor_is_found_by_its_name(signed_in: Client, api: API, changes: dict[str, Any], words: str) -> None:
    entry = unknown("actor.create", actor_id="", details={"name": "word-count"})
    api.get("/actors/v2", [actor_payload(**changes)])
    assert words in checked(signed_in, api, entry)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lastUpdateTime": iso(hours=4), "description": "new"}, "Your changes were saved."),
        ({"lastUpdateTime": iso(hours=4), "description": "else"}, "differs from your changes"),
        ({"lastUpdateTime": iso(hours=6), "description": "new"}, "has not changed since then"),
        ({"lastUpdateTime": None}, "has not changed since then"),
    ],
)
def test_an_edit_is_compared(signed_in: Client, api: API, changes: dict[str, Any], words: str) -> None:
    after = {"description": "new", "default_environment": {"greeting": "…"}}
    entry = unknown("actor.update", details={"after": after})
    for _ in range(2):
        api.get(ACTOR, actor_payload(**changes))
    assert words in checked(signed_in, api, entry)


def test_a_deletion_is_seen(signed_in: Client, api: API) -> None:
    entry = unknown("actor.delete", details={"name": "word-count"})
    for status, words in (
        ("READY", "The actor still exists."),
        ("SHUTTING_DOWN", "The actor is being deleted."),
    ):
        for _ in range(2):
            api.get(ACTOR, actor_payload(status=status))
        assert words in checked(signed_in, api, entry)
    for _ in range(2):
        api.refuse("GET", ACTOR, "actor not found", status=404)
    assert "The actor no longer exists." in checked(signed_in, api, entry)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "The mailbox is empty."),
        (1, "1 message is queued"),
        (3, "3 messages are queued"),
        (None, "Queue size unknown."),
    ],
)
def test_a_mailbox_is_counted(signed_in: Client, api: API, count: int | None, words: str) -> None:
    entry = unknown("mailbox.purge")
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/messages", {"messages": count})
    assert words in checked(signed_in, api, entry)


@pytest.mark.parametrize(("num", "words"), [(1, "has the requested number of workers"), (2, "Workers now: 1")])
def test_workers_are_listed(signed_in: Client, api: API, num: int, words: str) -> None:
    entry = unknown("worker.ensure", details={"num": num})
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/workers", [worker_payload()])
    text = checked(signed_in, api, entry)
    assert words in text
    assert f"/actors/{ACTOR_ID}/workers/{WORKER_ID}/" in text


@pytest.mark.parametrize(
    ("workers", "words"),
    [
        ([], "The worker has stopped."),
        ([worker_payload()], "The worker is still running."),
        ([worker_payload(status="SHUTDOWN_REQUESTED")], "The worker is stopping."),
    ],
)
def test_a_worker_is_looked_for(signed_in: Client, api: API, workers: list[Any], words: str) -> None:
    entry = unknown("worker.stop", object_id=WORKER_ID)
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/workers", workers)
    assert words in checked(signed_in, api, entry)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"createTime": iso(hours=4)}, "You have created these nonces since this attempt."),
        ({"createTime": iso(hours=6)}, "You have not created a nonce"),
        ({"createTime": iso(hours=4), "owner": "team"}, "You have not created a nonce"),
    ],
)
def test_a_nonce_is_looked_for_and_stays_masked(
    signed_in: Client, api: API, changes: dict[str, Any], words: str
) -> None:
    entry = unknown("nonce.create")
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/nonces", [nonce_payload(**changes)])
    text = checked(signed_in, api, entry)
    assert words in text
    assert NONCE_ID not in text


@pytest.mark.parametrize(("there", "words"), [(True, "still exists."), (False, "no longer exists.")])
def test_a_deleted_nonce_is_looked_for(signed_in: Client, api: API, there: bool, words: str) -> None:
    entry = unknown("nonce.delete", object_id=nonce_handle(ACTOR_ID, NONCE_ID))
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/nonces", [nonce_payload()] if there else [])
    text = checked(signed_in, api, entry)
    assert words in text
    assert NONCE_ID not in text


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ({"bob": "READ"}, "The access level is READ, as set."),
        ({"bob": "NONE"}, "The access level is not READ: the change failed"),
        ({}, "bob: not in the list"),
    ],
)
@pytest.mark.parametrize("kind", ["actor", "alias"])
def test_a_level_is_looked_at(signed_in: Client, api: API, kind: str, levels: dict[str, str], words: str) -> None:
    details = {"kind": kind, "after": {"bob": "READ"}} | ({} if kind == "actor" else {"name": "tiler"})
    entry = unknown(
        "permission.grant", object_id="bob", details=details, **({"actor_id": ""} if details.get("name") else {})
    )
    if kind == "actor":
        api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/permissions" if kind == "actor" else "/actors/v2/aliases/tiler/permissions", levels)
    assert words in checked(signed_in, api, entry)


@pytest.mark.parametrize(
    ("level", "words"), [("NONE", "The access level is NONE, as set."), ("READ", "The access level is not NONE")]
)
def test_a_level_that_was_taken_back_is_looked_at(signed_in: Client, api: API, level: str, words: str) -> None:
    entry = unknown("permission.revoke", object_id="bob", details={"kind": "actor", "after": {"bob": "NONE"}})
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/permissions", {"bob": level})
    assert words in checked(signed_in, api, entry)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "RUNNING"}, "still running"),
        ({"exitCode": 137}, "was halted"),
        ({"exitCode": 0}, "finished on its own"),
    ],
)
def test_a_halted_execution_is_looked_at(signed_in: Client, api: API, changes: dict[str, Any], words: str) -> None:
    entry = unknown("execution.halt", object_id=EXECUTION_ID)
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", execution_payload(**changes))
    assert words in checked(signed_in, api, entry)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("result.take", "fetching again would return the next one"),
        ("execution.register", "be told apart from others"),
        ("something.new", "Unknown: the API does not show"),
    ],
)
def test_what_cannot_be_known_is_not_asked(signed_in: Client, api: API, action: str, words: str) -> None:
    entry = unknown(action, object_id=EXECUTION_ID)
    api.get(ACTOR, actor_payload())
    assert words in checked(signed_in, api, entry)
    assert len(api.asked) == 1


def test_silence_is_said_and_the_check_can_be_made_again(signed_in: Client, api: API) -> None:
    entry = unknown("mailbox.purge")
    api.get(ACTOR, actor_payload())
    for _ in range(2):
        api.is_silent("GET", f"{ACTOR}/messages")
    text = checked(signed_in, api, entry, status=502)
    assert "Could not check the outcome" in text
    assert "Retry" in text


def test_an_ended_sign_in_leads_to_signing_in(sign_in: Browser, api: API) -> None:
    entry = unknown("mailbox.purge")
    api.get(ACTOR, actor_payload())
    api.refuse("GET", f"{ACTOR}/messages", "Invalid Credentials", status=401)
    answer = sign_in(refresh_token="").get(f"/activity/{entry.pk}/check/")
    assert answer["Location"].startswith("/sign-in/")


def test_a_page_that_does_not_know_leads_to_the_check(signed_in: Client, api: API) -> None:
    api.is_silent("POST", f"{ACTOR}/messages")
    form = {"message": "hello", "write_key": "0123456789abcdef" * 2}
    for _ in range(2):
        text = signed_in.post(f"/actors/{ACTOR_ID}/messages/", form).content.decode()
        entry = AuditEntry.objects.get(kind="start")
        assert f'<a href="/activity/{entry.pk}/check/">Check outcome</a>' in text
