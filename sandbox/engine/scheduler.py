"""The scheduler: one thread that starts requested workers, looks after their health, and fires cron.

It also starts and ends the postman, who posts events to webhooks.
"""

import contextlib
import logging
import os
import signal
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Q

from sandbox import cron, times
from sandbox.engine import STOPPING, ensure_worker, request_workers
from sandbox.engine.events import Postman
from sandbox.engine.running import RUNNING, WAKE
from sandbox.engine.worker import WorkerThread
from sandbox.models import Actor, Execution, Log, Message, Result, Worker
from sandbox.views.messages import Sent, queue_message

logger = logging.getLogger(__name__)
CRON_MESSAGE = "This is your cron execution"


class Scheduler(threading.Thread):
    """Look once a second, or when woken, at what the records ask for."""

    def __init__(self) -> None:
        super().__init__(name="scheduler", daemon=True)
        self._closing = threading.Event()
        self._threads: dict[str, WorkerThread] = {}
        self._postman = Postman(self._closing)

    def run(self) -> None:
        """Take up what the last stop left, then look until closed."""
        recover()
        self._postman.start()
        cron_at = health_at = time.monotonic()
        while not self._closing.is_set():
            try:
                if time.monotonic() >= cron_at:
                    cron_at = time.monotonic() + settings.SANDBOX_CRON_SECONDS
                    fire_cron()
                    Log.objects.filter(expires_at__lt=times.now()).delete()
                if time.monotonic() >= health_at:
                    health_at = time.monotonic() + settings.SANDBOX_HEALTH_SECONDS
                    check_health()
                autoscale()
                self._start_requested()
            except DatabaseError:
                # A locked store is looked at again a second later; nothing is lost by waiting.
                logger.exception("The scheduler could not read its records.")
            with WAKE:
                WAKE.wait(min(1.0, settings.SANDBOX_CRON_SECONDS, settings.SANDBOX_HEALTH_SECONDS))
        connection.close()

    def close(self, seconds: float = 2.0) -> None:
        """Kill what runs and wait for the threads, at most `seconds`; the records say where to go on."""
        self._closing.set()
        RUNNING.stop_all()
        with WAKE:
            WAKE.notify_all()
        until = time.monotonic() + seconds
        for thread in [self, self._postman, *self._threads.values()]:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))

    def _start_requested(self) -> None:
        for thread in [thread for thread in self._threads.values() if not thread.is_alive()]:
            del self._threads[thread.worker_id]
            if not thread.record_stays:
                abandon(thread.worker_id)
        nobody_hears = Actor.objects.filter(Q(queue=None) | Q(queue="")).values("id")
        for worker in Worker.objects.filter(status="REQUESTED").exclude(actor_id__in=nobody_hears):
            if worker.id not in self._threads and not self._closing.is_set():
                self._threads[worker.id] = WorkerThread(worker, self._closing)
                self._threads[worker.id].start()


def recover() -> None:
    """Take up after a stop: interrupted messages go back into their mailbox, workers are requested again.

    A worker that was BUSY with nothing was halted, and its record stays.
    """
    for execution in Execution.objects.filter(status="RUNNING"):
        _kill_leftover(execution)
    with transaction.atomic():
        waiting = Message.objects.values("execution_id")
        working = list(Execution.objects.filter(id__in=waiting).values_list("worker_id", flat=True))
        Execution.objects.filter(status="RUNNING", id__in=waiting).update(status="SUBMITTED", worker_id=None, pid=None)
        Execution.objects.filter(status="RUNNING").update(status="ERROR", pid=None)
        Message.objects.filter(taken=True).update(taken=False)
        Worker.objects.filter(status__in=STOPPING).delete()
        Worker.objects.filter(~Q(status="BUSY") | Q(id__in=working)).update(status="REQUESTED")
        Result.objects.filter(execution_id__in=Execution.objects.filter(status="SUBMITTED").values("id")).delete()


def _kill_leftover(execution: Execution) -> None:
    # After a kill of the sandbox a program may still run; its environment tells it from a newcomer with its number.
    with contextlib.suppress(OSError):
        if execution.pid and execution.id.encode() in Path(f"/proc/{execution.pid}/environ").read_bytes():
            os.killpg(execution.pid, signal.SIGKILL)


def abandon(worker_id: str) -> None:
    """Clean up after a worker's thread has ended: nothing to do, unless it failed with a message in its hands."""
    executions = Execution.objects.filter(worker_id=worker_id)
    with transaction.atomic():
        Worker.objects.filter(id=worker_id).delete()
        for message in Message.objects.filter(taken=True, execution_id__in=executions.values("id")):
            Message.objects.filter(id=message.id).update(taken=False)
            executions.filter(id=message.execution_id, status="RUNNING").update(
                status="SUBMITTED", worker_id=None, pid=None
            )
            for actor in Actor.objects.filter(id=message.actor_id):
                ensure_worker(actor)


def check_health() -> None:
    """Note that living workers are well, and remove the records of those that have not been for too long.

    One that was told to stop and did not is given less time than one that only is silent.
    """
    moment = times.stored(times.now())
    living = RUNNING.listening()
    Worker.objects.filter(id__in=living).exclude(host_id=None).update(last_health_check_time=moment)
    silent = Worker.objects.exclude(id__in=living)
    for rows, seconds in (
        (silent.filter(status__in=STOPPING), settings.SANDBOX_SHUTDOWN_SECONDS),
        (silent, settings.SANDBOX_SILENCE_SECONDS),
    ):
        rows.filter(last_health_check_time__lt=moment - timedelta(seconds=seconds)).delete()


def autoscale() -> None:
    """Request more workers where messages wait: for stateless actors that are allowed several, up to `maxWorkers`."""
    waiting = Message.objects.filter(taken=False).values_list("actor_id").annotate(number=Count("id"))
    for actor_id, number in waiting:
        with transaction.atomic():
            several = Actor.objects.filter(id=actor_id, stateless=True, max_workers__gt=1)
            actor = several.exclude(status__in=("ERROR", "SHUTTING_DOWN")).first()
            if actor is None:
                continue
            workers = Worker.objects.filter(actor_id=actor_id).exclude(status__in=STOPPING)
            counts = workers.aggregate(all=Count("id"), free=Count("id", filter=~Q(status="BUSY")))
            missing = min((actor.max_workers or 1) - counts["all"], number - counts["free"])
            if missing > 0:
                request_workers(actor, missing)


def fire_cron() -> None:
    """Send the cron message of every actor whose hour has come, once, and write down its next hour.

    Hours that were missed while the sandbox slept are made up for by one message. Where cron is off the hours go by.
    """
    moment = times.now()
    for actor in Actor.objects.exclude(cron_schedule=None).exclude(cron_next_ex=None):
        try:
            due = cron.read_hour(actor.cron_next_ex or "")
        except ValueError:
            continue
        if due > moment:
            continue
        following = cron.after(actor.cron_schedule or "", due, moment)
        shown = f"{following.year}-{following.month}-{following.day} {following.hour}" if following else None
        if not actor.cron_on:
            if following:
                Actor.objects.filter(id=actor.id).update(cron_next_ex=shown)
            continue
        with transaction.atomic():
            Actor.objects.filter(id=actor.id).update(cron_next_ex=shown, cron_on=following is not None)
            queue_message(actor, Sent(CRON_MESSAGE, "str"), "cron", {"Time_msg_queued": str(moment)})
