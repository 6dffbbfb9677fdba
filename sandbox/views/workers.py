"""`/actors/{actor}/workers` and one of them: list, make sure there are enough (admins), read, stop."""

from django.db import transaction
from django.http import HttpResponse

from sandbox import engine, search
from sandbox.answers import Crash, Refusal
from sandbox.bodies import Field, read_fields
from sandbox.endpoint import Call, of_actor
from sandbox.models import Worker
from sandbox.records import worker_record
from sandbox.views.actors import NO_QUEUE

NUM = Field("num", "int", "Number of workers to start (default is 1).")


def worker_list(call: Call) -> HttpResponse:
    """Answer the workers of an actor, in any status; any query parameter asks for a search instead."""
    if search.wanted(call.request):
        return call.answer("Workers search completed successfully.", search.run("workers", call.request, call))
    rows = Worker.objects.filter(actor_id=call.actor_id).order_by("create_time", "id")
    records = [worker_record(row, call.dialect) for row in rows]
    return call.answer("Workers retrieved successfully.", records)


def worker_ensure(call: Call) -> HttpResponse:
    """Make sure an actor has at least `num` workers; none is ever taken away.

    Without a queue to ask in, Abaco fails over the first.
    """
    actor = call.actor()
    num = read_fields(call.request, call.dialect, (NUM,), "Invalid POST")["num"] or 1
    with transaction.atomic():
        present = Worker.objects.filter(actor_id=actor.id).count()
        missing = num - present
        if missing > 0:
            engine.request_workers(actor, missing if actor.queue else 1)
    if missing > 0 and not actor.queue:
        raise Crash(*NO_QUEUE)
    if missing <= 0:
        return call.answer(f"Actor {call.identifier} already had {num} worker(s).")
    engine.wake()
    return call.answer(f"Scheduled {missing} new worker(s) to start. Previously, there were {present} workers.")


def worker_get(call: Call, worker: str) -> HttpResponse:
    """Answer one worker."""
    row = _find(call, worker)
    return call.answer("Worker retrieved successfully.", worker_record(row, call.dialect))


def worker_stop(call: Call, worker: str) -> HttpResponse:
    """Tell a worker to stop, which it does at once, whatever it runs; the record of one that cannot hear it stays."""
    row = _find(call, worker)
    engine.stop_worker(row.id, call.dialect.dead_workers_listen)
    return call.answer("Worker scheduled to be stopped.")


def _find(call: Call, worker_id: str) -> Worker:
    row = Worker.objects.filter(id=worker_id, actor_id=call.actor_id).first()
    if row is None:
        raise Refusal("Worker not found.", 404)
    return row


collection = of_actor("workers", GET=worker_list, POST=worker_ensure)
item = of_actor("workers", GET=worker_get, DELETE=worker_stop)
