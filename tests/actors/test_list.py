"""The list of actors: search, filter, order, pages, and its four states."""

import gzip
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actors_app.actors.rows import parts_of_image, schedule_words
from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.core.clock import HOUR, from_ms, now_ms
from actors_app.core.security.models import PortalSession
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.services.types import Execution
from tests.support.payloads import actor_payload

URL = "/actors/"


def row_of(page: str, actor_id: str) -> str:
    """Return an actor's row."""
    return page.partition(f'<tr id="actor-{actor_id}"')[2].partition("</tr>")[0]


def groups(page: str) -> list[str]:
    """Return the names of the groups, with their numbers."""
    found = re.findall(r'scope="rowgroup">([^<]*)<span class="num">([^<]*)', page)
    return [label + number for label, number in found]


def segments(page: str) -> list[str]:
    """Return the statuses, with their numbers."""
    inside = page.partition('id="actors-segments"')[2].partition("</nav>")[0]
    return [
        " ".join(re.sub(r"<[^>]*>", " ", link).split()) for link in re.findall(r"<a .*?>(.*?)</a>", inside, re.DOTALL)
    ]


def heads(browser: Client) -> list[str]:
    """Return the heads of the columns between the boxes and the buttons."""
    inside = browser.get(URL).content.decode().partition("<thead>")[2].partition("</thead>")[0]
    words = [
        " ".join(re.sub(r"<[^>]*>", " ", head).split()) for head in re.findall(r"<th .*?>(.*?)</th>", inside, re.DOTALL)
    ]
    return words[2:-1]


def names(response: Any) -> list[str]:
    """Return the actors' names in the order of the table."""
    return re.findall(
        r'(?:class="name" [^>]*><bdi class="cut"|<bdi class="name cut") title="([^"]*)"', response.content.decode()
    )


@pytest.fixture
def three(api: Any) -> None:
    api.get(
        "/actors/v2",
        [
            actor_payload(
                id="b1", name="Beta", status="ERROR", owner="mvaughn", lastUpdateTime="2026-11-23T10:00:00.1Z00"
            ),
            actor_payload(
                id="a1",
                name="alpha",
                image="tacc/100%_tool:1",
                lastUpdateTime="2026-11-21T10:00:00.1Z00",
                hints=["gpu", "sync"],
                cronOn=True,
                cronSchedule="now + 1 hour",
            ),
            actor_payload(
                id="c1",
                name=None,
                status="SHUTTING_DOWN",
                lastUpdateTime="2026-11-22T10:00:00.1Z00",
                cronSchedule="now + 1 day",
            ),
        ],
    )


def test_it_works(signed_in: Client, three: None, api: Any) -> None:
    response = signed_in.get(URL)
    assert response.status_code == 200
    assert names(response) == ["Beta", "c1", "alpha"]
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
        ("sort=updated", ["c1", "Beta", "alpha"]),
        ("sort=-updated", ["Beta", "c1", "alpha"]),
        ("sort=nonsense&page=x", ["Beta", "c1", "alpha"]),
        ("owner=mvaughn", ["Beta"]),
        ("owner=mvaughn&owner=jdoe&type=stateless", ["Beta", "c1", "alpha"]),
        ("type=stateful", []),
        ("hint=gpu", ["alpha"]),
        ("schedule=off&schedule=on", ["c1", "alpha"]),
        ("schedule=none", ["Beta"]),
        ("show=favorites", []),
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
    assert 'id="actors-segments"' in page
    assert 'id="actors-list"' not in page


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


def test_what_is_special_is_an_icon_with_its_words(signed_in: Client, api: Any) -> None:
    api.get(
        "/actors/v2",
        [actor_payload(cronOn=True, cronSchedule="now + 6 hours", stateless=False, privileged=True)],
    )
    page = signed_in.get(URL).content.decode()
    assert re.findall(r'<span class="tag" title="([^"]*)', page) == ["Every 6 hours", "Stateful", "Privileged"]
    assert re.findall(r'<span class="sr">((?:Every|State|Priv)[^<]*)', page) == [
        "Every 6 hours",
        "Stateful",
        "Privileged",
    ]


def test_a_healthy_actor_has_a_dot_and_others_a_badge_with_the_reason(signed_in: Client, api: Any) -> None:
    sick = actor_payload(id="b1", name="sick", status="ERROR", statusMessage="No such image.")
    api.get("/actors/v2", [actor_payload(id="a1", name="well"), sick])
    page = signed_in.get(URL).content.decode()
    well, sick_row = row_of(page, "a1"), row_of(page, "b1")
    assert 'class="dot" title="Ready"' in well
    assert "badge" not in well.partition('class="p-out"')[0]
    assert 'class="dot"' not in sick_row
    assert '<span title="No such image."><span class="badge error">' in sick_row


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("tacc/wc:1.0", ("tacc/wc", ":1.0")),
        ("localhost:5000/wc", ("localhost:5000/wc", "")),
        ("host:5000/wc:2", ("host:5000/wc", ":2")),
        ("wc@sha256:ab12", ("wc", "@sha256:ab12")),
        ("", ("", "")),
    ],
)
def test_the_tag_of_an_image_is_apart(image: str, parts: tuple[str, str]) -> None:
    assert parts_of_image(image) == parts


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


