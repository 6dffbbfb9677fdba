"""`limit` and `offset` of the lists of actors and executions: a slice of the whole, of which nothing is sent."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.actors.test_list import names
from tests.conftest import API
from tests.faults.pages import Page
from tests.history.pages.support import ALL, BOTH, ONE, ids
from tests.history.world import World, ago, answering
from tests.support.payloads import actor_payload

pytestmark = pytest.mark.django_db
ACTORS = "/actors/"
TOTAL = 1203
LIMIT, OFFSET = (
    "Enter limit as a whole number between 1 and 1,000.",
    "Enter offset as a whole number between 0 and 100,000.",
)
BAD = [
    ("limit=0", LIMIT),
    ("limit=1001", LIMIT),
    ("limit=-1", LIMIT),
    ("limit=ten", LIMIT),
    ("limit=2.0", LIMIT),
    ("limit=%D9%A3", LIMIT),
    ("limit=99999999999999999999", LIMIT),
    ("offset=-1", OFFSET),
    ("offset=1e3", OFFSET),
    ("offset=100001", OFFSET),
    ("limit=10&offset=x", OFFSET),
]


@pytest.fixture
def many(api: API) -> API:
    """Let the API list more actors than a page has."""
    api.get("/actors/v2", [actor_payload(id=f"id{number:04}", name=f"n{number:04}") for number in range(TOTAL)])
    return api


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Let one actor have had twelve executions, most of them more than a day ago."""
    with answering() as found:
        found.actor(name="word-count", owner="jdoe")
        for number in range(12):
            found.run(f"Run{number:02}", ago(hours=1 + 5 * number))
        yield found


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def leads(response: Any, rel: str) -> dict[str, list[str]]:
    """Return what the link to a neighbour asks for; nothing where there is none."""
    link = re.search(rf'rel="{rel}" href="([^"]*)"', response.content.decode())
    return parse_qs(urlsplit(unescape(link[1])).query) if link else {}


def test_the_slice_that_was_asked_for_is_shown_and_leads_on(many: API, signed_in: Client) -> None:
    response = signed_in.get(ACTORS, {"limit": "250", "offset": "250"})
    assert names(response) == [f"n{number:04}" for number in range(250, 500)]
    assert "Actors 251 to 500 of 1 203 (limit 250, offset 250, zero-based page 1)" in words(response)
    assert leads(response, "next") == {"limit": ["250"], "offset": ["500"]}
    assert leads(response, "prev") == {"limit": ["250"], "offset": ["0"]}
    assert [urlsplit(request.url).query for request in many.asked] == [""]


@pytest.mark.parametrize(
    ("query", "first", "number", "page"),
    [
        ({"limit": "2"}, 0, 2, 0),
        ({"offset": "1"}, 1, 250, 1),
        ({"offset": "0"}, 0, 250, 0),
        ({"limit": "100", "offset": "250"}, 250, 100, 3),
        ({"limit": "1000", "offset": "1000"}, 1000, 203, 1),
    ],
)
def test_what_is_left_out_is_as_at_the_api(
    many: API, signed_in: Client, query: dict[str, str], first: int, number: int, page: int
) -> None:
    response = signed_in.get(ACTORS, query)
    assert names(response) == [f"n{at:04}" for at in range(first, first + number)]
    assert f"zero-based page {page}" in words(response)


def test_a_slice_is_one_of_what_the_filter_leaves(many: API, signed_in: Client) -> None:
    response = signed_in.get(ACTORS, {"q": "n100", "sort": "-name", "limit": "3", "offset": "3"})
    assert names(response) == ["n1006", "n1005", "n1004"]
    assert "Actors 4 to 6 of 10" in words(response)
    assert leads(response, "next") == {"q": ["n100"], "sort": ["-name"], "limit": ["3"], "offset": ["6"]}


def test_behind_the_end_the_way_back_is_shown(many: API, signed_in: Client) -> None:
    response = signed_in.get(ACTORS, {"offset": "5000"})
    assert response.status_code == 200
    assert "No actors at offset 5 000; the total is 1 203" in words(response)
    assert leads(response, "prev") == {"offset": ["1000"]}
    assert leads(response, "next") == {}


