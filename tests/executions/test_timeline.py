"""The life of an execution drawn: what is known in words and lengths, what is not said as such."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors_app.executions.timeline import timeline
from actors_app.services.types import Execution

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
UNREPORTED, UNTOLD = ("unknown", "not reported"), ("unknown", "not reported")
AT = NOON + timedelta(minutes=2)


def execution(**changes: Any) -> Execution:
    return Execution(**{"id": "E", "message_received_time": NOON, **changes})


def ended(started: float = 30, finished: float = 90, **changes: Any) -> Execution:
    times = {"start_time": NOON + timedelta(seconds=started), "finish_time": NOON + timedelta(seconds=finished)}
    return execution(**{"status": "COMPLETE", "exit_code": 0, **times, **changes})


def stand(one: Execution) -> list[tuple[str, str]]:
    return [(phase.state, phase.text) for phase in timeline(one, AT).phases]


@pytest.mark.parametrize(
    ("one", "phases", "parts"),
    [
        (
            execution(status="SUBMITTED"),
            [("now", "2 min so far"), ("ahead", ""), ("ahead", ""), ("ahead", "")],
            ["waited"],
        ),
        (
            execution(status="SUBMITTED", worker_id="W"),
            [("done", ""), ("now", "2 min so far incl. queue time"), ("ahead", ""), ("ahead", "")],
            ["waited"],
        ),
        (
            execution(status="RUNNING"),
            [
                ("done", "duration available when finished"),
                ("done", "not reported"),
                ("now", "2 min so far incl. queue time"),
                ("ahead", ""),
            ],
            ["unknown"],
        ),
        (
            ended(),
            [("done", "30 s"), UNTOLD, ("done", "1 min"), ("done", "succeeded")],
            ["waited", "ran"],
        ),
        (
            ended(final_state={"StartedAt": "2026-11-24T12:00:50.123456789Z"}),
            [("done", "30 s"), ("done", "20 s"), ("done", "40 s"), ("done", "succeeded")],
            ["waited", "starting", "ran"],
        ),
        (
            ended(final_state={"StartedAt": "2026-11-24T11:00:00Z"}),  # of another container, or of a wrong clock
            [("done", "30 s"), UNTOLD, ("done", "1 min"), ("done", "succeeded")],
            ["waited", "ran"],
        ),
        (
            execution(status="ERROR"),
            [UNREPORTED, UNTOLD, UNREPORTED, ("done", "error")],
            [],
        ),
        (
            execution(status="COMPLETE", exit_code=137, runtime=7),
            [UNREPORTED, UNTOLD, ("done", "7 s"), ("done", "halted")],
            [],
        ),
    ],
)  # fmt: skip
def test_each_state(one: Execution, phases: list[tuple[str, str]], parts: list[str]) -> None:
    assert stand(one) == phases
    assert [part.kind for part in timeline(one, AT).segments] == parts


def test_the_bar_is_filled_and_the_shortest_part_can_be_seen() -> None:
    for one in (ended(0.001, 90000), ended(90000, 90000.001), ended(30, 90)):
        parts = timeline(one, AT).segments
        assert sum(float(part.width) for part in parts) == pytest.approx(100, abs=0.05)
        assert all(float(part.width) >= 1 for part in parts)
        assert float(parts[1].x) == pytest.approx(float(parts[0].width), abs=0.01)


def test_the_phases_that_are_listed_are_those_that_took_time() -> None:
    at_once = {"StartedAt": "2026-11-24T12:00:30.001Z"}
    for one, names in (
        (execution(status="SUBMITTED"), ["Queued"]),
        (execution(status="RUNNING"), ["Queued", "Running"]),
        (ended(), ["Queued", "Running"]),
        (ended(final_state={"StartedAt": "2026-11-24T12:00:50Z"}), ["Queued", "Starting", "Running"]),
        (ended(final_state=at_once), ["Queued", "Running"]),
        (execution(status="ERROR"), []),
    ):
        assert [phase.name for phase in timeline(one, AT).spent] == names


def test_a_time_of_arrival_that_is_missing_is_not_guessed() -> None:
    assert stand(execution(status="SUBMITTED", message_received_time=None))[0] == ("now", "start time unknown")
