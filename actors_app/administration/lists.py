"""The admin lists as pages use them: read at most once a minute for a tenant, shown only to those the API calls admin.

The lists of one process are remembered in its cache, without definitions, environments or anything else that is secret.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import HttpRequest

from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import ago_words, now
from actors_app.core.security.credentials import SessionCredentials, signed_in
from actors_app.services import Abaco, Result
from actors_app.services.errors import AbacoError, Forbidden
from actors_app.services.types import AdminActor, AdminRole, Execution, Worker
from actors_app.workers.standstill import Standstill, is_suspect, standstills, stays_stopping
from actors_app.workers.waits import LOOKED_AT, unfinished_of_many

REMEMBERED = 60  # seconds: both what the lists said and that somebody is an administrator
PATIENCE = 3.0  # seconds to wait for the role, without which the lists themselves tell
MIN_REREAD = 5  # seconds before which "Read again" reads nothing
MAX_AGE = 10 * 60  # seconds for which a list may stand in while a newer one is being read, or cannot be had
READ_LOCK = 60  # seconds that one reading may hold the turn
MAX_REMEMBERED = 5000  # actors, and workers, that are remembered of one tenant
LOOKED_INTO = 20  # actors with busy workers whose executions are read, those with the most messages first
SLOW_START = timedelta(minutes=5)  # for which a worker may be starting before it counts as stuck


@dataclass(frozen=True, slots=True)
class Lists:
    """What the admin lists said, as far as it is about this tenant.

    `actors` is never without a value; `workers` and `totals` may have an error instead. `missing` is how many actors
    the API lists elsewhere and left out here, None where that is not known; `left_out` how many are of other tenants,
    and `mixed` how many tenants are shown together where nothing says which of them is this one; `uncounted` how many
    were too many to keep. `error` is why there is nothing newer.
    """

    actors: tuple[AdminActor, ...]
    workers: Result
    totals: Result
    as_of: datetime
    missing: int | None = None
    left_out: int = 0
    mixed: int = 0
    uncounted: int = 0
    error: AbacoError | None = field(default=None)
    unfinished: Mapping[str, Sequence[Execution]] = field(default_factory=dict, repr=False)  # by the worker they name

    @property
    def age(self) -> str:
        """Return how old this is, in words."""
        return ago_words(self.as_of, now())

    def all_workers(self) -> tuple[Worker, ...]:
        """Return the workers of the list of workers, or those that the list of actors has where it failed."""
        if self.workers.error is None:
            workers: tuple[Worker, ...] = self.workers.value
            return workers
        return tuple(replace(worker, actor_id=actor.id) for actor in self.actors for worker in actor.workers)


@dataclass(frozen=True, slots=True)
class StandingActor:
    """An actor that stands still, and why."""

    actor: AdminActor
    standstill: Standstill


@dataclass(frozen=True, slots=True)
class StuckWorker:
    """A worker that should have started by now, and what may be the matter."""

    actor: AdminActor
    worker: Worker
    reason: str


@dataclass(frozen=True, slots=True)
class StuckMailbox:
    """An actor whose messages nobody takes, and what may be the matter."""

    actor: AdminActor
    reason: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a visitor gets of the admin lists: `lists` for an administrator, or `error`, why they are not known.

    With the role UNKNOWN there is always an error: the lists themselves did not tell either.
    """

    role: AdminRole
    lists: Lists | None = None
    error: AbacoError | None = None


def admin_role(request: HttpRequest, abaco: Abaco) -> AdminRole:
    """Return whether the API calls this visitor an administrator; a yes is remembered for a minute, for this session.

    Raises SignedOut.
    """
    memory, started = _role_memory(request), time.monotonic()
    if cache.get(memory):
        return AdminRole.ADMIN
    role = abaco.hurried(PATIENCE).roles.admin()
    remaining = REMEMBERED - (time.monotonic() - started)  # from when it was asked
    if role.is_admin and remaining > 0:
        cache.set(memory, True, timeout=remaining)
    return role


