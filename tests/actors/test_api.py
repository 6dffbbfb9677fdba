"""Actors at the JSON API: the list and its pages, registering, reading, changing without losing anything, deleting."""

import json
from typing import Any

import pytest

from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, actor_payload

pytestmark = pytest.mark.django_db
URL = "/api/v1/actors/"
ONE = f"{URL}{ACTOR_ID}/"


def many(number: int) -> list[dict[str, Any]]:
    return [actor_payload(id=f"id{place:03}", name=f"same-{place % 7}") for place in range(number)]


def test_a_list_is_paged_by_a_cursor_forth_and_back(caller: Caller, api: API) -> None:
    api.get("/actors/v2", many(120))
    seen, url, pages = [], f"{URL}?limit=50", []
    while url:
        page = caller.get(url).json()
        pages.append(page)
        seen += [one["id"] for one in page["items"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 120
    assert [len(page["items"]) for page in pages] == [50, 50, 20]
    assert {page["total"] for page in pages} == {120}
    assert pages[0]["previous"] is None
    assert caller.get(pages[2]["previous"]).json()["items"] == pages[1]["items"]
    assert caller.get(pages[1]["previous"]).json()["items"] == pages[0]["items"]
    assert caller.get(f"{URL}?limit=50").headers["Link"] == f'<{pages[0]["next"]}>; rel="next"'
    assert pages[0]["next"].startswith("https://testserver/api/v1/actors/?limit=50&cursor=")


def test_a_slice_is_asked_for_by_limit_and_offset(caller: Caller, api: API) -> None:
    api.get("/actors/v2", [actor_payload(id=f"id{place:03}", name=f"n{place:03}") for place in range(600)])
    page = caller.get(f"{URL}?offset=250").json()
    assert [one["name"] for one in page["items"]] == [f"n{place:03}" for place in range(250, 500)]
    assert (page["total"], page["slice"]) == (600, {"limit": 250, "offset": 250, "page_number": 1})
    assert (page["next"], page["previous"]) == (
        "https://testserver/api/v1/actors/?offset=500",
        "https://testserver/api/v1/actors/?offset=0",
    )
    last = caller.get(page["next"]).json()
    assert (len(last["items"]), last["next"]) == (100, None)
    part = caller.get(f"{URL}?limit=7&offset=10&sort=-name").json()
    assert [one["name"] for one in part["items"]] == [f"n{place:03}" for place in range(589, 582, -1)]
    assert part["slice"]["page_number"] == 2
    assert caller.get(f"{URL}?offset=5000").json()["items"] == []
    assert {request.url for request in api.asked} == {"https://api.example.org/actors/v2"}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        ("offset=100001", "offset"),
        ("offset=1&offset=2", "offset"),
        ("limit=1001", "limit"),
        ("offset=0&cursor=WyJhZnRlciIsW11d", "offset"),
    ],
)
@pytest.mark.parametrize("url", [URL, f"{URL}{ACTOR_ID}/executions/", "/api/v1/executions/"])
def test_a_slice_that_there_is_none_of_is_named(url: str, query: str, name: str, caller: Caller, api: API) -> None:
    assert name in problem(caller.get(f"{url}?{query}"), 422, "not-valid")["errors"]
    assert not api.asked


def test_what_comes_and_goes_moves_no_other(caller: Caller, api: API) -> None:
    api.get("/actors/v2", many(30))
    first = caller.get(f"{URL}?limit=10&sort=-owner").json()
    left = [one for one in many(30) if one["id"] not in {row["id"] for row in first["items"][:5]}]
    api.wire.replace("GET", "https://api.example.org/actors/v2", json={"status": "success", "result": left})
    second = caller.get(first["next"]).json()
    assert not {row["id"] for row in first["items"]} & {row["id"] for row in second["items"]}
    assert len(second["items"]) == 10


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=WORD", ["a"]),
        ("status=error", ["b"]),
        ("status=other", ["c"]),
        ("sort=-image", ["c", "b", "a"]),
        ("q=zz", []),
    ],
)
def test_a_list_is_narrowed_as_the_page_is(query: str, found: list[str], caller: Caller, api: API) -> None:
    api.get(
        "/actors/v2",
        [
            actor_payload(id="a", name="word", image="a"),
            actor_payload(id="b", name="x", image="b", status="ERROR"),
            actor_payload(id="c", name="y", image="c", status="SHUTTING_DOWN"),
        ],
    )
    assert [one["id"] for one in caller.get(f"{URL}?{query}").json()["items"]] == found


