"""The engine: what makes messages into executions. This file is its face; views call nothing else of it.

`scheduler.py` looks after workers, their health and cron, `worker.py` is one worker, `runner.py` is one process,
`events.py` tells links and webhooks. Where the engine is
off (`SANDBOX_ENGINE=off`, for tests of the HTTP answers) these functions change records and nothing runs.

A worker's record outlives its process: that of a worker whose execution was halted stays BUSY, counts as a worker and
takes no message. Such a worker is called a dead one here.
"""

import time

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from sandbox import times
from sandbox.engine.running import RUNNING, WAKE
from sandbox.ids import new_id
from sandbox.models import Actor, Log, Worker

STOPPING = ("SHUTDOWN_REQUESTED", "SHUTTING_DOWN")
POLL_SECONDS = 0.05


def wake() -> None:
    """Tell every waiting worker and the scheduler to look again."""
    with WAKE:
        WAKE.notify_all()


def request_workers(actor: Actor, num: int) -> None:
    """Write `num` records of REQUESTED workers; the scheduler starts them."""
    moment = times.stored(times.now())
    Worker.objects.bulk_create(
        Worker(id=new_id(), actor_id=actor.id, revision=actor.revision, create_time=moment) for _ in range(num)
    )


def ensure_worker(actor: Actor) -> None:
    """Request a worker for an actor that has no record of one, in any status, as whoever sends a message does."""
    with transaction.atomic():
        if not Worker.objects.filter(actor_id=actor.id).exists():
            request_workers(actor, 1)


def replace_workers(actor: Actor, dead_listen: bool) -> None:
    """Request a worker of an actor's new revision, which stops the older ones once it is ready.

    `dead_listen` says whether dead workers hear that too; their records stay otherwise.
    """
    with transaction.atomic():
        Worker.objects.filter(actor_id=actor.id, status="REQUESTED").delete()
        if dead_listen:
            _dead(actor.id).delete()
        request_workers(actor, 1)


def stop_worker(worker_id: str, dead_listen: bool) -> None:
    """Stop one worker: its process ends at once, and the message in its hands goes back into the mailbox.

    The record of a dead one stays as SHUTDOWN_REQUESTED, unless `dead_listen`. One that has not started goes at once.
    """
    row = Worker.objects.filter(id=worker_id)
    if not row.filter(status="REQUESTED").delete()[0]:
        row.update(status="SHUTDOWN_REQUESTED")
        heard = RUNNING.stop(worker_id)
        if settings.SANDBOX_ENGINE and dead_listen and not heard:
            row.delete()
    wake()


def halt(execution_id: str) -> None:
    """Halt a running execution; the process of its worker ends with it."""
    RUNNING.halt(execution_id)


def end_actor(actor_id: str, dead_listen: bool) -> bool:
    """Halt everything an actor runs and wait for its workers to go; return whether some have not.

    Dead workers do not go, unless `dead_listen`; the wait for them is as long as Abaco's.
    """
    if not settings.SANDBOX_ENGINE:
        return False
    dead = [] if dead_listen else list(_dead(actor_id).values_list("id", flat=True))
    Worker.objects.filter(actor_id=actor_id).update(status="SHUTDOWN_REQUESTED")
    RUNNING.halt_actor(actor_id)
    wake()
    until = time.monotonic() + settings.SANDBOX_DELETE_SECONDS
    while dead or RUNNING.has_workers_of(actor_id):
        if time.monotonic() >= until:
            return True
        time.sleep(POLL_SECONDS)
    return False


def log_of(execution_id: str) -> str:
    """Return what an execution has printed, or an empty text where there is nothing or it has expired."""
    log = Log.objects.filter(execution_id=execution_id, expires_at__gt=times.now()).first()
    return log.text if log else ""


def _dead(actor_id: str) -> QuerySet[Worker]:
    workers = Worker.objects.filter(actor_id=actor_id).exclude(status="REQUESTED")
    return workers.exclude(id__in=RUNNING.listening()) if settings.SANDBOX_ENGINE else workers.none()
