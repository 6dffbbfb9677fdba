"""The execution history: the page over all actors and the one of an actor, which are the same list."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actors_app.history import counting
from actors_app.history.clock import MINUTE, now_ms
from actors_app.models import ActorHistory, BulkItem, BulkJob, ExecutionRecord, Readable
from tests.faults.pages import Page
from tests.history.world import World, ago, answering
from tests.payloads import ACTOR_ID

ALL = "/executions/"
ONE = f"/actors/{ACTOR_ID}/executions/"
BOTH = pytest.mark.parametrize("url", [ALL, ONE])
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Answer every call from a world with one actor."""
    with answering() as found:
        found.actor(name="word-count", image="abacosamples/wc:1", owner="jdoe")
        yield found


@pytest.fixture
def busy(world: World) -> World:
    """Let both of two actors have run something of each kind."""
    world.actor("other", name="Zebra", image="tacc/zebra", owner="mvaughn")
    world.run("Ok1", ago(minutes=1), executor="jdoe", workerId="w1")
    world.run("Fail2", ago(minutes=2), exitCode=2, executor="ann", workerId="w2")
    world.run("Err3", ago(minutes=3), status="ERROR", exitCode=None, executor="ann")
    world.run("Oom4", ago(minutes=4), exitCode=137, finalState={"OOMKilled": True})
    world.waits("Wait5", ago(minutes=5))
    world.run("Run6", ago(minutes=6), status="RUNNING", exitCode=None, finishTime=None, finalState=None)
    long = ago(minutes=90)
    world.run("Long7", long, "other", finishTime=f"{long + timedelta(minutes=40):%Y-%m-%dT%H:%M:%S.000Z}")
    world.run("Old8", ago(days=3), "other", executor="bob")
    return world


def ids(response: Any) -> list[str]:
    """Return the ids of the executions in the table, in its order."""
    return re.findall(r'<a class="name mono" href="[^"]*">(\w+)</a>', response.content.decode())


def links(response: Any, words: str) -> list[str]:
    """Return where the links with such markup in them lead."""
    every = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL)
    return [unescape(href) for href, inside in every if words in inside]


def query(address: str) -> dict[str, str]:
    """Return what an address asks for."""
    return dict(parse_qsl(address.partition("?")[2]))


# What is shown ------------------------------------------------------------------------------------------------


def test_all_executions_of_the_last_day_stand_newest_first(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL)
    assert response.status_code == 200
    assert ids(response) == ["Ok1", "Fail2", "Err3", "Oom4", "Wait5", "Run6", "Long7"]
    words = Page.of(response).words
    assert "7 executions" in words
    assert "received in the last 24 hours, since" in words, "the default is said"
    for badge in ("Succeeded", "Failed, exit 2", "Out of memory", "Error", "Running"):
        assert badge in words


def test_an_actors_page_shows_its_own(busy: World, signed_in: Client) -> None:
    response = signed_in.get("/actors/other/executions/?window=all")
    assert ids(response) == ["Long7", "Old8"]
    assert "word-count" not in Page.of(response).words
    assert 'aria-current="page">Executions' in response.content.decode()


@BOTH
def test_it_needs_credentials(client: Client, db: None, url: str) -> None:
    assert client.get(url)["Location"].startswith(reverse("actors:sign-in"))


@BOTH
def test_it_rejects_the_wrong_method(signed_in: Client, url: str) -> None:
    assert signed_in.post(url).status_code == 405


@BOTH
def test_nothing_yet_teaches_the_first_step(world: World, signed_in: Client, url: str) -> None:
    response = signed_in.get(url)
    assert response.status_code == 200
    assert "Nothing was received in this time" in Page.of(response).words


@BOTH
def test_it_survives_silence_with_nothing_known(world: World, signed_in: Client, url: str) -> None:
    names = ("actors", "actor", "probe", "listing", "search", "search-all")
    world.failing = {name: (502, {}, "<html>") for name in names}
    response = signed_in.get(url)
    assert response.status_code == 502
    assert "The executions could not be loaded" in Page.of(response).words


def test_an_unknown_actor_is_not_found(world: World, signed_in: Client) -> None:
    assert signed_in.get("/actors/nobody/executions/").status_code == 404


@BOTH
def test_it_works_without_script_and_says_the_same_to_htmx(
    busy: World, signed_in: Client, htmx: dict[str, str], url: str
) -> None:
    page = signed_in.get(url).content.decode()
    assert f'hx-get="{url}?poll=1' in page
    assert '<form method="get" id="history-filter">' in page
    assert b"<html" in signed_in.get(url, headers=htmx).content


