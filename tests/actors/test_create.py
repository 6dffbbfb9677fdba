"""Registering an actor."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.support.payloads import ACTOR_ID, actor_payload

URL = "/actors/new/"
API = "/actors/v2"


def sent(api: Any) -> dict[str, Any]:
    """Return the body of the last call."""
    body: dict[str, Any] = json.loads(api.asked[-1].body)
    return body


def test_it_works(signed_in: Client, api: Any) -> None:
    page = signed_in.get(URL).content.decode()
    assert 'name="image"' in page
    api.post(API, actor_payload(status="SUBMITTED"))
    response = signed_in.post(
        URL,
        {
            "name": "word-count",
            "image": "abacosamples/wc",
            "env_name": ["A", "", "B"],
            "env_value": ["1\r\n2", "", ""],
            "hints": "sync, mine ,",
            "log_ex": " 3 ",
            "token": "false",
        },
    )
    assert response.status_code == 302
    assert response["Location"] == f"/actors/{ACTOR_ID}/"
    assert sent(api) == {
        "name": "word-count",
        "image": "abacosamples/wc",
        "stateless": True,
        "defaultEnvironment": {"A": "1\n2", "B": ""},
        "hints": ["sync", "mine"],
        "logEx": 3,
        "token": False,
    }


def test_only_what_was_typed_is_sent(signed_in: Client, api: Any) -> None:
    api.post(API, actor_payload())
    signed_in.post(URL, {"image": "a/b", "queue": "", "stateless": "true"})
    assert sent(api) == {"image": "a/b", "stateless": True}


def test_json_is_taken_for_the_environment(signed_in: Client, api: Any) -> None:
    api.post(API, actor_payload())
    signed_in.post(URL, {"image": "a/b", "default_environment": '{"A": "x"}'})
    assert sent(api)["defaultEnvironment"] == {"A": "x"}


def test_a_stateful_actor_is_given_its_state(signed_in: Client, api: Any) -> None:
    api.post(API, actor_payload())
    signed_in.post(URL, {"image": "a/b", "stateless": "false", "state": '{"n": 0}', "cron_schedule": "now + 1 day"})
    assert sent(api) == {"image": "a/b", "stateless": False, "state": {"n": 0}, "cronSchedule": "now + 1 day"}


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.put(URL).status_code == 405


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.post(URL, {"image": "a/b"})["Location"].startswith("/sign-in/")


def test_it_shows_form_errors_and_asks_nobody(signed_in: Client, api: Any) -> None:
    response = signed_in.post(URL, {"image": "", "name": "kept & shown", "env_name": "MSG", "env_value": "v<"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Enter an image" in page
    assert "MSG is reserved for the message" in page
    assert 'value="kept &amp; shown"' in page
    assert ">\nv&lt;</textarea>" in page
    assert api.asked == []


def test_more_rows_are_given_and_nothing_is_judged_or_lost(signed_in: Client, api: Any) -> None:
    assert signed_in.get(URL).content.decode().count('name="env_name"') == 3
    typed = {"image": "", "name": "kept", "stateless": "false", "privileged": "on", "env_name": "A", "env_value": "1"}
    response = signed_in.post(URL, {**typed, "more_rows": "1"})
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('name="env_name"') == 7
    assert 'value="kept"' in page
    assert 'value="false" selected' in page
    assert "Enter an image" not in page
    assert api.asked == []


def test_it_shows_a_refusal_with_everything_typed(signed_in: Client, api: Any) -> None:
    api.refuse("POST", API, "Not authorized -- only admins and privileged users can make privileged actors.")
    response = signed_in.post(URL, {"image": "a/b", "privileged": "on", "description": "kept"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "only admins and privileged users" in page
    assert "Nothing was changed." in page
    assert "kept</textarea>" in page


def test_a_field_that_the_api_names_is_marked(signed_in: Client, api: Any) -> None:
    api.refuse("POST", API, "Invalid actor description: {'link': 'Actor identifier of actor to link.'}")
    response = signed_in.post(URL, {"image": "a/b", "link": "nope"})
    assert response.status_code == 422
    assert 'id="id_link-error"' in response.content.decode()


def test_it_survives_silence_and_sends_once(signed_in: Client, api: Any) -> None:
    api.is_silent("POST", API)
    response = signed_in.post(URL, {"image": "a/b"})
    assert response.status_code == 502
    page = response.content.decode()
    assert "We do not know whether this succeeded" in page
    assert 'value="a/b"' in page
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("message", "status", "field"),
    [
        ("The cron is not in the correct format", 400, "cron_schedule"),
        ("The starting datetime is old. The current UTC time is 2026-11-30 21:00:00", 400, "cron_schedule"),
        ("The starting date x is not in the correct format", 400, "cron_schedule"),
        (
            "Unrecognized exception type: <class 'werkzeug.exceptions.BadRequest'>. Exception: 400 Bad Request: "
            "foo is an invalid unit of time",
            500,
            "cron_schedule",
        ),
        (
            "Invalid actor description: Unable to process the JSON description.: 400 Bad Request: Hints must be simple "
            "stings or numbers, no lists or dicts. Error character: '",
            400,
            "hints",
        ),
        ("Invalid actor description: stateful actors can only have 1 worker.", 400, "max_workers"),
        ("Invalid actor description: {'maxWorkers': 'How many workers'}", 400, "max_workers"),
        ("Invalid actor description: {'defaultEnvironment': 'A dictionary'}", 400, "default_environment"),
        ("Invalid actor description: Unable to process it.: 400 Bad Request: Invalid queue name.", 400, "queue"),
    ],
)
def test_what_the_api_refuses_is_beside_its_field(
    signed_in: Client, api: Any, message: str, status: int, field: str
) -> None:
    api.refuse("POST", "/actors/v2", message, status)
    answer = signed_in.post(URL, {"image": "a/b", "stateless": "true", "cron_schedule": "now + 1 day"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize(
    "schedule", ["2078-9-6 2 + 3 months", "2078-09-06 20 + 03 days", "now + 10000 hours", "2099-1-1 0 + 400000 weeks"]
)
def test_a_schedule_is_taken_as_the_api_takes_it(signed_in: Client, api: Any, schedule: str) -> None:
    api.post("/actors/v2", actor_payload())
    answer = signed_in.post(URL, {"image": "a/b", "stateless": "true", "cron_schedule": schedule, "cron_on": "on"})
    assert answer.status_code == 302
    assert json.loads(api.asked[0].body)["cronSchedule"] == schedule


@pytest.mark.parametrize("schedule", ["2099-1-1 0 + 500000 weeks", "now + 99999999999 months"])
def test_a_schedule_beyond_the_calendar_of_the_api_is_not_sent(signed_in: Client, api: Any, schedule: str) -> None:
    answer = signed_in.post(URL, {"image": "a/b", "stateless": "true", "cron_schedule": schedule})
    assert answer.status_code == 422
    assert "Interval too long" in answer.context["form"].errors["cron_schedule"][0]
    assert schedule in answer.content.decode()
    assert api.asked == []
