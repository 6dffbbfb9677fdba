"""Letting the oldest part of the history go, as the people who run the portal have decided; nothing goes by itself."""

from collections.abc import Iterator

from django.db import transaction

from actors_app.core.clock import from_ms
from actors_app.core.operations import trail
from actors_app.core.operations.models import AuditEntry
from actors_app.history.coverage import add_gap
from actors_app.history.ingest import remove
from actors_app.history.models import ActorHistory, ExecutionRecord, HistoryGap
from actors_app.history.operations import PRUNE_HISTORY

_AT_ONCE = 1000


def old(before: int) -> int:
    """Return how many executions were received before a moment (milliseconds); those of an unknown time are not."""
    return sum(
        ExecutionRecord.objects.filter(actor=key, received__gt=0, received__lt=before).count()
        for key in ActorHistory.objects.values_list("pk", flat=True)
    )


def prune(before: int) -> int:
    """Forget the executions that were received before a moment (milliseconds).

    Each transaction that takes some notes it in the trail: whatever ends this half-way, nothing is gone silently.
    """
    return sum(sum(_pruned(actor, before)) for actor in ActorHistory.objects.order_by("pk"))


def _pruned(actor: ActorHistory, before: int) -> Iterator[int]:
    while True:
        rows = list(
            ExecutionRecord.objects.filter(actor=actor, received__gt=0, received__lt=before)
            .order_by("received", "pk")
            .only("pk", "actor", "received", "outcome")[:_AT_ONCE]
        )
        if not rows:
            return
        with transaction.atomic():
            remove(rows)
            add_gap(actor, 0, before, HistoryGap.PRUNED)
            trail.append(
                kind=AuditEntry.READ,
                tenant=actor.tenant,
                username="",
                action=PRUNE_HISTORY.action,
                actor_id=actor.actor_id,
                outcome=AuditEntry.DONE,
                request_id="",
                details={"before": str(from_ms(before)), "count": len(rows)},
            )
        yield len(rows)
