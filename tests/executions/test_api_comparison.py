"""Two executions side by side, at the JSON API."""

from typing import Any

import pytest

from actors_app.core.security.credentials import Credentials
from actors_app.executions import archive as result_archive
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    actor_payload,
    execution_payload,
    listing_payload,
    search_payload,
)

pytestmark = pytest.mark.django_db
OTHER = "0MuSNpU6GT7DQ"
ACTOR = f"/actors/v2/{ACTOR_ID}"
URL = "/api/v1/executions/comparison/"
PAIR = f"{URL}?a={ACTOR_ID}/{EXECUTION_ID}&b={OTHER}"
JDOE = Credentials("default", "jdoe", "a")


def answers(api: API, execution: str, log: str = "", **changes: Any) -> None:
    here = f"{ACTOR}/executions/{execution}"
    api.get(here, execution_payload(id=execution, actorId=ACTOR_ID, **changes))
    api.get(f"{here}/logs", {"logs": log})


def test_what_differs_is_told_and_what_passes_is_not(caller: Caller, api: API) -> None:
    api.get(ACTOR, actor_payload(name="tiles"))
    answers(api, EXECUTION_ID, f"2026-11-24T10:00:00Z start {EXECUTION_ID}\nread 3 tiles\n")
    answers(api, OTHER, f"2026-11-24T11:00:00Z start {OTHER}\nread 4 tiles\n", exitCode=3)
    for execution, text in ((EXECUTION_ID, b"one"), (OTHER, b"two")):
        assert message_archive.keep(JDOE, ACTOR_ID, execution, Sent("text", text, {"LEVEL": text.decode()}))
        result_archive.keep(JDOE, ACTOR_ID, execution, b"same")
    answer = caller.get(PAIR)
    found = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert (found["a"]["execution"]["id"], found["b"]["execution"]["id"]) == (EXECUTION_ID, OTHER)
    assert found["a"]["actor_name"] == "tiles"
    fields = {one["name"]: (one["a"], one["b"], one["is_same"]) for one in found["fields_compared"]}
    assert fields["Exit code"] == ("0", "3", False)
    rows = [(one["kind"], one["a"], one["b"]) for one in found["log"]["rows"] if one["kind"] != "same"]
    assert (found["log"]["changes"], rows) == (1, [("changed", "read 3 tiles", "read 4 tiles")])
    assert (found["is_same_message"], found["message"]["changes"]) == (False, 1)
    assert found["environment"] == [{"name": "LEVEL", "a": "one", "b": "two", "is_same": False}]
    assert [(one["is_same"], one["a"]["size"]) for one in found["results"]] == [(True, 4)]


def test_the_second_may_be_the_success_before(caller: Caller, api: API) -> None:
    api.get(ACTOR, actor_payload())
    answers(api, EXECUTION_ID, exitCode=1)
    answers(api, OTHER, messageReceivedTime="2026-11-23T16:00:00.000Z")
    early = execution_payload(id=OTHER, actorId=ACTOR_ID, messageReceivedTime="2026-11-23T16:00:00.000Z")
    api.get(f"{ACTOR}/executions", search_payload(early))
    found = caller.get(f"{URL}?a={ACTOR_ID}/{EXECUTION_ID}&b=success").json()
    assert found["b"]["execution"]["id"] == OTHER
    assert found["is_same_message"] is None
    assert found["a"]["message_unknown"]


def test_where_there_is_none_before_it_is_said_beside_the_second(caller: Caller, api: API) -> None:
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", execution_payload())
    for _ in range(5):
        api.get(f"{ACTOR}/executions", search_payload())
    api.get(f"{ACTOR}/executions", listing_payload())
    found = problem(caller.get(f"{URL}?a={ACTOR_ID}/{EXECUTION_ID}&b=previous"), 422, "not-valid")
    assert list(found["errors"]) == ["b"]


@pytest.mark.parametrize(
    ("query", "named"),
    [("", ["a", "b"]), (f"a={EXECUTION_ID}&b={OTHER}", ["a"]), ("a=x/y&b=x/y", ["b"]), ("a=%00&b=x/y", ["a"])],
)
def test_two_that_cannot_be_compared(query: str, named: list[str], caller: Caller, api: API) -> None:
    assert list(problem(caller.get(f"{URL}?{query}"), 422, "not-valid")["errors"]) == named
    assert api.asked == []


def test_one_that_is_gone_is_said(caller: Caller, api: API) -> None:
    api.get(ACTOR, actor_payload())
    answers(api, EXECUTION_ID)
    api.refuse("GET", f"{ACTOR}/executions/{OTHER}", "gone", 404)
    api.refuse("GET", f"{ACTOR}/executions/{OTHER}/logs", "gone", 404)
    problem(caller.get(PAIR), 404, "gone")
