"""Whether everything is well, at the JSON API."""

import pytest

from tests.conftest import API
from tests.overview.test_views import SEARCH, asks, run, world
from tests.support.json_api import Caller, problem
from tests.support.payloads import actor_payload, refusal

pytestmark = pytest.mark.django_db
URL = "/api/v1/overview/"


def test_what_needs_somebody_is_counted(caller: Caller, api: API) -> None:
    broken = actor_payload(id="broken", status="ERROR")
    world(api, actors=[actor_payload(), broken], day=[run(seconds=2), run(seconds=4, id="second", exitCode=3)])
    found = caller.get(URL).json()
    assert found["verdict"] == "needs"
    assert [(one["number"], one["words"]) for one in found["needs"]] == [
        (1, "actor in error"),
        (1, "failed in 24 h"),
    ]
    assert found["needs"][0]["page"] == "/actors/?status=ERROR"
    assert (found["actors"], found["ready"], found["not_known"]) == (2, 1, [])
    assert (found["day"]["total"], found["day"]["failed"], found["day"]["failed_percent"]) == (2, 1, 50.0)


def test_where_nothing_does_all_is_fine(caller: Caller, api: API) -> None:
    world(api, actors=[actor_payload()])
    found = caller.get(URL).json()
    assert (found["verdict"], found["needs"], found["day"]["median_seconds"]) == ("fine", [], None)


def test_what_is_not_said_is_not_called_fine(caller: Caller, api: API) -> None:
    world(api, actors=[actor_payload()], day=None)
    api.answer("GET", SEARCH, json=refusal("Broken."), status=500, match=asks("messageReceivedTime.gt"))
    found = caller.get(URL).json()
    assert (found["verdict"], found["day"]) == ("unknown", None)
    assert found["not_known"] == ["executions in the last 24 hours"]


def test_without_the_actors_there_is_no_answer(caller: Caller, api: API) -> None:
    world(api, actors=None)
    api.refuse("GET", "/actors/v2", "Broken.", 500)
    problem(caller.get(URL), 502, "upstream-error")
