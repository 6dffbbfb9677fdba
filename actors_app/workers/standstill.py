"""What keeps an actor from running its messages for good, what shows it, and what ends it.

Only answers of the API go in. Abaco starts a worker for a message only where the actor has no record of one, whatever
the record's status (TACC/abaco actors/models.py, `ensure_one_worker`), so a record without a process stops an actor:

- after a halt the process exits and its record stays BUSY (actors/worker.py, `force_quit`);
- a worker that is stopped without a process stays SHUTDOWN_REQUESTED;
- a file larger than the pipe blocks the process before there is a container (actors/docker_utils.py);
- six containers in a row that do not start put the actor in ERROR (actors/worker.py, MAX_WORKER_CONSECUTIVE_ERRORS).

The API's health check removes such records after 5 minutes of stopping and 60 without a sign (actors/health.py). In v3
the thread that listens to stops outlives the halt, so that a stop removes the record at once, and nothing else does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.conf import settings

from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import duration, thousands, visible
from actors_app.core.sizes import variable_excess
from actors_app.services.dialects import Dialect
from actors_app.services.types import Actor, AdminActor, Execution, Worker
from actors_app.services.types.actors import status_words

# Seconds: a living worker names its next execution at once; one that starts a container does so in a few seconds, and
# gives up on containers that do not start after 26; one that is stopped has gone within a second.
SETTLES = 5
STARTS = 3
BLOCKED = 45
STOPS = 60

_NO_START = "Error executing container: Could not start container"
_TOO_LONG = "argument list too long"

_NO_OTHER = "The API starts no other worker while this record exists, unless autoscaling is on."
# By whether the worker's channel outlives its work: there the record keeps its health check and never goes.
_AS_LONG_AS = {
    True: "Messages stay queued until the actor is restarted.",
    False: "Messages can stay queued for an hour, until the health check removes the record.",
}

Evidence = tuple[tuple[str, str], ...]
AnyActor = Actor | AdminActor
Unfinished = Mapping[str, Sequence[Execution]]  # by worker: the executions that name it and have not ended


@dataclass(frozen=True, slots=True)
class Remedy:
    """A step that ends a standstill, as its button says it, and its effect in a sentence.

    restart: an update with the same image and `force`. stop: of `worker_id`. add: so that there are `num` workers, for
    administrators. purge and edit lead to their pages.
    """

    name: Literal["restart", "stop", "add", "purge", "edit"]
    label: str
    effect: str
    worker_id: str = ""
    num: int = 0


@dataclass(frozen=True, slots=True)
class Standstill:
    """One cause as a word for machines, a sentence, the advice, the facts that show it, and the remedies in order.

    `worker_id` names the worker it is about, if any; `blocks` is whether the next message waits as well.
    """

    kind: str
    sentence: str
    advice: str
    evidence: Evidence
    remedies: tuple[Remedy, ...]
    worker_id: str = field(default="")
    blocks: bool = True


def standstills(
    actor: AnyActor, workers: Sequence[Worker], waiting: int | None, unfinished: Unfinished, at: datetime
) -> tuple[Standstill, ...]:
    """Return the standstills of an actor; `unfinished` lacks the workers of which the API did not say.

    `waiting` is the number of messages in the mailbox, or None. What is not certain is left out.
    """
    if actor.status == "ERROR":
        return _of_error(actor, waiting)
    if actor.status == "SHUTTING_DOWN":
        return ()
    results = [standstill for worker in workers if (standstill := _of_worker(actor, worker, workers, unfinished, at))]
    if not workers and waiting and actor.status == "READY":
        return (_no_worker(actor, waiting),)
    still = {standstill.worker_id for standstill in results}
    blocks = all(worker.id in still or worker.is_stopping for worker in workers)
    return tuple(results) if blocks else tuple(_beside_others(standstill) for standstill in results)


def still_waits(execution: Execution, actor: AnyActor | None) -> bool:
    """Whether a message may be in the mailbox: it waits, or its containers did not start, which leaves it there."""
    if execution.outcome != "error" or actor is None or actor.status != "ERROR":
        return execution.outcome == "waiting"
    return actor.status_message.startswith(_NO_START)


def after_halt(api: Dialect | None) -> tuple[str, ...]:
    """Return what a halt leaves behind, and the quickest way out of it, in sentences."""
    stays = "its record stays Busy"
    if api is None or not api.drops_stopped_workers:
        stays += " for up to an hour"
    remedy = "restart the actor, which takes about 4 seconds"
    if api is not None and api.drops_stopped_workers:
        remedy = "stop that worker and send the next message, or restart the actor"
    return (
        f"The worker exits and takes no more messages, but {stays}.",
        "Queued messages wait for another worker. While the record exists, the API starts none unless autoscaling is "
        "on.",
        f"To process queued messages, {remedy} (Workers tab).",
    )


def after_stop(api: Dialect | None, standstill: Standstill | None) -> tuple[str, ...]:
    """Return what stopping a worker does, in sentences; `standstill` is the worker's, if it has one."""
    if standstill is None or standstill.kind == "worker-blocked" or (api is not None and api.drops_stopped_workers):
        goes = "The worker's process is killed and its record is removed within a second."
    else:
        goes = (
            "The worker has no process left: its record stays as Shutdown requested for about 5 minutes, until the "
            "API's health check removes it."
        )
    back = (
        "The blocking message returns to the mailbox and would block the next worker: purge the mailbox before "
        "you send another message."
    )
    return (
        goes,
        *((back,) if standstill is not None and standstill.kind == "worker-blocked" else ()),
        "Queued messages are kept, but start no worker. The next message sent starts one, if no worker record is left.",
    )