# Filters ------------------------------------------------------------------------------------------------------

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
    assert "Search <strong>is not</strong>" in response.content.decode()
    (back,) = re.findall(r'<a href="([^"]*)" aria-label="Only Search', response.content.decode())
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
    assert "received before the last" in Page.of(response).words
    (back,) = re.findall(r'<a href="([^"]*)" aria-label="Only Received', response.content.decode())
    assert set(ids(signed_in.get(ALL + unescape(back)))) == EVERY - expected


@pytest.mark.parametrize("name", ["from", "to"])
def test_an_end_of_time_and_its_opposite_part_the_whole(busy: World, signed_in: Client, name: str) -> None:
    moment = f"{ago(minutes=3, seconds=30):%Y-%m-%d %H:%M:%S}"
    response = signed_in.get(ALL, {name: moment})
    (opposite,) = re.findall(r'<a href="([^"]*)" aria-label="The opposite of', response.content.decode())
    other = signed_in.get(ALL + unescape(opposite))
    assert set(ids(response)) ^ set(ids(other)) == EVERY
    assert set(ids(response)) == ({"Ok1", "Fail2", "Err3"} if name == "from" else EVERY - {"Ok1", "Fail2", "Err3"})
    (back,) = re.findall(r'<a href="([^"]*)" aria-label="The opposite of', other.content.decode())
    assert query(unescape(back)) == {name: moment}


def test_both_ends_of_time_with_a_minus_leave_nothing_and_say_so(world: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"from": "-2026-11-19", "to": "-2026-11-20"})
    assert response.status_code == 422
    assert "This is not after the beginning." in Page.of(response).words


def test_the_list_of_windows_says_that_an_exact_span_is_in_force(busy: World, signed_in: Client) -> None:
    page = signed_in.get(ALL, {"from": "2026-11-01", "window": "7d"}).content.decode()
    assert '<option value="" selected>Exact: From, Up to</option>' in page
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
    assert "in the time you chose" in Page.of(response).words
    assert not re.search(r'id="history-live" hx-get', response.content.decode()), "a closed time has no news"


def test_filters_of_every_kind_narrow_together(busy: World, signed_in: Client) -> None:
    given = {"executor": "ann", "outcome": "-error", "actor": ACTOR_ID, "window": "7d", "sort": "ran"}
    assert ids(signed_in.get(ALL, given)) == ["Fail2"]


def test_a_chip_leads_to_its_opposite_and_to_the_list_without_it(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"executor": "ann", "outcome": "failed", "sort": "ran"})
    page = response.content.decode()
    opposite = re.search(r'<a href="([^"]*)" aria-label="All but Sent by ann"', page)
    without = re.search(r'<a href="([^"]*)" aria-label="Without the filter Sent by"', page)
    assert opposite
    assert without
    assert query(unescape(opposite[1])) == {"executor": "-ann", "outcome": "failed", "sort": "ran"}
    assert query(unescape(without[1])) == {"outcome": "failed", "sort": "ran"}
    assert "Sent by <strong>is not</strong>" in signed_in.get(ALL, {"executor": "-ann"}).content.decode()


def test_a_cell_is_a_filter(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"outcome": "failed"})
    assert [query(link) for link in links(response, "<bdi>ann</bdi>")] == [{"outcome": "failed", "executor": "ann"}]
    assert [query(link) for link in links(response, "<bdi>w2</bdi>")] == [{"outcome": "failed", "worker": "w2"}]
    assert [query(link) for link in links(response, "<bdi>2</bdi>")] == [{"outcome": "failed", "exit_code": "2"}]
    assert [query(link) for link in links(response, "of <bdi>jdoe</bdi>")] == [{"outcome": "failed", "owner": "jdoe"}]
    assert {"outcome": "failed", "actor": ACTOR_ID} in [query(link) for link in links(response, "word-count")]
    for address in links(response, "<bdi>ann</bdi>"):
        assert ids(signed_in.get(ALL + address))


def test_counts_of_each_outcome_are_filters(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"outcome": "failed", "window": "all"})
    counted = r'<a class="outcome ([\w-]+)" href="([^"]*)"[^>]*>[^<]*<span class="num count">(\d+)'
    found = re.findall(counted, response.content.decode())
    counts = {name: int(count) for name, _, count in found}
    assert counts["all"] == 8
    assert counts["succeeded"] == 3
    assert counts["failed"] == counts["error"] == counts["oom"] == counts["waiting"] == counts["running"] == 1
    for name, href, count in found:
        assert len(ids(signed_in.get(ALL + unescape(href)))) == int(count), name


