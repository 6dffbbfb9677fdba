"""An act on many actors is ordered once, by whoever saw its preview."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from actors_app.bulk.models import BulkJob
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.models import PortalSession
from tests.bulk.actors.support import KEY, PAGE, Browser, Wire, outcomes, plan_in, preview, words_of

pytestmark = [pytest.mark.store, pytest.mark.django_db]


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
        ({"number": "3"}, "The number does not match. Type 2."),
        ({"number": "2" * 30}, "The number does not match."),
        ({"reason": " "}, "Enter a reason."),
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
        assert "This page has expired" in words_of(answer)
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
