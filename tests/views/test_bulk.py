"""One act on many executions: what its preview says, that it is ordered once, and that each item is acted on once."""

import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from requests import PreparedRequest

from actors_app.bulk import steps, turns
from actors_app.bulk.of_executions import CAP
from actors_app.credentials import Credentials
from actors_app.history.clock import now_ms
from actors_app.history.recording import record
from actors_app.kept import messages as kept_messages
from actors_app.kept.messages import Sent
from actors_app.models import ActorHistory, AuditEntry, BulkItem, BulkJob, KeptMessage, PortalSession, Readable
from actors_app.services.types import Execution
from tests.conftest import API
from tests.payloads import ACTOR_ID, actor_payload, envelope, execution_payload, search_payload
from tests.payloads import API as ROOT

pytestmark = [pytest.mark.store, pytest.mark.django_db]
Browser = Callable[..., Client]
PAGE = "/bulk/executions/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
WHO = Credentials("default", "jdoe", "token")
KEY = "0123456789abcdef" * 2


@pytest.fixture
def history() -> ActorHistory:
    """Let jdoe read one actor with five executions: two run, one waits, two have ended."""
    actor = ActorHistory.objects.create(
        tenant="default", actor_id=ACTOR_ID, name="word-count", owner="jdoe", is_whole=True, total=5, looked=now_ms()
    )
    other = ActorHistory.objects.create(tenant="default", actor_id="secret0actor", name="hidden-name", owner="alice")
    Readable.objects.create(tenant="default", username="jdoe", actors=json.dumps([actor.pk]), checked=now_ms())
    record(actor, [made(f"run{number}", "RUNNING", number) for number in range(2)])
    record(actor, [made("wait0", "SUBMITTED", 2), made("done0", "COMPLETE", 3), made("done1", "COMPLETE", 4)])
    record(other, [made("theirs0", "RUNNING", 1)])
    return actor


def made(id_: str, status: str, minutes: int = 0) -> Execution:
    return Execution(
        id=id_,
        executor="jdoe",
        status=status,
        message_received_time=timezone.now() - timedelta(minutes=minutes + 1),
        exit_code=1 if status == "COMPLETE" else None,
    )


def keep(id_: str, who: Credentials = WHO, body: bytes = b"hello") -> None:
    assert kept_messages.keep(who, ACTOR_ID, id_, Sent("text", body, {"PLACE": "here"}))


def api_says(api: API, **statuses: str) -> None:
    """Answer the search for details, as often as it is asked, with how some executions stand."""
    api.wire.assert_all_requests_are_fired = False
    found = [
        execution_payload(id=id_, status=status, exitCode=1 if status == "COMPLETE" else None)
        for id_, status in statuses.items()
    ]
    api.get(f"{ACTOR}/executions", search_payload(*found))
    for one in found:
        api.get(f"{ACTOR}/executions/{one['id']}", one)


def preview(browser: Client, **asked: Any) -> tuple[Any, str]:
    answer = browser.get(PAGE, {"window": "all", **asked})
    return answer, " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def plan_in(answer: Any) -> str:
    return str(re.findall(r'name="plan" value="([^"]+)"', answer.content.decode())[0])


def order(browser: Client, key: str = KEY, reason: str = "they hang", **asked: Any) -> str:
    """Order what is asked; return the address of the job."""
    plan = plan_in(preview(browser, **asked)[0])
    answer = browser.post(PAGE, {"plan": plan, "reason": reason, "write_key": key})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def outcomes(items: Any = None) -> list[tuple[str, str]]:
    return list((items or BulkItem.objects).order_by("number").values_list("object_id", "outcome"))


# The preview ------------------------------------------------------------------------------------------------


