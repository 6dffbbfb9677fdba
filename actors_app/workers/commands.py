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
            f"Worker {worker_id} was asked to stop. Its row disappears within a second; in v2, the row of a worker "
            "without a process stays for some 5 minutes. Once no row is left, the next message starts a worker.",
            reverse("actors:worker-list", args=[actor_id]),
        ),
        actor_id=actor_id,
        object_id=worker_id,
    )


def _outcome(abaco: Abaco, actor_id: str, num: int, message: str) -> Outcome:
    """Say what became of asking for workers, from a fresh list: the API's own numbers are what was asked for."""
    workers: tuple[Worker, ...] | None
    try:
        workers = abaco.workers.list(actor_id)
    except CallError:
        workers = None
    is_same = "already had" in message
    if workers is None:
        total = ""
    else:
        total = f" There {'is 1 worker' if len(workers) == 1 else f'are {len(workers)} workers'} now."
    if is_same:
        less = " Asking for fewer stops none: stop workers by name below." if num < len(workers or ()) else ""
        return Outcome(f"Nothing changed.{total}{less}", reverse("actors:worker-list", args=[actor_id]), "info")
    return Outcome(
        f"The API starts what was missing for at least {num}.{total}", reverse("actors:worker-list", args=[actor_id])
    )
