"""The list of actors: search, filter, order, pages, and its four states."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actors_app.actors.rows import schedule_words
from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.core.clock import HOUR, from_ms, now_ms
from actors_app.core.security.models import PortalSession
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.services.types import Execution
from tests.support.payloads import actor_payload

URL = "/actors/"


def names(response: Any) -> list[str]:
    """Return the actors' names in the order of the table."""
    return re.findall(r'<bdi class="(?:name )?cut" title="([^"]*)"', response.content.decode())


@pytest.fixture
def three(api: Any) -> None:
    api.get(
        "/actors/v2",
        [
            actor_payload(
                id="b1", name="Beta", status="ERROR", owner="mvaughn", lastUpdateTime="2026-11-23T10:00:00.1Z00"
            ),
            actor_payload(id="a1", name="alpha", image="tacc/100%_tool:1", lastUpdateTime="2026-11-21T10:00:00.1Z00"),
            actor_payload(id="c1", name=None, status="SHUTTING_DOWN", lastUpdateTime="2026-11-22T10:00:00.1Z00"),
        ],
    )


def test_it_works(signed_in: Client, three: None, api: Any) -> None:
    response = signed_in.get(URL)
    assert response.status_code == 200
    assert names(response) == ["alpha", "Beta", "c1"]
    page = response.content.decode()
    assert 'href="/actors/a1/"' in page
    assert "3 actors" in page
    assert [request.url.partition("org")[2] for request in api.asked] == ["/actors/v2"]


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


def test_it_needs_credentials(client: Client, db: None) -> None:
    response = client.get(URL)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("actors:sign-in"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=BETA", ["Beta"]),
        ("q=c1", ["c1"]),
        ("q=100%25_t", ["alpha"]),
        ("q=vaugh", ["Beta"]),
        ("q=.*", []),
        ("status=READY", ["alpha"]),
        ("status=error", ["Beta"]),
        ("status=other", ["c1"]),
        ("status=SHUTTING_DOWN", ["c1"]),
        ("sort=-name", ["c1", "Beta", "alpha"]),
        ("sort=updated", ["alpha", "c1", "Beta"]),
        ("sort=-updated", ["Beta", "c1", "alpha"]),
        ("sort=nonsense&page=x", ["alpha", "Beta", "c1"]),
    ],
)
def test_it_searches_filters_and_sorts(signed_in: Client, three: None, query: str, expected: list[str]) -> None:
    assert names(signed_in.get(f"{URL}?{query}")) == expected


def test_the_order_is_told_to_screen_readers(signed_in: Client, three: None) -> None:
    page = signed_in.get(f"{URL}?sort=-image").content.decode()
    assert page.count('aria-sort="descending"') == 1
    assert re.search(r'aria-sort="descending"><a href="\?sort=image">Image', page)


def test_nothing_for_this_filter_offers_to_clear_it(signed_in: Client, three: None) -> None:
    page = signed_in.get(f"{URL}?q=zzz").content.decode()
    assert "No actors match these filters" in page
    assert f'href="{URL}">Clear filters' in page


def test_nothing_yet_teaches_the_first_step(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [])
    page = signed_in.get(URL).content.decode()
    assert "No actors yet" in page
    assert 'href="/actors/new/">Register actor' in page


def test_it_survives_silence(signed_in: Client, api: Any) -> None:
    api.is_silent("GET", "/actors/v2")
    response = signed_in.get(f"{URL}?q=x")
    assert response.status_code == 502
    page = response.content.decode()
    assert "Could not load actors" in page
    assert 'href="/actors/?q=x">' in page


def test_it_shows_a_refusal(signed_in: Client, api: Any) -> None:
    api.refuse("GET", "/actors/v2", "Not authorized -- missing required role.")
    response = signed_in.get(URL)
    assert response.status_code == 403
    assert "missing required role" in response.content.decode()


def test_a_failure_is_an_alert_for_htmx(signed_in: Client, api: Any, htmx: dict[str, str]) -> None:
    api.refuse("GET", "/actors/v2", "Not authorized -- missing required role.")
    response = signed_in.get(URL, headers=htmx)
    assert response.status_code == 403
    assert b"data-alert" in response.content
    assert b"<html" not in response.content


def test_it_answers_htmx_with_the_fragment(signed_in: Client, three: None, htmx: dict[str, str]) -> None:
    response = signed_in.get(f"{URL}?q=beta", headers=htmx)
    page = response.content.decode()
    assert names(response) == ["Beta"]
    assert "<html" not in page
    assert 'id="actors-filter" hx-swap-oob="true"' in page


def test_fifty_rows_are_on_a_page(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload(id=f"id{n}", name=f"actor-{n:03}") for n in range(120)])
    response = signed_in.get(f"{URL}?page=2")
    assert names(response) == [f"actor-{n:03}" for n in range(50, 100)]
    assert "51\N{EN DASH}100 of 120 actors" in response.content.decode()


def test_a_page_past_the_last_is_the_last_and_says_so(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload(id=f"id{n}", name=f"actor-{n:03}") for n in range(60)])
    response = signed_in.get(f"{URL}?page=9")
    assert len(names(response)) == 10
    assert "there is no page 9, this is the last" in response.content.decode()


def test_an_actor_that_is_listed_twice_has_two_rows(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload(), actor_payload()])
    assert names(signed_in.get(URL)) == ["word-count", "word-count"]


def test_hostile_names_are_text(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload(name='<img onerror="x">\u202e{{7*7}}', id="../x", image="<b>")])
    page = signed_in.get(URL).content.decode()
    assert "<img" not in page
    assert "&lt;img onerror=&quot;x&quot;&gt;⟦RIGHT-TO-LEFT OVERRIDE⟧{{7*7}}" in page
    assert "../x/" not in page


