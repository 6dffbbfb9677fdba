"""The administration: to whom it is shown, from when it is, and what is stuck."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from actors_app.administration import lists as administration_lists
from tests.administration.support import ADMIN, PROBE, STUCK, URL, WORKERS, asked, is_admin, is_none, lists, minutes_ago
from tests.conftest import API
from tests.support.payloads import (
    ACTOR_ID,
    actor_payload,
    admin_actor_payload,
    search_payload,
    utilization_payload,
    worker_payload,
)

pytestmark = pytest.mark.django_db


def test_it_shows_the_tenant_to_an_administrator(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api, admin_actor_payload(name="<b>n</b>", messages=0, owner="somebody"))
    page = signed_in.get(URL).content.decode()
    assert "&lt;b&gt;n&lt;/b&gt;" in page
    assert "Updated <time" in page
    assert "Nothing is stuck." in page
    assert re.search(r"Executions \(server, all time\)</dt><dd>9\W001", page)
    assert ">4\N{NARROW NO-BREAK SPACE}120<" in page
    assert 'id="code-admin-actors-curl"' in page


def test_others_see_the_utilization_and_why_nothing_else(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_none(api)
    page = signed_in.get(URL).content.decode()
    assert "Administrators only" in page
    assert "Queued commands" in page
    assert asked(api, ADMIN) == 0
    assert 'id="code-admin-actors-curl"' not in page


def test_lists_that_somebody_read_are_shown_to_nobody_else(
    api: API, sign_in: Callable[..., Client], htmx: dict[str, str]
) -> None:
    admin, other = sign_in(username="admin"), sign_in(username="other", access_token="another-token")
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api, admin_actor_payload(name="hidden-from-others"), workers=[worker_payload(actorId=ACTOR_ID)])
    assert "hidden-from-others" in admin.get(URL).content.decode()
    api.wire.remove("GET", f"https://api.example.org{PROBE}")
    is_none(api)
    api.get("/actors/v2/search/workers", search_payload())
    for address in (URL, WORKERS):
        for headers in ({}, htmx):
            assert "hidden-from-others" not in other.get(address, headers=headers).content.decode()


def test_lists_are_read_once_a_minute_and_again_when_asked(
    api: API, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api, admin_actor_payload())
    signed_in.get(URL)
    signed_in.get(URL + "?sort=-messages")
    signed_in.get(WORKERS)
    signed_in.get(URL + "?read=again")  # too soon
    assert [asked(api, path) for path in (ADMIN, PROBE)] == [1, 1]
    at = administration_lists.now() + timedelta(seconds=12)
    monkeypatch.setattr(administration_lists, "now", lambda: at)
    assert "12 seconds ago" in signed_in.get(URL).content.decode()
    assert asked(api, ADMIN) == 1
    signed_in.get(URL + "?read=again")
    assert asked(api, ADMIN) == 2


def test_whoever_is_no_administrator_any_more_sees_nothing_after_a_minute(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api, admin_actor_payload(name="mine-no-more"))
    assert "mine-no-more" in signed_in.get(URL).content.decode()
    key = next(key for key in cache._cache if ":jdoe:" in key)  # type: ignore[attr-defined]  # a cache in memory
    assert cache._expire_info[key] <= datetime.now(UTC).timestamp() + administration_lists.REMEMBERED  # type: ignore[attr-defined]
    cache.delete(key.removeprefix(":1:"))
    api.wire.remove("GET", f"https://api.example.org{PROBE}")
    is_none(api)
    assert "mine-no-more" not in signed_in.get(URL).content.decode()


def test_other_tenants_are_left_out_and_what_the_api_cut_is_said(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    foreign = admin_actor_payload(id="Foreign", name="of-another-tenant", tenant="OTHER")
    lists(
        api,
        admin_actor_payload(),
        foreign,
        workers=[
            worker_payload(actorId=ACTOR_ID),
            worker_payload(id="ForeignWorker", actorId="Foreign", tenant="OTHER"),
        ],
        listed=[actor_payload(), actor_payload(id="Cut")],
    )
    page = signed_in.get(URL).content.decode()
    assert "of-another-tenant" not in page
    assert "1 actor of other tenants" in page
    assert "1 actor missing" in page
    assert "ForeignWorker" not in signed_in.get(WORKERS).content.decode()


def test_tenants_that_cannot_be_told_apart_are_said_to_be_mixed(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    foreign = admin_actor_payload(id="Foreign", name="of-another-tenant", tenant="OTHER")
    lists(api, admin_actor_payload(), foreign, listed=[])
    for address in (URL, WORKERS):
        assert "The list may include actors of 2 tenants on this server" in signed_in.get(address).content.decode()


def test_the_one_tenant_of_a_server_needs_no_word(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api, admin_actor_payload(), listed=[])
    assert "tenants on this server" not in signed_in.get(URL).content.decode()


@pytest.mark.parametrize(("actor", "workers", "words"), STUCK)
def test_what_is_stuck_has_its_reason(
    api: API, signed_in: Client, actor: dict[str, Any], workers: list[tuple[str, int]], words: str
) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    there = [worker_payload(actorId=ACTOR_ID, status=status, createTime=minutes_ago(age)) for status, age in workers]
    lists(api, admin_actor_payload(**actor), workers=there)
    page = signed_in.get(URL).content.decode()
    assert words in page
    is_waiting = bool(actor["messages"]) and not any(
        status in ("READY", "BUSY", "SHUTDOWN_REQUESTED") or (age == 1 and status == "REQUESTED")
        for status, age in workers
    )
    assert (">3 messages<" in page) == is_waiting


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Alpha", "Beta"]),
        ("?q=ALPHA", ["Alpha"]),
        ("?status=ERROR", ["Beta"]),
        ("?owner=ada", ["Alpha"]),
        ("?sort=-messages", ["Beta", "Alpha"]),
        ("?sort=nonsense&status=nonsense&page=-1", ["Alpha", "Beta"]),
        ("?q=nothing", []),
    ],
)
def test_the_filter(api: API, signed_in: Client, htmx: dict[str, str], query: str, shown: list[str]) -> None:
    is_admin(api)
    lists(
        api,
        admin_actor_payload(id="A1", name="Alpha", owner="ada"),
        admin_actor_payload(id="B2", name="Beta", owner="bob", status="ERROR", messages=9),
        listed=[],
    )
    fragment = signed_in.get(URL + query, headers=htmx).content.decode()
    assert "<html" not in fragment
    assert re.findall(r'class="name" href="[^"]*"><bdi[^>]*>(\w+)<', fragment) == shown
    assert ("No actors match these filters" in fragment) == (not shown)


def test_an_empty_tenant_teaches(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    is_admin(api)
    lists(api, listed=[])
    assert "No actors in this tenant" in signed_in.get(URL, headers=htmx).content.decode()


def test_what_the_executions_of_an_actor_used_is_shown_and_sorted_by(api: API, signed_in: Client) -> None:
    is_admin(api)
    lists(api, admin_actor_payload(name="busy"), admin_actor_payload(id="other", name="idle", runtime=7200))
    page = signed_in.get(f"{URL}?sort=-runtime").content.decode()
    assert 'title="CPU as reported 9 s, I/O 2.5 MB">1 min' in page
    assert 'title="CPU and I/O: unknown">2 h' in page
    assert page.index(">idle<") < page.index(">busy<")


def test_the_totals_fail_alone_as_they_do_in_v3(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api, admin_actor_payload())
    api.wire.remove("GET", f"https://api.example.org{ADMIN}/executions")
    api.refuse("GET", f"{ADMIN}/executions", "Unrecognized exception type", 500)
    answer = signed_in.get(URL)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Not available in API v3." in page
    assert "word-count" in page


def test_workers_that_cannot_be_listed_are_taken_from_the_actors(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api, admin_actor_payload(messages=1, workers=[worker_payload(actorId=f"TACC-PROD_{ACTOR_ID}")]))
    api.wire.remove("GET", f"https://api.example.org{ADMIN}/workers")
    api.refuse("GET", f"{ADMIN}/workers", "no", 500)
    assert "from the list of actors" in signed_in.get(URL).content.decode()
    page = signed_in.get(WORKERS).content.decode()
    assert "Showing the workers in the list of actors instead." in page
    assert f'href="/actors/{ACTOR_ID}/workers/' in page


@pytest.mark.parametrize("address", [URL, WORKERS])
def test_it_survives_silence(api: API, signed_in: Client, htmx: dict[str, str], address: str) -> None:
    api.is_silent("GET", PROBE)
    if address == URL:
        api.is_silent("GET", "/actors/v2/utilization")
    answer = signed_in.get(address)
    assert answer.status_code >= 502
    assert "Retry" in answer.content.decode()
    assert signed_in.get(address, headers=htmx).status_code >= 502


def test_what_was_read_stands_in_with_its_age_while_nothing_newer_comes(
    api: API, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api, admin_actor_payload())
    signed_in.get(URL)
    at = administration_lists.now() + timedelta(seconds=120)
    monkeypatch.setattr(administration_lists, "now", lambda: at)
    api.wire.remove("GET", f"https://api.example.org{ADMIN}")
    api.refuse("GET", ADMIN, "no", 500)
    page = signed_in.get(URL).content.decode()
    assert "Could not refresh" in page
    assert "2 minutes ago" in page
    assert "word-count" in page


def test_a_refusal_of_the_list_is_shown(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/utilization", utilization_payload())
    is_admin(api)
    lists(api)
    api.wire.remove("GET", f"https://api.example.org{ADMIN}")
    api.refuse("GET", ADMIN, "no", 500)
    answer = signed_in.get(URL)
    assert answer.status_code == 502
    assert "Could not load tenant data" in answer.content.decode()