@pytest.mark.store
def test_the_last_run_orders_each_group_and_is_read_by_one_query(signed_in: Client, api: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    signed_in.post("/account/favorites/", {"add": "id7"})
    statuses = {3: "ERROR", 5: "SUBMITTED"}
    api.get(
        "/actors/v2",
        [actor_payload(id=f"id{n}", name=f"actor-{n}", status=statuses.get(n, "READY")) for n in range(9)],
    )
    for number, hour in ((1, 9), (2, 1), (4, 4), (5, 7)):
        ran(f"id{number}", hours=[hour, hour + 1])
    with CaptureQueriesContext(connection) as asked:
        response = signed_in.get(URL)
    page = response.content.decode()
    order = [7, 5, 3, 2, 4, 1, 0, 6, 8]
    assert names(response) == [f"actor-{n}" for n in order]
    assert groups(page) == ["Favorites 1", "Needs attention 2", "All other actors 6"]
    assert 'aria-sort="descending"><a href="?sort=run">Last run' in page
    tables = ("portal_actor_history", "portal_execution")
    assert sum(any(table in query["sql"] for table in tables) for query in asked.captured_queries) == 1
    assert "Succeeded" in row_of(page, "id2")
    assert "1 h ago" in row_of(page, "id2")
    assert "Not synced yet" in row_of(page, "id8")
    assert [f"actor-{n}" for n in (7, 3, 5, 0, 1, 2, 4, 6, 8)] == names(signed_in.get(f"{URL}?sort=name"))


def test_groups_are_named_where_there_are_several_and_go_on_on_the_next_page(signed_in: Client, api: Any) -> None:
    actors = [
        actor_payload(id=f"id{n}", name=f"actor-{n:02}", status="ERROR" if n < 30 else "READY") for n in range(60)
    ]
    api.get("/actors/v2", actors)
    assert groups(signed_in.get(URL).content.decode()) == ["Needs attention 30", "All other actors 30"]
    assert groups(signed_in.get(f"{URL}?page=2").content.decode()) == ["All other actors 30"]
    assert groups(signed_in.get(f"{URL}?status=ERROR").content.decode()) == []


def test_the_statuses_are_counted_whichever_is_chosen(signed_in: Client, three: None) -> None:
    signed_in.post("/account/favorites/", {"add": "a1"})
    signed_in.post("/account/favorites/", {"add": "gone"})
    everything = ["All 3", "Favorites 1", "Ready 1", "Error 1", "Submitted 0", "Other 1"]
    for query in ("", "status=ERROR", "show=favorites"):
        assert segments(signed_in.get(f"{URL}?{query}").content.decode()) == everything, query
    assert segments(signed_in.get(f"{URL}?owner=mvaughn").content.decode())[:4] == [
        "All 1",
        "Favorites 0",
        "Ready 0",
        "Error 1",
    ]


def test_active_filters_are_named_and_each_can_be_removed(signed_in: Client, three: None) -> None:
    page = signed_in.get(f"{URL}?owner=mvaughn&owner=jdoe&hint=gpu&page=1").content.decode()
    links = dict(re.findall(r'<a href="([^"]*)" aria-label="Remove filter ([^"]*)"', page))
    assert {words: unescape(link) for link, words in links.items()} == {
        "Owner mvaughn": "?owner=jdoe&hint=gpu",
        "Owner jdoe": "?owner=mvaughn&hint=gpu",
        "Hint gpu": "?owner=mvaughn&owner=jdoe",
    }
    assert 'name="hint" value="gpu" checked' in page
    assert "Active filters" not in signed_in.get(URL).content.decode()


def test_favorites_come_first_and_are_kept_without_script(signed_in: Client, three: None, api: Any) -> None:
    answer = signed_in.post("/account/favorites/", {"add": "a1", "next": "/actors/?q=a"})
    assert (answer.status_code, answer["Location"]) == (302, "/actors/?q=a")
    response = signed_in.get(URL)
    assert names(response) == ["alpha", "Beta", "c1"]
    page = response.content.decode()
    pressed = re.findall(r'name="(add|remove)" value="(\w+)" aria-pressed="(\w+)" aria-label="Favorite ([^"]*)"', page)
    assert pressed == [("remove", "a1", "true", "alpha"), ("add", "b1", "false", "Beta"), ("add", "c1", "false", "c1")]
    assert names(signed_in.get(f"{URL}?show=favorites")) == ["alpha"]
    signed_in.post("/account/favorites/", {"remove": "a1"})
    page = signed_in.get(f"{URL}?show=favorites").content.decode()
    assert "No favorites yet" in page
    assert {request.method for request in api.asked} == {"GET"}


def test_columns_are_chosen_apart_from_those_of_executions(signed_in: Client, three: None) -> None:
    signed_in.post("/account/columns/", {"columns": ["exit_code"]})
    assert heads(signed_in) == [
        "Actor", "Image", "Owner", "Last outcome", "Last run", "Queued", "Workers", "Runs (24 h)", "14 days",
    ]  # fmt: skip
    answer = signed_in.post("/account/columns/", {"list": "actors", "columns": ["queued", "owner", "nonsense"]})
    assert answer["Location"] == URL
    assert heads(signed_in) == ["Actor", "Owner", "Last outcome", "Last run", "Queued"]
    row = row_of(signed_in.get(URL).content.decode(), "a1")
    assert row.count("<td") == 8
    assert "tacc/" not in row


def test_fifty_rows_are_small(signed_in: Client, api: Any) -> None:
    actors = [
        actor_payload(id=f"id{n}x{n * 7919}", name=f"actor-{n * 31}-name", image=f"tacc/image-{n}:1.{n}")
        for n in range(50)
    ]
    api.get("/actors/v2", actors)
    for number in range(50):
        ran(f"id{number}x{number * 7919}", hours=[number + 1])
    page = signed_in.get(URL).content
    assert page.count(b"<tr id=") == 50
    assert len(gzip.compress(page, 6)) < 25_000


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
