"""An act on many executions under way: each is acted on at most once, and has a result."""

import json
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from requests import PreparedRequest

from actors_app.bulk import steps, turns
from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.models import Readable
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from tests.bulk.executions.support import ACTOR, KEY, Browser, api_says, keep, made, order, outcomes, preview
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, actor_payload, envelope, execution_payload
from tests.support.payloads import API as ROOT

pytestmark = [pytest.mark.store(full=True), pytest.mark.django_db]


@pytest.mark.store
def test_each_is_halted_and_each_has_a_result(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt", outcome="running")
    api.wire.reset()
    api_says(api, run0="RUNNING", run1="COMPLETE")
    api.delete(f"{ACTOR}/executions/run0", message="Issued force quit command")
    answer = signed_in.post(url)
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert outcomes() == [("run0", "done"), ("run1", "skipped")]
    page = signed_in.get(url).content.decode()
    assert "Halt requested." in page
    assert "No longer running: failed. Nothing was sent." in page
    assert "Finished" in page
    assert [request.method for request in api.asked].count("DELETE") == 1
    start, end = AuditEntry.objects.filter(action="execution.halt").order_by("pk")
    said = json.loads(start.details)
    assert (said["job"], said["reason"]) == (url.split("/")[-2], "they hang")
    assert (start.object_id, end.outcome) == ("run0", "done")


def test_a_message_is_sent_again_as_it_was(signed_in: Client, api: API, history: ActorHistory) -> None:
    keep("done0", body=b"the words")
    url = order(signed_in, act="resend")
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/executions/done0", execution_payload(id="done0"))
    api.post(f"{ACTOR}/messages", {"executionId": "again0", "msg": "x"})
    signed_in.post(url)
    sent = api.asked[-1]
    assert json.loads(sent.body) == {"message": "the words"}
    assert "PLACE=here" in sent.url
    item = BulkItem.objects.get()
    assert (item.outcome, item.made) == ("done", "again0")
    assert f'href="/actors/{ACTOR_ID}/executions/again0/"' in signed_in.get(url).content.decode()
    again = message_archive.kept_message("default", "again0")
    assert again
    assert message_archive.opened(again) == Sent("text", b"the words", {"PLACE": "here"}, "done0")
    assert "the words" not in repr(list(AuditEntry.objects.values()))


def test_a_message_that_is_too_long_when_its_turn_comes_is_not_sent(
    signed_in: Client, api: API, history: ActorHistory, settings: Any
) -> None:
    keep("done0", body=b"the words")
    url = order(signed_in, act="resend")
    settings.MAX_VARIABLE_BYTES = 12
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/executions/done0", execution_payload(id="done0"))
    signed_in.post(url)
    assert outcomes() == [("done0", "refused")]
    assert "send its URL" in BulkItem.objects.get().said
    assert "POST" not in [request.method for request in api.asked]


@pytest.mark.store
def test_a_message_that_may_no_longer_be_read_is_skipped(signed_in: Client, api: API, history: ActorHistory) -> None:
    keep("done0")
    url = order(signed_in, act="resend")
    api.get(ACTOR, actor_payload())
    api.refuse("GET", f"{ACTOR}/executions/done0", "Not authorized", status=403)
    signed_in.post(url)
    assert outcomes() == [("done0", "skipped")]
    assert "Nothing was sent." in BulkItem.objects.get().said


def test_a_refusal_is_a_sentence_and_the_others_go_on(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt")
    api.refuse("DELETE", f"{ACTOR}/executions/run0", "Cannot <b>force</b> quit", status=400)
    api.delete(f"{ACTOR}/executions/run1")
    signed_in.post(url)
    assert outcomes() == [("run0", "refused"), ("run1", "done")]
    page = signed_in.get(url).content.decode()
    assert "Cannot &lt;b&gt;force&lt;/b&gt; quit" in page


@pytest.mark.store
def test_silence_before_anything_was_begun_keeps_the_turn(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt")
    api.wire.reset()
    api.is_silent("GET", f"{ACTOR}/executions/run0")
    answer = signed_in.post(url)
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "Cannot reach" in page
    assert "the others were not started" in page
    assert "Resume" in page
    assert outcomes() == [("run0", "waiting"), ("run1", "waiting")]
    assert not AuditEntry.objects.filter(action="execution.halt").exists()
    api.wire.reset()
    api_says(api, run0="RUNNING", run1="RUNNING")
    api.delete(f"{ACTOR}/executions/run0")
    api.delete(f"{ACTOR}/executions/run1")
    signed_in.post(url)
    assert outcomes() == [("run0", "done"), ("run1", "done")]


def test_silence_after_it_was_sent_is_unknown_and_not_repeated(
    signed_in: Client, api: API, history: ActorHistory
) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt")
    api.is_silent("DELETE", f"{ACTOR}/executions/run0")
    answer = signed_in.post(url)
    assert answer.status_code == 502
    assert outcomes() == [("run0", "unknown"), ("run1", "waiting")]
    entry = AuditEntry.objects.get(action="execution.halt", kind="start")
    assert f'href="/activity/{entry.pk}/check/"' in answer.content.decode()
    api.delete(f"{ACTOR}/executions/run1")
    signed_in.post(url)
    assert outcomes() == [("run0", "unknown"), ("run1", "done")]
    deletes = [request.url.rpartition("/")[2] for request in api.asked if request.method == "DELETE"]
    assert deletes == ["run0", "run1"]


def test_what_a_dead_process_had_begun_is_looked_up_and_not_repeated(
    signed_in: Client, api: API, history: ActorHistory
) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt")
    api.delete(f"{ACTOR}/executions/run0")
    api.delete(f"{ACTOR}/executions/run1")
    signed_in.post(url)
    # As if the process had died after its end was recorded, and before the item's was; then after the claim alone.
    BulkItem.objects.update(outcome="started", said="")
    AuditEntry.objects.filter(action="execution.halt", object_id="run1")._raw_delete("default")  # type: ignore[attr-defined]
    before = len(api.asked)
    signed_in.post(url)
    assert len(api.asked) == before
    assert outcomes() == [("run0", "done"), ("run1", "unknown")]
    page = signed_in.get(url).content.decode()
    assert "Interrupted; outcome unknown." in page


def test_while_one_page_moves_it_on_another_only_looks(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt")
    BulkJob.objects.update(busy_until=timezone.now() + timedelta(seconds=60))
    before = len(api.asked)
    signed_in.post(url)
    assert len(api.asked) == before
    assert outcomes() == [("run0", "waiting"), ("run1", "waiting")]
    assert "Waiting for one item" in signed_in.get(url).content.decode()
    BulkJob.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
    api.delete(f"{ACTOR}/executions/run0")
    api.delete(f"{ACTOR}/executions/run1")
    signed_in.post(url)
    assert outcomes() == [("run0", "done"), ("run1", "done")]


def test_it_can_be_stopped_between_two(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt")

    def halt(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        signed_in.post(f"{url}stop/")
        return 200, {}, json.dumps(envelope(None))

    api.wire.add_callback("DELETE", f"{ROOT}{ACTOR}/executions/run0", halt)
    signed_in.post(url)
    assert outcomes() == [("run0", "done"), ("run1", "skipped")]
    page = signed_in.get(url).content.decode()
    assert "Stopped before it started; nothing was sent." in page
    assert "Stopped" in page
    assert "Resume" not in page


def test_a_poll_moves_it_on_and_brings_only_what_is_new(
    signed_in: Client, api: API, history: ActorHistory, htmx: dict[str, str]
) -> None:
    record(history, [made(f"more{number:02}", "RUNNING", 10 + number) for number in range(12)])
    names = ["run0", "run1", *(f"more{number:02}" for number in range(12))]
    api_says(api, **dict.fromkeys(names, "RUNNING"))
    for name in names:
        api.delete(f"{ACTOR}/executions/{name}")
    url = order(signed_in, act="halt")
    assert f'hx-post="{url}?poll=1"' in signed_in.get(url).content.decode()
    first = signed_in.post(f"{url}?poll=1", {"after": "0"}, headers=htmx)
    page = first.content.decode()
    assert first.status_code == 200
    assert "10 of 14 executions" in page
    assert re.findall(r'<tr id="item-(\d+)"', page) == [str(number) for number in range(1, 11)]
    assert 'name="after" value="10"' in page
    last = signed_in.post(f"{url}?poll=1", {"after": "10"}, headers=htmx)
    assert last.status_code == 286
    assert re.findall(r'<tr id="item-(\d+)"', last.content.decode()) == ["11", "12", "13", "14"]
    assert first.headers["X-Poll-State"] != last.headers["X-Poll-State"]


def test_a_poll_that_fails_stops_and_offers_to_go_on(
    signed_in: Client, api: API, history: ActorHistory, htmx: dict[str, str]
) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt")
    api.wire.reset()
    api.is_silent("GET", f"{ACTOR}/executions/run0")
    answer = signed_in.post(f"{url}?poll=1", {"after": "0"}, headers=htmx)
    page = answer.content.decode()
    assert answer.status_code == 286
    assert "Cannot reach" in page
    assert "Resume" in page
    assert "no-script" not in page


def test_a_sign_in_that_ended_stops_the_step(sign_in: Browser, api: API, history: ActorHistory) -> None:
    browser = sign_in(refresh_token="")
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(browser, act="halt")
    api.wire.reset()
    api.answer("GET", f"{ACTOR}/executions/run0", json={"fault": {"code": 900904}}, status=401)
    answer = browser.post(url)
    assert answer["Location"].startswith("/sign-in/")
    assert outcomes() == [("run0", "waiting"), ("run1", "waiting")]
    assert BulkJob.objects.get().busy_until is None


def test_a_job_is_its_makers_alone(sign_in: Browser, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(sign_in(), act="halt")
    other = sign_in(username="team")
    before = len(api.asked)
    assert other.get(url).status_code == 404
    assert other.post(url).status_code == 404
    assert other.post(f"{url}stop/").status_code == 404
    assert len(api.asked) == before
    assert outcomes() == [("run0", "waiting"), ("run1", "waiting")]


@pytest.mark.django_db(transaction=True)
def test_many_pages_at_once_halt_each_once(sign_in: Browser, api: API, history: ActorHistory) -> None:
    names = ["run0", "run1"]
    api_says(api, **dict.fromkeys(names, "RUNNING"))
    for name in names:
        api.delete(f"{ACTOR}/executions/{name}")
    browser = sign_in()
    url = order(browser, act="halt")
    ready = threading.Barrier(4)
    statuses: list[int] = []

    def press() -> None:
        try:
            mine = Client(headers={"host": "testserver"})
            mine.cookies = browser.cookies
            ready.wait(10)
            statuses.append(mine.post(url).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert statuses == [302] * 4
    deletes = [request.url.rpartition("/")[2] for request in api.asked if request.method == "DELETE"]
    assert sorted(deletes) == names
    assert outcomes() == [("run0", "done"), ("run1", "done")]


def test_an_item_that_was_given_up_is_corrected_by_who_knows(history: ActorHistory) -> None:
    job = BulkJob.objects.create(
        handle=KEY, tenant="default", username="jdoe", act="halt", key="k", created=timezone.now()
    )
    item = BulkItem.objects.create(job=job, number=1, actor_id=ACTOR_ID, object_id="run0", outcome="unknown")
    steps._save(item, turns.TurnResult("done", "Halt requested."))
    assert outcomes() == [("run0", "done")]
    steps._save(item, turns.TurnResult("refused", "Later and wrong."))
    assert outcomes() == [("run0", "done")]


@pytest.mark.store
def test_an_actor_that_is_newer_than_what_is_remembered_is_found_by_its_id(
    signed_in: Client, api: API, history: ActorHistory
) -> None:
    Readable.objects.update(actors="[]")
    api_says(api, run0="RUNNING", run1="RUNNING")
    api.get(ACTOR, actor_payload())
    assert "Halt 2 executions?" in preview(signed_in, act="halt", actor=ACTOR_ID)[1]
