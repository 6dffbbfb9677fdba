"""An act on many executions is ordered once, by whoever saw its preview."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from actors_app.bulk.models import BulkJob
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.models import PortalSession
from actors_app.history.models import ActorHistory
from tests.bulk.executions.support import KEY, PAGE, Browser, api_says, outcomes, plan_in, preview
from tests.conftest import API
from tests.support.payloads import actor_payload

pytestmark = [pytest.mark.store, pytest.mark.django_db]


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
    assert "started a bulk action on 2 executions" in line


def test_a_reason_is_needed_and_nothing_typed_is_lost(signed_in: Client, api: API, history: ActorHistory) -> None:
    api_says(api, run0="RUNNING", run1="RUNNING")
    plan = plan_in(preview(signed_in, act="halt")[0])
    before = len(api.asked)
    for reason, sentence in (("  ", "Enter a reason."), ("x" * 501, "Use at most 500 characters.")):
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
    assert "Halt 2 executions" in answer.content.decode()
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
        assert "This page has expired" in answer.content.decode()
    assert BulkJob.objects.count() == 0
