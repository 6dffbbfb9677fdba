"""The program in docs/json-api.md resends failures once, run as it is printed there."""

import os
import re
import subprocess
import sys
import time

from tests.core.api.fuzz import Program
from tests.support.json_api import Running
from tests.test_docs import ROOT

SCRIPT = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "json-api.md").read_text(), re.DOTALL)


def test_failures_of_the_last_day_are_sent_again_and_only_once(running: Running) -> None:
    portal, sandbox = running
    demo = sandbox.sign_in("team")
    program = Program(portal, demo)
    assert len(SCRIPT) == 1
    assert len([line for line in SCRIPT[0].splitlines() if line]) <= 10
    actor = program.post("actors/", {"image": "sandbox/fail", "name": "fails"})["id"]
    first = [program.post(f"actors/{actor}/messages/", {"text": text})["execution_id"] for text in ("one", "two")]
    good = program.post("actors/", {"image": "abacosamples/test", "name": "works"})["id"]
    program.post(f"actors/{good}/messages/", {"text": "three"})
    for execution in first:
        assert demo.ended(actor, execution)["exitCode"] != 0

    def run() -> str:
        env = {**os.environ, "PORTAL": portal.url, "TOKEN": demo.token}
        done = subprocess.run([sys.executable, "-c", SCRIPT[0]], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = run()
    assert [line.split()[0] for line in said.splitlines()] == first[::-1], "newest first, and only failures"
    again = re.findall(r"'execution_id': '(\w+)'", said)
    assert len(set(again) - set(first)) == 2
    rows = {row["id"]: row["messageReceivedTime"] for row in demo.get(f"/{actor}/executions")["executions"]}
    assert set(rows) == {*first, *again}
    sent = {program.get(f"actors/{actor}/executions/{one}/logs/")["logs"] for one in first}
    for one in again:
        demo.ended(actor, one)
    assert {program.get(f"actors/{actor}/executions/{one}/logs/")["logs"] for one in again} == sent
    # Run once more: what was sent again is not sent a third time; what failed since is.
    end = time.monotonic() + 30
    while program.get(f"executions/?actor={actor}&outcome=failed")["total"] < 4:  # the portal looks every few seconds
        assert time.monotonic() < end
        time.sleep(0.3)
    third = run()
    assert {line.split()[0] for line in third.splitlines()} == {*first, *again}
    assert [one for one in re.findall(r"'execution_id': '(\w+)'", third) if one in again] == again
