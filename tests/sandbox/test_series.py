"""Replay the series in time of the recordings, each as one life of an actor, step by step against a running engine.

A step that reads is asked again until the answer is as recorded; one that writes is asked once. Where much time had
gone by before a step, another actor runs a message first, so that what must not happen would have happened.
"""

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.ids import is_hashid
from tests.sandbox.contract import compare, read_body, send, tapis_token
from tests.sandbox.contract_state import FAR_AWAY, PEOPLE, Store
from tests.sandbox.support import ROOT, Person, Sandbox, start_sandbox
from tests.sandbox.test_contract import ABACO

NAMES = ("halt", "haltforce", "haltstop", "nostart", "binary", "longtext")
FILE = re.compile(rf"({'|'.join(NAMES)})_(\d\d)_.*")
SECONDS = re.compile(r": ([\d.]+) s after the start")
SLEEPER = {"image": "abacosamples/sleep_loop", "name": "long-runner"}
LONG, SHORT = {"message": {"sleep": 5, "iterations": 100}}, {"message": {"sleep": 1, "iterations": 1}}
SHORTER = (('"sleep": 1,', '"sleep": 0.05,'), ("'sleep': 1,", "'sleep': 0.05,"))
INVENTED = re.compile(r"(cpu|io|runtime|total_?cpu|total_?io|total_?runtime|logs)", re.IGNORECASE)
VARYING = re.compile(r"\b[0-9a-f]{64}\b|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")  # a container, a time of a listing
CUT = re.compile(r"(.*)\.\.\.<(\d+) chars in all>", re.DOTALL)
# States that pass in an instant: whoever asks a little later meets what the same address showed next.
MOMENTS = {
    "halt_10_execution_first_right_after",
    "nostart_06_execution_changed",
    "nostart_11_messages_changed",
    "nostart_14_workers_changed",
}
PAUSE, PATIENCE, LONG_AGO = 0.02, 15.0, 3.0


@dataclass(frozen=True)
class Missing:
    """A step that was held back and changed something: before which one it was, and the recorded id it made."""

    before: int
    method: str
    path: str
    body: dict[str, Any] | None = None
    makes: str = ""
    who: str = "jdoe"


# fmt: off
MISSING: dict[tuple[str, str], list[Missing]] = {
    ("v2", "halt"): [
        Missing(2, "POST", "", SLEEPER, "RPPkpV8vEqXrm"),
        Missing(50, "POST", "/RPPkpV8vEqXrm/workers", {"num": 1}, who="testuser"),
    ],
    ("v2", "haltforce"): [Missing(5, "DELETE", "/RjyL4MMxP4EQr/executions/RjjbB4XLNwK6e")],
    ("v2", "nostart"): [
        Missing(5, "POST", "/pJq8XQwa8k6rD/messages", {"message": "x"}, "RmkqpRerL0m7q"),
        Missing(29, "PUT", "/pJq8XQwa8k6rD", {"image": "sim/quick"}),
    ],
    ("v2", "binary"): [
        Missing(41, "POST", "/RmNveNoAGVBlg/workers", {"num": 1}, who="testuser"),
        Missing(45, "POST", "/RmNveNoAGVBlg/workers", {"num": 2}, who="testuser"),
    ],
    ("v3", "halt"): [
        Missing(8, "POST", "", SLEEPER, "pYBozVwkPrljD"),
        Missing(8, "POST", "/pYBozVwkPrljD/messages", LONG, "PY0WavVzrZJ7J"),
        Missing(32, "POST", "/pYBozVwkPrljD/messages", SHORT, "R55oakemEB8Oq"),
        Missing(44, "DELETE", "/pYBozVwkPrljD/workers/PYlBL860zypgV"),
    ],
    ("v3", "haltforce"): [
        Missing(4, "POST", "", SLEEPER, "0xG4GxezRWEj7"),
        Missing(4, "POST", "/0xG4GxezRWEj7/messages", LONG, "R5xm7bzXMOOem"),
        Missing(10, "POST", "/0xG4GxezRWEj7/messages", SHORT, "pYv7pjK4VZr4Z"),
        Missing(10, "PUT", "/0xG4GxezRWEj7", {"image": "abacosamples/sleep_loop", "force": True}),
    ],
    ("v3", "haltstop"): [
        Missing(4, "POST", "", SLEEPER, "Re8MaZYAWxqEq"),
        Missing(4, "POST", "/Re8MaZYAWxqEq/messages", LONG, "p3A1wE1OxRBxB"),
    ],
    ("v3", "nostart"): [
        Missing(4, "POST", "", {"image": "sim/nostart", "name": "no-such-command"}, "zlNxaD6pvMQqK"),
        Missing(28, "PUT", "/zlNxaD6pvMQqK", {"image": "sim/quick"}),
    ],
    ("v3", "binary"): [Missing(6, "POST", "", {"image": "sim/quick", "name": "takes-files"}, "R5rpOXqar3z6q")],
    ("v3", "longtext"): [
        Missing(5, "POST", "", {"image": "sim/quick", "name": "long-texts"}, "0xGewpkv1AO8X"),
        Missing(12, "DELETE", "/0xGewpkv1AO8X/messages"),
    ],
}
# fmt: on


