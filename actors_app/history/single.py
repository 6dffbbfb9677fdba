"""One execution in its actor's history: writing it down as it is seen, and what comes before and after it."""

from dataclasses import dataclass

from actors_app.core.clock import MINUTE, now_ms
from actors_app.history import visibility
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory, ExecutionRecord
from actors_app.services.types import Actor, Execution


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The ids of the next newer and the next older execution of the same actor, or None where none is surely next.

    `may_be_newer` and `may_be_older` tell whether the API may know one all the same.
    """

    newer: str | None = None
    older: str | None = None
    may_be_newer: bool = True
    may_be_older: bool = True


def neighbours(tenant: str, actor_id: str, execution_id: str) -> Neighbours:
    """Return the neighbours of an execution that is remembered; whoever asks has been let read it by the API."""
    executions = ExecutionRecord.objects.filter(actor__tenant=tenant, actor__actor_id=actor_id)
    row = executions.filter(execution_id=execution_id).select_related("actor").first()
    if row is None:
        return Neighbours()
    received, pk = row.received, row.pk
    same = ExecutionRecord.objects.filter(actor=row.actor_id)
    later = same.filter(received__gte=received).exclude(received=received, pk__lte=pk).order_by("received", "pk")
    earlier = same.filter(received__lte=received).exclude(received=received, pk__gte=pk).order_by("-received", "-pk")
    newer, older = (rows.values_list("execution_id", "received").first() for rows in (later, earlier))
    # Only from `since` to `until` is there nothing in between that is not remembered.
    since, until, is_whole = row.actor.since, row.actor.until, row.actor.is_whole
    if since is None or until is None:
        return Neighbours()
    is_known = since <= received
    is_next = newer is not None and is_known and newer[1] <= until
    is_before = older is not None and received <= until and (is_whole or since <= older[1])
    return Neighbours(
        newer=newer[0] if newer and is_next else None,
        older=older[0] if older and is_before else None,
        may_be_newer=not is_next and not (is_known and newer is None and now_ms() - row.actor.looked < MINUTE),
        may_be_older=not is_before and not (is_whole and older is None),
    )


def last_known(tenant: str, actor_id: str, execution_id: str) -> ExecutionRecord | None:
    """Return what is remembered of an execution; `visibility` decides whether a person may see it."""
    rows = ExecutionRecord.objects.filter(actor__tenant=tenant, actor__actor_id=actor_id, execution_id=execution_id)
    return rows.select_related("actor").first()


def remember(tenant: str, actor: Actor | None, execution: Execution) -> None:
    """Write down an execution that the API has just shown, where it told of the actor too."""
    if actor is not None and actor.id:
        (key,) = visibility.remember(tenant, [actor])
        record(ActorHistory.objects.get(pk=key), [execution])
