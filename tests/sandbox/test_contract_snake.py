"""Replay the recordings in snake_case against v2 as it is with `case: snake`."""

import json

import pytest

from tests.sandbox.contract import differences, prepare, read_body, send
from tests.sandbox.contract_state import C, Store
from tests.sandbox.support import Sandbox
from tests.sandbox.test_contract import ABACO, DIFFERENCES
from tests.sandbox.test_contract_v3 import IDS, RECORDINGS, camel, named

SANDBOX = {"SANDBOX_CASE": "snake", "SANDBOX_TENANT": "TACC-PROD", "SANDBOX_URL": ABACO}


def test_v2_answers_in_snake_case_as_recorded(abaco: Sandbox, store: Store, subtests: pytest.Subtests) -> None:
    for case in RECORDINGS:
        if case not in DIFFERENCES:
            with subtests.test(case):
                replay(case, abaco, store)


def replay(case: str, abaco: Sandbox, store: Store) -> None:
    """Ask what was asked, and check that the answer is as recorded."""
    text = RECORDINGS[case].read_text()
    for here, there in IDS.items():
        text = text.replace(here, there)
    recording = json.loads(text)
    asked, expected = recording["request"], recording["response"]
    body = read_body(expected)
    shows = asked["method"] == "GET" and expected["status"] == 200 and isinstance(body, dict)
    caller = asked["headers"].get("Authorization", "").removeprefix("Bearer token-")
    place = asked["path"].removeprefix("/actors/v2/").split("/")[0]
    prepare(case, store, caller, place, named(body, camel) if shows else None)
    if case in ("state_post_dict", "state_post_number"):  # a PUT had gone before, which resets more
        store.put("actor", id=C, name="full", stateless=False, status_message="")
    wrong = differences(expected, send(abaco, asked))
    assert not wrong, "\n".join(wrong)
