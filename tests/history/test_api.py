"""The execution history at the JSON API: the filters of its page, its pages, what was counted, and the files."""

import json
import re
from typing import Any

import pytest

from actors_app.history.forms import SPANS
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import (
    ACTOR_ID,
    actor_payload,
    execution_payload,
    execution_row,
    listing_payload,
    search_payload,
)

pytestmark = [pytest.mark.django_db, pytest.mark.store(full=True)]
ALL = "/api/v1/executions/"
ONE = f"/api/v1/actors/{ACTOR_ID}/executions/"
NUMBER = 7


def executions() -> list[dict[str, Any]]:
    """Return some executions, the later ones first in no order; every second of them failed."""
    return [
        execution_payload(
            id=f"e{n}",
            exitCode=n % 2,
            executor="jdoe" if n < 4 else "asmith",
            messageReceivedTime=f"2026-11-2{n}T10:00:00.123Z",
            startTime=f"2026-11-2{n}T10:00:01.123Z",
            finishTime=f"2026-11-2{n}T10:00:03.123Z",
        )
        for n in (3, 1, 0, 2, 6, 5, 4)
    ]


@pytest.fixture
def filled(caller: Caller, api: API) -> Caller:
    """Somebody who reads one actor with seven executions, Workers of actors you have access to."""
    api.wire.assert_all_requests_are_fired = False
    rows = executions()
    api.get("/actors/v2", [actor_payload()])
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.refuse("GET", "/actors/v2/aliases/admin-role-probe", "Abaco Admin role required.")

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        query = request.params
        if "limit" not in query:
            found: Any = listing_payload(*(execution_row(id=row["id"]) for row in rows))
        else:
            least = query.get("messageReceivedTime.gte") or query.get("message_received_time.gte") or ""
            most = query.get("messageReceivedTime.lt") or query.get("message_received_time.lt") or "9"
            wanted = json.loads(query["id.in"]) if "id.in" in query else None
            some = [
                row
                for row in rows
                if least <= row["messageReceivedTime"] < most and (wanted is None or row["id"] in wanted)
            ]
            found = search_payload(*some)
        return 200, {}, json.dumps({"status": "success", "message": "ok", "result": found})

    for path in (rf"/actors/v2/{ACTOR_ID}/executions", "/actors/v2/search/executions"):
        api.wire.add_callback("GET", re.compile(re.escape("https://api.example.org" + path) + r"(\?.*)?$"), answer)
    return caller


def ids(page: dict[str, Any]) -> list[str]:
    return [one["id"] for one in page["items"]]


@pytest.mark.parametrize("url", [ALL, ONE])
def test_it_is_newest_first_and_paged_forth_and_back(url: str, filled: Caller) -> None:
    first = filled.get(f"{url}?limit=3").json()
    assert ids(first) == ["e6", "e5", "e4"]
    assert (first["total"], first["total_is_exact"], first["previous"]) == (NUMBER, True, None)
    second = filled.get(first["next"]).json()
    third = filled.get(second["next"]).json()
    assert (ids(second), ids(third), third["next"]) == (["e3", "e2", "e1"], ["e0"], None)
    assert ids(filled.get(third["previous"]).json()) == ids(second)
    assert ids(filled.get(second["previous"]).json()) == ids(first)


@pytest.mark.parametrize("url", [ALL, ONE])
def test_a_slice_is_asked_for_by_limit_and_offset(url: str, filled: Caller, api: API) -> None:
    page = filled.get(f"{url}?limit=3&offset=3").json()
    assert ids(page) == ["e3", "e2", "e1"]
    assert (page["total"], page["slice"]) == (NUMBER, {"limit": 3, "offset": 3, "page_number": 1})
    assert ids(filled.get(page["next"]).json()) == ["e0"]
    assert ids(filled.get(page["previous"]).json()) == ["e6", "e5", "e4"]
    assert ids(filled.get(f"{url}?offset=5&sort=received").json()) == ["e5", "e6"]
    assert "offset" not in page["csv"]
    assert not [request for request in api.asked if "offset" in str(request.url)]


@pytest.mark.store
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("outcome=failed", ["e5", "e3", "e1"]),
        ("outcome=-failed", ["e6", "e4", "e2", "e0"]),
        ("executor=asmith", ["e6", "e5", "e4"]),
        ("executor=-asmith&outcome=failed", ["e3", "e1"]),
        ("exit_code=-1", ["e6", "e4", "e2", "e0"]),
        ("from=2026-11-22&to=2026-11-23", ["e3", "e2"]),
        ("q=e4", ["e4"]),
        ("window=-1h&from=2026-11-22&to=2026-11-23", ["e3", "e2"]),
        ("actor=word-count&sort=received&limit=2", ["e0", "e1"]),
        ("actor=another", []),
        ("window=all&image=abacosamples/wc", ["e6", "e5", "e4", "e3", "e2", "e1", "e0"]),
    ],
)
def test_the_filters_are_those_of_the_page(query: str, found: list[str], filled: Caller) -> None:
    page = filled.get(f"{ALL}?{query}").json()
    assert ids(page) == found


@pytest.mark.parametrize("window", SPANS)
def test_the_windows_are_those_of_the_page(window: str, filled: Caller) -> None:
    assert filled.get(f"{ALL}?window={window}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "outcome=wonderful",
        "window=2h",
        "sort=size",
        "duration=long",
        "exit_code=x",
        "from=yesterday",
        "cursor=WyJhZnRlciIsMV0",
        "format=csv",
    ],
)
def test_what_is_no_filter_is_refused(query: str, caller: Caller, api: API) -> None:
    found = problem(caller.get(f"{ALL}?{query}"), 422, "not-valid")
    assert list(found["errors"]) == [query.partition("=")[0]]
    assert api.asked == []


@pytest.mark.store
def test_an_execution_is_whole(filled: Caller) -> None:
    found = filled.get(f"{ONE}?q=e5").json()["items"][0]
    assert (found["actor_id"], found["actor_name"], found["executor"]) == (ACTOR_ID, "word-count", "asmith")
    assert (found["outcome"], found["exit_code"], found["is_in_api"]) == ("failed", 1, True)
    assert (found["queued_seconds"], found["run_seconds"]) == (1.0, 2.0)


@pytest.mark.parametrize("url", [ALL, ONE])
def test_the_files_are_of_the_same_filter(url: str, filled: Caller) -> None:
    page = filled.get(f"{url}?outcome=failed&limit=1").json()
    lines = b"".join(filled.get(page["jsonl"]).streaming_content).decode().splitlines()
    assert [json.loads(line)["execution_id"] for line in lines] == ["e5", "e3", "e1"]
    table = filled.get(page["csv"])
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Cache-Control"] == "no-store"
    rows = b"".join(table.streaming_content).decode().splitlines()
    assert [row.split(",")[-3] for row in rows] == ["execution_id", "e5", "e3", "e1"]
    assert filled.get(page["csv"], Accept="text/csv").status_code == 200


def test_others_see_nothing_of_it(filled: Caller, api: API, sign_in: Any) -> None:
    assert filled.get(ALL).json()["total"] == NUMBER
    api.wire.replace("GET", "https://api.example.org/actors/v2", json={"status": "success", "result": []})
    assert Caller(sign_in(username="other")).get(ALL).json()["total"] == 0