@pytest.mark.parametrize("query", ["sort=size", "sort=--name", f"q={'x' * 201}", "cursor=WyJhZnRlciIsWzFdXQ"])
def test_a_list_that_there_is_not(query: str, caller: Caller, api: API) -> None:
    api.wire.assert_all_requests_are_fired = False
    api.get("/actors/v2", many(3))
    assert list(problem(caller.get(f"{URL}?{query}"), 422, "not-valid")["errors"]) == [query.partition("=")[0]]


def test_the_list_has_no_environment_and_the_actor_has(caller: Caller, api: API) -> None:
    api.get("/actors/v2", [actor_payload(defaultEnvironment={"KEY": "secret"})])
    assert "secret" not in caller.get(URL).content.decode()
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload(defaultEnvironment={"KEY": "secret"}))
    answer = caller.get(ONE)
    assert answer.json()["default_environment"] == {"KEY": "secret"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_actor_is_registered_as_it_was_sent(caller: Caller, api: API) -> None:
    api.post("/actors/v2", actor_payload(status="SUBMITTED"))
    sent = {
        "image": "abacosamples/wc:1",
        "name": "word-count",
        "description": "Two\r\nlines.",
        "hints": ["sync", "more"],
        "stateless": False,
        "state": {"count": 1},
        "default_environment": {"A": "1\n2", "B": "${X}"},
        "cron_schedule": "now + 1 hour",
        "cron_on": True,
        "log_ex": 60,
        "token": True,
    }
    answer = caller.post(URL, sent)
    assert answer.status_code == 201, answer.content
    assert answer.headers["Location"] == ONE
    body = json.loads(api.asked[0].body)
    assert body == {
        "image": "abacosamples/wc:1",
        "name": "word-count",
        "description": "Two\r\nlines.",
        "hints": ["sync", "more"],
        "stateless": False,
        "state": {"count": 1},
        "defaultEnvironment": {"A": "1\n2", "B": "${X}"},
        "cronSchedule": body["cronSchedule"],
        "cronOn": True,
        "logEx": 60,
        "token": True,
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"image": "a b"}, "image"),
        ({"image": ""}, "image"),
        ({"image": "https://hub.docker.com/r/abacosamples/wc"}, "image"),
        ({"image": "Org/tool"}, "image"),
        ({"image": "org/tool:1:2"}, "image"),
        ({"webhook": "https://example.org:65536/"}, "webhook"),
        ({"cron_schedule": "2078-13-6 2 + 3 months"}, "cron_schedule"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"hints": ["a,b"]}, "hints"),
        ({"hints": ["'"]}, "hints"),
        ({"hints": "sync"}, "hints"),
        ({"state": {"a": 1}}, "state"),
        ({"stateless": "false"}, "stateless"),
        ({"default_environment": {"A": 1}}, "default_environment"),
        ({"default_environment": {"_abaco_x": "1"}}, "default_environment"),
        ({"cron_on": True}, "cron_schedule"),
        ({"cron_schedule": "now + 1 fortnight"}, "cron_schedule"),
        ({"webhook": "http://169.254.169.254/"}, "webhook"),
        ({"max_workers": 0}, "max_workers"),
        ({"max_workers": 2.5}, "max_workers"),
        ({"max_workers": True}, "max_workers"),
        ({"stateless": False, "max_workers": 2}, "max_workers"),
        ({"link": "a b"}, "link"),
        ({"mem_limit": "lots"}, "mem_limit"),
        ({"queue": "a\u202eb"}, "queue"),
        ({"force": True}, "force"),
        ({"statusMessage": "x"}, "statusMessage"),
    ],
)
def test_what_the_form_refuses_is_refused_by_field(
    changes: dict[str, Any], field: str, caller: Caller, api: API
) -> None:
    found = problem(caller.post(URL, {"image": "a/b"} | changes), 422, "not-valid")
    assert next(iter(found["errors"])).partition(".")[0] == field
    assert api.asked == []


