"""The history as a file: what is in it, that it is safe to open, and that it says where it breaks off."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client
from requests.exceptions import ReadTimeout

from actors_app.core.clock import now_ms, to_ms
from actors_app.core.security.models import Readable
from actors_app.history.export import COLUMNS, file_name
from actors_app.history.forms import HistoryForm
from actors_app.history.models import ActorHistory, ExecutionRecord
from actors_app.history.visibility import SeenActor
from tests.history.world import World, ago

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]
URL = "/executions/"


def remembered(number: int, *, name: str = "word-count", executor: str = "jdoe") -> ActorHistory:
    """Remember an actor of jdoe's with so many executions, one a second."""
    at = now_ms()
    actor = ActorHistory.objects.create(
        is_whole=True, tenant="default", actor_id="zlVl01zOo4pXE", name=name, owner="jdoe", image="abacosamples/wc"
    )
    ExecutionRecord.objects.bulk_create(
        ExecutionRecord(
            actor=actor,
            execution_id=f"e{place:07}",
            executor=executor,
            status="COMPLETE",
            outcome="succeeded" if place % 3 else "failed",
            exit_code=0 if place % 3 else 1,
            worker_id="w1",
            received=at - place * 1000,
            started=at - place * 1000 + 10,
            finished=at - place * 1000 + 1510,
            waited=10,
            ran=1500,
            runtime=1,
            cpu=5,
            io=7,
            first_seen=at,
            last_seen=at,
        )
        for place in range(number)
    )
    Readable.objects.create(tenant="default", username="jdoe", actors=json.dumps([actor.pk]), checked=at)
    return actor


def body(answer: Any) -> str:
    """Return all of a streamed answer."""
    return b"".join(answer.streaming_content).decode()


