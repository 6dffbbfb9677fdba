from datetime import UTC, datetime, timedelta

import pytest

from actors_app.executions.endings import final_state_in_words, freshness, running_for, state_in_words
from actors_app.logs.lifetime import log_is_settled, no_log_in_words
from actors_app.services.types import Execution

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def execution(**changes):
    return Execution(**{"id": "PYaE7Gm5DRJAN", "status": "COMPLETE", "exit_code": 0, **changes})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Completed successfully (exit code 0)."),
        ({"exit_code": 7}, "Exit code 7."),
        ({"exit_code": 126}, "is not executable (exit code 126)"),
        ({"exit_code": 127}, "was not found (exit code 127)"),
        ({"exit_code": 137}, "Killed (SIGKILL, exit code 137)"),
        ({"exit_code": 137, "final_state": {"OOMKilled": True}}, "memory limit exceeded"),
        ({"exit_code": 137, "final_state": {"reason": "OOMKilled"}}, "memory limit exceeded"),
        ({"exit_code": 143}, "SIGTERM"),
        ({"exit_code": "undetermined"}, "exit code not reported"),
        ({"status": "ERROR", "exit_code": None}, "The API could not run this execution."),
        ({"status": "SUBMITTED"}, "Waiting for a worker."),
        ({"status": "SUBMITTED", "worker_id": "W"}, "Picked up by a worker; its container has not started."),
        ({"status": "RUNNING"}, "Running on a worker."),
        ({"status": "NEW\u202eSTATUS"}, "NEW⟦RIGHT-TO-LEFT OVERRIDE⟧STATUS"),
    ],
)
def test_the_state_in_words(changes, words):
    assert words in state_in_words(execution(**changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"final_state": {"unavailable": True}}, "final state could not be read"),
        ({"final_state": {"Error": "no such\x00file"}}, "no such␀file"),
        ({"final_state": {"message": "evicted"}}, "evicted"),
        ({"final_state": {"Error": 7}}, ""),
        ({"status": "ERROR"}, "No times"),
    ],
)
def test_the_final_state_in_words(changes, words):
    said = final_state_in_words(execution(**changes))
    assert words in said
    assert bool(words) == bool(said)


def test_the_time_of_one_that_runs_is_counted_from_its_message():
    at = NOON + timedelta(minutes=2)
    running = execution(status="RUNNING", message_received_time=NOON)
    assert running_for(running, at) == "2 min since its message arrived"
    assert running_for(execution(status="SUBMITTED", message_received_time=NOON), at) == ""
    assert running_for(execution(message_received_time=NOON), at) == ""
    assert running_for(execution(status="RUNNING"), at) == ""


def test_a_young_execution_is_watched_closely_and_an_old_one_by_the_minute():
    now = datetime.now(UTC)
    assert freshness(None) == 0
    assert freshness(now - timedelta(seconds=5)) != freshness(now - timedelta(seconds=7))
    hour = timedelta(hours=1, seconds=20)
    assert freshness(now - hour) == freshness(now - hour - timedelta(seconds=20))


def test_a_log_is_settled_a_little_after_the_end():
    now = datetime.now(UTC)
    assert not log_is_settled(execution(status="RUNNING"))
    assert not log_is_settled(execution(finish_time=now))
    assert log_is_settled(execution(finish_time=now - timedelta(minutes=1)))
    assert log_is_settled(execution(finish_time=now + timedelta(hours=1)))
    assert log_is_settled(execution(status="ERROR"))


def test_an_empty_log_is_explained_by_the_state():
    said = {
        no_log_in_words(one)
        for one in (
            None,
            execution(),
            execution(status="SUBMITTED"),
            execution(status="RUNNING"),
            execution(exit_code=137),
            execution(status="ERROR"),
        )
    }
    assert len(said) == 6


def test_a_log_that_the_api_loses_is_said_to_be_lost() -> None:
    ended = execution(finish_time=NOON)
    assert "discards logs" in no_log_in_words(ended, 0, is_lost=True)
    assert "discards logs" not in no_log_in_words(ended, 0)
    assert "not started" in no_log_in_words(execution(status="SUBMITTED"), -1, is_lost=True)
