"""What is asked of the API to say why an actor or an execution stands still; `why.py` and `standstill.py` decide."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from actors_app.core.pages.formatting import now
from actors_app.services import Abaco, Result
from actors_app.services.errors import Forbidden, NotFound
from actors_app.services.types import Actor, Execution, ExecutionListing, ExecutionPage, ExecutionRow, Worker
from actors_app.workers.standstill import Standstill, is_suspect, standstills, still_waits
from actors_app.workers.why import ActorState, Why, why_not_running

LOOKED_AT = 5  # busy workers whose executions are asked for
SECONDS = 5.0  # that each of these calls may take: without them a page says less, and nothing wrong
RUNNING, OLDEST = 20, 10  # executions that are read one by one where the search shows none: running, and waiting ones


def why_of(abaco: Abaco, actor_id: str, execution_id: str) -> tuple[Execution, Why | None, Actor | None]:
    """Ask for an execution and what may hold it up; return it, why it waits, if it does, and its actor.

    Raises the error of the actor where the execution is in error: only the actor tells whether its message waits.
    """
    answers = abaco.gather(
        execution=lambda: abaco.executions.get(actor_id, execution_id),
        actor=lambda: abaco.actors.get(actor_id),
        mailbox=lambda: abaco.messages.count(actor_id),
        workers=lambda: abaco.workers.list(actor_id),
    )
    execution: Execution = answers["execution"].unwrap()
    answers["actor"] = actor_since(abaco, actor_id, execution, answers["actor"])
    if execution.outcome == "error" and not isinstance(answers["actor"].error, NotFound | Forbidden | None):
        raise answers["actor"].error
    waits = still_waits(execution, answers["actor"].value)
    return execution, _reason(abaco, execution, answers) if waits else None, answers["actor"].value


def actor_since(abaco: Abaco, actor_id: str, execution: Execution, actor: Result) -> Result:
    """Return the actor as it stood when its execution was read, or later; `actor` came in the same gather.

    The API puts the actor in error before the execution, so of an answer that is older than the execution's the message
    would seem lost. `GET /actors/{id}`.
    """
    if execution.outcome != "error" or actor.value is None or actor.value.is_error:
        return actor
    return abaco.gather(actor=lambda: abaco.actors.get(actor_id))["actor"]


def why_waiting(abaco: Abaco, actor_id: str, execution: Execution, actor: Result) -> Why:
    """Ask for what shows why a message waits; `actor` is what the API has said of its actor."""
    answers = abaco.gather(
        mailbox=lambda: abaco.messages.count(actor_id),
        workers=lambda: abaco.workers.list(actor_id),
    )
    return _reason(abaco, execution, {"actor": actor, **answers})


def standing_still(
    abaco: Abaco, actor: Actor | None, workers: Sequence[Worker] | None, waiting: int | None
) -> tuple[Standstill, ...]:
    """Return the standstills of an actor, as far as they are certain; none where the API did not say enough."""
    if actor is None or workers is None:
        return ()
    at = now()
    return standstills(actor, workers, waiting, unfinished(abaco, actor.id, workers, at), at)


def unfinished(
    abaco: Abaco, actor_id: str, workers: Sequence[Worker], at: datetime
) -> Mapping[str, Sequence[Execution]]:
    """Return the executions that have not ended, by the busy worker that they name.

    A worker is left out where the API does not say. The search shows only actors in whose permissions the visitor is
    named; for others the listing is read. `GET /actors/{id}/executions?workerId=…`, `GET /actors/{id}/executions`.
    """
    suspects = [worker for worker in workers if is_suspect(worker, at)][:LOOKED_AT]
    if not suspects:
        return {}
    executions = _by_search(abaco.hurried(SECONDS), actor_id, suspects)
    missing = [worker.id for worker in suspects if worker.id not in executions]
    return executions | (unfinished_of_many(abaco, {actor_id: missing}) if missing else {})


def unfinished_of_many(abaco: Abaco, workers: Mapping[str, Sequence[str]]) -> dict[str, Sequence[Execution]]:
    """Return the executions that have not ended, by the worker that they name, from the listings of several actors.

    `workers` are ids by the actor's id. All that run and the oldest that wait are read one by one, since a listing
    names no workers; where one of them is not read, the actor's workers are left out.
    """
    abaco = abaco.hurried(SECONDS)
    listings = _gathered(abaco, {id_: lambda id_=id_: abaco.executions.list(id_) for id_ in workers})
    rows = {id_: _rows(listing.value) for id_, listing in listings.items() if listing.value is not None}
    calls: dict[str, Any] = {
        f"{id_} {row.id}": lambda id_=id_, row=row: abaco.executions.get(id_, row.id)
        for id_, listed in rows.items()
        for row in listed
    }
    answers = _gathered(abaco, calls)
    executions: dict[str, Sequence[Execution]] = {}
    for id_, listed in rows.items():
        details = [answers[f"{id_} {row.id}"].value for row in listed]
        if sum(row.is_running for row in listed) < RUNNING and None not in details:
            executions |= {
                worker: [execution for execution in details if _is_of(execution, worker)] for worker in workers[id_]
            }
    return executions


def running_by_worker(abaco: Abaco, actor_id: str, workers: Sequence[Worker]) -> dict[str, str]:
    """Return the id of the execution that each busy worker of an actor runs, by the worker's id.

    A worker is left out where the API does not say. `GET /actors/{id}/executions?status=RUNNING`; where the search
    shows none, since it needs an entry in the permissions, the listing and the executions in it that run.
    """
    busy = [worker.id for worker in workers if worker.is_busy]
    if not busy:
        return {}
    hurried = abaco.hurried(SECONDS)
    running = {"status": "RUNNING"}
    executions = _running(hurried, lambda: hurried.executions.search(actor_id, limit=100, filters=running))
    missing = [id_ for id_ in busy if id_ not in executions]
    if missing and not executions:
        by_listing = unfinished_of_many(abaco, {actor_id: missing[:LOOKED_AT]})
        executions = {id_: row.id for id_, rows in by_listing.items() for row in rows if row.is_running}
    return executions


def running_in_search(abaco: Abaco, workers: Iterable[Worker]) -> dict[str, str]:
    """Return the id of the execution that each busy worker of any actor runs, by the worker's id.

    A worker is left out where the search does not show it. `GET /actors/search/executions?status=RUNNING`.
    """
    if not any(worker.is_busy for worker in workers):
        return {}
    hurried = abaco.hurried(SECONDS)
    return _running(hurried, lambda: hurried.search.executions(1000, filters={"status": "RUNNING"}))


def _running(abaco: Abaco, search: Callable[[], ExecutionPage]) -> dict[str, str]:
    page: ExecutionPage | None = _gathered(abaco, {"running": search})["running"].value
    return {row.worker_id: row.id for row in page.executions if row.worker_id and row.is_running} if page else {}


def _rows(listing: ExecutionListing) -> list[ExecutionRow]:
    """Return the rows of a listing that may name a busy worker: those that run, and the oldest that wait."""
    rows = [row for row in listing.executions if not row.is_finished]
    waiting = sorted((row for row in rows if not row.is_running), key=_received)
    return [*[row for row in rows if row.is_running][:RUNNING], *waiting[:OLDEST]]


def _by_search(abaco: Abaco, actor_id: str, workers: Sequence[Worker]) -> dict[str, tuple[Execution, ...]]:
    calls: dict[str, Any] = {}
    for worker in workers:
        named = {"worker_id": worker.id}
        calls[f"all {worker.id}"] = lambda named=named: abaco.executions.search(actor_id, limit=1, filters=named)
        unended = named | {"status.neq": "COMPLETE"}
        calls[f"left {worker.id}"] = lambda unended=unended: abaco.executions.search(
            actor_id, limit=20, filters=unended
        )
    answers = _gathered(abaco, calls)
    executions = {}
    for worker in workers:
        newest, unended = answers[f"all {worker.id}"].value, answers[f"left {worker.id}"].value
        if newest and newest.executions and unended:
            executions[worker.id] = tuple(execution for execution in unended.executions if _is_of(execution, worker.id))
    return executions


def _is_of(execution: Execution, worker_id: str) -> bool:
    return execution.worker_id == worker_id and not execution.is_finished


def _received(row: ExecutionRow) -> float:
    return row.message_received_time.timestamp() if row.message_received_time else 0.0


def _gathered(abaco: Abaco, calls: dict[str, Any]) -> dict[str, Result]:
    answers = abaco.gather(**calls) if calls else {}
    return answers


def _reason(abaco: Abaco, execution: Execution, answers: dict[str, Result]) -> Why:
    actor, workers, at = answers["actor"].value, answers["workers"].value, now()
    by_worker: Mapping[str, Sequence[Execution]] = {}
    if actor is not None and workers:
        is_free = any(worker.is_ready or worker.is_starting for worker in workers)
        by_worker = {} if is_free else unfinished(abaco, actor.id, workers, at)
    if execution.worker_id and execution.worker_id not in by_worker:
        by_worker = {**by_worker, execution.worker_id: (execution,)}
    state = ActorState(actor, answers["mailbox"].value, workers, problem=answers["actor"].error, unfinished=by_worker)
    return why_not_running(execution, state, at)
