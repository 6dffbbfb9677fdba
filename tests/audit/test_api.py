"""The activity at the JSON API: its lines and pages, its filters, files, and what became of a write."""

import json
from typing import Any

import pytest

from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, actor_payload, listing_payload

pytestmark = [pytest.mark.django_db, pytest.mark.store]
URL = "/api/v1/activity/"


@pytest.fixture
def filled(caller: Caller, api: API) -> Caller:
    """Somebody who sent five messages, of which the API refused the last."""
    api.wire.assert_all_requests_are_fired = False
    api.get("/actors/v2", [actor_payload()])
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    path = f"/actors/v2/{ACTOR_ID}/messages"
    for number in range(4):
        api.post(path, {"executionId": f"e{number}", "msg": "x"})
    api.refuse("POST", path, "Not authorized -- you do not have access to this actor.")
    for number in range(5):
        caller.post(f"/api/v1/actors/{ACTOR_ID}/messages/", {"text": f"secret {number}"})
    return caller


def test_it_is_newest_first_and_paged_forth_and_back(filled: Caller) -> None:
    first = filled.get(f"{URL}?limit=2").json()
    second = filled.get(first["next"]).json()
    third = filled.get(second["next"]).json()
    every = [one["object_id"] for page in (first, second, third) for one in page["items"]]
    assert every == [None, "e3", "e2", "e1", "e0"]
    assert (first["previous"], third["next"]) == (None, None)
    assert filled.get(third["previous"]).json()["items"] == second["items"]
    back = filled.get(second["previous"]).json()
    assert (back["items"], back["previous"]) == (first["items"], None)


def test_a_line_says_who_did_what_and_no_secret(filled: Caller) -> None:
    line = filled.get(f"{URL}?limit=2").json()["items"][1]
    assert (line["username"], line["action"], line["outcome"]) == ("jdoe", "message.send", "done")
    assert line["details"] == {"kind": "text", "environment": [], "bytes": 8}
    assert "secret" not in filled.get(URL).content.decode()
    assert filled.get(f"{URL}{line['id']}/").json() == line


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("outcome=refused", 1),
        ("outcome=done", 4),
        ("action=actor.create", 0),
        ("who=jdoe&window=24h", 5),
        ("who=other", 0),
        ("actor=word-count", 5),
        ("actor=another", 0),
        ("to=2001-01-01", 0),
    ],
)
def test_the_filters_are_those_of_the_page(query: str, number: int, filled: Caller) -> None:
    assert len(filled.get(f"{URL}?{query}").json()["items"]) == number


@pytest.mark.parametrize("query", ["outcome=good", "action=fly", "window=1s", "from=today", "cursor=WyJhZnRlciIsMF0"])
def test_what_is_no_filter_is_refused(query: str, caller: Caller, api: API) -> None:
    api.wire.assert_all_requests_are_fired = False
    api.get("/actors/v2", [])
    found = problem(caller.get(f"{URL}?{query}"), 422, "not-valid")
    assert list(found["errors"]) == [query.partition("=")[0]]


def test_of_one_actor(filled: Caller) -> None:
    assert len(filled.get(f"/api/v1/actors/{ACTOR_ID}/activity/").json()["items"]) == 5


def test_without_the_api_ones_own_lines_stand(filled: Caller, api: API) -> None:
    api.wire.replace("GET", "https://api.example.org/actors/v2", status=500, json={})
    page = filled.get(URL).json()
    assert (len(page["items"]), page["is_complete"]) == (5, False)
    # A file says nothing of what it lacks, so none is made.
    problem(filled.get(f"{URL}export/"), 502, "upstream-error")


def test_the_files(filled: Caller) -> None:
    lines = b"".join(filled.get(f"{URL}export/?outcome=done").streaming_content).decode().splitlines()
    assert [json.loads(line)["object_id"] for line in lines] == ["e3", "e2", "e1", "e0"]
    table = filled.get(f"{URL}export/?format=csv")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(b"".join(table.streaming_content).decode().splitlines()) == 6


def test_what_others_did_is_for_who_may_read_the_actor(filled: Caller, api: API, sign_in: Any) -> None:
    other = Caller(sign_in(username="other"))
    assert len(other.get(URL).json()["items"]) == 5
    number = AuditEntry.objects.order_by("pk").first().pk  # type: ignore[union-attr]
    assert other.get(f"{URL}{number}/").status_code == 200
    api.wire.replace("GET", "https://api.example.org/actors/v2", json={"status": "success", "result": []})
    api.wire.replace(
        "GET",
        f"https://api.example.org/actors/v2/{ACTOR_ID}",
        status=404,
        json={"status": "error", "message": "No actor found"},
    )
    assert other.get(URL).json()["items"] == []
    problem(other.get(f"{URL}{number}/"), 404, "no-such-address")


@pytest.mark.parametrize("number", [0, 999_999, 2**63, 10**30])
def test_a_line_that_there_is_not(number: int, caller: Caller) -> None:
    problem(caller.get(f"{URL}{number}/"), 404, "no-such-address")
    problem(caller.get(f"{URL}{number}/check/"), 404, "no-such-address")


def test_what_became_of_a_write_is_found_out(caller: Caller, api: API) -> None:
    from requests.exceptions import ReadTimeout

    api.answer("POST", f"/actors/v2/{ACTOR_ID}/messages", body=ReadTimeout("slow"))
    found = problem(
        caller.post(f"/api/v1/actors/{ACTOR_ID}/messages/", {"text": "x"}), 504, "unknown-outcome", "unknown"
    )
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.get(f"/actors/v2/{ACTOR_ID}/executions", listing_payload())
    said = caller.get(found["check"]).json()
    assert (said["done"], said["found"]) == ("no", [])
    assert said["words"].endswith(".")
