"""An act on many actors under way: each is acted on at most once, and has a result."""

import json
import re
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from requests import PreparedRequest

from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.core.operations.models import AuditEntry
from tests.bulk.actors.support import Browser, Wire, order, outcomes, words_of
from tests.support.payloads import API as ROOT
from tests.support.payloads import actor_payload, envelope

pytestmark = [pytest.mark.store, pytest.mark.django_db]


def test_each_worker_is_asked_to_stop(signed_in: Client, both: Wire) -> None:
    both.has("a1")
    url = order(signed_in, "stop", "a1", number=2)
    for worker in ("a1W1", "a1W2"):
        both.api.delete(f"{both.root}/a1/workers/{worker}", message="Worker scheduled to be stopped.")
    signed_in.post(url)
    assert outcomes() == [("a1W1", "done"), ("a1W2", "done")]
    assert both.sent() == ["/a1/workers/a1W1", "/a1/workers/a1W2"]
    page = words_of(signed_in.get(url))
    assert "Stopping. It was running an execution." in page
    assert "Finished" in page
    entries = AuditEntry.objects.filter(action="worker.stop", kind="start").order_by("pk")
    assert [(one.actor_id, one.object_id) for one in entries] == [("a1", "a1W1"), ("a1", "a1W2")]
    said = json.loads(entries[0].details)
    assert (said["job"], said["reason"]) == (url.split("/")[-2], "they are old")


def test_each_mailbox_is_purged(signed_in: Client, both: Wire) -> None:
    both.has("a1", waiting=1)
    both.has("b2", waiting=3)
    url = order(signed_in, "purge", "a1", "b2")
    for id_ in ("a1", "b2"):
        both.api.delete(f"{both.root}/{id_}/messages", {"msg": "Actor mailbox purged."})
    signed_in.post(url)
    assert outcomes() == [("a1", "done"), ("b2", "done")]
    assert both.sent() == ["/a1/messages", "/b2/messages"]
    page = words_of(signed_in.get(url))
    assert "Mailbox purged (1 message deleted)." in page
    assert "Mailbox purged (3 messages deleted)." in page
    entry = AuditEntry.objects.filter(action="mailbox.purge", kind="start").order_by("pk")[0]
    assert json.loads(entry.details)["before"] == {"waiting": 1}