def rows(text: str) -> list[dict[str, str]]:
    """Read a CSV file of a page, which is marked as UTF-8."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text[1:])))


def test_csv_holds_every_row_in_its_order(signed_in: Client) -> None:
    remembered(2500)
    answer = signed_in.get(URL, {"format": "csv", "window": "all"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    found = rows(body(answer))
    assert tuple(found[0]) == COLUMNS
    assert [row["execution_id"] for row in found] == [f"e{place:07}" for place in range(2500)]
    assert found[1]["waited_seconds"] == "0.01"
    assert found[1]["ran_seconds"] == "1.5"
    assert found[1]["actor_name"] == "word-count"
    assert found[1]["still_in_api"] == "True"
    assert len(found[1]["received_utc"]) == len("2026-11-23T16:20:41.522Z")


def test_json_lines_hold_one_object_each(signed_in: Client) -> None:
    remembered(1200, name="a\nb\u2028c")
    answer = signed_in.get(URL, {"format": "jsonl", "window": "all", "outcome": "failed"})
    assert answer.headers["Content-Type"] == "application/jsonl"
    found = [json.loads(line) for line in body(answer).splitlines()]
    assert len(found) == 400
    assert {row["exit_code"] for row in found} == {1}
    assert found[0]["actor_name"] == "a\nb\u2028c"
    assert found[0]["still_in_api"] is True
    assert tuple(found[0]) == COLUMNS


def test_an_actors_own_list_is_exported_too(signed_in: Client) -> None:
    actor = remembered(3)
    answer = signed_in.get(f"/actors/{actor.actor_id}/executions/", {"format": "csv"})
    assert len(rows(body(answer))) == 3
    assert 'filename="executions_word-count_24h_' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "  =1", "\t=1", "\n=1", "\uff1d1+1"])
def test_no_cell_is_a_formula(signed_in: Client, text: str) -> None:
    remembered(1, name=text, executor=text)
    (row,) = rows(body(signed_in.get(URL, {"format": "csv"})))
    for name in ("actor_name", "executor"):
        assert row[name] == "'" + text


def test_nobody_gets_rows_of_actors_they_may_not_read(signed_in: Client) -> None:
    remembered(1)
    Readable.objects.update(actors="[]")
    assert rows(body(signed_in.get(URL, {"format": "csv"}))) == []


def test_a_store_that_fails_in_the_middle_is_told_of(signed_in: Client) -> None:
    remembered(2500)
    for format_ in ("csv", "jsonl"):
        pieces: Iterator[bytes] = signed_in.get(URL, {"format": format_, "window": "all"}).streaming_content
        text = "".join(next(pieces).decode() for _ in range(2))

        def fails(*given: Any) -> None:
            raise DatabaseError("gone")

        with connection.execute_wrapper(fails):
            text += b"".join(pieces).decode()
        assert text.count("e00") == 1000
        last = text.splitlines()[-1]
        assert "INCOMPLETE: the portal's database stopped responding after 1000 executions." in last
        assert format_ == "csv" or "INCOMPLETE" in json.loads(last)["error"]


def test_an_unknown_format_is_no_file(signed_in: Client) -> None:
    answer = signed_in.get(URL, {"format": "xlsx"})
    assert answer.status_code == 422
    assert "Unknown format. Choose csv or jsonl." in answer.content.decode()


def test_the_name_of_a_file_says_its_filter_in_safe_letters() -> None:
    form = HistoryForm({"outcome": "-failed", "q": '../"\r\nSet-Cookie: x', "executor": "Zoë " * 50, "window": "7d"})
    actor = SeenActor(1, "id", "ä/b", "", "", "", "", None)
    name = file_name(form, actor)
    assert name.startswith("executions_b_7d_outcome-not-failed_executor-zo-zo-")
    assert len(name) <= 100
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_TZ")
    exact = file_name(HistoryForm({"from": "2026-11-22", "to": "2026-11-23 18:00"}))
    assert exact.startswith("executions_from-2026-11-22_to-2026-11-23-18-00_")


def test_a_file_holds_what_came_since_anybody_looked(signed_in: Client, world: World) -> None:
    actor = world.actor("zlVl01zOo4pXE")
    world.run("Old1", ago(hours=3), actor.actor_id)
    signed_in.get(URL)
    world.run("New2", ago(minutes=1), actor.actor_id)
    cache.clear()
    found = rows(body(signed_in.get(URL, {"format": "csv"})))
    assert [row["execution_id"] for row in found] == ["New2", "Old1"]


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_a_file_made_while_the_api_is_silent_says_of_when_it_is(signed_in: Client, world: World, format_: str) -> None:
    remembered(3)
    ActorHistory.objects.update(until=now_ms(), looked=to_ms(datetime(2026, 11, 24, 10, tzinfo=UTC)))
    world.failing = {"search-all": (500, {}, "{}")}
    *found, last = body(signed_in.get(URL, {"format": format_, "window": "all"})).splitlines()
    assert len([line for line in found if "e00" in line]) == 3
    assert "NOT UP TO DATE: the API timed out." in last
    assert "Last synced: 2026-11-24T10:00:00.000Z." in last
    assert format_ == "csv" or json.loads(last)["error"].startswith("NOT UP TO DATE")


def is_silent(_: Any) -> Any:
    raise ReadTimeout


@pytest.mark.parametrize("url", [URL, "/actors/zlVl01zOo4pXE/executions/"])
@pytest.mark.parametrize("failure", [(500, {}, "{}"), is_silent])
def test_with_nothing_known_a_silent_api_gives_no_file(signed_in: Client, world: World, url: str, failure: Any) -> None:
    world.actor("zlVl01zOo4pXE")
    world.failing = dict.fromkeys(("search-all", "search", "listing"), failure)
    answer = signed_in.get(url, {"format": "csv"})
    assert answer.status_code in (502, 504)
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_file_of_a_history_that_is_still_being_read_says_so(signed_in: Client, world: World) -> None:
    remembered(3)
    world.failing = {name: (500, {}, "{}") for name in ("search-all", "search", "listing")}
    ActorHistory.objects.update(is_whole=False, since=now_ms(), until=now_ms(), is_searchable=True, total=9)
    lines = body(signed_in.get(URL + "?format=csv&window=all", secure=True)).splitlines()
    assert "INCOMPLETE: history of 1 of 1 actors not synced yet." in lines[-1]
