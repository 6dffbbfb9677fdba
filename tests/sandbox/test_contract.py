"""Replay every recorded request of Abaco and compare the answers; the differences are those of `sandbox/README.md`.

Those of `v2` are each asked in a state of its own, those of `v2-nginx` by series (see `contract_nginx.py`).
"""

import json
import re
from typing import Any

import pytest

from tests.sandbox import contract_nginx
from tests.sandbox.contract import compare, differences, prepare, read_body, send
from tests.sandbox.contract_state import Store
from tests.sandbox.support import ROOT, Sandbox

NGINX = contract_nginx.recordings()
RECORDINGS = {path.stem: path for path in sorted((ROOT / "tests/recordings/v2").glob("*.json"))}
ABACO = "https://api.tacc.utexas.edu"
ROW = re.compile(r"^\| ([\w: -]+?) \|", re.MULTILINE)
DIFFERENCES = set(ROW.findall((ROOT / "sandbox/README.md").read_text().partition("## Intended differences")[2])) - {
    "Case"
}


SANDBOX = {"SANDBOX_TENANT": "TACC-PROD", "SANDBOX_URL": ABACO}


def test_answers_as_recorded(abaco: Sandbox, store: Store, subtests: pytest.Subtests) -> None:
    assert RECORDINGS
    for case, path in RECORDINGS.items():
        with subtests.test(case):
            agrees = replay(case, json.loads(path.read_text()), abaco, store)
            if case in DIFFERENCES:
                assert agrees, "The README calls this a difference, but the answers agree: remove its row."
            else:
                assert not agrees, "\n".join(agrees)


@pytest.mark.parametrize("series", NGINX)
def test_answers_as_recorded_behind_nginx(series: str, abaco: Sandbox, store: Store) -> None:
    wrong = dict(contract_nginx.Replay(abaco, store).run(NGINX[series]))
    agree = sorted(case for case in wrong.keys() & DIFFERENCES if not wrong[case])
    assert not agree, "The README calls these differences, but the answers agree: remove their rows."
    texts = {case: "\n".join(lines) for case, lines in wrong.items() if lines and case not in DIFFERENCES}
    assert not texts, "\n\n".join(f"{case}:\n{text}" for case, text in texts.items())


def replay(case: str, recording: dict[str, Any], abaco: Sandbox, store: Store) -> list[str]:
    """Ask what was asked, in the state in which it was, and return what is not as recorded."""
    asked, expected = recording["request"], recording["response"]
    caller = asked["headers"].get("Authorization", "").removeprefix("Bearer token-")
    place = asked["path"].removeprefix("/actors/v2/").split("/")[0]
    shows = asked["method"] == "GET" and expected["status"] == 200
    prepare(case, store, caller, place, read_body(expected) if shows else None)
    return differences(expected, send(abaco, asked))


def test_every_difference_names_a_recording_or_a_rule() -> None:
    behind_nginx = {path.stem for path in contract_nginx.FOLDER.glob("*.json")}
    assert {name for name in DIFFERENCES if not name.startswith(("rule: ", "v3: "))} <= RECORDINGS.keys() | behind_nginx
    assert len(behind_nginx & DIFFERENCES) <= 20


def test_the_comparison_sees_a_wrong_type_a_missing_name_and_one_too_many() -> None:
    assert compare({"a": "x"}, {"a": 5}, "") == [".a is '5' for 'x'"]
    assert compare({"a": 1}, {"b": 1}, "") != []