def test_another_order_or_status_begins_at_the_first_slice(many: API, signed_in: Client) -> None:
    page = signed_in.get(ACTORS, {"limit": "2", "offset": "2"}).content.decode()
    assert 'href="?limit=2&amp;sort=name"' in page
    assert 'href="?limit=2&amp;status=READY"' in page


def test_a_limit_goes_with_the_pages_of_the_list(many: API, signed_in: Client) -> None:
    response = signed_in.get(ACTORS, {"limit": "100", "page": "2"})
    assert names(response) == [f"n{number:04}" for number in range(100, 200)]
    assert leads(response, "next") == {"limit": ["100"], "page": ["3"]}


def test_the_fragment_has_the_slice_too(many: API, signed_in: Client, htmx: dict[str, str]) -> None:
    fragment = signed_in.get(ACTORS, {"limit": "2", "offset": "2"}, headers=htmx)
    assert "<h1>" not in fragment.content.decode()
    assert "Actors 3 to 4 of 1 203" in words(fragment)


def test_the_api_of_v3_hears_nothing_of_it_either(api: API, signed_in: Client, settings: Any) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version="v3")}
    rows = [{"id": f"id{number}", "name": f"n{number}", "image": "a/b", "status": "READY"} for number in range(3)]
    api.get("/v3/actors", rows)
    response = signed_in.get(ACTORS, {"limit": "1", "offset": "1"})
    assert names(response) == ["n1"]
    assert [urlsplit(request.url).query for request in api.asked] == [""]


@pytest.mark.parametrize("url", [ACTORS, ALL, ONE])
@pytest.mark.parametrize(("query", "sentence"), BAD)
def test_a_bad_value_is_named_and_nothing_is_asked(
    api: API, signed_in: Client, url: str, query: str, sentence: str
) -> None:
    response = signed_in.get(f"{url}?{query}")
    assert response.status_code == 422
    assert sentence in Page.of(response).words
    assert not api.asked


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (f"{ACTORS}?page=2&offset=5", "Use either page or offset."),
        (f"{ALL}?before=WzBd&offset=5", "Use either before or offset."),
        (f"{ONE}?after=WzBd&limit=5&offset=5", "Use either after or offset."),
        (f"{ONE}?format=csv&limit=5", "Exports contain the whole list"),
    ],
)
def test_two_beginnings_are_refused(api: API, signed_in: Client, address: str, sentence: str) -> None:
    response = signed_in.get(address)
    assert response.status_code == 422
    assert sentence in Page.of(response).words
    assert not api.asked


@BOTH
def test_executions_are_sliced_over_all_time(world: World, signed_in: Client, url: str) -> None:
    signed_in.get(ONE, {"window": "all"})
    response = signed_in.get(url, {"limit": "3", "offset": "6"})
    assert ids(response) == ["Run06", "Run07", "Run08"]
    assert "Executions 7 to 9 of 12 (limit 3, offset 6, zero-based page 2)" in words(response)
    assert leads(response, "next") == {"limit": ["3"], "offset": ["9"]}
    assert leads(response, "prev") == {"limit": ["3"], "offset": ["3"]}
    assert not [query for query in world.queries if "offset" in query]


def test_a_window_that_is_named_narrows_the_slice(world: World, signed_in: Client) -> None:
    response = signed_in.get(ONE, {"window": "24h", "limit": "3", "offset": "3", "sort": "received"})
    assert ids(response) == ["Run01", "Run00"]
    assert "Executions 4 to 5 of 5" in words(response)
    assert leads(response, "prev")["window"] == ["24h"]


def test_what_is_done_to_all_of_a_slice_is_done_to_what_it_shows(world: World, signed_in: Client) -> None:
    signed_in.get(ONE, {"window": "all"})
    page = signed_in.get(ONE, {"limit": "3", "offset": "6"}).content.decode()
    form = page.partition('id="history-picks"')[2].partition('<div class="bulk-bar"')[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form))
    world.run("Fresh", ago(minutes=1))
    signed_in.get(ONE, {"window": "all"})
    file = signed_in.get("/executions/picked/", {**fields, "scope": "page", "format": "csv"})
    text = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]  # a file
    assert re.findall(r"Run\d\d|Fresh", text) == ["Run06", "Run07", "Run08"]
