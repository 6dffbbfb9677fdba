"""What the list of actors asks for once it is painted: what each does now and did of late, and what that costs."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.actors.test_list import URL, row_of, segments
from tests.history.world import World, ago, answering
from tests.support.payloads import ACTOR_ID, worker_payload

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Let one's own actor have run, and somebody else's wait without a worker."""
    with answering() as world:
        world.actor(name="word-count", owner="jdoe")
        world.actor("other", name="Zebra", owner="mvaughn")
        world.run("Ok1", ago(minutes=20))
        world.run("Fail2", ago(minutes=3), exitCode=2)
        world.run("Old3", ago(days=3))
        world.waits("Wait4", ago(minutes=5), "other")
        world.workers = [worker_payload(id=f"w{number}", actorId=ACTOR_ID) for number in range(2)]
        yield world


def poll_of(response: Any) -> str:
    """Return the address by which a page asks what its actors do."""
    found = re.search(r'id="actors-live" hx-get="([^"]*)" hx-trigger="every 30s, load"', response.content.decode())
    assert found
    return unescape(found[1])


def cells(page: str, actor_id: str) -> list[str]:
    """Return the words of the cells that change: outcome, run, queued, workers, runs, days."""
    words = [
        re.sub(r"<[^>]*>", " ", cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row_of(page, actor_id), re.DOTALL)
    ]
    return [" ".join(cell.split()) for cell in words[5:11]]


def test_the_first_paint_makes_one_call_and_leaves_the_cells_to_fill(world: World, signed_in: Client) -> None:
    page = signed_in.get(URL)
    assert world.asked == ["actors"]
    assert cells(page.content.decode(), ACTOR_ID)[2:] == ["", "", "", ""]
    assert poll_of(page).startswith(f"{URL}?poll=1&rows=")


@pytest.mark.store
def test_the_rows_are_filled_after_the_first_paint(world: World, signed_in: Client, htmx: dict[str, str]) -> None:
    address = poll_of(signed_in.get(URL))
    world.forget()
    answer = signed_in.get(address, headers=htmx)
    page = answer.content.decode()
    assert sorted(world.asked[:3]) == ["actors", "search-all", "search-workers"], "at once, before the history"
    assert page.count('hx-swap-oob="true"') == 4, "two rows, the time and the statuses"
    assert cells(page, ACTOR_ID)[:5] == ["Failed, exit 2", "3 min ago", "0", "2", "2"]
    assert "14 days: 3 executions, 1 failed" in row_of(page, ACTOR_ID)
    assert cells(page, "other")[:3] == ["—", "Never", "1"], "what waits has not run"
    assert segments(page)[0] == "All 2"
    assert "The list has changed" not in page
    again = signed_in.get(address, headers=htmx)
    assert answer["X-Poll-State"] == again["X-Poll-State"]


def test_a_row_that_waits_without_a_worker_is_marked(world: World, signed_in: Client, htmx: dict[str, str]) -> None:
    world.actors[1]["owner"] = "jdoe"
    page = signed_in.get(poll_of(signed_in.get(URL)), headers=htmx).content.decode()
    assert '<td class="r num warn">1</td>' in row_of(page, "other")


def test_what_the_search_does_not_show_is_unknown(world: World, signed_in: Client, htmx: dict[str, str]) -> None:
    world.hidden = {"other"}
    page = signed_in.get(poll_of(signed_in.get(URL)), headers=htmx).content.decode()
    assert cells(page, "other")[2:4] == ["—", "—"]
    assert cells(page, ACTOR_ID)[2:4] == ["0", "2"]


@pytest.mark.parametrize("kind", ["search-all", "search-workers"])
def test_a_search_that_fails_leaves_the_others(
    world: World, signed_in: Client, htmx: dict[str, str], kind: str
) -> None:
    world.failing = {kind: (500, {}, '{"message": "no"}')}
    answer = signed_in.get(poll_of(signed_in.get(URL)), headers=htmx)
    assert answer.status_code == 200
    queued, workers = cells(answer.content.decode(), ACTOR_ID)[2:4]
    assert (queued, workers) == (("—", "2") if kind == "search-all" else ("0", "—"))


def test_a_list_that_cannot_be_read_again_is_an_alert(world: World, signed_in: Client, htmx: dict[str, str]) -> None:
    address = poll_of(signed_in.get(URL))
    world.failing = {"actors": (500, {}, '{"message": "no"}')}
    answer = signed_in.get(address, headers=htmx)
    assert answer.status_code == 502
    assert answer["HX-Retarget"] == "#read-alert"


def test_an_actor_that_may_no_longer_be_read_has_no_row(world: World, signed_in: Client, htmx: dict[str, str]) -> None:
    address = poll_of(signed_in.get(URL))
    world.unreadable = {"other"}
    page = signed_in.get(address, headers=htmx).content.decode()
    assert row_of(page, "other") == ""
    assert row_of(page, ACTOR_ID)
    assert "The list has changed" in page


def test_without_script_it_is_loaded_by_a_link(world: World, signed_in: Client) -> None:
    page = signed_in.get(f"{URL}?q=word").content.decode()
    assert '<a class="plain-link" href="?q=word&amp;live=1">Load queued messages' in page
    page = signed_in.get(f"{URL}?q=word&live=1").content.decode()
    assert cells(page, ACTOR_ID)[:5] == ["Failed, exit 2", "3 min ago", "0", "2", "2"]
    assert "<html" in page


def test_rows_that_are_none_are_left_out(world: World, signed_in: Client, htmx: dict[str, str]) -> None:
    page = signed_in.get(
        f"{URL}?poll=1&rows=nosuch,{ACTOR_ID},{ACTOR_ID},%3Cb%3E&seen=2", headers=htmx
    ).content.decode()
    assert page.count("<tr id=") == 1
    assert "<b>" not in page