def test_the_preview_counts_what_it_applies_to(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    answer, text = preview(signed_in, act="halt")
    assert answer.status_code == 200
    assert "Halt 2 executions?" in text
    assert "Of 5 executions that match, 2 are running." in text
    assert "Halt 2 executions and lose their work" in text
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
    assert "Of the 5 executions that you ticked, 1 is running." in text
    assert "It has not started; only what runs can be halted." in text
    assert "It does not run any more: Failed." in text
    assert text.count("It is not in the history, or not for you to see.") == 2
    assert "hidden-name" not in text


def test_what_has_ended_meanwhile_is_not_offered(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="COMPLETE")
    _, text = preview(signed_in, act="halt", scope="page")
    assert "Halt 1 execution?" in text
    assert "Of the 5 executions on the page, 1 is running." in text


def test_a_filter_that_lets_none_run_offers_nothing(signed_in: Client, history: ActorHistory) -> None:
    answer, text = preview(signed_in, act="halt", outcome="failed")
    assert answer.status_code == 409
    assert "There is nothing to halt" in text
    assert "Of 2 executions that match, none is running." in text
    assert 'name="reason"' not in answer.content.decode()


def test_at_most_so_many_at_once(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api)
    record(history, [made(f"many{number}", "RUNNING", number) for number in range(CAP + 20)])
    answer, text = preview(signed_in, act="halt")
    assert f"Halt {CAP} executions?" in text
    assert f"At most {CAP} at once: these are the first {CAP} of {CAP + 22}." in text
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
    assert "Send 1 message again?" in text
    assert "Only alice and the actor&#x27;s owner may see it." in text
    assert "The time for which it is kept is over." in text
    assert "It was not sent through this portal" in text
    assert "Send 1 message again?" in preview(signed_in, act="resend")[1]
    assert "hello" not in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "There is no such act; there are halt and resend."),
        ({"act": "delete"}, "There is no such act"),
        ({"act": "halt", "scope": "picked"}, "Nothing is picked."),
        ({"act": "halt", "scope": "everything"}, "There is no such choice"),
        ({"act": "halt", "pick": "../x"}, "What was picked is no execution."),
        ({"act": "halt", "pick": [f"a/b{number}" for number in range(201)]}, "At most 200 can be picked"),
        ({"act": "halt", "outcome": "sad"}, "There is no such outcome"),
    ],
)
def test_what_is_not_understood_is_said_and_asks_nothing(
    signed_in: Client, api: API, asked: dict[str, Any], sentence: str
) -> None:
    answer, text = preview(signed_in, **asked)
    assert answer.status_code == 422
    assert sentence in text
    assert "Back to the list" in text
    assert api.asked == []


# Ordering ---------------------------------------------------------------------------------------------------


