"""Asking for workers, and asking one to stop."""

from django.http import HttpRequest
from django.urls import reverse

from actors_app.core.operations.perform import CommandResult, Outcome, perform
from actors_app.services import Abaco
from actors_app.services.errors import CallError
from actors_app.services.types import Worker
from actors_app.workers.operations import ENSURE_WORKERS, STOP_WORKER


def ensure(request: HttpRequest, abaco: Abaco, actor_id: str, num: int) -> CommandResult[str]:
    """Ask for at least so many workers; of administrators alone. `POST /actors/{id}/workers`."""
    return perform(
        request,
        ENSURE_WORKERS,
        lambda: abaco.workers.ensure(actor_id, num),
        lambda message: _outcome(abaco, actor_id, num, message),
        actor_id=actor_id,
        details={"num": num},
    )


def stop(request: HttpRequest, abaco: Abaco, actor_id: str, worker_id: str) -> CommandResult[str]:
    """Ask a worker to stop, which it does later. `DELETE /actors/{id}/workers/{worker}`."""
    return perform(
        request,
        STOP_WORKER,
        lambda: abaco.workers.stop(actor_id, worker_id),
        lambda _: Outcome(
            f"Stopping worker {worker_id}. It disappears within a second (in v2, after up to 5 minutes); the next "
            "message then starts a worker.",
            reverse("actors:worker-list", args=[actor_id]),
        ),
        actor_id=actor_id,
        object_id=worker_id,
    )


def _outcome(abaco: Abaco, actor_id: str, num: int, message: str) -> Outcome:
    """Say what became of starting workers, from a fresh list: the API's own numbers are what was asked for."""
    workers: tuple[Worker, ...] | None
    try:
        workers = abaco.workers.list(actor_id)
    except CallError:
        workers = None
    is_same = "already had" in message
    total = f" Currently {len(workers)} worker{'' if len(workers) == 1 else 's'}." if workers is not None else ""
    if is_same:
        less = " To scale down, stop workers below." if num < len(workers or ()) else ""
        return Outcome(f"No change.{total}{less}", reverse("actors:worker-list", args=[actor_id]), "info")
    return Outcome(f"Starting workers (target: {num}).{total}", reverse("actors:worker-list", args=[actor_id]))
