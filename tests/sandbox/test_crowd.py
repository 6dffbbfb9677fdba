"""What `SANDBOX_FILL=large` adds: enough to look for last night's failures in, as an auditor would."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.crowd import COLLEAGUES, UNSEEN
from tests.sandbox.support import Person, Sandbox, start_sandbox


@pytest.fixture(scope="module", params=[10_000, pytest.param(100_000, marks=pytest.mark.full)])
def executions(request: pytest.FixtureRequest) -> int:
    """Return how many executions are added; the full run adds as many as a sandbox does without being told."""
    return int(request.param)


@pytest.fixture(scope="module")
def large(executions: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    directory = tmp_path_factory.mktemp("large")
    running = start_sandbox(directory, "large", SANDBOX_ENGINE="off", SANDBOX_CROWD=str(executions))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def demo(large: Sandbox) -> Person:
    return large.sign_in("demo")


@pytest.fixture(scope="module")
def names(demo: Person) -> dict[str, str]:
    return {row["name"]: row["id"] for row in demo.get("")}


def of_the_last_day(demo: Person, actor: str, **conditions: Any) -> list[dict[str, Any]]:
    since = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000")
    found: list[dict[str, Any]] = []
    while True:
        asked = {"messageReceivedTime.gt": since, "limit": 1000, "skip": len(found)} | conditions
        page = demo.get(f"/{actor}/executions", params=asked)
        found += page["search"]
        if len(found) >= page["_metadata"]["totalCount"]:
            return found


def test_a_crowd_of_executions_comes_on_top_of_the_full_history(
    executions: int, large: Sandbox, names: dict[str, str]
) -> None:
    with closing(sqlite3.connect(large.database)) as store:
        counts = dict(store.execute("SELECT actor_id, count(*) FROM sandbox_execution GROUP BY actor_id"))
        known = dict(store.execute("SELECT id, name FROM sandbox_actor"))
    by_name = Counter({known[actor]: count for actor, count in counts.items() if actor in known})
    assert by_name["sequence-aligner"] == executions // 2
    assert by_name["rnaseq-ingest"] == 5_000, "the full history is still there"
    crowd = set(by_name) & (
        {"sequence-aligner"} | {name for name in by_name if name.endswith(("-ingest", "-check", "-align", "-report"))}
    )
    assert len(crowd) > 30
    assert executions < sum(by_name.values()) < executions + 20_000
    assert names.keys() & set(UNSEEN) == set(), "some may not be read by demo"


def test_last_night_one_person_met_one_failure_again_and_again(demo: Person, names: dict[str, str]) -> None:
    rows = of_the_last_day(demo, names["sequence-aligner"])
    failed = Counter(row["executor"] for row in rows if row["exitCode"])
    assert set(failed) <= {*COLLEAGUES, "demo", "team"}
    # Near the hour of that night, nobody else may have failed within the last day.
    assert failed.pop("nadia") > 900 > 20 * max(failed.values(), default=0)
    hours = Counter(row["messageReceivedTime"][:13] for row in rows if row["exitCode"] == 3)
    assert hours.most_common(1)[0][1] > 0.95 * sum(hours.values()), "it is one hour"


def test_a_failure_of_that_night_and_the_last_good_run_both_have_a_log(demo: Person, names: dict[str, str]) -> None:
    actor = names["sequence-aligner"]
    of_hers = sorted(of_the_last_day(demo, actor, executor="nadia"), key=lambda row: row["messageReceivedTime"])
    bad = next(row for row in reversed(of_hers) if row["exitCode"] == 3)
    good = next(row for row in reversed(of_hers) if row["exitCode"] == 0)
    last = demo.log(actor, bad["id"]).splitlines()[-1]
    assert last.startswith("RuntimeError: cannot reach the reference store")
    assert last.endswith("exiting with 3")
    text = demo.log(actor, good["id"])
    assert "chunk" in text
    assert "Error" not in text
