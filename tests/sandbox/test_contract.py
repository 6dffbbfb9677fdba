"""Replay every recorded request of Abaco and compare the answers; the differences are those of `sandbox/README.md`."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.contract import compare, differences, prepare, read_body, send
from tests.sandbox.contract_state import Store
from tests.sandbox.support import ROOT, Sandbox, start_sandbox

RECORDINGS = {path.stem: path for path in sorted((ROOT / "tests/recordings/v2").glob("*.json"))}
ABACO = "https://api.tacc.utexas.edu"
ROW = re.compile(r"^\| ([\w: -]+?) \|", re.MULTILINE)
DIFFERENCES = set(ROW.findall((ROOT / "sandbox/README.md").read_text().partition("## What differs")[2])) - {"Case"}


@pytest.fixture(scope="module")
def abaco(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    running = start_sandbox(
        tmp_path_factory.mktemp("contract"),
        "none",
        SANDBOX_ENGINE="off",
        SANDBOX_TENANT="TACC-PROD",
        SANDBOX_URL=ABACO,
    )
    yield running
    running.stop()


@pytest.fixture(scope="module")
def store(abaco: Sandbox) -> Iterator[Store]:
    opened = Store(str(abaco.database))
    yield opened
    opened.db.close()


@pytest.mark.parametrize("case", RECORDINGS)
def test_answers_as_recorded(case: str, abaco: Sandbox, store: Store) -> None:
    recording = json.loads(RECORDINGS[case].read_text())
    agrees = replay(case, recording, abaco, store)
    if case in DIFFERENCES:
        assert agrees, "The README calls this a difference, but the answers agree: remove its row."
    else:
        assert not agrees, "\n".join(agrees)


def replay(case: str, recording: dict[str, Any], abaco: Sandbox, store: Store) -> list[str]:
    """Ask what was asked, in the state in which it was, and return what is not as recorded."""
    asked, expected = recording["request"], recording["response"]
    caller = asked["headers"].get("Authorization", "").removeprefix("Bearer token-")
    place = asked["path"].removeprefix("/actors/v2/").split("/")[0]
    shows = asked["method"] == "GET" and expected["status"] == 200
    prepare(case, store, caller, place, read_body(expected) if shows else None)
    return differences(expected, send(abaco, asked))


def test_every_difference_names_a_recording_or_a_rule() -> None:
    assert {name for name in DIFFERENCES if not name.startswith("rule: ")} <= RECORDINGS.keys()


def test_the_comparison_sees_a_wrong_type_a_missing_name_and_one_too_many() -> None:
    assert compare({"a": "x"}, {"a": 5}, "") == [".a is '5' for 'x'"]
    assert compare({"a": 1}, {"b": 1}, "") != []
