"""The line of an actor's definitions as its page tells it: who made each, what differs, and how executions fared.

Whoever asks has just been let read the actor by the API, which is not asked here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Q
from django.urls import reverse

from actors_app.actors.definition import EDITABLE, LABELS, Definition, Difference
from actors_app.actors.former_values import FormerReader, Withheld
from actors_app.actors.models import KeptDefinition
from actors_app.actors.operations import UPDATE_ACTOR
from actors_app.actors.revision_chart import Span, over_revisions
from actors_app.actors.revision_values import Side, side_of
from actors_app.core.clock import from_ms, now_ms
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.timezones import exact, zone_here
from actors_app.history.charts.drawing import Panel
from actors_app.history.charts.links import Links
from actors_app.history.filters import FAILED
from actors_app.history.forms import HistoryForm
from actors_app.history.models import ActorHistory, ExecutionRecord
from actors_app.services.jsons import is_same

DRAWN = 20  # definitions on a chart
SAMPLE = 1000  # newest executions of each that are counted
HERE, MAYBE, ELSEWHERE, FIRST = "here", "maybe", "elsewhere", "first"


@dataclass(frozen=True, slots=True)
class Revision:
    """One definition of the line, and how it came about."""

    key: int
    number: int | None
    first_seen: datetime | None
    last_seen: datetime | None
    updated: datetime | None
    origin: str  # here, maybe, elsewhere, first
    username: str
    entry: int | None
    since: datetime | None  # when the one before it was last seen
    is_newest: bool
    start: int  # from when executions were its own, in milliseconds
    end: int | None  # until when; None of the newest

    @property
    def label(self) -> str:
        """Return what people call it."""
        return "Revision not reported" if self.number is None else f"Revision {self.number}"

    @property
    def choice(self) -> str:
        """Return it as one of a list to choose from: several definitions may share a revision."""
        at = self.updated or self.first_seen
        return f"{self.label}, {exact(at)}" if at else self.label


def line_of(rows: Sequence[KeptDefinition]) -> list[Revision]:
    """Tell how each definition came about; `rows` are all of one actor, newest first."""
    unknown = _of_unknown_outcome(rows)
    revisions = []
    for position, row in enumerate(rows):
        before = rows[position + 1] if position + 1 < len(rows) else None
        after = rows[position - 1] if position else None
        origin, username, entry = ELSEWHERE, row.username, row.entry
        if row.username:
            origin = HERE
        elif before is None:
            origin = FIRST
        else:
            for moment, name, key in unknown:
                if before.last_seen <= moment <= row.first_seen:
                    origin, username, entry = MAYBE, name, key
        revisions.append(
            Revision(
                key=row.pk,
                number=row.revision,
                first_seen=from_ms(row.first_seen),
                last_seen=from_ms(row.last_seen),
                updated=from_ms(row.updated) if row.updated else None,
                origin=origin,
                username=username,
                entry=entry,
                since=from_ms(before.last_seen) if before else None,
                is_newest=row.is_newest,
                start=row.updated or row.first_seen,
                end=(after.updated or after.first_seen) if after else None,
            )
        )
    return revisions


def _of_unknown_outcome(rows: Sequence[KeptDefinition]) -> list[tuple[int, str, int]]:
    """Return when, by whom and under which entry the actor was saved here without anybody knowing what came of it."""
    if len(rows) < 2:
        return []
    entries = AuditEntry.objects.filter(
        Q(end=None) | Q(end__outcome=AuditEntry.UNKNOWN),
        tenant=rows[0].tenant,
        actor_id=rows[0].actor_id,
        action=UPDATE_ACTOR.action,
        start=None,
    )
    return [
        (int(time.timestamp() * 1000), username, key)
        for time, username, key in entries.order_by("-id").values_list("time", "username", "pk")[:100]
    ]


def changed(before: Definition, after: Definition) -> list[Difference]:
    """Return the fields in which two kept definitions differ, of those that both have."""
    return [
        Difference(name, LABELS[name], before[name], after[name])
        for name in EDITABLE
        if name in before and name in after and not is_same(before[name], after[name])
    ]


def difference(reader: FormerReader, before: Definition, after: Definition) -> list[tuple[str, Side, Side]]:
    """Return the fields in which two kept definitions differ: the label and both sides as the reader sees them."""
    rows = []
    for change in changed(before, after):
        first, second = reader.sides(change)
        rows.append((change.label, _side(change.name, *first), _side(change.name, *second)))
    return rows


def _side(name: str, value: Any, withheld: Sequence[Withheld]) -> Side:
    return side_of(name, value, {item.variable: item.digest for item in withheld})


def panels(tenant: str, actor_id: str, revisions: Sequence[Revision]) -> tuple[Panel, ...]:
    """Draw how many executions of each definition succeeded and how long they took, by the execution history.

    Of each definition the newest SAMPLE executions are read, by an index, so that no actor is too busy for it.
    """
    key = ActorHistory.objects.filter(tenant=tenant, actor_id=actor_id).values_list("pk", flat=True).first()
    if key is None or not revisions:
        return ()
    at = now_ms()
    spans = []
    for revision in reversed(revisions[:DRAWN]):
        end = revision.end or at
        rows = list(
            ExecutionRecord.objects.filter(
                actor=key, received__gte=revision.start, received__lt=max(end, revision.start + 1)
            )
            .order_by("-received", "-id")
            .values_list("outcome", "ran")[:SAMPLE]
        )
        ran = [span for _, span in rows if span is not None]
        spans.append(
            Span(
                label=revision.label,
                start=revision.start,
                end=end,
                succeeded=sum(outcome == "succeeded" for outcome, _ in rows),
                failed=sum(outcome in FAILED for outcome, _ in rows),
                p50=median(ran) / 1000 if ran else None,
                is_sample=len(rows) == SAMPLE,
            )
        )
    address = reverse("actors:execution-list", args=[actor_id])
    form = HistoryForm({"window": "all"})
    return over_revisions(spans, Links(lambda **changes: f"{address}?{form.query(**changes)}"), zone_here())
