"""Why an execution is not running: each reason from the answers that show it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors_app.services.errors import Forbidden, NotFound, TimedOut
from actors_app.services.types import Actor, Execution, Mailbox, Worker
from actors_app.workers.why import ActorState, why_not_running

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def actor(**changes: Any) -> Actor:
    return Actor(**{"id": "A", "status": "READY", "image": "wc:2", "revision": 2, **changes})


def worker(status: str = "READY", **changes: Any) -> Worker:
    return Worker(**{"id": "W", "status": status, "image": "wc:2", "create_time": ago(minutes=12), **changes})


def asked(*workers: Worker, waiting: int | None = 1, **changes: Any) -> ActorState:
    return ActorState(**{"actor": actor(), "mailbox": Mailbox(messages=waiting), "workers": workers, **changes})


TABLE = [
    ("deleted", 300, asked(actor=None, workers=None, problem=NotFound()), "were deleted"),
    ("unknown", 300, asked(actor=None, workers=None, problem=TimedOut()), "timed out"),
    ("unknown", 300, asked(actor=None, workers=None, problem=Forbidden()), "You do not have permission"),
    ("unknown", 300, asked(actor=None, workers=None), "unavailable."),
    ("unknown", 300, asked(workers=None), "Worker status unavailable"),
    ("deleting", 5, asked(actor=actor(status="SHUTTING_DOWN")), "is being deleted"),
    (
        "actor-error",
        5,
        asked(worker(), actor=actor(status="ERROR", status_message="Image wc:2 was not found\u202e.")),
        "in error: Image wc:2 was not found⟦RIGHT-TO-LEFT OVERRIDE⟧.",
    ),
    ("actor-error", 5, asked(actor=actor(status="ERROR")), "No reason was reported"),
    ("message-gone", 300, asked(worker(), waiting=0), "The message was lost or purged"),
    ("message-gone", 300, asked(waiting=0), "The message was lost or purged"),
    ("next", 5, asked(worker(), waiting=0), "A worker is ready"),
    ("not-in-mailbox", 300, asked(worker("BUSY"), waiting=0), "just picked up, or purged."),
    ("not-in-mailbox", 300, asked(worker("PULLING IMAGE"), waiting=0), "just picked up, or purged."),
    ("busy", 5, asked(worker("BUSY"), waiting=0), "The only worker is busy; this execution is next."),
    ("busy", 300, asked(worker("BUSY"), waiting=1), "The only worker is busy; this execution is next."),
    ("taken", 5, asked(worker("BUSY", id="TAKER"), waiting=0), "is starting the container"),
    ("actor-starting", 5, asked(actor=actor(status="SUBMITTED")), "still starting"),
    ("no-worker-yet", 5, asked(), "No worker yet"),
    ("no-worker", 300, asked(), "none is requested"),
    ("no-worker", 5, asked(actor=actor(stateless=False)), "none is requested"),
    ("starting", 300, asked(worker("PULLING IMAGE")), "The worker is starting: pulling image for 12 min."),
    ("starting", 300, asked(worker("REQUESTED"), worker("REQUESTED", create_time=None)), "2 workers are starting"),
    ("stopping", 300, asked(worker("SHUTDOWN_REQUESTED", create_time=ago(seconds=9))), "All workers are stopping"),
    ("old-revision", 300, asked(worker("BUSY", image="wc:1")), "an earlier image"),
    ("busy", 300, asked(worker("READY", image="wc:1"), worker("BUSY")), "The only worker is busy"),
    ("busy", 300, asked(worker("BUSY"), waiting=4), "The only worker is busy; up to 3 messages ahead."),
    ("busy", 300, asked(worker("BUSY"), worker("BUSY"), waiting=2), "All 2 workers are busy; up to 1 message ahead"),
    ("busy", 300, asked(worker("BUSY"), waiting=None), "The only worker is busy."),
    ("next", 300, asked(worker(last_health_check_time=ago(seconds=20))), "A worker is ready"),
    ("silent", 300, asked(worker(last_health_check_time=ago(hours=3))), "last responded 3 h ago"),
]


@pytest.mark.parametrize(("kind", "waited", "given", "words"), TABLE, ids=[f"{row[0]}-{row[3][:30]}" for row in TABLE])
def test_each_reason(kind: str, waited: float, given: ActorState, words: str) -> None:
    taken = "TAKER" if kind == "taken" else None
    execution = Execution(id="E", status="SUBMITTED", message_received_time=ago(seconds=waited), worker_id=taken)
    why = why_not_running(execution, given, NOW)
    assert (why.kind, words in why.reason) == (kind, True), why.reason
    assert why.advice.endswith(".")
    assert dict(why.evidence)["Waiting for"]


def test_what_will_not_run_by_itself_is_marked() -> None:
    execution = Execution(id="E", status="SUBMITTED", message_received_time=ago(minutes=5))
    stuck = {row[0] for row in TABLE if why_not_running(execution, row[2], NOW).is_stuck and row[1] == 300}
    assert stuck == {"deleted", "message-gone", "no-worker", "silent"}


def test_the_evidence_names_what_can_be_checked() -> None:
    execution = Execution(id="E", status="SUBMITTED", message_received_time=ago(minutes=5))
    workers = [
        worker("BUSY", id=f"W{number}", image="wc:1", last_health_check_time=ago(seconds=9)) for number in range(7)
    ]
    said = dict(why_not_running(execution, asked(*workers, waiting=2), NOW).evidence)
    assert said["Image"] == "wc:2, revision 2"
    assert said["Mailbox"] == "2 messages"
    assert said["Queue position"] == "Unknown (2 queued)"
    assert said["Worker W0"] == "Busy, 12 min old, last seen 9 s ago, image wc:1"
    assert said["Other workers"] == "2"
