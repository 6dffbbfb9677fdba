"""One's own bulk acts, in their list and in the activity."""

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.history.models import ActorHistory
from tests.bulk.executions.support import Browser, api_says, order
from tests.conftest import API

pytestmark = [pytest.mark.store, pytest.mark.django_db]


def test_ones_own_acts_are_listed_newest_first_with_how_far_they_are(
    sign_in: Browser, api: API, history: ActorHistory
) -> None:
    browser = sign_in()
    api_says(api, run0="RUNNING", run1="RUNNING")
    assert "No bulk actions yet" in browser.get("/bulk/").content.decode()
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
