"""The filters of the list of executions, each with its opposite, and their counts."""

import re
from html import unescape

import pytest
from django.test import Client

from actors_app.history import counts as history_counts
from tests.faults.pages import Page
from tests.history.pages.support import ALL, BOTH, ids, links, query
from tests.history.world import World, ago
from tests.support.payloads import ACTOR_ID

pytestmark = pytest.mark.django_db


EVERY = {"Ok1", "Fail2", "Err3", "Oom4", "Wait5", "Run6", "Long7", "Old8"}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("outcome", "succeeded", {"Ok1", "Long7", "Old8"}),
        ("outcome", "failed", {"Fail2"}),
        ("outcome", "error", {"Err3"}),
        ("outcome", "oom", {"Oom4"}),
        ("outcome", "waiting", {"Wait5"}),
        ("outcome", "running", {"Run6"}),
        ("outcome", "failed,oom", {"Fail2", "Oom4"}),
        ("actor", "other", {"Long7", "Old8"}),
        ("actor", "zebra", {"Long7", "Old8"}),
        ("owner", "mvaughn", {"Long7", "Old8"}),
        ("image", "tacc/zebra", {"Long7", "Old8"}),
        ("executor", "ann", {"Fail2", "Err3"}),
        ("worker", "w2", {"Fail2"}),
        ("exit_code", "2", {"Fail2"}),
        ("duration", "30m", {"Long7"}),
    ],
)
def test_each_filter_and_its_opposite_part_the_whole(
    busy: World, signed_in: Client, name: str, value: str, expected: set[str]
) -> None:
    response = signed_in.get(ALL, {"window": "all", name: value})
    assert set(ids(response)) == expected
    opposite = ",".join(f"-{one}" for one in value.split(","))
    others = set(ids(signed_in.get(ALL, {"window": "all", name: opposite})))
    # What never ran has no duration, so it is neither.
    assert others == EVERY - expected - ({"Wait5", "Run6", "Err3"} & EVERY - others if name == "duration" else set())
    assert others.isdisjoint(expected)


def test_an_opposite_of_a_duration_is_what_ran_and_not_that_long(busy: World, signed_in: Client) -> None:
    assert {"Ok1", "Fail2", "Oom4", "Old8"} <= set(ids(signed_in.get(ALL, {"window": "all", "duration": "-30m"})))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ok", {"Ok1"}),
        ("ok", set()),
        ("zeb", {"Long7", "Old8"}),
        ("other", {"Long7", "Old8"}),
        ("%", set()),
        ("k1", set()),
    ],
)
def test_words_find_ids_by_their_beginning_and_actors_by_their_names(
    busy: World, signed_in: Client, text: str, expected: set[str]
) -> None:
    assert set(ids(signed_in.get(ALL, {"window": "all", "q": text}))) == expected


@pytest.mark.parametrize(
    ("text", "without"), [("Ok", {"Ok1"}), ("ok", set()), ("zebra", {"Long7", "Old8"}), ("nothing", set())]
)
def test_words_with_a_minus_leave_out_what_they_find(
    busy: World, signed_in: Client, text: str, without: set[str]
) -> None:
    response = signed_in.get(ALL, {"window": "all", "q": f"-{text}"})
    assert set(ids(response)) == EVERY - without
    assert "Search is not" in Page.of(response).words
    (back,) = re.findall(r'<a href="([^"]*)" aria-label="Include Search', response.content.decode())
    assert set(ids(signed_in.get(ALL + unescape(back)))) == without


def test_words_with_a_minus_that_name_every_actor_leave_nothing(world: World, signed_in: Client) -> None:
    world.run("Ok1", ago(minutes=1))
    assert ids(signed_in.get(ALL, {"q": "-word"})) == []
    assert ids(signed_in.get(ALL, {"q": "-Ok"})) == []


@pytest.mark.parametrize(("window", "expected"), [("1h", {"Long7", "Old8"}), ("24h", {"Old8"}), ("7d", set())])
def test_a_window_and_its_opposite_part_the_whole(
    busy: World, signed_in: Client, window: str, expected: set[str]
) -> None:
    response = signed_in.get(ALL, {"window": f"-{window}"})
    assert set(ids(response)) == expected
    assert set(ids(signed_in.get(ALL, {"window": window}))) == EVERY - expected
    assert "Before the last" in Page.of(response).words
    (back,) = re.findall(r'<a href="([^"]*)" aria-label="Include Received', response.content.decode())
    assert set(ids(signed_in.get(ALL + unescape(back)))) == EVERY - expected


@pytest.mark.parametrize("name", ["from", "to"])
def test_an_end_of_time_and_its_opposite_part_the_whole(busy: World, signed_in: Client, name: str) -> None:
    moment = f"{ago(minutes=3, seconds=30):%Y-%m-%d %H:%M:%S}"
    response = signed_in.get(ALL, {name: moment})
    (opposite,) = re.findall(r'<a href="([^"]*)" aria-label="Invert', response.content.decode())
    other = signed_in.get(ALL + unescape(opposite))
    assert set(ids(response)) ^ set(ids(other)) == EVERY
    assert set(ids(response)) == ({"Ok1", "Fail2", "Err3"} if name == "from" else EVERY - {"Ok1", "Fail2", "Err3"})
    (back,) = re.findall(r'<a href="([^"]*)" aria-label="Invert', other.content.decode())
    assert query(unescape(back)) == {name: moment}


def test_both_ends_of_time_with_a_minus_leave_nothing_and_say_so(world: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"from": "-2026-11-19", "to": "-2026-11-20"})
    assert response.status_code == 422
    assert "End must be after start." in Page.of(response).words


