"""Whatever JSON stands in whatever field, the types read it; and the listing is read fast."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from actors_app.services import Abaco
from actors_app.services.dialects import V2
from actors_app.services.errors import BadAnswer
from actors_app.services.types import (
    Actor,
    Alias,
    Execution,
    ExecutionListing,
    ExecutionPage,
    Log,
    Mailbox,
    Nonce,
    Profile,
    SentMessage,
    Worker,
)
from tests.services.conftest import ROOT

RECORDINGS = Path(__file__).parent.parent / "recordings" / "v2"
DIALECT = V2()
READERS: dict[str, Callable[[object], object]] = {
    kind.__name__: (lambda data, kind=kind: kind.from_api(data, DIALECT))  # type: ignore[misc]
    for kind in (
        Actor,
        Alias,
        Execution,
        ExecutionListing,
        ExecutionPage,
        Log,
        Mailbox,
        Nonce,
        Profile,
        SentMessage,
        Worker,
    )
}


def recorded(case: str) -> Any:
    return json.loads((RECORDINGS / f"{case}.json").read_text(encoding="utf-8"))["response"]["body"]["result"]


def questions(thing: object) -> None:
    """Ask an object everything it answers, as a page would."""
    for name in dir(type(thing)):
        if isinstance(getattr(type(thing), name), property):
            getattr(thing, name)
    if isinstance(thing, Actor):
        thing.definition()
    repr(thing)


SAMPLES = {
    "Actor": recorded("actors_get_full"),
    "Alias": recorded("aliases_get"),
    "Execution": recorded("executions_get_complete"),
    "ExecutionListing": {**recorded("executions_list"), "executions": recorded("executions_list")["executions"][:2]},
    "ExecutionPage": recorded("executions_list_limit"),
    "Log": recorded("logs_get"),
    "Mailbox": recorded("messages_get"),
    "Nonce": recorded("nonces_get"),
    "Profile": {"username": "jdoe", "email": "j@x", "first_name": "J", "last_name": "D"},
    "SentMessage": recorded("messages_post_json_dict"),
    "Worker": recorded("workers_get"),
}
WRONG: list[object] = [None, True, False, 0, -1, 1.5, 10**30, "", "None", "text", [], [None], [[]], {}, {"a": {}}]


@pytest.mark.parametrize("name", sorted(READERS))
def test_each_field_may_be_missing_or_of_any_type(name: str) -> None:
    sample = SAMPLES[name]
    questions(READERS[name](sample))
    for field in sample:
        without = {key: value for key, value in sample.items() if key != field}
        questions(READERS[name](without))
        for wrong in WRONG:
            questions(READERS[name]({**copy.deepcopy(without), field: wrong}))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_json_can_be_read(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(READERS)))
    keys = st.sampled_from(sorted(SAMPLES[name])) | st.text(max_size=4)
    thing = READERS[name](data.draw(_json | st.dictionaries(keys, _json, max_size=6)))
    questions(thing)


def test_a_recorded_actor() -> None:
    actor = Actor.from_api(recorded("actors_get"), DIALECT)
    assert actor.label == actor.id == "zlVl01zOo4pXE"
    assert (actor.token, actor.status_message, actor.is_ready) == (False, "", True)
    assert actor.create_time == datetime(2026, 11, 23, 16, 20, 38, 587_000, tzinfo=UTC)
    assert "queue" not in actor.definition()


def test_a_recorded_execution() -> None:
    execution = Execution.from_api(recorded("executions_get_complete"), DIALECT)
    assert execution.is_finished
    assert execution.outcome == "succeeded"
    assert execution.queued_seconds is not None
    assert execution.run_seconds is not None
    assert Execution.from_api(recorded("executions_get_force_quit"), DIALECT).outcome == "halted"
    running = Execution.from_api(recorded("executions_get_running"), DIALECT)
    assert (running.outcome, running.run_seconds, running.exit_code) == ("running", None, None)


def test_a_recorded_worker_and_nonce() -> None:
    worker = Worker.from_api(recorded("workers_get"), DIALECT)
    assert (worker.is_ready, worker.host_id, worker.host_ip) == (True, "0", "172.17.0.1")
    nonce = Nonce.from_api(recorded("nonces_get"), DIALECT)
    assert nonce.masked == "TACC-PROD_…6W1q"
    assert nonce.last_use_time is None


@pytest.mark.parametrize(
    ("written", "token"), [("false", False), ("true", True), (True, True), (False, False), (None, False)]
)
def test_the_token_flag_is_a_flag(written: object, token: bool) -> None:
    assert Actor.from_api({"token": written}, DIALECT).token is token


@pytest.mark.parametrize("status", ["PAUSED", "", "<b>", "ERROR (PREVIOUS READY)"])
def test_an_unknown_status_is_kept_and_means_nothing(status: str) -> None:
    actor = Actor.from_api({"status": status}, DIALECT)
    assert actor.status == status
    assert [actor.is_ready, actor.is_error, actor.is_submitted, actor.is_shutting_down] == [False] * 4
    assert Execution.from_api({"status": status}, DIALECT).outcome == "unknown"


@pytest.mark.parametrize(
    ("written", "number"),
    [(7, 7), ("7", 7), ("-1", -1), (7.0, 7), (7.5, None), (True, None), ("x", None), ("9" * 30, None), (None, None)],
)
def test_a_count_is_a_whole_number(written: object, number: int | None) -> None:
    assert Mailbox.from_api({"messages": written}, DIALECT).messages == number


def test_a_row_of_the_listing() -> None:
    rows = ExecutionListing.from_api(
        {"executions": [{"id": status, "status": status} for status in ("RUNNING", "COMPLETE", "ERROR", "SUBMITTED")]},
        DIALECT,
    ).executions
    assert [row.is_running for row in rows] == [True, False, False, False]
    assert [row.is_finished for row in rows] == [False, True, True, False]


def test_a_cut_log_says_so() -> None:
    assert Log(text="x LOG LIMIT EXCEEDED; this execution log was TRUNCATED!").is_cut
    assert not Log(text="LOG LIMIT EXCEEDED; this execution log was TRUNCATED! and more").is_cut


@responses.activate
@pytest.mark.parametrize(
    "bad",
    ['{"id": "\\ud800", "status": "X"}', '{"id": "ok", "status": 7}', "null", "[]", '{"id": 7}', '{"n": 1e400}'],
)
def test_one_bad_row_does_not_lose_the_others(abaco: Abaco, bad: str) -> None:
    rows = f'[{bad}, {{"id": "good", "status": "COMPLETE"}}]'
    body = f'{{"status": "success", "message": "", "result": {{"executions": {rows}}}}}'
    responses.get(f"{ROOT}/actors/v2/a/executions", body=body.encode())
    if "1e400" in bad:
        # A number that cannot be held is refused with its answer: better than a wrong one.
        with pytest.raises(BadAnswer, match="answered with"):
            abaco.executions.list("a")
    else:
        assert abaco.executions.list("a").executions[-1].id == "good"