def test_it_is_ordered_once_and_sends_nothing_yet(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    plan = plan_in(preview(signed_in, act="halt", outcome="running")[0])
    form = {"plan": plan, "reason": "they hang", "write_key": KEY}
    first, second = signed_in.post(PAGE, form), signed_in.post(PAGE, form)
    assert first["Location"] == second["Location"]
    job = BulkJob.objects.get()
    assert first["Location"] == f"/bulk/{job.handle}/"
    assert outcomes() == [("run0", "waiting"), ("run1", "waiting")]
    start = AuditEntry.objects.get(action="bulk.start", kind="start")
    assert json.loads(start.details)["reason"] == "they hang"
    assert AuditEntry.objects.count() == 2
    assert {request.method for request in api.asked} == {"GET"}
    page = signed_in.get(first["Location"]).content.decode()
    assert "they hang" in page
    assert "word-count" in page
    api.get("/actors/v2", [actor_payload()])
    line = " ".join(re.sub(r"<[^>]+>", " ", signed_in.get("/activity/").content.decode()).split())
    assert "ordered one act on 2 executions" in line


def test_a_reason_is_needed_and_nothing_typed_is_lost(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    plan = plan_in(preview(signed_in, act="halt")[0])
    before = len(api.asked)
    for reason, sentence in (("  ", "Say why;"), ("x" * 501, "Say it in 500 characters.")):
        answer = signed_in.post(PAGE, {"plan": plan, "reason": reason, "write_key": KEY})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in page
        assert reason.strip() in page
        assert plan_in(answer) == plan
        assert "run1" in page
    assert len(api.asked) == before
    assert BulkJob.objects.count() == 0


def test_an_order_of_who_was_signed_out_is_kept_and_not_given(
    sign_in: Browser, api: API, history: ActorHistory
) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    browser = sign_in()
    page = preview(browser, act="halt")[0]
    whose = re.findall(r'name="whose" value="([^"]+)"', page.content.decode())[0]
    PortalSession.objects.all().delete()
    form = {"plan": plan_in(page), "reason": "they hang", "write_key": KEY, "whose": whose}
    way = parse_qs(urlsplit(browser.post(PAGE, form)["Location"]).query)["next"][0]
    answer = sign_in().get(way)
    assert answer.status_code == 200
    assert 'value="they hang"' in answer.content.decode()
    assert "Halt 2 executions and lose their work" in answer.content.decode()
    assert BulkJob.objects.count() == 0
    assert not AuditEntry.objects.exists()


def test_a_plan_is_its_makers_alone(sign_in: Browser, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    plan = plan_in(preview(sign_in(), act="halt")[0])
    other = sign_in(username="team")
    for changed in (plan, plan[:-2] + "xx", ""):
        browser = other if changed == plan else sign_in()
        answer = browser.post(PAGE, {"plan": changed, "reason": "r", "write_key": KEY})
        assert answer.status_code == 422
        assert "too old to be used, or is not yours" in answer.content.decode()
    assert BulkJob.objects.count() == 0


# Moving on --------------------------------------------------------------------------------------------------


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
    assert "The halt was ordered." in page
    assert "It did not run any more: failed. Nothing was sent." in page
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
    again = kept_messages.kept("default", "again0")
    assert again
    assert kept_messages.opened(again) == Sent("text", b"the words", {"PLACE": "here"}, "done0")
    assert "the words" not in repr(list(AuditEntry.objects.values()))


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


def test_silence_before_anything_was_begun_keeps_the_turn(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt")
    api.wire.reset()
    api.is_silent("GET", f"{ACTOR}/executions/run0")
    answer = signed_in.post(url)
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "cannot be reached" in page
    assert "what waits was not begun" in page
    assert "Go on" in page
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
    assert "The portal was interrupted. It is not known whether it was done." in page


def test_while_one_page_moves_it_on_another_only_looks(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    url = order(signed_in, act="halt")
    BulkJob.objects.update(busy_until=timezone.now() + timedelta(seconds=60))
    before = len(api.asked)
    signed_in.post(url)
    assert len(api.asked) == before
    assert outcomes() == [("run0", "waiting"), ("run1", "waiting")]
    assert "takes long, or the portal was interrupted" in signed_in.get(url).content.decode()
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
    assert "You stopped before its turn; nothing was sent." in page
    assert "Stopped" in page
    assert "Go on" not in page


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
    assert "cannot be reached" in page
    assert "Go on" in page
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
    steps._save(item, turns.Result("done", "The halt was ordered."))
    assert outcomes() == [("run0", "done")]
    steps._save(item, turns.Result("refused", "Later and wrong."))
    assert outcomes() == [("run0", "done")]


def test_an_actor_that_is_newer_than_what_is_remembered_is_found_by_its_id(
    signed_in: Client, api: API, history: ActorHistory
) -> None:
    Readable.objects.update(actors="[]")
    api_says(api, run0="RUNNING", run1="RUNNING")
    api.get(ACTOR, actor_payload())
    assert "Halt 2 executions?" in preview(signed_in, act="halt", actor=ACTOR_ID)[1]


# What is picked as a file -----------------------------------------------------------------------------------


def rows_of(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.getvalue().splitlines()]


def test_what_is_ticked_goes_into_a_file(signed_in: Client, history: ActorHistory) -> None:
    picks = [f"{ACTOR_ID}/{one}" for one in ("done1", "run0", "nosuch0")] + ["secret0actor/theirs0"]
    asked = {"window": "all", "format": "jsonl", "pick": picks}
    answer = signed_in.get("/executions/picked/", asked)
    assert answer.status_code == 200
    assert [row["execution_id"] for row in rows_of(answer)] == ["done1", "run0"]
    assert answer["Content-Disposition"].startswith("attachment")
    page = signed_in.get("/executions/picked/", {"format": "jsonl", "scope": "page", "outcome": "failed"})
    assert [row["execution_id"] for row in rows_of(page)] == ["done0", "done1"]
    elsewhere = signed_in.get("/executions/picked/", {**asked, "owner": "alice"})
    assert rows_of(elsewhere) == []


def test_all_that_match_go_into_a_file_by_the_address_of_the_list(signed_in: Client, api: API) -> None:
    answer = signed_in.get("/executions/picked/", {"scope": "all", "format": "csv", "outcome": "failed", "pick": "a/b"})
    assert (answer.status_code, answer["Location"]) == (302, "/executions/?outcome=failed&format=csv")
    refused = signed_in.get("/executions/picked/", {"scope": "picked"})
    assert refused.status_code == 422
    assert "Nothing is picked." in refused.content.decode()


# One's own ----------------------------------------------------------------------------------------------------


def test_ones_own_acts_are_listed_newest_first_with_how_far_they_are(
    sign_in: Browser, api: API, history: ActorHistory
) -> None:
    browser = sign_in()
    api_says(api, run0="RUNNING", run1="RUNNING")
    assert "You have ordered no bulk act yet" in browser.get("/bulk/").content.decode()
    first = order(browser, act="halt", scope="all", reason="<b>they hang</b>")
    page = browser.get("/bulk/").content.decode()
    assert f'href="{first}"' in page
    assert "Halt 2 executions" in page
    assert "0 of 2" in page
    assert "&lt;b&gt;they hang&lt;/b&gt;" in page
    second = order(browser, key="f" * 32, act="halt", scope="all")
    browser.post(f"{second}stop/")
    page = browser.get("/bulk/").content.decode()
    assert page.index(second) < page.index(first)
    assert "Stopped" in page
    assert "Halt" not in sign_in(username="alice").get("/bulk/").content.decode().partition("<table")[2]


def test_the_activity_leads_to_the_page_of_an_act(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    api.wire.assert_all_requests_are_fired = False
    api.get("/actors/v2", [])
    job = order(signed_in, act="halt", scope="all")
    entry = AuditEntry.objects.filter(action="bulk.start", start=None).get()
    assert job in signed_in.get(f"/activity/{entry.pk}/").content.decode()