@dataclass
class Life:
    """A series on its way: the sandbox it is replayed on, and which ids stand for the recorded ones."""

    abaco: Sandbox
    version: str
    ids: dict[str, str] = field(default_factory=dict)
    ending: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        return "/actors/v2" if self.version == "v2" else "/v3/actors"

    def headers(self, who: str) -> dict[str, str]:
        if self.version == "v2":
            return {"Authorization": f"Bearer token-{who}"}
        return {"X-Tapis-Token": tapis_token(who)}

    def person(self, who: str) -> Person:
        return Person(self.abaco.url, "", self.root.removeprefix("/"), self.headers(who))

    def here(self, text: str) -> str:
        """Write a recorded path with the ids of this run; an unknown worker is the one that the actor has."""
        for recorded, given in self.ids.items():
            text = text.replace(recorded, given)
        if match := re.fullmatch(rf"{self.root}(/\w+/workers)/(\w+)", text):
            rows = self.person("jdoe").get(match[1])
            if match[2] not in [row["id"] for row in rows]:
                self.ids[match[2]] = rows[0]["id"]
                text = text.replace(match[2], rows[0]["id"])
        return text

    def prepare(self, method: str, path: str, succeeds: bool) -> None:
        """Before a write, wait until what was halted has ended, and until what is to be halted runs."""
        if method != "GET" and self.ending:
            self.person("jdoe").ended(*self.ending)
            self.ending = ()
        if succeeds and (match := re.fullmatch(r"/(\w+)/executions/(\w+)", path)) and method == "DELETE":
            self.person("jdoe").until(path, lambda row: row["status"] == "RUNNING")
            self.ending = (match[1], match[2])

    def make(self, missing: Missing) -> None:
        """Do what a step did that was held back."""
        path = self.here(self.root + missing.path).removeprefix(self.root)
        self.prepare(missing.method, path, succeeds=True)
        answer = self.person(missing.who).ask(missing.method, path, json=as_here(missing.body))
        assert answer.status_code == 200, answer.text
        result = answer.json()["result"]
        if missing.makes:
            self.ids[missing.makes] = result.get("executionId") or result.get("execution_id") or result["id"]

    def replay(self, asked: dict[str, Any], expected: list[dict[str, Any]]) -> list[str]:
        """Ask what was asked and return what is not as in any of the answers that are right, the best first."""
        path = self.here(asked["path"].replace("/actors", "/actors/v2", 1) if self.version == "v2" else asked["path"])
        self.prepare(asked["method"], path.removeprefix(self.root), expected[0]["status"] == 200)
        who = next(value for name, value in asked["headers"].items() if name in ("Authorization", "X-Tapis-Token"))
        headers = {"Content-Type": asked["headers"].get("Content-Type")} | self.headers(who.rpartition("token-")[2])
        request = asked | {"path": path, "headers": {name: value for name, value in headers.items() if value}}
        request["body"] = whole_body(asked)
        until = time.monotonic() + PATIENCE
        while True:
            answer = send(self.abaco, request)
            wrong = [self.differences(right, answer) for right in expected]
            if not all(wrong) or asked["method"] != "GET" or time.monotonic() > until:
                return [] if not all(wrong) else wrong[0]
            time.sleep(PAUSE)

    def differences(self, right: dict[str, Any], answer: requests.Response) -> list[str]:
        """Return in what an answer is not as recorded; where it is, learn whose ids are in it."""
        expected, given = as_here(read_body(right)), answer.json()
        pairs = self.ids | dict(unknown_ids(expected, given, self.ids))
        text = json.dumps(given)
        for recorded, mine in pairs.items():
            text = text.replace(mine, recorded)
        wrong = compare(plain(expected), plain(json.loads(text)), "")
        if answer.status_code != right["status"]:
            wrong.append(f"status {answer.status_code} for {right['status']}")
        if not wrong:
            self.ids = pairs
        return wrong

    def let_time_pass(self) -> None:
        """Run a message of another actor, so that whatever was to happen meanwhile has happened."""
        admin = self.person("testuser")
        actor = admin.actor("abacosamples/wc")
        result = admin.post(f"/{actor}/messages", {"message": "meanwhile"})
        admin.ended(actor, result.get("executionId") or result["execution_id"])
        admin.delete(f"/{actor}")