def is_suspect(worker: Worker, at: datetime) -> bool:
    """Whether a busy worker may have no process or be blocked, so that its executions are worth a call."""
    return worker.is_busy and (_age(_sign(worker), at) or 0.0) > SETTLES


def stays_stopping(worker: Worker, at: datetime) -> bool:
    """Whether a worker was asked to stop and is there still, for longer than one with a process takes."""
    return worker.is_stopping and (_age(_sign(worker), at) or 0.0) > STOPS


def seconds_held(execution: Execution, worker: Worker, at: datetime) -> float:
    """Return for how many seconds at most a worker has held the message of an execution that has not started."""
    moments = [moment for moment in (execution.message_received_time, _sign(worker)) if moment]
    return _age(max(moments), at) or 0.0 if moments else 0.0


def _of_worker(
    actor: AnyActor, worker: Worker, workers: Sequence[Worker], unfinished: Unfinished, at: datetime
) -> Standstill | None:
    if worker.is_stopping:
        return _stopping(actor, worker, workers, at) if stays_stopping(worker, at) else None
    if not worker.is_busy or worker.id not in unfinished:
        return None
    executions = unfinished[worker.id]
    if not executions:
        ended = _age(worker.last_execution_time, at)
        return _exited(actor, worker, workers, at) if ended is not None and ended > SETTLES else None
    waiting = [execution for execution in executions if execution.outcome == "waiting"]
    if len(waiting) == len(executions) and all(seconds_held(execution, worker, at) > BLOCKED for execution in waiting):
        return _blocked(actor, worker, workers, waiting[0], at)
    return None


def _exited(actor: AnyActor, worker: Worker, workers: Sequence[Worker], at: datetime) -> Standstill:
    if _drops_stopped(actor):
        stop = _stop(worker, "Its record is removed within a second. The next message sent then starts a worker.")
        remedies = (*stop, _restart(), *_add(actor, workers))
    else:
        stop = _stop(
            worker,
            "Its record stays as Shutdown requested for about 5 minutes. A message sent after that starts a worker.",
        )
        remedies = (_restart(), *_add(actor, workers), *stop)
    return Standstill(
        "worker-exited",
        f"Worker {visible(worker.id)} has exited (usually after a halt) and takes no more messages, but its record "
        "stays Busy.",
        f"{_NO_OTHER} {_AS_LONG_AS[_drops_stopped(actor)]}",
        (*_facts(worker, at), ("Its executions", "All finished")),
        remedies,
        worker.id,
    )


def _stopping(actor: AnyActor, worker: Worker, workers: Sequence[Worker], at: datetime) -> Standstill:
    return Standstill(
        "worker-stopping",
        f"Worker {visible(worker.id)} was asked to stop, but has no process left to remove its record.",
        f"{_NO_OTHER} The health check removes the record in about 5 minutes; the next message then starts a worker.",
        _facts(worker, at),
        (_restart(), *_add(actor, workers)),
        worker.id,
    )


def _blocked(
    actor: AnyActor, worker: Worker, workers: Sequence[Worker], execution: Execution, at: datetime
) -> Standstill:
    return Standstill(
        "worker-blocked",
        f"Worker {visible(worker.id)} took a message {duration(seconds_held(execution, worker, at))} ago but "
        f"has not started a container, which happens with files over {settings.MAX_BINARY_BYTES:,} bytes.",
        "Halting and updating do not help. Stop the worker, then purge the mailbox before you send another message: "
        "the blocking message would block the next worker too.",
        (*_facts(worker, at), ("Execution", f"{visible(execution.id)}, {status_words(execution.status)}")),
        (
            *_stop(worker, "The worker is removed within a second. The next message sent starts another one."),
            Remedy("purge", "Purge mailbox", "Deletes all queued messages, including the blocking one."),
            *_add(actor, workers, "The new worker processes the other messages; the blocked one keeps its message."),
        ),
        worker.id,
    )


