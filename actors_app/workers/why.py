"""Why an execution that waits is not running: one reason, what shows it, and what to do.

What the API says of the actor, its mailbox and its workers goes in; nothing is asked here. Where it does not say enough
for a reason, that is the answer.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from actors_app.core.pages.formatting import duration, thousands, visible
from actors_app.services.errors import AbacoError, NotFound
from actors_app.services.types import Actor, Execution, Mailbox, Worker
from actors_app.services.types.actors import status_words
from actors_app.workers.standstill import (
    SETTLES,
    STARTS,
    Evidence,
    Remedy,
    Standstill,
    Unfinished,
    seconds_held,
    standstills,
)

# Until a message has waited so long, nothing is odd about it: seconds.
PATIENCE = 60
# A worker is looked after every 30 seconds; one that was not for so long is probably gone.
SILENT = 10 * 60
# The facts of a standstill that the evidence of an execution does not have.
_MORE = ("Last execution finished", "Its executions", "Execution")
# Of an execution in error whose containers did not start.
_LEFT = (
    "Its container did not start in six attempts; its message is still in the mailbox.",
    "Once containers can start again, a worker runs it and this execution becomes Complete.",
)


@dataclass(frozen=True, slots=True)
class Why:
    """One reason as a word for machines and a sentence, what to do about it, and the facts that show it."""

    kind: str
    reason: str
    advice: str
    evidence: Evidence
    is_stuck: bool = False  # whether it will not run by itself
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class ActorState:
    """What one gather gave; what was not given is None, and `problem` says why not."""

    actor: Actor | None = None
    mailbox: Mailbox | None = None
    workers: Sequence[Worker] | None = None
    problem: AbacoError | None = None
    unfinished: Unfinished = field(default_factory=dict)

    @property
    def waiting(self) -> int | None:
        """Return how many messages the mailbox holds, where that is known."""
        return self.mailbox.messages if self.mailbox else None


def why_not_running(execution: Execution, state: ActorState, at: datetime) -> Why:
    """Return why an execution that waits is not running, as far as the API's answers show it."""
    evidence = _evidence(execution, state, at)
    standstills, is_taken = _standstills(state, at), _taker(execution, state) is not None
    for standstill in standstills:
        if standstill.blocks and _holds_up(standstill, execution, state, is_taken=is_taken):
            reason, advice = (standstill.sentence, standstill.advice) if execution.outcome == "waiting" else _LEFT
            facts = tuple(fact for fact in standstill.evidence if fact[0] in _MORE)
            return Why(standstill.kind, reason, advice, (*evidence, *facts), True, standstill.remedies)
    kind, reason, advice, is_stuck = _reason(execution, state, at, {standstill.worker_id for standstill in standstills})
    remedies = next((standstill.remedies for standstill in standstills if standstill.kind == kind), ())
    return Why(kind, reason, advice, evidence, is_stuck, remedies)


def _holds_up(standstill: Standstill, execution: Execution, state: ActorState, *, is_taken: bool) -> bool:
    """Whether a standstill is why this very execution waits, and not only others; `is_taken`: a worker there has it."""
    if not standstill.worker_id or standstill.worker_id == execution.worker_id:
        return True
    return state.waiting != 0 and not is_taken


def _standstills(state: ActorState, at: datetime) -> tuple[Standstill, ...]:
    if state.actor is None or state.workers is None:
        return ()
    return standstills(state.actor, state.workers, state.waiting, state.unfinished, at)


def _taker(execution: Execution, state: ActorState) -> Worker | None:
    """Return the worker that has taken the message, where it is still there."""
    return next((worker for worker in state.workers or () if worker.id == execution.worker_id), None)


_Reason = tuple[str, str, str, bool]


def _reason(execution: Execution, state: ActorState, at: datetime, still: Set[str]) -> _Reason:
    actor = state.actor
    if actor is None:
        return _without_actor(state.problem)
    if actor.is_shutting_down:
        return (
            "deleting",
            "The actor is being deleted; its messages are discarded.",
            "The execution will never run. Resend its message to another actor.",
            True,
        )
    if actor.is_error:
        cause = f": {visible(actor.status_message)}" if actor.status_message else ". No reason was reported."
        return (
            "actor-error",
            f"The actor is in error{cause}",
            "Fix or re-pull its image; the message stays queued.",
            True,
        )
    if state.workers is None:
        return "unknown", "Worker status unavailable.", "Refresh in a moment.", False
    return _of_workers(execution, actor, state, [worker for worker in state.workers if worker.id not in still], at)


