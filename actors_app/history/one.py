"""One execution in its actor's history: writing it down as it is seen, and what comes before and after it."""

from dataclasses import dataclass

from actors_app.history import rights
from actors_app.history.recording import record
from actors_app.models import ActorHistory, ExecutionRecord
from actors_app.services.types import Actor, Execution


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The ids of the next newer and the next older execution of the same actor, or None."""

    newer: str | None
    older: str | None


def neighbours(tenant: str, actor_id: str, execution_id: str) -> Neighbours | None:
    """Return the neighbours of an execution that is remembered; whoever asks has been let read it by the API."""
    every = ExecutionRecord.objects.filter(actor__tenant=tenant, actor__actor_id=actor_id)
    row = every.filter(execution_id=execution_id).only("actor", "received").first()
    if row is None:
        return None
    received, pk = row.received, row.pk
    same = ExecutionRecord.objects.filter(actor=row.actor_id)
    later = same.filter(received__gte=received).exclude(received=received, pk__lte=pk).order_by("received", "pk")
    earlier = same.filter(received__lte=received).exclude(received=received, pk__gte=pk).order_by("-received", "-pk")
    ids = [rows.values_list("execution_id", flat=True).first() for rows in (later, earlier)]
    return Neighbours(newer=ids[0], older=ids[1])


def last_known(tenant: str, actor_id: str, execution_id: str) -> ExecutionRecord | None:
    """Return what is remembered of an execution; whether somebody may see it is for `rights` to say."""
    rows = ExecutionRecord.objects.filter(actor__tenant=tenant, actor__actor_id=actor_id, execution_id=execution_id)
    return rows.select_related("actor").first()


def remember(tenant: str, actor: Actor | None, execution: Execution) -> None:
    """Write down an execution that the API has just shown, where it told of the actor too."""
    if actor is not None and actor.id:
        (key,) = rights.remember(tenant, [actor])
        record(ActorHistory.objects.get(pk=key), [execution])
