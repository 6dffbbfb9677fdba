"""Acts on many actors and workers: previewed, ordered once, moved on, each with a result. On v2 and v3 alike."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from requests import PreparedRequest

from actors_app.bulk.of_actors import CAP
from actors_app.models import AuditEntry, BulkItem, BulkJob, PortalSession
from tests.conftest import API
from tests.payloads import API as ROOT
from tests.payloads import actor_payload, alias_payload, config_payload, envelope, nonce_payload, worker_payload
from tests.views.test_tapis import snake

pytestmark = [pytest.mark.store, pytest.mark.django_db]
Browser = Callable[..., Client]
PAGE = "/bulk/actors/"
KEY = "0123456789abcdef" * 2
ROOTS = {"v2": "/actors/v2", "v3": "/v3/actors"}


class Wire:
    """The API of one version, with actors that have mailboxes, workers and permissions."""

    def __init__(self, api: API, version: str) -> None:
        self.api, self.version, self.root = api, version, ROOTS[version]
        api.wire.assert_all_requests_are_fired = False

    def named(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return a payload by the names of the version."""
        return snake(payload) if self.version == "v3" else payload

    def has(self, *ids: str, level: str = "UPDATE", waiting: int | None = 2, **changes: Any) -> None:
        """Let there be actors, each with two workers, of which one is busy."""
        for id_ in ids:
            path = f"{self.root}/{id_}"
            self.api.get(path, self.named(actor_payload(id=id_, name=f"name-of-{id_}", **changes)))
            self.api.get(f"{path}/permissions", {"jdoe": level, "ada": "READ"})
            self.api.get(f"{path}/messages", {} if waiting is None else {"messages": waiting})
            workers = [self.worker(f"{id_}W1"), self.worker(f"{id_}W2", "BUSY")]
            self.api.get(f"{path}/workers", workers)
            for worker in workers:
                self.api.get(f"{path}/workers/{worker['id']}", worker)
            self.api.get(f"{path}/nonces", [])

    def worker(self, id_: str, status: str = "READY") -> dict[str, Any]:
        """Return a worker."""
        return self.named(worker_payload(id=id_, status=status))

    def has_nothing_else(self) -> None:
        """Let nothing in the tenant lead to an actor, or name it."""
        for path in ("/aliases", "/configs", ""):
            self.api.get(self.root + path, [])

    def admin(self, *, is_one: bool) -> None:
        """Say whether the visitor is an administrator."""
        path, words = f"{self.root}/admin-role-probe", "Abaco Admin role required."
        if is_one:
            self.api.refuse("GET", path, "Actor with identifier 'admin-role-probe' not found", 404)
        else:
            self.api.refuse("GET", path, words)

    def forget(self, method: str, path: str) -> None:
        """Take an answer back."""
        self.api.wire.remove(method, ROOT + self.root + path)

    def sent(self, method: str = "DELETE") -> list[str]:
        """Return what was written, in its order."""
        return [
            urlsplit(request.url).path.removeprefix(self.root) for request in self.api.asked if request.method == method
        ]


@pytest.fixture(params=["v2", "v3"])
def both(request: pytest.FixtureRequest, settings: Any, api: API) -> Wire:
    """The API as either version answers."""
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=request.param)}
    return Wire(api, request.param)


@pytest.fixture
def wire(api: API) -> Wire:
    """The API of v2, for what does not depend on the version."""
    return Wire(api, "v2")


def words_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def preview(browser: Client, act: str, *picks: str, **asked: Any) -> tuple[Any, str]:
    answer = browser.get(PAGE, {"act": act, "pick": list(picks), **asked})
    return answer, words_of(answer)


def plan_in(answer: Any) -> str:
    return str(re.findall(r'name="plan" value="([^"]+)"', answer.content.decode())[0])


