"""What is new in the list of executions, and what is left where the API is silent."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from actors_app.core.clock import MINUTE, now_ms
from actors_app.core.security.models import Readable
from actors_app.history.models import ActorHistory, ExecutionRecord
from tests.faults.pages import Page
from tests.history.pages.support import ALL, BOTH, ONE, ids
from tests.history.world import World, ago

pytestmark = pytest.mark.django_db


def poll_of(response: Any) -> str:
    """Return the address by which a page asks what is new."""
    found = re.search(r'id="history-live" hx-get="([^"]*)"', response.content.decode())
    assert found
    return unescape(found[1])


def step_of(response: Any) -> str:
    """Return the address by which a page goes on with a sync; empty where it does not."""
    address = re.search(r'data-step\s+hx-get="([^"]*)"', response.content.decode())
    return unescape(address[1]) if address else ""


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
    assert "1 new execution —" in news.content.decode()
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
    assert "1 new execution —" in signed_in.get(address, headers=htmx).content.decode()


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
    assert ("1 new execution —" in signed_in.get(address, headers=htmx).content.decode()) is bool(number)


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
    assert "Failed" in answer
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
    assert "Showing data from" in Page.of(response).words
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
    assert "Showing data from" in Page.of(response).words
    assert not [asked for asked in busy.asked if asked.startswith("listing")], "its patience is that of a first look"


def test_reading_a_long_history_shows_its_progress(
    world: World, signed_in: Client, htmx: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from actors_app.history import collector

    monkeypatch.setattr(collector, "FRESH_ROWS", 10)
    monkeypatch.setattr(collector, "PIECE", 10)
    monkeypatch.setattr(collector, "MUCH", 10)
    for number in range(60):
        world.run(f"Run{number:03}", ago(minutes=number + 2))
    world.failing["search"] = (500, {}, "{}")
    first = signed_in.get(ONE, {"window": "all"})
    assert len(ids(first)) == 10
    assert "10 of 60 executions" in Page.of(first).words
    assert '<progress id="history-progress" max="100" value="16">' in first.content.decode()
    assert "10 so far" in Page.of(first).words, "a count of what is not known as a whole"
    assert step_of(first), "the page goes on at once"
    world.failing.clear()
    signed_in.get(poll_of(first), headers=htmx)
    assert len(ids(signed_in.get(ONE, {"window": "all"}))) == 50
    assert "60 executions" in Page.of(signed_in.get(ONE, {"window": "all"})).words