def _no_worker(actor: AnyActor, waiting: int) -> Standstill:
    return Standstill(
        "no-worker",
        f"{_messages(waiting)}, no worker active or requested.",
        "The next message sent starts a worker, which processes the oldest message first. If a file over "
        f"{settings.MAX_BINARY_BYTES:,} bytes is queued, purge the mailbox instead: it would block that worker.",
        (("Mailbox", thousands(waiting)), ("Workers", "None")),
        (_restart(), *_add(actor, ()), Remedy("purge", "Purge mailbox", "Deletes all queued messages.")),
        blocks=False,
    )


def _of_error(actor: AnyActor, waiting: int | None) -> tuple[Standstill, ...]:
    message = actor.status_message
    facts: Evidence = (("Actor", "Error"), ("Mailbox", "Not reported" if waiting is None else thousands(waiting)))
    if _TOO_LONG in message.lower():
        environment = actor.default_environment if isinstance(actor, Actor) else {}
        excessive = [name for name, value in environment.items() if variable_excess(name, value)]
        edit = Remedy("edit", "Edit environment", f"Shorten {visible(excessive[0])[:60]}." if excessive else "")
        purge = Remedy(
            "purge", "Purge mailbox", "The message would break the actor again. Deletes all queued messages."
        )
        return (
            Standstill(
                "too-long",
                "A message or variable is too long for a container's environment. No container started in six "
                "attempts, so the API set the actor to Error.",
                "Remove the message or shorten the variable, then restart the actor. Messages stay queued until then.",
                facts,
                (*((edit,) if excessive else ()), purge, _restart()),
            ),
        )
    if message.startswith(_NO_START):
        return (
            Standstill(
                "no-start",
                "The actor's containers did not start in six attempts, so the API set the actor to Error.",
                "Fix the image. All queued messages then run, including the one whose execution has the status Error.",
                facts,
                (
                    Remedy("edit", "Change image", "Queued messages run with the new image."),
                    _restart(),
                ),
            ),
        )
    return ()


def _restart() -> Remedy:
    return Remedy(
        "restart",
        "Restart actor",
        "Re-pulls the image. A new worker picks up queued messages in about 4 seconds, and old workers stop.",
    )


def _stop(worker: Worker, effect: str) -> tuple[Remedy, ...]:
    """Return the stop of a worker, where its id can be in an address."""
    return (Remedy("stop", "Stop worker", effect, worker.id),) if is_id(worker.id) else ()


def _add(
    actor: AnyActor, workers: Sequence[Worker], effect: str = "The new worker picks up queued messages."
) -> tuple[Remedy, ...]:
    """Return one worker more than are counted, where the API allows it: never for an actor that keeps state."""
    num = len(workers) + 1
    if not actor.stateless or (actor.max_workers is not None and num > actor.max_workers):
        return ()
    return (Remedy("add", "Start another worker", f"{effect} Administrators only.", num=num),)


def _beside_others(standstill: Standstill) -> Standstill:
    """Return a standstill of one worker among others that work."""
    return Standstill(
        standstill.kind,
        standstill.sentence,
        "Other workers keep processing messages.",
        standstill.evidence,
        standstill.remedies,
        standstill.worker_id,
        blocks=False,
    )


def _drops_stopped(actor: AnyActor) -> bool:
    return actor.api is not None and actor.api.drops_stopped_workers


def _facts(worker: Worker, at: datetime) -> Evidence:
    moments = (
        ("Last execution finished", worker.last_execution_time),
        ("Last health check", worker.last_health_check_time),
    )
    ages = tuple((name, f"{duration(_age(moment, at))} ago" if moment else "Never") for name, moment in moments)
    return (("Worker", f"{visible(worker.id)}, {status_words(worker.status)}"), *ages)


def _messages(waiting: int) -> str:
    return f"{thousands(waiting)} queued message{'' if waiting == 1 else 's'}"


def _sign(worker: Worker) -> datetime | None:
    """Return the last moment at which the worker itself is known to have done something."""
    moments = [moment for moment in (worker.create_time, worker.last_execution_time) if moment]
    return max(moments, default=None)


def _age(moment: datetime | None, at: datetime) -> float | None:
    return max(0.0, (at - moment).total_seconds()) if moment else None
