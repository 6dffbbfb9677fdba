"""The order of the list of executions and its pages, also while rows arrive."""

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.history.models import ActorHistory, ExecutionRecord
from tests.faults.pages import Page
from tests.history.pages.support import ALL, BOTH, ONE, ids, links, query
from tests.history.world import World, ago
from tests.support.payloads import ACTOR_ID

pytestmark = pytest.mark.django_db


def test_heads_of_the_table_sort_the_whole_set(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"executor": "-bob"})
    page = response.content.decode()
    assert page.count('aria-sort="descending"') == 1
    (ran,) = {link for link in links(response, "Duration") if "sort" in query(link)}
    assert query(ran) == {"executor": "-bob", "sort": "-ran"}
    sorted_ = signed_in.get(ALL + ran)
    assert ids(sorted_)[0] == "Long7"
    (again,) = {link for link in links(sorted_, "Duration") if "sort" in query(link)}
    assert query(again)["sort"] == "ran"
    assert ids(signed_in.get(ALL, {"sort": "actor"}))[-1] == "Long7"


def walk(client: Client, address: str, rel: str = "next") -> list[list[str]]:
    """Return the ids of each page from here on, by its links."""
    found = []
    while address:
        response = client.get(address)
        found.append(ids(response))
        link = re.search(rf'rel="{rel}" href="([^"]*)"', response.content.decode())
        address = address.partition("?")[0] + unescape(link[1]) if link else ""
    return found


@BOTH
@pytest.mark.parametrize("sort", ["-received", "ran"])
def test_pages_follow_one_another_while_rows_arrive(world: World, signed_in: Client, url: str, sort: str) -> None:
    for number in range(120):
        world.run(f"Run{number:03}", ago(minutes=number + 2))
    signed_in.get(ONE)
    first = signed_in.get(url, {"sort": sort})
    link = re.search(r'rel="next" href="([^"]*)"', first.content.decode())
    assert link
    world.run("Fresh", ago(seconds=1), finishTime=None, status="RUNNING", exitCode=None, finalState=None)
    ActorHistory.objects.update(looked=0)
    signed_in.get(ONE)
    rest = walk(signed_in, url + unescape(link[1]))
    every = ids(first) + [one for page in rest for one in page]
    assert len(ids(first)) == 50
    assert [one for one in every if one != "Fresh"] == sorted(set(every) - {"Fresh"}, key=every.index)
    assert set(every) - {"Fresh"} == {f"Run{number:03}" for number in range(120)}
    last = signed_in.get(url + unescape(link[1]))
    back = re.search(r'rel="prev" href="([^"]*)"', last.content.decode())
    assert back
    assert ids(signed_in.get(url + unescape(back[1]))) == ids(first)


def test_a_page_beyond_the_end_leads_back(busy: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    last = ExecutionRecord.objects.order_by("received").first()
    assert last
    from actors_app.history.forms import cursor_text
    from actors_app.history.query import Cursor

    response = signed_in.get(ALL, {"after": cursor_text(Cursor((last.received, last.pk)))})
    assert response.status_code == 200
    assert ids(response) == []
    assert links(response, "First")


def fields_of_the_bar(answer: Any) -> dict[str, str]:
    """Return what the form around the table sends with every button."""
    bar = answer.content.decode().partition('id="history-picks"')[2].partition('<div class="bulk-bar"')[0]
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', bar)}


@BOTH
@pytest.mark.parametrize("sort", ["-received", "received", "id", "-ran", "exit_code", "-actor"])
def test_all_on_the_page_are_those_that_its_reader_sees(world: World, signed_in: Client, url: str, sort: str) -> None:
    for number in range(70):
        code = number % 3 if number % 4 else None
        world.run(f"Run{number:03}", ago(minutes=number + 2), exitCode=code)
    signed_in.get(ONE)
    first = signed_in.get(url, {"sort": sort, "executor": "-bob"})
    next_ = re.search(r'rel="next" href="([^"]*)"', first.content.decode())
    assert next_
    pages = [first, signed_in.get(url + unescape(next_[1]))]
    shown = [(fields_of_the_bar(page), ids(page)) for page in pages]
    for number in range(3):  # they stand before the others, or after them
        world.run(f"0Fresh{number}", ago(seconds=number + 1))
        world.run(f"zFresh{number}", ago(seconds=number + 1))
    ActorHistory.objects.update(looked=0)
    signed_in.get(ONE)
    for fields, before in shown:
        answer = signed_in.get("/executions/picked/", fields | {"scope": "page", "format": "csv"})
        rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]
        found = [row["execution_id"] for row in rows]
        stale = [one for one in found if "Fresh" not in one]
        assert stale == before[: len(stale)]
        assert found[0] == before[0]
        assert len(found) >= len(before)


@BOTH
def test_acts_of_ones_own_that_wait_for_their_page_are_named(world: World, signed_in: Client, url: str) -> None:
    def wait(handle: str, username: str, outcome: str) -> None:
        job = BulkJob.objects.create(
            handle=handle * 32, tenant="default", username=username, act="halt", key=handle, created=timezone.now()
        )
        BulkItem.objects.create(job=job, number=1, actor_id=ACTOR_ID, object_id="Run1", outcome=outcome)

    wait("a", "somebody", BulkItem.WAITING)
    wait("b", "jdoe", BulkItem.DONE)
    assert "bulk action is" not in Page.of(signed_in.get(url)).words
    wait("c", "jdoe", BulkItem.WAITING)
    response = signed_in.get(url)
    assert "A bulk action is in progress" in Page.of(response).words
    assert links(response, "Open") == [f"/bulk/{'c' * 32}/"]
    wait("d", "jdoe", BulkItem.STARTED)
    response = signed_in.get(url)
    assert "2 bulk actions are in progress" in Page.of(response).words
    assert links(response, "View all") == ["/bulk/"]
