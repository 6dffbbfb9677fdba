"""The actors and workers of a tenant as the administration's tables show them: searched, sorted, made into lines."""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from django.utils.safestring import SafeString

from actors_app.actors.facets import Column
from actors_app.administration.lists import is_stuck
from actors_app.core.addresses import page_of
from actors_app.core.pages.badges import status_badge
from actors_app.core.pages.formatting import duration, now, size, visible
from actors_app.core.pages.timezones import RelativeTime, when
from actors_app.services.types import ACTOR_STATUSES, AdminActor, Used, Worker

_NEVER = datetime.min.replace(tzinfo=UTC)
SORTS: dict[str, Callable[[AdminActor], Any]] = {
    "name": lambda actor: (actor.label.casefold(), actor.id),
    "status": lambda actor: actor.status,
    "owner": lambda actor: actor.owner.casefold(),
    "messages": lambda actor: actor.messages or 0,
    "workers": lambda actor: len(actor.workers),
    "executions": lambda actor: actor.executions or 0,
    "runtime": lambda actor: actor.runtime or 0,
    "updated": lambda actor: actor.last_update_time or actor.create_time or _NEVER,
}
_HEADS = (
    ("name", "Actor", ""),
    ("status", "Status", ""),
    ("owner", "Owner", ""),
    ("messages", "Queued", "r"),
    ("workers", "Workers", "r"),
    ("executions", "Executions", "r"),
    ("runtime", "Run time", "r"),
    ("updated", "Updated", ""),
)
NUMBERS = frozenset(
    {"messages", "workers", "executions", "runtime", "updated"}
)  # whose first order is the largest first


@dataclass(frozen=True, slots=True)
class AdminRow:
    """One actor, ready to be written; None is what the API did not say."""

    id: str
    url: str
    label: str
    image: str
    owner: str
    badge: SafeString
    problem: str
    messages: int | None
    workers: int
    executions: int | None
    runtime: int | None  # of all of them, in seconds
    used: str  # CPU and I/O of all of them, in words
    updated: RelativeTime


@dataclass(frozen=True, slots=True)
class TenantWorkerRow:
    """One worker of any actor, ready to be written."""

    id: str
    url: str
    actor: str
    actor_id: str
    actor_url: str
    badge: SafeString
    is_stuck: bool
    created: RelativeTime
    ran: RelativeTime
    checked: RelativeTime
    host: str
    execution: str
    execution_url: str


def sort_of(sort: str) -> str:
    """Return an order the table knows."""
    return sort if sort.removeprefix("-") in SORTS else "name"


def columns(sort: str) -> list[Column]:
    """Return the heads of the table for an order."""
    name, directions = sort.removeprefix("-"), {True: "descending", False: "ascending"}
    heads = []
    for key, label, style in _HEADS:
        first = f"-{key}" if key in NUMBERS else key
        reverse = key if key in NUMBERS else f"-{key}"
        heads.append(
            Column(
                label,
                reverse if sort == first else first,
                directions[sort.startswith("-")] if key == name else "none",
                style,
            )
        )
    return heads


def select(actors: Iterable[AdminActor], q: str, status: str, owner: str, sort: str) -> list[AdminActor]:
    """Return the actors that hold `q`, are in the status, or OTHER, and belong to the owner, in that order."""
    searched = q.casefold()
    selected = [
        actor
        for actor in actors
        if (not status or (actor.status not in ACTOR_STATUSES if status == "OTHER" else actor.status == status))
        and (not owner or actor.owner == owner)
        and (not searched or any(searched in text.casefold() for text in (actor.label, actor.id, actor.image)))
    ]
    selected.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return selected


def rows(actors: Iterable[AdminActor], used: Mapping[str, Used]) -> list[AdminRow]:
    """Return actors as lines of the table; `used` is what their executions used, by the actors' ids."""
    at = now()
    return [
        AdminRow(
            id=visible(actor.id),
            url=page_of("actor-detail", actor.id),
            label=visible(actor.label),
            image=visible(actor.image),
            owner=visible(actor.owner),
            badge=status_badge(actor.status),
            problem=visible(actor.status_message) if actor.status == "ERROR" else "",
            messages=actor.messages,
            workers=len(actor.workers),
            executions=actor.executions,
            runtime=actor.runtime,
            used=_used_words(used.get(actor.id)),
            updated=when(actor.last_update_time or actor.create_time, at, "Not reported"),
        )
        for actor in actors
    ]


def _used_words(used: Used | None) -> str:
    if used is None or used.cpu is None or used.io is None:
        return "CPU and I/O: unknown"
    # The API sums up samples of a counter that grows, so that the CPU time is more than was really used.
    return f"CPU as reported {duration(used.cpu / 1e9)}, I/O {size(used.io)}"


def select_workers(
    workers: Iterable[Worker],
    labels: Mapping[str, str],
    q: str,
    status: str,
    at: datetime,
    standing: Set[str] = frozenset(),
) -> list[Worker]:
    """Return the workers whose id, host, actor or actor's name holds `q`, in a kind of status, the newest first.

    `standing` are the ids of those that are known to stand still.
    """
    searched = q.casefold()
    kinds: dict[str, Callable[[Worker], bool]] = {
        "": lambda _: True,
        "ready": lambda worker: worker.is_ready,
        "busy": lambda worker: worker.is_busy,
        "starting": lambda worker: worker.is_starting,
        "stopping": lambda worker: worker.is_stopping,
        "stuck": lambda worker: is_stuck(worker, at) or worker.id in standing,
    }
    selected = [
        worker
        for worker in workers
        if kinds[status](worker)
        and (
            not searched
            or any(
                searched in text.casefold()
                for text in (
                    worker.id,
                    worker.actor_id,
                    labels.get(worker.actor_id, ""),
                    worker.host_ip or "",
                    worker.image or "",
                )
            )
        )
    ]
    return sorted(selected, key=lambda worker: (worker.create_time or _NEVER, worker.id), reverse=True)


def worker_rows(
    workers: Iterable[Worker],
    labels: Mapping[str, str],
    as_of: datetime,
    standing: Set[str] = frozenset(),
    running: Mapping[str, str] = MappingProxyType({}),
) -> list[TenantWorkerRow]:
    """Return workers as lines of the table; `standing` as in `select_workers`, `running` executions by their worker."""
    at = now()
    return [
        TenantWorkerRow(
            id=visible(worker.id),
            url=page_of("worker-detail", worker.actor_id, worker.id),
            actor=visible(labels.get(worker.actor_id, "")),
            actor_id=visible(worker.actor_id),
            actor_url=page_of("actor-detail", worker.actor_id),
            badge=status_badge(worker.status),
            is_stuck=is_stuck(worker, as_of) or worker.id in standing,
            created=when(worker.create_time, at, "Not reported", ending=""),
            ran=when(worker.last_execution_time, at, "never"),
            checked=when(worker.last_health_check_time, at, "never"),
            host=visible(worker.host_ip or worker.host_id or ""),
            execution=visible(running.get(worker.id, "")),
            execution_url=page_of("execution-detail", worker.actor_id, running[worker.id])
            if worker.id in running
            else "",
        )
        for worker in workers
    ]
