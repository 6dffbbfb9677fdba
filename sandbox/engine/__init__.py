"""The engine: what makes messages into executions. This file is its face; views call nothing else of it.

`scheduler.py` looks after workers and cron, `worker.py` is one worker, `runner.py` is one process, `events.py` tells
links and webhooks. Where the engine is
off (`SANDBOX_ENGINE=off`, for tests of the HTTP answers) these functions change records and nothing runs.
"""

from django.db import transaction

from sandbox import times
from sandbox.engine.running import RUNNING, WAKE
from sandbox.ids import new_id
from sandbox.models import Actor, Log, Worker

STOPPING = ("SHUTDOWN_REQUESTED", "SHUTTING_DOWN")


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


def replace_workers(actor: Actor) -> None:
    """Ask an actor's workers to stop and request one of the new revision; within the caller's transaction."""
    with transaction.atomic():
        Worker.objects.filter(actor_id=actor.id, status="REQUESTED").delete()
        Worker.objects.filter(actor_id=actor.id).update(status="SHUTDOWN_REQUESTED")
        request_workers(actor, 1)


def stop_worker(worker_id: str) -> None:
    """Ask one worker to stop once its execution has ended; one that has not started goes at once."""
    if not Worker.objects.filter(id=worker_id, status="REQUESTED").delete()[0]:
        Worker.objects.filter(id=worker_id).exclude(status="SHUTTING_DOWN").update(status="SHUTDOWN_REQUESTED")
    wake()


def halt(execution_id: str) -> None:
    """Kill the processes of a running execution."""
    RUNNING.halt(execution_id)


def halt_actor(actor_id: str) -> None:
    """Kill the processes of everything an actor runs."""
    Worker.objects.filter(actor_id=actor_id).update(status="SHUTDOWN_REQUESTED")
    RUNNING.halt_actor(actor_id)


def log_of(execution_id: str) -> str:
    """Return what an execution has printed, or an empty text where there is nothing or it has expired."""
    log = Log.objects.filter(execution_id=execution_id, expires_at__gt=times.now()).first()
    return log.text if log else ""