def test_the_list_of_windows_says_that_an_exact_span_is_in_force(busy: World, signed_in: Client) -> None:
    page = signed_in.get(ALL, {"from": "2026-11-01", "window": "7d"}).content.decode()
    assert '<option value="" selected>Custom range</option>' in page
    assert '<option value="24h" selected>' in signed_in.get(ALL).content.decode()


@pytest.mark.parametrize(("window", "number"), [("1h", 6), ("24h", 7), ("7d", 8), ("all", 8)])
def test_a_window_of_time(busy: World, signed_in: Client, window: str, number: int) -> None:
    response = signed_in.get(ALL, {"window": window})
    assert len(ids(response)) == number
    assert f"{number} execution" in Page.of(response).words


def test_an_exact_span_goes_before_the_window(busy: World, signed_in: Client) -> None:
    start, end = ago(minutes=5, seconds=30), ago(minutes=2, seconds=30)
    given = {"from": f"{start:%Y-%m-%d %H:%M:%S}", "to": end.isoformat(), "window": "1h"}
    response = signed_in.get(ALL, given)
    assert ids(response) == ["Err3", "Oom4", "Wait5"]
    assert f"{start.day} {start:%b %Y, %H:%M} \N{EN DASH} {end.day} {end:%b %Y, %H:%M}" in Page.of(response).words
    assert not re.search(r'id="history-live" hx-get', response.content.decode()), "a closed time has no news"


def test_filters_of_every_kind_narrow_together(busy: World, signed_in: Client) -> None:
    given = {"executor": "ann", "outcome": "-error", "actor": ACTOR_ID, "window": "7d", "sort": "ran"}
    assert ids(signed_in.get(ALL, given)) == ["Fail2"]


def test_a_chip_leads_to_its_opposite_and_to_the_list_without_it(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"executor": "ann", "outcome": "failed", "sort": "ran"})
    page = response.content.decode()
    opposite = re.search(r'<a href="([^"]*)" aria-label="Exclude Sent by ann"', page)
    without = re.search(r'<a href="([^"]*)" aria-label="Remove filter Sent by"', page)
    assert opposite
    assert without
    assert query(unescape(opposite[1])) == {"executor": "-ann", "outcome": "failed", "sort": "ran"}
    assert query(unescape(without[1])) == {"outcome": "failed", "sort": "ran"}
    assert "Sent by is not ann" in Page.of(signed_in.get(ALL, {"executor": "-ann"})).words


def test_a_cell_is_a_filter(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"outcome": "failed"})
    assert [query(link) for link in links(response, "<bdi>ann</bdi>")] == [{"outcome": "failed", "executor": "ann"}]
    assert [query(link) for link in links(response, "<bdi>w2</bdi>")] == [{"outcome": "failed", "worker": "w2"}]
    assert [query(link) for link in links(response, "<bdi>2</bdi>")] == [{"outcome": "failed", "exit_code": "2"}]
    assert {"outcome": "failed", "actor": ACTOR_ID} in [query(link) for link in links(response, "word-count")]
    for address in links(response, "<bdi>ann</bdi>"):
        assert ids(signed_in.get(ALL + address))


def test_counts_of_each_outcome_are_filters(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"outcome": "failed", "window": "all"})
    line = response.content.decode().partition('<nav class="outcomes"')[2].partition("</nav>")[0]
    counted = re.findall(r'<a href="([^"]*)".*?<span class="num count">(\d+)', line, re.DOTALL)
    counts = {query(unescape(href)).get("outcome", "all"): int(count) for href, count in counted}
    assert counts["all"] == 8
    assert counts["failed,error,oom"] == 3
    assert counts["succeeded"] == 3
    assert counts["failed"] == counts["error"] == counts["oom"] == counts["waiting"] == counts["running"] == 1
    for href, count in counted:
        assert len(ids(signed_in.get(ALL + unescape(href)))) == int(count), href


def test_more_than_the_limit_is_said_to_be_at_least_so_many(
    busy: World, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_counts, "EXACT", 1)
    words = Page.of(signed_in.get(ALL)).words
    assert "+ executions" in words
    assert "at least ≥ 1" in words


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("outcome", "wonderful", "Unknown outcome"),
        ("outcome", "failed,-error", ""),
        ("exit_code", "many", ""),
        ("exit_code", "9" * 30, ""),
        ("duration", "soon", "Enter a duration, e.g."),
        ("duration", "5m..1m", "End must be after start."),
        ("window", "2y", "Use 1h, 24h, 7d or all"),
        ("from", "yesterday", "Enter a date"),
        ("from", "1850-01-01", "Enter a date"),
        ("to", "2026-13-01", "Enter a date"),
        ("sort", "beauty", "Unknown order"),
        ("after", "x", "Page not found."),
        ("before", "W10", "Page not found."),
        ("format", "exe", "Unknown format. Choose csv or jsonl."),
        ("q", "x" * 300, "Too long"),
        ("executor", "x" * 300, "Too long"),
        ("q", "a\x00b", ""),
    ],
)
@BOTH
def test_what_is_not_understood_is_named_and_nothing_is_asked(
    world: World, signed_in: Client, url: str, name: str, value: str, says: str
) -> None:
    response = signed_in.get(url, {name: value, "worker": "kept-worker", "q" if name != "q" else "executor": "kept"})
    page = Page.of(response)
    if response.status_code == 200 and not says:
        return  # it has a meaning after all
    assert response.status_code == 422
    assert says in page.words
    assert {"kept-worker", "kept"} <= page.values
    if name not in ("after", "before", "format", "window"):
        assert value in page.values
    assert world.asked == []


def test_a_span_that_ends_before_it_begins_is_named(world: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"from": "2026-11-20", "to": "2026-11-19"})
    assert response.status_code == 422
    assert "End must be after start." in Page.of(response).words