def _without_actor(problem: AbacoError | None) -> _Reason:
    if isinstance(problem, NotFound):
        return (
            "deleted",
            "The actor and its mailbox were deleted.",
            "The execution will never run and stays Waiting permanently.",
            True,
        )
    cause = f" {problem.user_message}" if problem else ""
    return "unknown", f"Actor status unavailable.{cause}", "Refresh in a moment.", False


def _of_workers(
    execution: Execution, actor: Actor, state: ActorState, workers: Sequence[Worker], at: datetime
) -> _Reason:
    waited = _age(execution.message_received_time, at) or 0.0
    taker = _taker(execution, state)
    busy = [worker for worker in workers if worker.is_busy]
    ready = [worker for worker in workers if worker.is_ready]
    starting = [worker for worker in workers if not (worker.is_busy or worker.is_ready or worker.is_stopping)]
    if state.waiting == 0 and taker is None and waited > PATIENCE:
        return _not_in_mailbox(is_quiet=not busy and not starting)
    if taker is not None and taker.is_busy:
        return _being_started(execution, taker, state.waiting, at)
    if not workers:
        return _without_workers(execution, actor, waited)
    if starting and not ready and not busy:
        return _starting(starting, at)
    if not ready and not busy:
        return (
            "stopping",
            "All workers are stopping.",
            "After they stop, the next message sent starts a new one, which processes the oldest message first.",
            False,
        )
    # Those with an earlier image put back what they take, so that they count for nothing where there are others.
    ready, busy = ([member for member in group if not _is_old(member, actor)] for group in (ready, busy))
    if not ready and not busy:
        return (
            "old-revision",
            "All workers run an earlier image and return messages to the mailbox.",
            "The message stays queued until a worker with the new image replaces them.",
            False,
        )
    if not ready:
        return _busy(busy, state.waiting)
    return _ready(ready, waited, at)


def _being_started(execution: Execution, worker: Worker, waiting: int | None, at: datetime) -> _Reason:
    """Say how far a worker is with a message that it has taken; only one that could not start it puts it back."""
    if waiting and seconds_held(execution, worker, at) > STARTS:
        back = "the message is" if waiting == 1 else "the message is probably"
        return (
            "start-failed",
            f"The container did not start, and {back} back in the mailbox.",
            "The API retries six times in about 30 seconds, then sets the actor and this execution to Error. The "
            "message stays queued and runs once the actor has a working image.",
            False,
        )
    return (
        "taken",
        "A worker is starting the container.",
        "If the container does not start, the API retries six times in about 30 seconds.",
        False,
    )


def _not_in_mailbox(*, is_quiet: bool) -> _Reason:
    if is_quiet:
        return (
            "message-gone",
            "The message was lost or purged: the mailbox is empty and no worker is active.",
            "The execution stays Waiting permanently. Resend the message.",
            True,
        )
    return (
        "not-in-mailbox",
        "The message is no longer in the mailbox: it was just picked up, or purged.",
        "If the execution does not start within a minute, the message was purged: resend it.",
        False,
    )


def _without_workers(execution: Execution, actor: Actor, waited: float) -> _Reason:
    if actor.is_submitted:
        return (
            "actor-starting",
            "The actor is still starting and has no worker yet.",
            "The API pulls the image and starts one; the message stays queued.",
            False,
        )
    if waited <= SETTLES and actor.stateless:
        return (
            "no-worker-yet",
            "No worker yet. The API starts one within seconds.",
            "Refresh in a moment.",
            False,
        )
    if execution.worker_id:
        return (
            "no-worker",
            "The worker has stopped; the message is back in the mailbox, and no other worker is active.",
            "The next message sent starts a worker. If a file blocked the last one, purge the mailbox instead.",
            True,
        )
    return (
        "no-worker",
        "The actor has no worker, and none is requested.",
        "The next message sent starts one. Re-pulling the image does too, and administrators can start one on the "
        "Workers tab.",
        True,
    )