def test_more_than_the_limit_is_said_to_be_at_least_so_many(
    busy: World, signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "EXACT", 1)
    words = Page.of(signed_in.get(ALL)).words
    assert "At least" in words
    assert "at least ≥ 1" in words


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("outcome", "wonderful", "There is no such outcome"),
        ("outcome", "failed,-error", ""),
        ("exit_code", "many", ""),
        ("exit_code", "9" * 30, ""),
        ("duration", "soon", "Give a duration such as"),
        ("duration", "5m..1m", "This span ends before it begins."),
        ("window", "2y", "There is no such span of time"),
        ("from", "yesterday", "Give a day"),
        ("from", "1850-01-01", "Give a day"),
        ("to", "2026-13-01", "Give a day"),
        ("sort", "beauty", "There is no such order"),
        ("after", "x", "There is no such page of this list."),
        ("before", "W10", "There is no such page of this list."),
        ("format", "exe", "There is no such format"),
        ("q", "x" * 300, "This is longer than"),
        ("executor", "x" * 300, "This is longer than"),
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
    assert "This is not after the beginning." in Page.of(response).words


# Order and pages ----------------------------------------------------------------------------------------------


def test_heads_of_the_table_sort_the_whole_set(busy: World, signed_in: Client) -> None:
    response = signed_in.get(ALL, {"executor": "-bob"})
    page = response.content.decode()
    assert page.count('aria-sort="descending"') == 1
    (ran,) = [link for link in links(response, "Ran") if "sort" in query(link)]
    assert query(ran) == {"executor": "-bob", "sort": "-ran"}
    sorted_ = signed_in.get(ALL + ran)
    assert ids(sorted_)[0] == "Long7"
    (again,) = [link for link in links(sorted_, "Ran") if "sort" in query(link)]
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
    from actors_app.forms.history import place_text
    from actors_app.history.finding import Place

    response = signed_in.get(ALL, {"after": place_text(Place((last.received, last.pk)))})
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
    assert "bulk act" not in Page.of(signed_in.get(url)).words
    wait("c", "jdoe", BulkItem.WAITING)
    response = signed_in.get(url)
    assert "One bulk act of yours is not finished" in Page.of(response).words
    assert links(response, "open it") == [f"/bulk/{'c' * 32}/"]
    wait("d", "jdoe", BulkItem.STARTED)
    response = signed_in.get(url)
    assert "2 bulk acts of yours are not finished" in Page.of(response).words
    assert links(response, "show them") == ["/bulk/"]


# What is new --------------------------------------------------------------------------------------------------


def poll_of(response: Any) -> str:
    """Return the address by which a page asks what is new."""
    found = re.search(r'id="history-live" hx-get="([^"]*)"', response.content.decode())
    assert found
    return unescape(found[1])


@BOTH
def test_news_are_announced_and_not_pushed_into_the_table(
    busy: World, signed_in: Client, htmx: dict[str, str], url: str
) -> None:
    address = poll_of(signed_in.get(url))
    quiet = signed_in.get(address, headers=htmx)
    assert "new execution" not in quiet.content.decode()
    assert "<table" not in quiet.content.decode()
    busy.run("Fresh", ago(seconds=1))
    ActorHistory.objects.update(looked=0)
    cache.clear()
    news = signed_in.get(address, headers=htmx)
    assert "1 new execution:" in news.content.decode()
    assert "Fresh" not in ids(news)
    assert news["X-Poll-State"] != quiet["X-Poll-State"]


@pytest.mark.parametrize("sort", ["received", "ran", "-ran", "id", "outcome", "executor", "-exit_code", "-actor"])
def test_no_news_are_announced_in_any_order_until_something_came(
    world: World, signed_in: Client, htmx: dict[str, str], sort: str
) -> None:
    from django.core.cache import cache

    for number in range(60):
        world.run(f"Run{number:03}", ago(minutes=number + 2), executor="ann" if number > 50 else "jdoe")
    signed_in.get(ONE)
    address = poll_of(signed_in.get(ALL, {"sort": sort}))
    assert "new execution" not in signed_in.get(address, headers=htmx).content.decode()
    world.run("Fresh", ago(seconds=1))
    ActorHistory.objects.update(looked=0)
    cache.clear()
    assert "1 new execution:" in signed_in.get(address, headers=htmx).content.decode()


@pytest.mark.parametrize(
    ("given", "number"),
    [({"outcome": "failed"}, 1), ({"exit_code": "9"}, 1), ({"outcome": "succeeded"}, 0), ({"outcome": "-failed"}, 0)],
)
@BOTH
def test_one_that_ends_after_others_is_announced_under_a_filter_of_ends(
    busy: World, signed_in: Client, htmx: dict[str, str], url: str, given: dict[str, str], number: int
) -> None:
    from django.core.cache import cache

    address = poll_of(signed_in.get(url, given))
    assert "new execution" not in signed_in.get(address, headers=htmx).content.decode()
    busy.ends("Wait5", 9)  # older than the failure that is shown
    ActorHistory.objects.update(looked=0)
    cache.clear()
    assert ("1 new execution:" in signed_in.get(address, headers=htmx).content.decode()) is bool(number)