def as_here(value: Any) -> Any:
    """Write a recorded value with short sleeps."""
    text = json.dumps(value)
    for recorded, given in SHORTER:
        text = text.replace(recorded, given)
    return json.loads(text)


def whole_body(asked: dict[str, Any]) -> Any:
    """Return a recorded body as it was before it was cut, as text."""
    body, length = asked["body"], int(asked["headers"].get("Content-Length", 0))
    if body and body.startswith("hex:"):
        return "hex:" + (bytes(range(256)) * (length // 256 + 1))[:length].hex()
    if body and CUT.fullmatch(body):
        return body[:20].ljust(length - 2, body[19]) + '"}'
    return json.dumps(as_here(json.loads(body))) if body else body


def unknown_ids(expected: Any, given: Any, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the recorded ids that nobody has met yet, each with what stands in its place."""
    if isinstance(expected, dict) and isinstance(given, dict):
        for name in expected.keys() & given.keys():
            yield from unknown_ids(expected[name], given[name], known)
    elif isinstance(expected, list) and isinstance(given, list):
        for right, mine in zip(expected, given, strict=False):
            yield from unknown_ids(right, mine, known)
    elif isinstance(expected, str) and isinstance(given, str) and is_hashid(expected) and expected not in known:
        yield expected, given


def plain(value: Any) -> Any:
    """Return a value without what the recordings' Docker made up."""
    if isinstance(value, dict):
        made = {name: plain(each) for name, each in value.items()}
        return made | {name: type(each).__name__ for name, each in value.items() if INVENTED.fullmatch(name)}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return VARYING.sub("<made anew>", value) if isinstance(value, str) else value


def recorded_series() -> dict[tuple[str, str], list[tuple[int, Path]]]:
    """Return the steps of each series, in their order."""
    found = defaultdict(list)
    for version in ("v2", "v3"):
        for path in sorted((ROOT / f"tests/recordings/{version}-nginx").glob("*.json")):
            if match := FILE.fullmatch(path.stem):
                found[version, match[1]].append((int(match[2]), path))
    return dict(found)


SERIES = recorded_series()


@pytest.fixture(scope="module")
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    running = start_sandbox(
        tmp_path_factory.mktemp("series"),
        "none",
        SANDBOX_TENANT={"v2": "TACC-PROD", "v3": "tacc"}[request.param],
        SANDBOX_URL=ABACO,
        SANDBOX_PULL_SECONDS="0.2",
        SANDBOX_RETRY_SECONDS="0.3",
        SANDBOX_DELETE_SECONDS="0.3",
    )
    store = Store(str(running.database))
    store.reset()
    for name in PEOPLE:
        digest = sha256(tapis_token(name).encode()).hexdigest()
        store.insert("token", digest=digest, person=name, kind="access", expires_at=FAR_AWAY)
    store.db.close()
    yield Life(running, request.param)
    running.stop()


@pytest.mark.parametrize(("life", "series"), SERIES, indirect=["life"], scope="module")
def test_a_life_goes_as_recorded(life: Life, series: str) -> None:
    steps = SERIES[life.version, series]
    recordings = {path.stem: json.loads(path.read_text()) for _, path in steps}
    missing = list(MISSING.get((life.version, series), ()))
    life.ids, life.ending, before = {}, (), 0.0
    for number, path in steps:
        recording = recordings[path.stem]
        moment = SECONDS.search(recording["case"])
        assert moment
        if float(moment[1]) - before > LONG_AGO:
            life.let_time_pass()
        before = float(moment[1])
        while missing and missing[0].before <= number:
            life.make(missing.pop(0))
        right = [recording["response"]]
        if path.stem in MOMENTS:
            asked = recording["request"]
            later = (each for name, each in recordings.items() if name > path.stem and each["request"] == asked)
            right += [each["response"] for each in later][:1]
        wrong = life.replay(recording["request"], right)
        assert not wrong, f"{path.stem}:\n" + "\n".join(wrong)


def test_the_comparison_sees_another_state_and_another_text() -> None:
    life = Life(Sandbox("", Path(), None), "v2")  # type: ignore[arg-type]
    path = dict(SERIES["v2", "nostart"])[13]
    right = json.loads(path.read_text())["response"]

    def answered(**changed: str) -> requests.Response:
        answer = requests.Response()
        answer.status_code = 200
        body = right["body"] | {"result": right["body"]["result"] | changed}
        answer._content = json.dumps(body).encode()
        return answer

    assert life.differences(right, answered()) == []
    assert life.differences(right, answered(status="READY"))
    assert life.differences(right, answered(statusMessage="Error executing container"))