def test_each_actor_is_deleted(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2")
    both.has_nothing_else()
    url = order(signed_in, "delete", "a1", "b2")
    both.api.delete(f"{both.root}/a1", message="Actor deleted successfully.")
    words = "Actor deleted successfully, though Abaco is still cleaning up some of the actor's resources."
    both.api.delete(f"{both.root}/b2", message=words)
    signed_in.post(url)
    assert outcomes() == [("a1", "done"), ("b2", "done")]
    page = signed_in.get(url)
    assert "Deleted. The API is still cleaning up." in words_of(page)
    assert "name-of-a1" in words_of(page)
    assert 'href="/actors/a1/"' not in page.content.decode()
    start = AuditEntry.objects.get(action="actor.delete", kind="start", actor_id="a1")
    assert json.loads(start.details)["name"] == "name-of-a1"


def test_what_went_meanwhile_is_not_done_again(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2")
    both.has_nothing_else()
    deletion = order(signed_in, "delete", "a1", "b2")
    stop = order(signed_in, "stop", "a1", number=2, key="a" * 32)
    purge = order(signed_in, "purge", "a1", key="b" * 32)
    both.api.wire.reset()
    missing = "Actor with identifier 'a1' not found" if both.version == "v2" else "Actor with actor_id 'a1' not found"
    both.api.refuse("GET", f"{both.root}/a1", missing, 404)
    both.api.get(f"{both.root}/b2", both.named(actor_payload(id="b2", status="SHUTTING_DOWN")))
    both.api.refuse("GET", f"{both.root}/a1/workers/a1W1", "Worker not found.", 404)
    both.api.get(f"{both.root}/a1/workers/a1W2", both.worker("a1W2", "SHUTDOWN_REQUESTED"))
    both.api.get(f"{both.root}/a1/messages", {"messages": 0})
    for url in (deletion, stop, purge):
        assert signed_in.post(url).status_code == 302
    assert {outcome for _, outcome in outcomes()} == {"skipped"}
    assert both.sent() == []
    page = words_of(signed_in.get(deletion))
    assert "Already deleted. Nothing was sent." in page
    assert "Already being deleted. Nothing was sent." in page


def test_a_right_that_was_taken_away_is_a_sentence_and_the_others_go_on(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2")
    url = order(signed_in, "purge", "a1", "b2")
    both.api.refuse("DELETE", f"{both.root}/a1/messages", "Not authorized -- you <b>do not</b> have access.")
    both.api.delete(f"{both.root}/b2/messages", {"msg": "Actor mailbox purged."})
    signed_in.post(url)
    assert outcomes() == [("a1", "refused"), ("b2", "done")]
    page = signed_in.get(url).content.decode()
    assert "You do not have permission to do this." in page
    assert "&lt;b&gt;do not&lt;/b&gt;" in page
    assert BulkItem.objects.get(actor_id="a1").said.startswith("You do not have permission")


def test_silence_before_anything_was_begun_keeps_the_turn(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", "b2")
    url = order(signed_in, "purge", "a1", "b2")
    wire.forget("GET", "/a1/messages")
    wire.api.is_silent("GET", f"{wire.root}/a1/messages")
    answer = signed_in.post(url)
    assert answer.status_code == 502
    assert "the others were not started" in words_of(answer)
    assert outcomes() == [("a1", "waiting"), ("b2", "waiting")]
    wire.forget("GET", "/a1/messages")
    wire.api.get(f"{wire.root}/a1/messages", {"messages": 2})
    for id_ in ("a1", "b2"):
        wire.api.delete(f"{wire.root}/{id_}/messages")
    signed_in.post(url)
    assert outcomes() == [("a1", "done"), ("b2", "done")]


def test_silence_in_the_middle_is_unknown_and_not_repeated(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2")
    both.has_nothing_else()
    url = order(signed_in, "delete", "a1", "b2")
    both.api.is_silent("DELETE", f"{both.root}/a1")
    answer = signed_in.post(url)
    assert answer.status_code == 502
    assert outcomes() == [("a1", "unknown"), ("b2", "waiting")]
    entry = AuditEntry.objects.get(action="actor.delete", kind="start")
    assert f'href="/activity/{entry.pk}/check/"' in answer.content.decode()
    both.api.delete(f"{both.root}/b2")
    signed_in.post(url)
    assert outcomes() == [("a1", "unknown"), ("b2", "done")]
    assert both.sent() == ["/a1", "/b2"]


def test_what_a_dead_process_had_begun_is_looked_up_and_not_repeated(signed_in: Client, wire: Wire) -> None:
    wire.has("a1")
    url = order(signed_in, "stop", "a1", number=2)
    for worker in ("a1W1", "a1W2"):
        wire.api.delete(f"{wire.root}/a1/workers/{worker}")
    signed_in.post(url)
    # As if the process had died after its end was recorded, and before the item's was; then after the claim alone.
    BulkItem.objects.update(outcome="started", said="")
    AuditEntry.objects.filter(action="worker.stop", object_id="a1W2")._raw_delete("default")  # type: ignore[attr-defined]
    before = len(wire.api.asked)
    signed_in.post(url)
    assert len(wire.api.asked) == before
    assert outcomes() == [("a1W1", "done"), ("a1W2", "unknown")]


def test_a_sign_in_that_ended_stops_the_step(sign_in: Browser, wire: Wire) -> None:
    browser = sign_in(refresh_token="")
    wire.has("a1", "b2")
    url = order(browser, "purge", "a1", "b2")
    wire.forget("GET", "/a1/messages")
    wire.api.answer("GET", f"{wire.root}/a1/messages", json={"fault": {"code": 900904}}, status=401)
    answer = browser.post(url)
    assert answer["Location"].startswith("/sign-in/")
    assert outcomes() == [("a1", "waiting"), ("b2", "waiting")]


def test_a_poll_moves_it_on_and_brings_only_what_is_new(signed_in: Client, wire: Wire, htmx: dict[str, str]) -> None:
    ids = [f"many{number:02}" for number in range(12)]
    wire.has(*ids)
    url = order(signed_in, "purge", *ids)
    for id_ in ids:
        wire.api.delete(f"{wire.root}/{id_}/messages")
    first = signed_in.post(f"{url}?poll=1", {"after": "0"}, headers=htmx)
    assert first.status_code == 200
    assert "10 of 12 mailboxes" in first.content.decode()
    assert re.findall(r'<tr id="item-(\d+)"', first.content.decode()) == [str(number) for number in range(1, 11)]
    last = signed_in.post(f"{url}?poll=1", {"after": "10"}, headers=htmx)
    assert last.status_code == 286
    assert re.findall(r'<tr id="item-(\d+)"', last.content.decode()) == ["11", "12"]


def test_a_slow_deletion_ends_the_step(signed_in: Client, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    wire.has("a1", "b2")
    wire.has_nothing_else()
    url = order(signed_in, "delete", "a1", "b2")
    at = time.monotonic()

    def delete(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        monkeypatch.setattr("actors_app.bulk.steps.time.monotonic", lambda: at + 100)
        return 200, {}, json.dumps(envelope(None, "Actor deleted successfully."))

    wire.api.wire.add_callback("DELETE", f"{ROOT}{wire.root}/a1", delete)
    signed_in.post(url)
    assert outcomes() == [("a1", "done"), ("b2", "waiting")]
    assert "1 of 2 actors" in words_of(signed_in.get(url))


def test_while_one_page_moves_it_on_another_only_looks(signed_in: Client, wire: Wire) -> None:
    wire.has("a1")
    url = order(signed_in, "purge", "a1")
    BulkJob.objects.update(busy_until=timezone.now() + timedelta(seconds=60))
    before = len(wire.api.asked)
    signed_in.post(url)
    assert len(wire.api.asked) == before
    assert outcomes() == [("a1", "waiting")]


def test_it_can_be_stopped_between_two(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", "b2")
    url = order(signed_in, "purge", "a1", "b2")

    def purge(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        signed_in.post(f"{url}stop/")
        return 200, {}, json.dumps(envelope(None))

    wire.api.wire.add_callback("DELETE", f"{ROOT}{wire.root}/a1/messages", purge)
    signed_in.post(url)
    assert outcomes() == [("a1", "done"), ("b2", "skipped")]
    page = words_of(signed_in.get(url))
    assert "1 mailbox not processed." in page
    assert "Stopped before it started; nothing was sent." in page


def test_a_job_is_its_makers_alone(sign_in: Browser, wire: Wire) -> None:
    wire.has("a1")
    url = order(sign_in(), "purge", "a1")
    other = sign_in(username="team")
    assert other.get(url).status_code == 404
    assert other.post(url).status_code == 404
    assert "Purge" not in words_of(other.get("/bulk/")).partition("Bulk actions")[2]