def test_the_first_page_is_told_of_news_also_when_it_was_come_back_to(world: World, signed_in: Client) -> None:
    for number in range(120):
        world.run(f"Run{number:03}", ago(minutes=number + 2))
    signed_in.get(ONE)
    second = re.search(r'rel="next" href="([^"]*)"', signed_in.get(ALL).content.decode())
    assert second
    third = re.search(r'rel="next" href="([^"]*)"', signed_in.get(ALL + unescape(second[1])).content.decode())
    assert third
    pages = [signed_in.get(ALL + unescape(third[1]))]
    for _ in range(2):
        back = re.search(r'rel="prev" href="([^"]*)"', pages[-1].content.decode())
        assert back
        pages.append(signed_in.get(ALL + unescape(back[1])))
    assert [bool(re.search(r'id="history-live" hx-get', page.content.decode())) for page in pages] == [
        False,
        False,
        True,
    ]
    assert ids(pages[-1])[0] == "Run000"
    assert 'rel="prev"' not in pages[-1].content.decode()


@BOTH
def test_rows_that_were_not_finished_are_brought_up_to_date(
    busy: World, signed_in: Client, htmx: dict[str, str], url: str
) -> None:
    from django.core.cache import cache

    address = poll_of(signed_in.get(url))
    busy.ends("Wait5", 9)
    ActorHistory.objects.update(looked=0)
    cache.clear()
    answer = signed_in.get(address, headers=htmx).content.decode()
    row = ExecutionRecord.objects.get(execution_id="Wait5")
    assert f'<tr id="execution-{row.pk}" hx-swap-oob="true">' in answer
    assert "Failed, exit 9" in answer
    assert "Ok1" not in answer


@pytest.mark.parametrize(
    "bad",
    [
        "newest=x&open=y",
        "newest=1&open=1,,-2,99999999999999999999",
        "outcome=failed&seen=x.y",
        "outcome=failed&seen=1.99999999999999999999",
        "newest=\u0663.1&open=\u0663",
    ],
)
def test_a_poll_of_nonsense_is_harmless(busy: World, signed_in: Client, htmx: dict[str, str], bad: str) -> None:
    assert signed_in.get(f"{ALL}?poll=1&{bad}", headers=htmx).status_code == 200


def test_a_silent_api_leaves_the_last_known_with_their_age(busy: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    from django.core.cache import cache

    cache.clear()
    busy.failing = {name: (500, {}, "{}") for name in ("search", "search-all")}
    response = signed_in.get(ALL)
    assert response.status_code == 200
    assert "Ok1" in ids(response)
    assert "These are the last known executions, as of" in Page.of(response).words
    buttons = re.findall(r"<button[^>]*name=\"(?:act|format)\"[^>]*>", response.content.decode())
    assert ['aria-disabled="true"' in one for one in buttons] == [True, True, False], "what is known can be taken along"


def test_a_silent_api_is_not_waited_for_longer_than_a_page_may(busy: World, signed_in: Client) -> None:
    signed_in.get(ALL)
    Readable.objects.update(checked=now_ms() - 2 * MINUTE)
    ActorHistory.objects.update(looked=now_ms() - MINUTE)
    cache.clear()
    busy.forget()
    busy.failing = {name: (500, {}, "{}") for name in ("actor", "search", "search-all", "listing")}
    response = signed_in.get(ONE)
    assert "Ok1" in ids(response)
    assert "These are the last known executions, as of" in Page.of(response).words
    assert not [asked for asked in busy.asked if asked.startswith("listing")], "its patience is that of a first look"


def test_reading_a_long_history_shows_its_progress(
    world: World, signed_in: Client, htmx: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from actors_app.history import collecting

    monkeypatch.setattr(collecting, "FRESH_ROWS", 10)
    monkeypatch.setattr(collecting, "PIECE", 10)
    monkeypatch.setattr(collecting, "MUCH", 10)
    for number in range(60):
        world.run(f"Run{number:03}", ago(minutes=number + 2))
    world.failing["search"] = (500, {}, "{}")
    first = signed_in.get(ONE)
    assert len(ids(first)) == 10
    assert "10 of 60 executions are known" in Page.of(first).words
    assert '<progress id="history-progress" max="60" value="10">' in first.content.decode()
    assert re.search(r'id="history-live" [^>]*hx-trigger="load, every 3s"', first.content.decode())
    world.failing.clear()
    signed_in.get(poll_of(first), headers=htmx)
    assert len(ids(signed_in.get(ONE, {"window": "all"}))) == 50
    assert "60 executions" in Page.of(signed_in.get(ONE, {"window": "all"})).words
