"""Whether workers were started or one was stopped, of which the answer never came."""

from actors_app.audit.activity import details_of
from actors_app.core.operations.findings import Finding, Item, page_of_actor
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.converters import is_id
from actors_app.services import Abaco


def enough_workers(abaco: Abaco, entry: AuditEntry) -> Finding:
    """List the workers (`GET /actors/{id}/workers`)."""
    workers, least = abaco.workers.list(entry.actor_id), details_of(entry).get("num")
    items = [
        Item(worker.id, page_of_actor(entry, "worker-detail", worker.id), worker.create_time, worker.status_words)
        for worker in workers
        if is_id(worker.id)
    ]
    if isinstance(least, int) and len(workers) >= least:
        sentence, advice, done = "The actor has the requested number of workers.", "No action needed.", "yes"
    else:
        sentence, done = (
            f"Workers now: {len(workers)}. The API stops idle workers automatically.",
            "unknown",
        )
        advice = "You can start them again safely."
    return Finding(done, sentence, advice, items)


def worker_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the worker is still there (`GET /actors/{id}/workers`)."""
    workers = abaco.workers.list(entry.actor_id)
    worker = next((worker for worker in workers if worker.id == entry.object_id), None)
    if worker is None:
        return Finding("yes", "The worker has stopped.", "No action needed.")
    page = page_of_actor(entry, "worker-detail", worker.id)
    items = [Item(worker.id, page, worker.create_time, worker.status_words)]
    if worker.is_stopping:
        return Finding("yes", "The worker is stopping.", "It disappears from the list once stopped.", items)
    return Finding("no", "The worker is still running.", "Try stopping it again.", items)