def test_what_is_special_is_a_chip(signed_in: Client, api: Any) -> None:
    api.get(
        "/actors/v2",
        [actor_payload(cronOn=True, cronSchedule="now + 6 hours", stateless=False, privileged=True)],
    )
    page = signed_in.get(URL).content.decode()
    assert re.findall(r'<span class="chip">([^<]*)', page) == ["Every 6 hours", "stateful", "privileged"]


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("now + 1 hour", "Every hour"),
        ("2031-01-01 10 + 2 days", "Every 2 days"),
        ("<odd>", "Scheduled"),
        ("", "Scheduled"),
    ],
)
def test_a_schedule_is_said_in_words(schedule: str, words: str) -> None:
    assert schedule_words(schedule) == words


def ran(actor_id: str, *, hours: list[int], looked_ago: int = 0, read: bool = True) -> None:
    """Let the history know executions of an actor, of so many hours ago; every second one failed."""
    at = now_ms()
    known = {"until": at, "looked": at - looked_ago * HOUR} if read else {}
    actor = ActorHistory.objects.create(tenant="default", actor_id=actor_id, **known)
    moments = [from_ms(at - hour * HOUR) for hour in hours]
    record(
        actor,
        [
            Execution(
                id=f"{actor_id}{place}", status="COMPLETE", message_received_time=moment, start_time=moment,
                finish_time=moment, exit_code=place % 2,
            )
            for place, moment in enumerate(moments)
        ],
    )  # fmt: skip


def test_the_last_24_hours_of_each_actor_are_a_small_drawing(signed_in: Client, three: None) -> None:
    ran("a1", hours=[1, 2, 2, 40])
    ran("b1", hours=[30], looked_ago=3)
    page = signed_in.get(URL).content.decode()
    cells = re.findall(r'<td data-label="Runs \(24 h\)">(.*?)</td>', page)
    assert 'aria-label="24 h: 3 executions, 1 failed"' in cells[0]
    assert cells[0].startswith('<a class="bare" href="/actors/a1/executions/">')
    assert "24 h as of 3 hours ago: 0" in cells[1]
    assert "—" in cells[2]


def test_a_history_that_was_not_read_today_is_not_drawn(signed_in: Client, three: None) -> None:
    ran("a1", hours=[1], looked_ago=30)
    ran("b1", hours=[1], read=False)
    page = signed_in.get(URL).content.decode()
    assert "Not synced today" in page
    assert page.count('<span class="dim">—</span>') == 2
    assert "sparkline" not in page


def test_the_drawings_of_a_page_cost_two_questions_to_the_store(signed_in: Client, api: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    api.get("/actors/v2", [actor_payload(id=f"id{n}", name=f"actor-{n:03}") for n in range(120)])
    for number in range(50):
        ran(f"id{number}", hours=[1])
    with CaptureQueriesContext(connection) as asked:
        page = signed_in.get(URL).content.decode()
    assert page.count("24 h: 1 execution,") == 2 * 50
    assert sum("portal_actor_history" in one["sql"] or "tally" in one["sql"] for one in asked.captured_queries) == 2


def test_a_list_asked_with_a_sign_in_that_has_ended_leads_to_sign_in(sign_in: Any, api: Any) -> None:
    api.refuse("GET", "/actors/v2", "No JWT or nonce provided.")
    assert sign_in(refresh_token="").get(URL)["Location"].startswith("/sign-in/")


def test_a_list_without_what_is_shared_with_everybody_says_so(signed_in: Client, api: Any, settings: Any) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version="v3")}
    api.get("/v3/actors", [{"id": "a1", "name": "alpha", "last_update_time": "2026-11-21T10:00:00.1Z00"}])
    page = signed_in.get(URL).content.decode()
    assert names(signed_in.get(URL)) == ["alpha"]
    assert "does not list actors shared with everyone" in page


def test_a_whole_list_says_nothing_of_the_kind(signed_in: Client, three: None) -> None:
    assert "shared with everybody" not in signed_in.get(URL).content.decode()


def test_actors_are_ticked_for_one_act_on_many(signed_in: Client, three: None) -> None:
    page = signed_in.get("/actors/?status=ready").content.decode()
    ticks = re.findall(r'name="pick" value="([^"]*)" aria-label="Select ([^"]*)"', page)
    assert ticks
    assert len(ticks) == page.count('<td class="pick">')
    assert '<input type="hidden" name="place" value="actor-list">' in page
    assert '<input type="hidden" name="query" value="status=ready">' in page
    assert re.findall(r'name="act" value="(\w+)">', page) == ["stop", "purge", "delete"]


def test_who_may_only_read_sees_the_acts_and_why_not(signed_in: Client, three: None) -> None:
    PortalSession.objects.update(read_only=True)
    page = signed_in.get("/actors/").content.decode()
    assert len(re.findall(r'name="act" value="\w+" form="none" aria-disabled="true" title="[^"]', page)) == 3


def test_an_act_that_is_not_finished_is_named(signed_in: Client, three: None) -> None:
    assert "not finished" not in signed_in.get("/actors/").content.decode()
    job = BulkJob.objects.create(
        handle="c" * 32, tenant="default", username="jdoe", act="delete", key="k", created=timezone.now()
    )
    BulkItem.objects.create(job=job, number=1, actor_id="A1")
    page = signed_in.get("/actors/").content.decode()
    assert "A bulk action is in progress" in page
    assert f"/bulk/{'c' * 32}/" in page
