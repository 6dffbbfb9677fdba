"""How many messages wait, and where, at the JSON API."""

from typing import Any

import pytest

from actors_app.messages.mailboxes import ASKED
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import actor_payload, execution_payload, search_payload

pytestmark = pytest.mark.django_db
URL = "/api/v1/mailboxes/"
SEARCH = "/actors/v2/search/executions"


def waiting(id_: str, actor_id: str) -> dict[str, Any]:
    return execution_payload(id=id_, actorId=actor_id, status="SUBMITTED", exitCode=None, finishTime=None)


def test_the_fullest_comes_first_and_what_is_not_said_is_null(caller: Caller, api: API) -> None:
    api.get("/actors/v2", [actor_payload(id="full", name="word-count"), actor_payload(id="purged")])
    api.get(SEARCH, search_payload(waiting("a", "silent"), waiting("b", "full"), waiting("c", "full"), total=3000))
    api.get("/actors/v2/full/messages", {"messages": 1200})
    api.refuse("GET", "/actors/v2/silent/messages", "no", 500)
    assert caller.get(URL).json() == {
        "items": [
            {"actor_id": "full", "actor_name": "word-count", "messages": 1200, "executions": 2},
            {"actor_id": "silent", "actor_name": "silent", "messages": None, "executions": 1},
        ],
        "not_asked": 0,
        "is_cut": True,
    }


def test_only_so_many_are_asked_for(caller: Caller, api: API) -> None:
    api.get("/actors/v2", [])
    api.get(SEARCH, search_payload(*(waiting(f"e{number}", f"actor{number}") for number in range(ASKED + 2))))
    for number in range(ASKED):
        api.get(f"/actors/v2/actor{number}/messages", {"messages": 1})
    found = caller.get(URL).json()
    assert (len(found["items"]), found["not_asked"], found["is_cut"]) == (ASKED, 2, False)


def test_without_the_executions_there_is_no_answer(caller: Caller, api: API) -> None:
    api.get("/actors/v2", [])
    api.refuse("GET", SEARCH, "Broken.", 500)
    problem(caller.get(URL), 502, "upstream-error")