@pytest.mark.parametrize(
    "changes",
    [
        {"image": "[2001:db8::1]:5000/team/tool:1"},
        {"webhook": "https://my_service:65535/run"},
        {"cron_schedule": "2078-9-6 2 + 3 months"},
        {"hints": ["(sync)"]},
    ],
)
def test_what_the_server_takes_is_taken(changes: dict[str, Any], caller: Caller, api: API) -> None:
    api.post("/actors/v2", actor_payload())
    assert caller.post(URL, {"image": "a/b"} | changes).status_code == 201
    sent = json.loads(api.asked[0].body)
    assert list(changes.values()) == [sent["cronSchedule" if name == "cron_schedule" else name] for name in changes]


def test_a_change_sends_the_whole_definition(caller: Caller, api: API) -> None:
    before = actor_payload(stateless=False, state={"n": 1}, cronOn=True, cronSchedule="2031-01-15 08 + 1 day", logEx=60)
    api.get(f"/actors/v2/{ACTOR_ID}", before)
    api.put(f"/actors/v2/{ACTOR_ID}", actor_payload(description="New."))
    assert caller.patch(ONE, {"description": "New."}).json()["description"] == "New."
    body = json.loads(api.asked[1].body)
    assert body["description"] == "New."
    kept = {"image", "stateless", "state", "defaultEnvironment", "hints", "cronOn", "logEx"}
    assert {name: body[name] for name in kept & set(before)} == {name: before[name] for name in kept & set(before)}
    assert "token" not in body, "said, it would not be the API's default any more"


def test_nothing_is_sent_where_nothing_differs(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    assert caller.patch(ONE, {"description": "Counts words."}).status_code == 200
    assert len(api.asked) == 1


def test_force_alone_restarts(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.put(f"/actors/v2/{ACTOR_ID}", actor_payload(revision=3))
    assert caller.patch(ONE, {"force": True}).json()["revision"] == 3
    assert json.loads(api.asked[1].body)["force"] is True


def test_an_actor_that_changed_since_is_left_alone(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    tag = caller.get(ONE).headers["ETag"]
    api.wire.replace(
        "GET",
        f"https://api.example.org/actors/v2/{ACTOR_ID}",
        json={"status": "success", "result": actor_payload(description="By another.")},
    )
    problem(caller.patch(ONE, {"description": "Mine."}, If_Match=tag), 412, "changed-meanwhile")
    newer = caller.get(ONE).headers["ETag"]
    api.put(f"/actors/v2/{ACTOR_ID}", actor_payload(description="Mine."))
    assert caller.patch(ONE, {"description": "Mine."}, If_Match=f'"x", {newer}').status_code == 200


def test_a_ring_is_refused(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.get("/actors/v2", [actor_payload(), actor_payload(id="other", name="other", link=ACTOR_ID)])
    api.get("/actors/v2/aliases", [])
    found = problem(caller.patch(ONE, {"link": "other"}), 422, "not-valid")
    assert "loop" in found["errors"]["link"][0]


def test_a_field_that_the_api_names_is_named(caller: Caller, api: API) -> None:
    api.refuse("POST", "/actors/v2", "Invalid actor description: {'image': 'Reference to image on docker hub.'}")
    found = problem(caller.post(URL, {"image": "a/b"}), 422, "invalid")
    assert list(found["errors"]) == ["image"]
    assert "docker hub" in found["reason"]


def test_an_actor_is_deleted(caller: Caller, api: API) -> None:
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    api.delete(f"/actors/v2/{ACTOR_ID}", message="Actor deleted successfully.")
    assert caller.delete(ONE).json() == {"message": "Actor word-count deleted."}
