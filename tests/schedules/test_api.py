"""Schedules at the JSON API, in the API's own words."""

import json
from typing import Any

import pytest

from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, actor_payload

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/schedule/"
UPSTREAM = f"/actors/v2/{ACTOR_ID}"


def scheduled(**changes: Any) -> dict[str, Any]:
    given = {"cronSchedule": "2099-01-15 08 + 1 day", "cronOn": True, "cronNextEx": "2099-01-15 08"}
    return actor_payload(**given | changes)


def test_those_of_all_actors_the_next_one_first(caller: Caller, api: API) -> None:
    rows = [
        scheduled(id="late", cronNextEx="2099-03-01 08"),
        scheduled(id="soon"),
        scheduled(id="off", cronOn=False),
        actor_payload(id="none", cronSchedule=None),
    ]
    api.get("/actors/v2", rows)
    assert [one["actor_id"] for one in caller.get("/api/v1/schedules/").json()["items"]] == ["soon", "late", "off"]
    assert [one["actor_id"] for one in caller.get("/api/v1/schedules/?show=off").json()["items"]] == ["off"]


def test_one_is_read_with_its_next_hours(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, scheduled())
    found = caller.get(URL).json()
    assert (found["words"], found["cron_on"]) == ("every day at 08:00 UTC", True)
    assert found["next"][:2] == ["2099-01-15T08:00:00Z", "2099-01-16T08:00:00Z"]


def test_one_is_set_with_all_else_kept(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, scheduled(description="Kept."))
    api.put(UPSTREAM, scheduled(cronSchedule="now + 2 days"))
    answer = caller.ask("PUT", URL, {"cron_schedule": "now + 2 days"})
    assert answer.json()["words"] == "every 2 days"
    sent = json.loads(api.asked[-1].body)
    assert (sent["cronSchedule"], sent["cronOn"], sent["description"]) == ("now + 2 days", True, "Kept.")


@pytest.mark.parametrize("start", ["2020-1-15 8", "2020-01-15 08"])
def test_turning_one_off_sends_no_start_that_is_past(caller: Caller, api: API, start: str) -> None:
    """The API refuses such a start, whether the schedule is on or not (TACC/abaco actors/models.py, `set_cron`)."""
    api.get(UPSTREAM, scheduled(cronSchedule="2020-1-15 8 + 1 day"))
    api.put(UPSTREAM, scheduled(cronOn=False))
    assert caller.ask("PUT", URL, {"cron_schedule": f"{start} + 1 day", "cron_on": False}).status_code == 200
    sent = json.loads(api.asked[-1].body)
    assert ("cronSchedule" in sent, sent["cronOn"]) == (False, False)


def test_one_that_is_off_may_begin_in_the_past(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, scheduled())
    api.put(UPSTREAM, scheduled(cronOn=False))
    sent = {"cron_schedule": "2020-01-15 08 + 1 day", "cron_on": False}
    assert caller.ask("PUT", URL, sent).status_code == 200


@pytest.mark.parametrize(
    "schedule",
    [
        "",
        "tomorrow",
        "now + 5 minutes",
        "now + 0 days",
        "now + 3000000 days",
        "2020-01-15 08 + 1 day",
        "2099-02-30 08 + 1 day",
        5,
        None,
    ],
)
def test_what_the_api_cannot_express_is_refused(schedule: Any, caller: Caller, api: API) -> None:
    found = problem(caller.ask("PUT", URL, {"cron_schedule": schedule}), 422, "not-valid")
    assert list(found["errors"]) == ["cron_schedule"]
    assert api.asked == []