def order(browser: Client, act: str, *picks: str, number: int = 0, key: str = KEY, **asked: Any) -> str:
    """Order what is asked; return the address of the job."""
    plan = plan_in(preview(browser, act, *picks, **asked)[0])
    form = {"plan": plan, "number": number or len(picks), "reason": "they are old", "write_key": key}
    answer = browser.post(PAGE, form)
    assert answer.status_code == 302, words_of(answer)
    return str(answer["Location"])


def outcomes() -> list[tuple[str, str]]:
    rows = BulkItem.objects.order_by("number").values_list("actor_id", "object_id", "outcome")
    return [(object_id or actor_id, outcome) for actor_id, object_id, outcome in rows]


# The preview ------------------------------------------------------------------------------------------------


def test_it_names_each_actor_and_the_workers_that_would_stop(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2")
    answer, text = preview(signed_in, "stop", "a1", "b2")
    assert answer.status_code == 200
    assert "Stop 4 workers?" in text
    assert "4 workers of 2 actors; 2 of them run something now." in text
    assert text.count("2 workers will be asked to stop; 1 of them runs something now, which may be cut off:") == 2
    assert "name-of-a1" in text
    assert "/actors/a1/workers/a1W2/" in answer.content.decode()
    assert "type the number of workers: 4" in text
    assert both.sent() == []
    assert BulkJob.objects.count() == 0


def test_it_counts_the_messages_that_would_be_lost(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2", waiting=3)
    both.has("c3", waiting=0)
    _, text = preview(signed_in, "purge", "a1", "b2", "c3")
    assert "Purge 2 mailboxes?" in text
    assert "6 waiting messages of 2 actors." in text
    assert text.count("3 waiting messages will never be run.") == 2
    assert "Left out. No message waits in its mailbox." in text


def test_it_shows_the_blast_radius_of_each_deletion(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2", link="", waiting=1)
    api, named = both.api, both.named
    api.get(f"{both.root}/aliases", [named(alias_payload(actorId="a1"))])
    api.get(f"{both.root}/aliases/my-alias/nonces", [named(nonce_payload())])
    api.get(f"{both.root}/configs", [named(config_payload(actors="b2"))])
    api.get(both.root, [named(actor_payload(id="before", name="before", link="a1"))])
    answer, text = preview(signed_in, "delete", "a1", "b2")
    assert "Delete 2 actors?" in text
    assert "2 actors, with 2 waiting messages and 2 running executions." in text
    first, second = re.findall(r"<tr><td>.*?</tr>", answer.content.decode(), re.DOTALL)
    assert "1 alias will lead nowhere:" in first
    assert "1 nonce of its alias that can still be used, none used within the last 30 days, will open nothing:" in first
    assert "1 actor that you may read sends its events to it" in first
    assert "1 config still names it" in second
    assert "1 person beside its owner loses access to it" in second
    assert "alias" not in second


def test_what_the_api_does_not_say_about_a_deletion_is_not_known(signed_in: Client, wire: Wire) -> None:
    wire.has("a1")
    wire.forget("GET", "/a1/messages")
    wire.api.refuse("GET", f"{wire.root}/a1/messages", "no", 500)
    wire.api.refuse("GET", f"{wire.root}/aliases", "no", 500)
    wire.api.get(f"{wire.root}/configs", [])
    wire.api.get(wire.root, [])
    _, text = preview(signed_in, "delete", "a1")
    assert "1 actor, with at least 0 waiting messages and 1 running execution." in text
    assert "Not known. How many messages wait is not known." in text
    assert "Not known. Which aliases lead to it is not known." in text


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
    assert "Left out. It needs UPDATE on the actor, and your level is READ." in text
    assert "Your permissions at the Actors API do not allow this." in text
    order(signed_in, "purge", "a1", "b2", "c3", number=1)
    assert outcomes() == [("a1", "waiting"), ("b2", "left"), ("c3", "left")]


def test_nothing_that_somebody_may_do_offers_nothing(signed_in: Client, both: Wire) -> None:
    both.has("a1", level="EXECUTE")
    both.admin(is_one=False)
    answer, text = preview(signed_in, "stop", "a1")
    assert answer.status_code == 409
    assert "There is no worker to stop" in text
    assert "your level is EXECUTE" in text
    assert 'name="reason"' not in answer.content.decode()


def test_an_administrator_may_do_all_and_is_asked_for_once(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2", level="NONE")
    both.admin(is_one=True)
    both.has_nothing_else()
    for act in ("stop", "purge", "delete"):
        assert "Left out" not in preview(signed_in, act, "a1", "b2", place="administration")[1]
    assert len([one for one in both.api.asked if one.url.endswith("admin-role-probe")]) == 1


def test_an_actor_that_is_open_to_everybody_is_tried(signed_in: Client, wire: Wire) -> None:
    wire.has("a1")
    wire.forget("GET", "/a1/permissions")
    wire.api.get(f"{wire.root}/a1/permissions", {"ABACO_WORLD": "READ", "jdoe": "READ"})
    assert "Purge 1 mailbox?" in preview(signed_in, "purge", "a1")[1]


def test_whether_somebody_is_an_administrator_may_not_be_known(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", level="NONE")
    wire.api.is_silent("GET", f"{wire.root}/admin-role-probe")
    answer, text = preview(signed_in, "purge", "a1")
    assert answer.status_code == 409
    assert "you have no level of your own. Whether you are an administrator is not known:" in text


@pytest.mark.parametrize(
    ("act", "silent", "sentence"),
    [
        ("stop", "workers", "Its workers are not known."),
        ("purge", "messages", "How many messages wait is not known."),
        ("stop", "permissions", "Left out. The Actors API failed"),
        ("purge", "", "Left out. The Actors API failed"),
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
    assert "The API did not say how 1 of them stands now. Try again" in text
    assert "<b>broken</b>" not in answer.content.decode()


def test_it_survives_silence(signed_in: Client, wire: Wire) -> None:
    for path in ("", "/permissions", "/messages"):
        wire.api.is_silent("GET", f"{wire.root}/a1{path}")
    answer, text = preview(signed_in, "purge", "a1")
    assert answer.status_code == 502
    assert "cannot be reached" in text
    assert "Try again" in text


def test_a_count_that_the_api_does_not_give_is_not_taken_for_none(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", waiting=None)
    assert (
        "Not known. How many messages wait is not known: the API gave no count." in preview(signed_in, "purge", "a1")[1]
    )


def test_picked_workers_alone_are_stopped(signed_in: Client, both: Wire) -> None:
    both.has("a1")
    both.forget("GET", "/a1/workers")
    stopping = both.worker("a1W3", "SHUTDOWN_REQUESTED")
    both.api.get(f"{both.root}/a1/workers", [both.worker("a1W1"), both.worker("a1W2"), stopping])
    _, text = preview(signed_in, "stop", "a1/a1W2", "a1/a1W3", "a1/gone0", place="all-workers")
    assert "Stop 1 worker?" in text
    assert "1 worker will be asked to stop: a1W2" in text
    assert "2 more of those picked are left out." in text
    order(signed_in, "stop", "a1/a1W2", "a1/a1W3", "a1/gone0", number=1, place="all-workers")
    assert outcomes() == [("a1W2", "waiting"), ("a1W3", "left"), ("gone0", "left")]
    assert [one.said for one in BulkItem.objects.exclude(outcome="waiting").order_by("number")] == [
        "It was asked to stop already.",
        "It is gone already.",
    ]


def test_the_last_workers_of_an_actor_with_state_are_missed(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", stateless=False)
    assert (
        "2 messages wait, and no other worker starts by itself, since the actor keeps state."
        in preview(signed_in, "stop", "a1")[1]
    )
    assert "no other worker" not in preview(signed_in, "stop", "a1/a1W1")[1]


def test_what_is_deleted_or_has_no_worker_is_left_out(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", status="SHUTTING_DOWN")
    wire.has_nothing_else()
    assert "It is being deleted already." in preview(signed_in, "delete", "a1")[1]
    wire.forget("GET", "/a1/workers")
    wire.api.get(f"{wire.root}/a1/workers", [])
    assert "It has no worker." in preview(signed_in, "stop", "a1")[1]


def test_at_most_so_many_at_once(signed_in: Client, wire: Wire) -> None:
    ids = [f"many{number:02}" for number in range(CAP + 3)]
    wire.has(*ids)
    _, text = preview(signed_in, "purge", *ids)
    assert f"At most {CAP} actors at once: these are the first {CAP}, and 3 more were picked." in text
    order(signed_in, "purge", *ids, number=CAP)
    assert BulkItem.objects.count() == CAP


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "There is no such act; there are stop, purge and delete."),
        ({"act": "halt", "pick": "a1"}, "There is no such act"),
        ({"act": "stop"}, "Nothing is picked."),
        ({"act": "stop", "pick": "../x"}, "What was picked is no actor and no worker."),
        ({"act": "stop", "pick": "a1/"}, "What was picked is no actor and no worker."),
        ({"act": "delete", "pick": "a1/w1"}, "Workers can be stopped; only actors have a mailbox"),
        ({"act": "stop", "pick": [f"a{number}" for number in range(201)]}, "At most 200 can be picked"),
    ],
)
def test_what_is_not_understood_is_said_and_asks_nothing(
    signed_in: Client, api: API, asked: dict[str, Any], sentence: str
) -> None:
    answer = signed_in.get(PAGE, asked)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "Back to the list" in words_of(answer)
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


# Ordering ---------------------------------------------------------------------------------------------------


def test_it_is_ordered_once_and_sends_nothing_yet(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", "b2")
    plan = plan_in(preview(signed_in, "purge", "a1", "b2")[0])
    form = {"plan": plan, "number": "2", "reason": "they are old", "write_key": KEY}
    first, second = signed_in.post(PAGE, form), signed_in.post(PAGE, form)
    assert first["Location"] == second["Location"] == f"/bulk/{BulkJob.objects.get().handle}/"
    assert outcomes() == [("a1", "waiting"), ("b2", "waiting")]
    start = AuditEntry.objects.get(action="bulk.start", kind="start")
    said = json.loads(start.details)
    assert (said["name"], said["act"], said["reason"]) == ("2 mailboxes", "purge", "they are old")
    assert wire.sent() == []
    page = words_of(signed_in.get(first["Location"]))
    assert "they are old" in page
    assert "0 of 2 mailboxes" in page
    assert "name-of-b2" in page
    assert "Purge 2 mailboxes" in words_of(signed_in.get("/bulk/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"number": ""}, "Type the number to confirm."),
        ({"number": "3"}, "This is not the number: it is 2."),
        ({"number": "2" * 30}, "This is not the number."),
        ({"reason": " "}, "Say why;"),
    ],
)
def test_the_number_and_a_reason_are_needed_and_nothing_typed_is_lost(
    signed_in: Client, wire: Wire, typed: dict[str, str], sentence: str
) -> None:
    wire.has("a1", "b2")
    plan = plan_in(preview(signed_in, "purge", "a1", "b2")[0])
    before = len(wire.api.asked)
    form = {"plan": plan, "number": "2", "reason": "kept <words>", "write_key": KEY, **typed}
    answer = signed_in.post(PAGE, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert plan_in(answer) == plan
    for value in (form["number"], form["reason"].strip()):
        assert f'value="{value.replace("<", "&lt;").replace(">", "&gt;")}"' in page or not value
    assert "name-of-b2" in page
    assert len(wire.api.asked) == before
    assert BulkJob.objects.count() == 0


def test_a_plan_is_its_makers_alone_and_of_its_kind(sign_in: Browser, wire: Wire) -> None:
    wire.has("a1")
    plan = plan_in(preview(sign_in(), "purge", "a1")[0])
    form = {"number": "1", "reason": "r", "write_key": KEY}
    tries = [
        (sign_in(username="team"), PAGE, plan),
        (sign_in(), PAGE, plan[:-2] + "xx"),
        (sign_in(), PAGE, ""),
        (sign_in(), "/bulk/executions/", plan),
    ]
    for browser, page, changed in tries:
        answer = browser.post(page, {**form, "plan": changed})
        assert answer.status_code == 422
        assert "too old to be used, or is not yours" in words_of(answer)
    assert BulkJob.objects.count() == 0


def test_an_order_of_who_was_signed_out_is_kept_and_not_given(sign_in: Browser, wire: Wire) -> None:
    wire.has("a1")
    browser = sign_in()
    page = preview(browser, "purge", "a1")[0]
    whose = re.findall(r'name="whose" value="([^"]+)"', page.content.decode())[0]
    PortalSession.objects.all().delete()
    form = {"plan": plan_in(page), "number": "1", "reason": "they are old", "write_key": KEY, "whose": whose}
    way = parse_qs(urlsplit(browser.post(PAGE, form)["Location"]).query)["next"][0]
    answer = sign_in().get(way)
    assert answer.status_code == 200
    assert 'value="they are old"' in answer.content.decode()
    assert BulkJob.objects.count() == 0


# Moving on --------------------------------------------------------------------------------------------------


def test_each_worker_is_asked_to_stop(signed_in: Client, both: Wire) -> None:
    both.has("a1")
    url = order(signed_in, "stop", "a1", number=2)
    for worker in ("a1W1", "a1W2"):
        both.api.delete(f"{both.root}/a1/workers/{worker}", message="Worker scheduled to be stopped.")
    signed_in.post(url)
    assert outcomes() == [("a1W1", "done"), ("a1W2", "done")]
    assert both.sent() == ["/a1/workers/a1W1", "/a1/workers/a1W2"]
    page = words_of(signed_in.get(url))
    assert "It was asked to stop. It was running something then." in page
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
    assert "The mailbox was purged; 1 message was in it." in page
    assert "The mailbox was purged; 3 messages were in it." in page
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
    assert "It is deleted. The API is still cleaning up after it." in words_of(page)
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
    assert "It was gone already. Nothing was sent." in page
    assert "It was being deleted already. Nothing was sent." in page


def test_a_right_that_was_taken_away_is_a_sentence_and_the_others_go_on(signed_in: Client, both: Wire) -> None:
    both.has("a1", "b2")
    url = order(signed_in, "purge", "a1", "b2")
    both.api.refuse("DELETE", f"{both.root}/a1/messages", "Not authorized -- you <b>do not</b> have access.")
    both.api.delete(f"{both.root}/b2/messages", {"msg": "Actor mailbox purged."})
    signed_in.post(url)
    assert outcomes() == [("a1", "refused"), ("b2", "done")]
    page = signed_in.get(url).content.decode()
    assert "Your permissions at the Actors API do not allow this." in page
    assert "&lt;b&gt;do not&lt;/b&gt;" in page
    assert BulkItem.objects.get(actor_id="a1").said.startswith("Your permissions")


def test_silence_before_anything_was_begun_keeps_the_turn(signed_in: Client, wire: Wire) -> None:
    wire.has("a1", "b2")
    url = order(signed_in, "purge", "a1", "b2")
    wire.forget("GET", "/a1/messages")
    wire.api.is_silent("GET", f"{wire.root}/a1/messages")
    answer = signed_in.post(url)
    assert answer.status_code == 502
    assert "what waits was not begun" in words_of(answer)
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
    assert "Nothing was sent for the 1 mailbox that still waited." in page
    assert "You stopped before its turn; nothing was sent." in page


def test_a_job_is_its_makers_alone(sign_in: Browser, wire: Wire) -> None:
    wire.has("a1")
    url = order(sign_in(), "purge", "a1")
    other = sign_in(username="team")
    assert other.get(url).status_code == 404
    assert other.post(url).status_code == 404
    assert "Purge" not in words_of(other.get("/bulk/")).partition("My bulk acts")[2]