def admin_lists(request: HttpRequest, abaco: Abaco, *, refresh: bool = False) -> Access:
    """Return the admin lists where this visitor may have them; raise SignedOut.

    Where the API does not tell the role, it is asked for the lists as this visitor, and nothing that was read by
    another is used: whom it gives them is an administrator, whom it refuses them is none.
    """
    role = admin_role(request, abaco)
    if role is AdminRole.OTHER:
        return Access(role)
    tenant, started = signed_in(request).tenant, time.monotonic()
    try:
        if role.is_admin:
            return Access(role, lists(tenant, abaco, refresh=refresh))
        selected = _load(abaco)
    except AbacoError as error:
        if role.is_unknown and isinstance(error, Forbidden):
            return Access(AdminRole.OTHER)
        if role.is_unknown:
            error.advice = f"Your role is unknown. {error.advice}"
        return Access(role, error=error)
    cache.set(_lists_memory(tenant), selected, timeout=MAX_AGE)
    if (remaining := REMEMBERED - (time.monotonic() - started)) > 0:
        cache.set(_role_memory(request), True, timeout=remaining)
    return Access(AdminRole.ADMIN, selected)


def lists(tenant: str, abaco: Abaco, *, refresh: bool = False) -> Lists:
    """Return the admin lists, from memory where they are young enough; raise an AbacoError where there are none.

    Only for whoever `admin_role` has just called an administrator. One reading at a time is enough for a tenant: others
    get what was read last, if anything was.
    """
    memory, turn = _lists_memory(tenant), f"admin-reading:{tenant}"
    cached: Lists | None = cache.get(memory)
    if cached and (now() - cached.as_of).total_seconds() < (MIN_REREAD if refresh else REMEMBERED):
        return cached
    if not cache.add(turn, True, timeout=READ_LOCK) and cached:
        return cached
    try:
        fresh = _load(abaco)
    except AbacoError as error:
        if cached:
            return replace(cached, error=error)
        raise
    finally:
        cache.delete(turn)
    cache.set(memory, fresh, timeout=MAX_AGE)
    return fresh


def _role_memory(request: HttpRequest) -> str:
    credentials = signed_in(request)
    return f"admin:{credentials.tenant}:{credentials.username}:{SessionCredentials.of(request).memory}"


def _lists_memory(tenant: str) -> str:
    return f"admin-lists:{tenant}"


def _load(abaco: Abaco) -> Lists:
    at = now()
    answers = abaco.gather(
        actors=lambda: abaco.admin.actors(),
        workers=lambda: abaco.admin.workers(),
        totals=lambda: abaco.admin.totals(),
        listed=lambda: abaco.actors.list(),
    )
    all_actors: tuple[AdminActor, ...] = answers["actors"].unwrap()
    # Which tenant this is stands nowhere but beside the actors that the API lists for it.
    listed = {actor.id for actor in answers["listed"].value or ()}
    tenants = {actor.tenant for actor in all_actors if actor.id in listed}
    actors = tuple(actor for actor in all_actors if not tenants or actor.tenant in tenants)
    workers = answers["workers"]
    if workers.error is None:
        own_workers = [worker for worker in workers.value if not tenants or (worker.tenant or "") in tenants]
        workers = Result(tuple(own_workers[:MAX_REMEMBERED]))
    selected = Lists(
        actors=actors[:MAX_REMEMBERED],
        workers=workers,
        totals=answers["totals"],
        as_of=at,
        missing=None if answers["listed"].error else len(listed - {actor.id for actor in all_actors}),
        left_out=len(all_actors) - len(actors),
        mixed=0 if tenants else len({actor.tenant for actor in all_actors}),
        uncounted=max(0, len(actors) - MAX_REMEMBERED),
    )
    return replace(selected, unfinished=_unfinished(abaco, selected))


def _unfinished(abaco: Abaco, selected: Lists) -> Mapping[str, Sequence[Execution]]:
    """Read what busy workers may be running, of some actors; `GET /actors/{id}/executions`."""
    suspects: dict[str, list[str]] = {}
    for worker in selected.all_workers():
        if is_suspect(worker, selected.as_of):
            suspects.setdefault(worker.actor_id, []).append(worker.id)
    fullest = sorted(selected.actors, key=lambda actor: -(actor.messages or 0))
    ids = [actor.id for actor in fullest if actor.id in suspects and is_id(actor.id)][:LOOKED_INTO]
    return unfinished_of_many(abaco, {id_: suspects[id_][:LOOKED_AT] for id_ in ids}) if ids else {}


