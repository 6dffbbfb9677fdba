"""What the preview of an act on many actors says, and what it leaves out."""

import re
from typing import Any

import pytest
from django.test import Client

from actors_app.bulk.actor_plans import CAP
from actors_app.bulk.models import BulkItem, BulkJob
from tests.bulk.actors.support import PAGE, Wire, order, outcomes, preview, words_of
from tests.conftest import API
from tests.support.payloads import actor_payload, alias_payload, config_payload, nonce_payload

pytestmark = [pytest.mark.store(full=True), pytest.mark.django_db]


def test_it_names_each_actor_and_the_workers_that_would_stop(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2")
    answer, text = preview(signed_in, "stop", "a1", "b2")
    assert answer.status_code == 200
    assert "Stop 4 workers?" in text
    assert "4 workers of 2 actors, 2 busy." in text
    assert text.count("2 workers will be stopped; 1 of them runs an execution, which is interrupted:") == 2
    assert "name-of-a1" in text
    assert "/actors/a1/workers/a1W2/" in answer.content.decode()
    assert "Type the number of workers to confirm: 4" in text
    assert both.sent() == []
    assert BulkJob.objects.count() == 0


def test_it_counts_the_messages_that_would_be_lost(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2", waiting=3)
    both.has("c3", waiting=0)
    _, text = preview(signed_in, "purge", "a1", "b2", "c3")
    assert "Purge 2 mailboxes?" in text
    assert "6 queued messages of 2 actors." in text
    assert text.count("3 queued messages will be deleted.") == 2
    assert "Skipped: No queued messages." in text


def test_it_shows_the_blast_radius_of_each_deletion(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2", link="", waiting=1)
    api, named = both.api, both.named
    api.get(f"{both.root}/aliases", [named(alias_payload(actorId="a1"))])
    api.get(f"{both.root}/aliases/my-alias/nonces", [named(nonce_payload())])
    api.get(f"{both.root}/configs", [named(config_payload(actors="b2"))])
    api.get(both.root, [named(actor_payload(id="before", name="before", link="a1"))])
    answer, text = preview(signed_in, "delete", "a1", "b2")
    assert "Delete 2 actors?" in text
    assert "2 actors, with 2 queued messages and 2 running executions." in text
    first, second = re.findall(r"<tr><td>.*?</tr>", answer.content.decode(), re.DOTALL)
    assert "1 alias will be broken:" in first
    assert "1 active nonce of its alias (none used in the last 30 days) will stop working:" in first
    assert "1 actor will lose the target of its link" in first
    assert "1 config will no longer reach this actor" in second
    assert "1 other user loses access" in second
    assert "alias" not in second


def test_what_the_api_does_not_say_about_a_deletion_is_not_known(signed_in: Client, wire: Wire) -> None:
    wire.has("a1")
    wire.forget("GET", "/a1/messages")
    wire.api.refuse("GET", f"{wire.root}/a1/messages", "no", 500)
    wire.api.refuse("GET", f"{wire.root}/aliases", "no", 500)
    wire.api.get(f"{wire.root}/configs", [])
    wire.api.get(wire.root, [])
    _, text = preview(signed_in, "delete", "a1")
    assert "1 actor, with at least 0 queued messages and 1 running execution." in text
    assert "Unknown. Queued messages could not be loaded." in text
    assert "Unknown. Aliases could not be loaded." in text


def test_what_somebody_may_not_change_is_shown_and_left_out(signed_in: Client, both: Wire) -> None:
    both.has("a1")
    both.has("b2", level="READ")
    both.api.refuse("GET", f"{both.root}/c3", "Not authorized -- you do not have access to this actor.")
    both.api.get(both.root, {"search": [{"id": "c3"}]})  # where v3 is asked whether it is there at all
    both.api.get(f"{both.root}/c3/messages", {"messages": 1})
    both.api.get(f"{both.root}/c3/permissions", {})
    both.admin(is_one=False)
    _, text = preview(signed_in, "purge", "a1", "b2", "c3")
    assert "Purge 1 mailbox?" in text
    assert "Skipped: Requires UPDATE on the actor; you have READ." in text
    assert "You do not have permission to do this." in text
    order(signed_in, "purge", "a1", "b2", "c3", number=1)
    assert outcomes() == [("a1", "waiting"), ("b2", "left"), ("c3", "left")]


def test_nothing_that_somebody_may_do_offers_nothing(signed_in: Client, both: Wire) -> None:
    both.has("a1", level="EXECUTE")
    both.admin(is_one=False)
    answer, text = preview(signed_in, "stop", "a1")
    assert answer.status_code == 409
    assert "No workers to stop" in text
    assert "you have EXECUTE" in text
    assert 'name="reason"' not in answer.content.decode()


def test_an_administrator_may_do_all_and_is_asked_for_once(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2", level="NONE")
    both.admin(is_one=True)
    both.has_nothing_else()
    for act in ("stop", "purge", "delete"):
        assert "Skipped:" not in preview(signed_in, act, "a1", "b2", place="administration")[1]
    assert len([one for one in both.api.asked if one.url.endswith("admin-role-probe")]) == 1


def test_an_actor_that_is_open_to_everybody_is_tried(signed_in: Client, wire: Wire) -> None:
    wire.has("a1")
    wire.forget("GET", "/a1/permissions")
    wire.api.get(f"{wire.root}/a1/permissions", {"ABACO_WORLD": "READ", "jdoe": "READ"})
    assert "Purge 1 mailbox?" in preview(signed_in, "purge", "a1")[1]


def test_whether_somebody_is_an_administrator_may_not_be_known(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", level="NONE")
    wire.api.is_silent("GET", f"{wire.root}/aliases/admin-role-probe")
    answer, text = preview(signed_in, "purge", "a1")
    assert answer.status_code == 200
    assert "Purge 1 mailbox?" in text
    assert "you have no access" not in text


@pytest.mark.parametrize(
    ("act", "silent", "sentence"),
    [
        ("stop", "workers", "Workers: unknown."),
        ("purge", "messages", "Queued messages: unknown."),
        ("stop", "permissions", "Skipped: The Actors API returned an error"),
        ("purge", "", "Skipped: The Actors API returned an error"),
    ],
)
def test_what_cannot_be_looked_at_is_left_out_and_the_others_stay(
    signed_in: Client, wire: Wire, act: str, silent: str, sentence: str
) -> None:
    wire.has("a1", "b2")
    path = f"/b2/{silent}".rstrip("/")
    wire.forget("GET", path)
    wire.api.refuse("GET", wire.root + path, "<b>broken</b>", 500)
    answer, text = preview(signed_in, act, "a1", "b2")
    assert answer.status_code == 200
    assert sentence in text
    assert "The status of 1 of them is unknown. Retry" in text
    assert "<b>broken</b>" not in answer.content.decode()


def test_it_survives_silence(signed_in: Client, wire: Wire) -> None:
    for path in ("", "/permissions", "/messages"):
        wire.api.is_silent("GET", f"{wire.root}/a1{path}")
    answer, text = preview(signed_in, "purge", "a1")
    assert answer.status_code == 502
    assert "Cannot reach" in text
    assert "Try again" in text


def test_a_count_that_the_api_does_not_give_is_not_taken_for_none(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", waiting=None)
    assert "Queued messages: unknown." in preview(signed_in, "purge", "a1")[1]


@pytest.mark.store
def test_picked_workers_alone_are_stopped(signed_in: Client, both: Wire) -> None:
    both.has("a1")
    both.forget("GET", "/a1/workers")
    stopping = both.worker("a1W3", "SHUTDOWN_REQUESTED")
    both.api.get(f"{both.root}/a1/workers", [both.worker("a1W1"), both.worker("a1W2"), stopping])
    _, text = preview(signed_in, "stop", "a1/a1W2", "a1/a1W3", "a1/gone0", place="all-workers")
    assert "Stop 1 worker?" in text
    assert "1 worker will be stopped: a1W2" in text
    assert "2 more selected workers are skipped." in text
    order(signed_in, "stop", "a1/a1W2", "a1/a1W3", "a1/gone0", number=1, place="all-workers")
    assert outcomes() == [("a1W2", "waiting"), ("a1W3", "left"), ("gone0", "left")]
    assert [one.said for one in BulkItem.objects.exclude(outcome="waiting").order_by("number")] == [
        "Already stopping.",
        "Already stopped.",
    ]


def test_the_last_workers_of_an_actor_with_messages_are_missed(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", stateless=False)
    assert "2 queued messages; the next message sent starts a worker." in preview(signed_in, "stop", "a1")[1]
    assert "no other worker" not in preview(signed_in, "stop", "a1/a1W1")[1]


def test_what_is_deleted_or_has_no_worker_is_left_out(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", status="SHUTTING_DOWN")
    wire.has_nothing_else()
    assert "Already being deleted." in preview(signed_in, "delete", "a1")[1]
    wire.forget("GET", "/a1/workers")
    wire.api.get(f"{wire.root}/a1/workers", [])
    assert "No workers." in preview(signed_in, "stop", "a1")[1]


def test_at_most_so_many_at_once(signed_in: Client, wire: Wire) -> None:
    ids = [f"many{number:02}" for number in range(CAP + 3)]
    wire.has(*ids)
    _, text = preview(signed_in, "purge", *ids)
    assert f"Limited to {CAP} actors; repeat for the remaining 3." in text
    order(signed_in, "purge", *ids, number=CAP)
    assert BulkItem.objects.count() == CAP


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Unknown action. Choose stop, purge or delete."),
        ({"act": "halt", "pick": "a1"}, "Unknown action"),
        ({"act": "stop"}, "Nothing selected."),
        ({"act": "stop", "pick": "../x"}, "The selection contains an invalid actor or worker."),
        ({"act": "stop", "pick": "a1/"}, "The selection contains an invalid actor or worker."),
        ({"act": "delete", "pick": "a1/w1"}, "Workers can only be stopped."),
        ({"act": "stop", "pick": [f"a{number}" for number in range(201)]}, "Select at most 200"),
    ],
)
def test_what_is_not_understood_is_said_and_asks_nothing(
    signed_in: Client, api: API, asked: dict[str, Any], sentence: str
) -> None:
    answer = signed_in.get(PAGE, asked)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "Back to list" in words_of(answer)
    assert api.asked == []


def test_the_way_back_is_the_list_with_its_filter(signed_in: Client, wire: Wire) -> None:
    wire.has("a1")
    asked = {"place": "administration", "query": "q=x y&read=again&owner=<b>"}
    page = preview(signed_in, "purge", "a1", **asked)[0].content.decode()
    assert 'href="/administration/?q=x+y&amp;owner=%3Cb%3E"' in page
    url = order(signed_in, "purge", "a1", **asked)
    assert 'href="/administration/?q=x+y&amp;owner=%3Cb%3E&amp;read=again"' in signed_in.get(url).content.decode()
    elsewhere = {"place": "//evil.example.org", "query": "x" * 1001}
    assert 'href="/actors/"' in preview(signed_in, "purge", "a1", **elsewhere)[0].content.decode()
