"""Replay every recorded request of Abaco and compare the answers; the differences are those of `sandbox/README.md`."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sandbox.contract_state import BEFORE, Store
from tests.sandbox.support import CLIENT, ROOT, Sandbox, start_sandbox

RECORDINGS = {path.stem: path for path in sorted((ROOT / "tests/recordings/v2").glob("*.json"))}
ABACO = "https://api.tacc.utexas.edu"
ROW = re.compile(r"^\| ([\w: -]+?) \|", re.MULTILINE)
DIFFERENCES = set(ROW.findall((ROOT / "sandbox/README.md").read_text().partition("## What differs")[2])) - {"Case"}
NORMAL = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.[\dZ]*)?Z?"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d(:00:00)?\b"), "<hour>"),
    (re.compile(r"^gAAAA[\w=-]+$"), "<ciphertext>"),
    (re.compile(r"(?<![A-Za-z0-9])(?=\w*[a-z])(?=\w*[A-Z])[A-Za-z0-9]{13}(?![A-Za-z0-9])"), "<id>"),
)
COUNTS = {"totalCount", "currentActors", "totalActors", "workers"}


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
    body = read_body(expected)
    store.reset()
    if asked["method"] == "GET" and expected["status"] == 200 and isinstance(body, dict):
        store.show(caller, asked["path"].removeprefix("/actors/v2/").split("/")[0], body["result"])
    if case in BEFORE:
        BEFORE[case](store)
    answer = send(abaco, asked)
    wrong = []
    if answer.status_code != expected["status"]:
        wrong.append(f"status {answer.status_code} for {expected['status']}: {answer.text[:300]}")
    kind = expected["headers"].get("Content-Type")
    if answer.headers.get("Content-Type") != kind:
        wrong.append(f"type {answer.headers.get('Content-Type')} for {kind}")
    wrong += compare(body, read_body({"body": answer.text, "body_is_json": "json" in str(kind)}), "")
    return wrong


def send(abaco: Sandbox, asked: dict[str, Any]) -> requests.Response:
    headers = {name: value for name, value in asked["headers"].items() if name != "Content-Length"}
    body = asked["body"] or ""
    data = bytes.fromhex(body[4:]) if body.startswith("hex:") else body.encode()
    url = f"{abaco.url}/{asked['path'].removeprefix('/')}" + (f"?{asked['query']}" if asked["query"] else "")
    request = requests.Request(asked["method"], url, headers, data=data or None)
    if headers.get("Authorization", "").startswith("Basic"):
        request.auth = CLIENT
    prepared = request.prepare()
    prepared.url = url  # as recorded, double slashes and all
    with requests.Session() as session:
        return session.send(prepared, timeout=15)


def read_body(response: dict[str, Any]) -> Any:
    """Return the body of an answer as JSON where it is JSON, and as text otherwise."""
    body = response["body"]
    if body is None and "raw_text" in response:
        return "<too long to be recorded>"
    if response["body_is_json"] and isinstance(body, str) and body:
        try:
            return json.loads(body)
        except ValueError:
            return body
    return body


def compare(expected: Any, given: Any, path: str) -> list[str]:
    """Return where two values differ, but for ids, times and counts."""
    if expected == "<too long to be recorded>":
        return []
    if isinstance(expected, dict) and isinstance(given, dict):
        wrong = [
            f"{path}.{name} is {'absent' if name in expected else 'too much'}"
            for name in expected.keys() ^ given.keys()
        ]
        for name in expected.keys() & given.keys():
            if name in COUNTS and isinstance(expected[name], int):
                wrong += [] if isinstance(given[name], int) else [f"{path}.{name} is no count"]
            else:
                wrong += compare(expected[name], given[name], f"{path}.{name}")
        return wrong
    if isinstance(expected, list) and isinstance(given, list) and len(expected) == len(given):
        if path.endswith((".search", ".result", ".workers")):  # in the order of the store, which means nothing
            expected, given = (sorted(each, key=lambda row: row.get("id") or str(row)) for each in (expected, given))
        return [
            line for n, (e, g) in enumerate(zip(expected, given, strict=True)) for line in compare(e, g, f"{path}[{n}]")
        ]
    if type(expected) is not type(given) or normal(expected) != normal(given):
        return [f"{path} is {str(given)[:300]!r} for {str(expected)[:300]!r}"]
    return []


def normal(value: Any) -> Any:
    """Return a value without what differs between two runs of the same."""
    if isinstance(value, str):
        for pattern, word in NORMAL:
            value = pattern.sub(word, value)
    return value


def test_every_difference_names_a_recording_or_a_rule() -> None:
    assert {name for name in DIFFERENCES if not name.startswith("rule: ")} <= RECORDINGS.keys()


def test_the_comparison_sees_a_wrong_type_a_missing_name_and_one_too_many() -> None:
    assert compare({"a": "x"}, {"a": 5}, "") == [".a is '5' for 'x'"]
    assert compare({"a": 1}, {"b": 1}, "") != []