def _starting(starting: Sequence[Worker], at: datetime) -> _Reason:
    oldest = min(starting, key=lambda worker: worker.create_time or at)
    age = _age(oldest.create_time, at)
    since = f" for {duration(age)}" if age is not None else ""
    doing = status_words(oldest.status).lower()
    subject = "The worker is" if len(starting) == 1 else f"{len(starting)} workers are"
    slow = age is not None and age > SILENT
    return (
        "starting",
        f"{subject} starting: {visible(doing)}{since}.",
        ("This is taking unusually long: the image may be large or impossible to pull.")
        if slow
        else "The execution runs once the worker is ready.",
        False,
    )


def _busy(busy: Sequence[Worker], waiting: int | None) -> _Reason:
    subject = "The only worker is busy" if len(busy) == 1 else f"All {len(busy)} workers are busy"
    if waiting is None:
        ahead = ""
    elif waiting <= 1:
        ahead = "; this execution is next"
    else:
        ahead = f"; up to {thousands(waiting - 1)} message{'s' if waiting > 2 else ''} ahead"
    return (
        "busy",
        f"{subject}{ahead}.",
        ("The execution runs when a worker is free. Start more workers to run messages in parallel."),
        False,
    )


def _ready(ready: Sequence[Worker], waited: float, at: datetime) -> _Reason:
    silent = [_age(worker.last_health_check_time, at) or 0.0 for worker in ready]
    if waited > PATIENCE and min(silent) > SILENT:
        return (
            "silent",
            f"The assigned worker last responded {duration(min(silent))} ago.",
            "The worker is probably dead. Restart the actor: a new worker picks up the message.",
            True,
        )
    return "next", "A worker is ready.", "The execution runs in a moment.", False


def _evidence(execution: Execution, state: ActorState, at: datetime) -> Evidence:
    """Return the facts, each with its name, that a reader can check the reason by."""
    facts: list[tuple[str, str]] = []
    waited = _age(execution.message_received_time, at)
    if waited is not None:
        facts.append(("Waiting for", duration(waited)))
    if (actor := state.actor) is not None:
        about = visible(actor.status_message) if actor.status_message and not actor.is_error else ""
        facts.append(("Actor", status_words(actor.status) + (f": {about}" if about else "")))
        revision = f", revision {actor.revision}" if actor.revision is not None else ""
        facts.append(("Image", f"{visible(actor.image)}{revision}"))
    if state.waiting is None:
        facts.append(("Mailbox", "Not reported"))
    else:
        facts.append(("Mailbox", f"{thousands(state.waiting)} message{'' if state.waiting == 1 else 's'}"))
        if state.waiting > 0:
            among = "First" if state.waiting == 1 else f"Unknown ({thousands(state.waiting)} queued)"
            facts.append(("Queue position", among))
    if state.workers is None:
        facts.append(("Workers", "Not reported"))
    elif not state.workers:
        facts.append(("Workers", "None"))
    else:
        facts += [(f"Worker {visible(worker.id)}", _worker(worker, state.actor, at)) for worker in state.workers[:5]]
        if len(state.workers) > 5:
            facts.append(("Other workers", str(len(state.workers) - 5)))
    return tuple(facts)


def _is_old(worker: Worker, actor: Actor) -> bool:
    return bool(worker.image and actor.image and worker.image != actor.image)


def _worker(worker: Worker, actor: Actor | None, at: datetime) -> str:
    facts = [visible(status_words(worker.status))]
    if (age := _age(worker.create_time, at)) is not None:
        facts.append(f"{duration(age)} old")
    if (heard := _age(worker.last_health_check_time, at)) is not None:
        facts.append(f"last seen {duration(heard)} ago")
    if actor and _is_old(worker, actor):
        facts.append(f"image {visible(worker.image)}")
    return ", ".join(facts)


def _age(moment: datetime | None, at: datetime) -> float | None:
    return max(0.0, (at - moment).total_seconds()) if moment else None