# What is stuck ----------------------------------------------------------------------------------------------


def standing_actors(selected: Lists) -> list[StandingActor]:
    """Return the actors that stand still, with each cause, the fullest mailbox first."""
    actors, workers = {actor.id for actor in selected.actors}, _by_actor(selected)
    unknown = [AdminActor(id=id_) for id_ in workers if id_ not in actors]
    standing = [
        StandingActor(actor, standstill)
        for actor in [*selected.actors, *unknown]
        for standstill in standstills(
            actor, workers.get(actor.id, ()), actor.messages, selected.unfinished, selected.as_of
        )
    ]
    return sorted(standing, key=lambda item: (-(item.actor.messages or 0), item.actor.label.casefold()))


def standing_workers(selected: Lists) -> frozenset[str]:
    """Return the ids of the workers that are why an actor stands still."""
    return frozenset(
        standing.standstill.worker_id for standing in standing_actors(selected) if standing.standstill.worker_id
    )


def stuck_workers(selected: Lists) -> list[StuckWorker]:
    """Return the workers that have been starting for longer than SLOW_START, or could not start, the oldest first."""
    actors = {actor.id: actor for actor in selected.actors}
    stuck = [
        StuckWorker(actors.get(worker.actor_id) or AdminActor(id=worker.actor_id), worker, _why(worker, selected.as_of))
        for worker in selected.all_workers()
        if is_stuck(worker, selected.as_of) and not worker.is_stopping
    ]
    return sorted(stuck, key=lambda item: (item.worker.create_time or selected.as_of, item.worker.id))


def is_stuck(worker: Worker, at: datetime) -> bool:
    """Whether a worker could not start, is still starting after SLOW_START, or stays although it was stopped."""
    if worker.status == "ERROR" or stays_stopping(worker, at):
        return True
    return worker.is_starting and worker.create_time is not None and at - worker.create_time > SLOW_START


def _why(worker: Worker, at: datetime) -> str:
    if worker.status == "ERROR":
        return "Failed to start."
    since = ago_words(worker.create_time or at, at)
    if worker.status == "REQUESTED":
        return f"Requested {since}, not picked up by a spawner (busy or down)."
    if worker.status == "PULLING IMAGE":
        return f"Requested {since}, still pulling its image (large image or registry problem)."
    return f"Requested {since}, still setting up (spawner may be down)."


def stuck_mailboxes(selected: Lists) -> list[StuckMailbox]:
    """Return the other actors that have messages and no worker that is ready or busy, the fullest mailbox first."""
    workers, standing = _by_actor(selected), {item.actor.id for item in standing_actors(selected)}
    stuck = [
        StuckMailbox(actor, reason)
        for actor in selected.actors
        if actor.messages
        and actor.id not in standing
        and (reason := _why_waiting(actor, workers.get(actor.id, ()), selected.as_of))
    ]
    return sorted(stuck, key=lambda item: (-(item.actor.messages or 0), item.actor.label.casefold()))


def _by_actor(selected: Lists) -> dict[str, list[Worker]]:
    workers: dict[str, list[Worker]] = {}
    for worker in selected.all_workers():
        workers.setdefault(worker.actor_id, []).append(worker)
    return workers


def _why_waiting(actor: AdminActor, workers: Iterable[Worker], at: datetime) -> str:
    """Return why an actor's messages are not taken; nothing where they are, or soon will be."""
    workers = list(workers)
    if any(
        worker.is_ready or worker.is_busy or (worker.is_starting and not is_stuck(worker, at)) for worker in workers
    ):
        return ""
    if actor.status == "ERROR":
        return "Actor in error: no worker can start. Fix the image or purge the mailbox."
    if actor.status == "SHUTTING_DOWN":
        return "The actor is being deleted."
    if any(worker.is_starting for worker in workers):
        return "Workers have been starting for too long."
    if any(worker.status == "ERROR" for worker in workers):
        return "Workers failed to start."
    if workers:
        return "Workers are stopping. The next message sent starts a new one."
    return "No worker, and none requested. Send a message, or start one."
