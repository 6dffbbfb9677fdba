"""The log of an execution at the JSON API: as JSON, or as the text itself while it arrives."""

import pytest

from actors_app.services.types.executions import LOG_CUT
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/logs/"
UPSTREAM = f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}/logs"


def test_it_is_json(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"logs": 'a\n<b> "\N{PILE OF POO}'})
    answer = caller.get(URL)
    assert answer.json() == {"logs": 'a\n<b> "\N{PILE OF POO}', "is_cut": False, "secrets_masked": 0}
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_that_the_api_cut(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"logs": f"a {LOG_CUT}"})
    assert caller.get(URL).json()["is_cut"] is True


def test_it_is_text_as_it_arrives(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"logs": "line\n" * 100_000})
    answer = caller.get(URL, Accept="text/plain")
    assert answer.streaming
    assert b"".join(answer.streaming_content) == b"line\n" * 100_000
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_text_that_there_is_not_is_a_problem(caller: Caller, api: API) -> None:
    api.refuse("GET", UPSTREAM, f"No executions found with actor id of A and execution id of {EXECUTION_ID}.")
    problem(caller.get(URL, Accept="text/plain"), 404, "gone")


def test_a_text_that_breaks_off_says_so(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, body=b'{"status": "success", "result": {"logs": "begin')
    answer = caller.get(URL, Accept="text/plain")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("begin\n[The Actors Portal: the log ends here unexpectedly.")
