"""What the preview of an act on many executions says, and what it leaves out."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from actors_app.bulk.execution_plans import CAP
from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.core.security.credentials import Credentials
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.messages.models import KeptMessage
from tests.bulk.executions.support import KEY, PAGE, api_says, keep, made, plan_in, preview
from tests.conftest import API
from tests.support.payloads import ACTOR_ID

pytestmark = [pytest.mark.store, pytest.mark.django_db]


def test_the_preview_counts_what_it_applies_to(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    answer, text = preview(signed_in, act="halt")
    assert answer.status_code == 200
    assert "Halt 2 executions?" in text
    assert "Of 5 matching executions, 2 are running." in text
    assert "Halt 2 executions" in text
    assert "run0" in text
    assert "run1" in text
    assert "done0" not in text
    assert BulkJob.objects.count() == 0
    assert not [request for request in api.asked if request.method != "GET"]


def test_the_preview_says_of_each_that_was_ticked_why_it_is_left_out(
    signed_in: Client, api: API, history: ActorHistory
) -> None:
    api_says(api, run0="RUNNING", wait0="SUBMITTED")
    picks = [f"{ACTOR_ID}/{one}" for one in ("run0", "wait0", "done0", "nosuch0")] + ["secret0actor/theirs0"]
    _, text = preview(signed_in, act="halt", pick=picks)
    assert "Halt 1 execution?" in text
    assert "Of the 5 selected executions, 1 is running." in text
    assert "Not started; only running executions can be halted." in text
    assert "No longer running: Failed." in text
    assert text.count("Not found, or you do not have access.") == 2
    assert "hidden-name" not in text


def test_what_has_ended_meanwhile_is_not_offered(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="COMPLETE")
    _, text = preview(signed_in, act="halt", scope="page")
    assert "Halt 1 execution?" in text
    assert "Of the 5 executions on this page, 1 is running." in text


def test_a_filter_that_lets_none_run_offers_nothing(signed_in: Client, history: ActorHistory) -> None:
    answer, text = preview(signed_in, act="halt", outcome="failed")
    assert answer.status_code == 409
    assert "Nothing to halt" in text
    assert "Of 2 matching executions, none are running." in text
    assert 'name="reason"' not in answer.content.decode()


def test_at_most_so_many_at_once(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api)
    record(history, [made(f"many{number}", "RUNNING", number) for number in range(CAP + 20)])
    answer, text = preview(signed_in, act="halt")
    assert f"Halt {CAP} executions?" in text
    assert f"Limited to {CAP}: the first {CAP} of {CAP + 22}." in text
    assert "and 180 more." in text
    signed_in.post(PAGE, {"plan": plan_in(answer), "reason": "too many", "write_key": KEY})
    assert BulkItem.objects.count() == CAP


def test_only_messages_that_are_kept_and_may_be_seen_are_sent_again(
    signed_in: Client, api: API, history: ActorHistory
) -> None:
    keep("done0")
    keep("done1", Credentials("default", "alice", "t"))
    ActorHistory.objects.filter(pk=history.pk).update(owner="bob")
    keep("run0")
    KeptMessage.objects.filter(execution_id="run0").update(expires_at=timezone.now() - timedelta(seconds=1))
    answer, text = preview(
        signed_in, act="resend", pick=[f"{ACTOR_ID}/{one}" for one in ("done0", "done1", "run0", "run1")]
    )
    assert "Resend 1 message?" in text
    assert "Only alice and the actor&#x27;s owner can see it." in text
    assert "Message expired" in text
    assert "it was not sent through this portal" in text
    assert "Resend 1 message?" in preview(signed_in, act="resend")[1]
    assert "hello" not in answer.content.decode()


def test_a_message_that_would_break_the_actor_is_left_out(signed_in: Client, api: API, history: ActorHistory) -> None:
    keep("done0", body=b"x" * 131_068)
    keep("done1")
    text = preview(signed_in, act="resend", pick=[f"{ACTOR_ID}/done0", f"{ACTOR_ID}/done1"])[1]
    assert "Resend 1 message?" in text
    assert "131,068 bytes; the limit is 131,067" in text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Unknown action. Choose halt or resend."),
        ({"act": "delete"}, "Unknown action"),
        ({"act": "halt", "scope": "picked"}, "Nothing selected."),
        ({"act": "halt", "scope": "everything"}, "Unknown selection"),
        ({"act": "halt", "pick": "../x"}, "The selection contains an invalid execution."),
        ({"act": "halt", "pick": [f"a/b{number}" for number in range(201)]}, "Select at most 200"),
        ({"act": "halt", "outcome": "sad"}, "Unknown outcome"),
    ],
)
def test_what_is_not_understood_is_said_and_asks_nothing(
    signed_in: Client, api: API, asked: dict[str, Any], sentence: str
) -> None:
    answer, text = preview(signed_in, **asked)
    assert answer.status_code == 422
    assert sentence in text
    assert "Back to list" in text
    assert api.asked == []
