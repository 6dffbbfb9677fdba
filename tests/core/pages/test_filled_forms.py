"""Forms that a draft fills hold all of it, and a GET with a draft writes nothing."""

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory

from actors_app.core.pages import drafts
from actors_app.core.security.models import PortalSession
from tests.conftest import API
from tests.core.pages.support import ACTOR, HOME, ID, MESSAGE, OWN, assert_all_typed, values_of
from tests.permissions.test_rights import everything
from tests.support.payloads import actor_payload
from tests.support.routes import answer_everything, crawled

pytestmark = pytest.mark.django_db

# Values that the forms of the portal take, each form finding its own among them.
TYPED = MESSAGE | {
    "text": "given to the cron job",
    "name": "My view",
    "query": "status=ERROR",
    "step": "save",
    "zone": "UTC",
    "theme": "dark",
    "density": "compact",
    "page_size": "50",
    "wrap": "1",
    "after": "0",
    "image": "a/b:1",
    "stateless": "true",
    "user": "jane",
    "level": "READ",
    "max_uses": "2",
    "num": "2",
    "alias": "counting",
    "actor_id": "another",
    "value": "7",
    "actors": "another",
    "state": '{"count": 2}',
    "reason": "no longer needed",
    "runtime": "1",
    "cpu": "2",
    "io": "3",
    "count": "2",
    "unit": "day",
    "confirm": "wc",
    "expected": "wc",
}


def draft_of(url: str, typed: dict[str, Any]) -> str:
    """Keep what somebody typed on a page, whose address may take no form at all; return the draft's handle."""
    return drafts.keep(RequestFactory().post(url, OWN | typed))


def written() -> dict[str, Any]:
    """Return every row of the store, but of a session only what it may do: its notices are for the next page."""
    return everything() | {"PortalSession": list(PortalSession.objects.values_list("pk", "read_only", "credential"))}


@pytest.mark.parametrize("read_only", [False, True], ids=["may write", "reads only"])
def test_no_route_writes_for_a_get_with_a_draft(read_only: bool, signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    PortalSession.objects.update(read_only=read_only)
    for name, url in crawled().items():
        handle = draft_of(url, TYPED)
        before = written()
        signed_in.get(url, {"draft": handle})
        assert written() == before, name
    assert {request.method for request in api.asked if "/actors/" in request.url} == {"GET"}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("actors:nonce-note", {"text": "given to the cron job"}),
        ("actors:alias-nonce-note", {"text": "given to the cron job"}),
        ("actors:view-list", {"name": "My view", "query": "status=ERROR"}),
        ("actors:preferences", {"zone": "UTC", "theme": "dark", "density": "compact", "page_size": "50"}),
        ("actors:permission-list", {"user": "jane", "level": "UPDATE"}),
        ("actors:permission-change", {"user": "jdoe", "level": "NONE"}),
        ("actors:alias-create", {"alias": "counting", "actor_id": "another"}),
        ("actors:config-create", {"name": "conf", "value": "7", "actors": "another"}),
        ("actors:state-update", {"state": '{"count": 2}', "seen": "signed"}),
        ("actors:schedule-update", {"count": "12", "unit": "week", "day": "2031-01-15"}),
    ],
)
def test_forms_that_a_draft_fills_hold_all_of_it(name: str, typed: dict[str, Any], signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    url = crawled()[name]
    page = signed_in.get(url, {"draft": draft_of(url, typed)})
    assert page.status_code == 200
    checked = re.findall(r'<input[^>]*? value="([^"]*)"[^>]*? checked', page.content.decode())
    assert_all_typed(page.content.decode() + "".join(f'<option value="{one}" selected>' for one in checked), typed)


def test_a_saved_view_is_filled_and_no_name_of_another(signed_in: Client) -> None:
    url = crawled()["actors:view-list"]
    signed_in.post(url, {"name": "Failures", "query": "status=ERROR"})
    page = signed_in.get(url, {"draft": draft_of(url, {"name": "Mine", "query": ""})}).content.decode()
    assert values_of(page).count("Mine") == 1
    assert "Failures" in values_of(page)
    assert "your attention" not in page


def test_a_tick_that_was_taken_away_stays_away(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload(id=ID, cronSchedule="2031-01-15 08 + 1 day", cronOn=True))
    page = signed_in.get(HOME + "schedule/", {"draft": draft_of(HOME + "schedule/", {"count": "2", "unit": "day"})})
    assert page.status_code == 200
    assert not re.search(r'<input[^>]*name="on"[^>]*checked', page.content.decode())
