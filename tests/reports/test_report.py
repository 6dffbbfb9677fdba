"""The audit report: its numbers, its periods, its files, what it lacks, and who may see it."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from actors_app.history.models import ActorHistory, HistoryGap
from actors_app.history.periods import months, periods
from tests.conftest import API
from tests.faults.pages import Page
from tests.history.world import World, ago, answering
from tests.support.audit import wrote
from tests.support.payloads import ACTOR_ID

pytestmark = [pytest.mark.django_db, pytest.mark.store]
URL = "/reports/"


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Answer every call from a world with two actors, of which one was used by two people."""
    with answering() as api:
        api.actor(name="word-count", image="abacosamples/wc:1", owner="jdoe")
        api.actor("other", name="Zebra", image="tacc/zebra", owner="jdoe")
        api.run("Good1", ago(days=1), executor="ann")
        api.run("Bad1", ago(days=2), executor="ann", exitCode=2)
        api.run("Good2", ago(days=40), executor="bob")
        api.run("Far1", ago(days=2), "other", executor="bob")
        yield api


def table(client: Client, **query: str) -> list[dict[str, Any]]:
    """Return the rows of the report's file as JSON Lines."""
    answer = client.get(URL, {"window": "all", "format": "jsonl", **query})
    assert answer["Content-Type"] == "application/jsonl"
    return [json.loads(line) for line in answer.content.decode().splitlines()]


def numbers(rows: list[dict[str, Any]], name: str) -> dict[str, tuple[int, int, int]]:
    return {row["row"]: (row["executions"], row["succeeded"], row["failed"]) for row in rows if row["table"] == name}


def test_it_counts_by_actor_user_image_and_month(world: World, signed_in: Client) -> None:
    signed_in.get("/executions/", {"window": "all"})
    rows = table(signed_in)
    assert numbers(rows, "total") == {"all": (4, 3, 1)}
    assert numbers(rows, "actor") == {"word-count": (3, 2, 1), "Zebra": (1, 1, 0)}
    assert numbers(rows, "user") == {"ann": (2, 1, 1), "bob": (2, 2, 0)}
    assert numbers(rows, "image") == {"abacosamples/wc:1": (3, 2, 1), "tacc/zebra": (1, 1, 0)}
    by_month = numbers(rows, "month")
    assert sum(count for count, _, _ in by_month.values()) == 4
    assert by_month[f"{ago(days=40):%Y-%m}"][0] >= 1
    page = Page.of(signed_in.get(URL, {"window": "all"}))
    for words in ("4 executions", "By month", "By user", "By actor", "By image", "No gaps."):
        assert words in page.words
    assert "33.3%" in page.words, "of word-count's three"


def test_a_filter_narrows_it_and_its_rows_lead_to_their_executions(world: World, signed_in: Client) -> None:
    signed_in.get("/executions/", {"window": "all"})
    assert numbers(table(signed_in, actor="word-count", executor="ann"), "total") == {"all": (2, 1, 1)}
    assert numbers(table(signed_in, outcome="failed"), "total") == {"all": (1, 0, 1)}
    text = signed_in.get(URL, {"window": "all", "actor": "word-count"}).content.decode()
    assert 'href="/executions/?actor=word-count&amp;executor=ann&amp;window=all"' in text
    assert 'href="/executions/?actor=word-count&amp;window=all&amp;format=csv"' in text


def test_the_csv_is_the_same(world: World, signed_in: Client) -> None:
    signed_in.get("/executions/", {"window": "all"})
    answer = signed_in.get(URL, {"window": "all", "format": "csv"})
    assert 'filename="report_all' in answer["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["row"]: row["executions"] for row in rows if row["table"] == "user"} == {"ann": "2", "bob": "2"}
    assert next(row["note"] for row in rows if row["row"] == "time zone") == "UTC"


def test_what_is_missing_is_on_the_page_and_in_the_files(world: World, signed_in: Client) -> None:
    signed_in.get("/executions/", {"window": "all"})
    actor = ActorHistory.objects.get(actor_id=ACTOR_ID)
    HistoryGap.objects.create(actor=actor, start=1_700_000_000_000, end=1_700_003_600_000, reason=HistoryGap.FORGOTTEN)
    page = Page.of(signed_in.get(URL, {"window": "all"}))
    assert "Gap in the history of word-count, 14 Nov 2023, 22:13 to 14 Nov 2023, 23:13: the API removed" in page.words
    assert "2023-11-14T22:13:20.000Z" in next(row["note"] for row in table(signed_in) if row["table"] == "gap")
    ActorHistory.objects.filter(pk=actor.pk).update(is_whole=False, since=2**50, busy_until=2**62)
    page = Page.of(signed_in.get(URL, {"window": "all"}))
    assert "1 of 2 actors synced. Counts are not final." in page.words
    assert any(row["table"] == "error" and "INCOMPLETE" in row["note"] for row in table(signed_in))


def test_changes_of_access_are_listed(world: World, signed_in: Client) -> None:
    signed_in.get("/executions/", {"window": "all"})
    wrote("permission.grant", object_id="eve", username="jdoe")
    page = Page.of(signed_in.get(URL, {"window": "all", "actor": "word-count"}))
    assert "eve" in page.words.partition("Access changes")[2]


def test_a_refused_filter_makes_no_call(signed_in: Client, api: API) -> None:
    answer = signed_in.get(URL, {"from": "never"})
    assert answer.status_code == 422
    assert "Enter a date" in answer.content.decode()
    assert api.asked == []


def test_an_empty_report_says_so(world: World, signed_in: Client) -> None:
    assert (
        "No executions in this report" in Page.of(signed_in.get(URL, {"from": "2001-01-01", "to": "2001-02-01"})).words
    )


def test_it_needs_a_sign_in_and_refuses_a_post(client: Client, signed_in: Client, db: None) -> None:
    assert Client().get(URL)["Location"].startswith("/sign-in/")
    assert signed_in.post(URL).status_code == 405


def test_somebody_else_sees_nothing_of_it(world: World, sign_in: Callable[..., Client], signed_in: Client) -> None:
    signed_in.get("/executions/", {"window": "all"})
    world.unreadable |= {ACTOR_ID, "other"}
    stranger = sign_in(username="eve", access_token="another", refresh_token="another")
    assert numbers(table(stranger), "total") == {"all": (0, 0, 0)}
    assert numbers(table(stranger), "user") == {}


def test_periods_are_whole_months_quarters_and_years() -> None:
    spans = {
        period.name: (f"{period.start:%Y-%m-%d}", f"{period.end:%Y-%m-%d}")
        for period in periods(datetime(2026, 2, 14, tzinfo=UTC))
    }
    assert spans == {
        "this-month": ("2026-02-01", "2026-03-01"),
        "last-month": ("2026-01-01", "2026-02-01"),
        "this-quarter": ("2026-01-01", "2026-04-01"),
        "last-quarter": ("2025-10-01", "2026-01-01"),
        "this-year": ("2026-01-01", "2027-01-01"),
        "last-year": ("2025-01-01", "2026-01-01"),
    }


def test_months_of_a_span_follow_one_another_and_the_ends_are_cut() -> None:
    spans = list(months(datetime(2025, 11, 20, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)))
    assert [(f"{start:%m-%d}", f"{end:%m-%d}") for start, end in spans] == [
        ("11-20", "12-01"),
        ("12-01", "01-01"),
        ("01-01", "01-02"),
    ]
