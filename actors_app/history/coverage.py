"""How much of what a filter selects is known: actors and time that are synced, and what is lost.

Three states never look alike: nothing ran (0), not synced yet, and a gap, which nobody can fill any more.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from actors_app.core.clock import from_ms, now_ms
from actors_app.core.pages.formatting import date_words, thousands
from actors_app.core.pages.timezones import to_local
from actors_app.history.models import ActorHistory, HistoryGap

DELETED = "deleted"
REASONS = {
    DELETED: "the actor was deleted before its last executions were synced",
    HistoryGap.FORGOTTEN: "the API removed these executions before they were synced",
    HistoryGap.PRUNED: "removed from the portal after the retention period",
}
_COLUMNS = ("pk", "since", "until", "deleted", "is_whole", "total", "known", "looked")


@dataclass(frozen=True, slots=True)
class Gap:
    """A span of time (milliseconds) of which the executions of an actor are lost, as far as they were not synced."""

    actor: int
    start: int
    end: int
    reason: str

    @property
    def words(self) -> str:
        """Return the span in words; one that has no beginning only has its end."""
        start, end = (_moment_words(moment) for moment in (self.start, self.end))
        return f"{start} to {end}" if self.start else f"before {end}"

    @property
    def reason_words(self) -> str:
        """Return why they are lost."""
        return REASONS[self.reason]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of the actors of a filter, from a moment on.

    `executions` are those known of these actors at any time, of `expected` that the API counts, where it counted all.
    `share` is how much of the sync is done, None where nothing tells how much there is; `back_to` is the moment
    (milliseconds) from which on all is known of every actor, None where all is or nothing.
    """

    actors: int = 0
    incomplete: int = 0
    unsynced: int = 0
    executions: int = 0
    expected: int | None = None
    share: float | None = 1.0
    back_to: int | None = None
    looked: int = 0
    gaps: tuple[Gap, ...] = field(default=())
    behind: tuple[int, ...] = ()  # the history's keys of the incomplete actors

    @property
    def complete(self) -> int:
        """Return how many actors are known from that moment on."""
        return self.actors - self.incomplete

    @property
    def is_unsynced(self) -> bool:
        """Whether nothing was read yet of any actor, so that no count means anything."""
        return 0 < self.actors == self.unsynced

    @property
    def progress_words(self) -> str:
        """Say how far the sync is."""
        parts = []
        if self.expected is not None:
            parts.append(f"{thousands(self.executions)} of {thousands(self.expected)} executions")
        elif self.back_to is not None:
            parts.append(f"{thousands(self.executions)} executions back to {_moment_words(self.back_to)}")
        else:
            parts.append(f"{thousands(self.executions)} executions")
        if self.actors > 1:
            parts.append(f"{thousands(self.complete)} of {thousands(self.actors)} actors complete")
        return "; ".join(parts)

    def seconds_left(self, begun: int, known_then: int) -> float | None:
        """Return how long the sync takes by its speed since a moment; None where that tells nothing yet."""
        new, passed = self.executions - known_then, (now_ms() - begun) / 1000
        if self.expected is None or new <= 0 or passed < 2:
            return None
        return (self.expected - self.executions) * passed / new


def misses(actor: ActorHistory, since: int) -> bool:
    """Whether less is known of an actor than all that was received from a moment on."""
    return not actor.is_whole and (actor.since is None or actor.since > since)


def incomplete(keys: Collection[int], since: int) -> int:
    """Return of how many actors less is known than all that was received from a moment on."""
    return sum(misses(actor, since) for actor in ActorHistory.objects.filter(pk__in=keys, deleted=None, is_whole=False))


def coverage(keys: Collection[int], since: int = 0, until: int | None = None) -> Coverage:
    """Return what is known of actors, from `since` on and before `until` (milliseconds)."""
    rows = list(ActorHistory.objects.filter(pk__in=keys).only(*_COLUMNS))
    behind = [row for row in rows if row.deleted is None and misses(row, since)]
    at = now_ms()
    shares = [_share(row, since, at) for row in behind]
    synced = [row.since for row in behind if row.since is not None]
    counts_all = not since and all(row.total is not None for row in behind)
    return Coverage(
        actors=len(rows),
        incomplete=len(behind),
        unsynced=sum(row.until is None for row in behind),
        executions=sum(row.known for row in rows),
        expected=sum(max(row.total or 0, row.known) for row in rows) if behind and counts_all else None,
        share=None if None in shares else (len(rows) - len(behind) + sum(filter(None, shares))) / max(len(rows), 1),
        back_to=max(synced) if synced and len(synced) == len(behind) else None,
        looked=max((row.looked for row in rows), default=0),
        gaps=tuple(_gaps(rows, keys, since, until)),
        behind=tuple(row.pk for row in behind),
    )


def add_gap(actor: ActorHistory, start: int, end: int, reason: str) -> None:
    """Record a span that is lost; one of the same reason and beginning is extended."""
    if start >= end:
        return
    gap, is_new = HistoryGap.objects.get_or_create(actor=actor, reason=reason, start=start, defaults={"end": end})
    if not is_new and gap.end < end:
        HistoryGap.objects.filter(pk=gap.pk).update(end=end)


def _share(row: ActorHistory, since: int, at: int) -> float | None:
    """Return how much of an actor's sync is done; None where nothing tells how much there is."""
    if row.until is None or row.since is None:
        return 0.0
    if since:
        return min(max((at - row.since) / max(at - since, 1), 0.0), 1.0)
    return min(row.known / row.total, 1.0) if row.total else None


def _gaps(rows: Iterable[ActorHistory], keys: Collection[int], since: int, until: int | None) -> list[Gap]:
    gaps = [
        Gap(key, start, end, reason)
        for key, start, end, reason in HistoryGap.objects.filter(actor__in=keys).values_list(
            "actor_id", "start", "end", "reason"
        )
    ]
    for row in rows:
        if row.deleted is not None:
            if misses(row, since):
                gaps.append(Gap(row.pk, 0, row.deleted if row.since is None else row.since, DELETED))
            if row.until is not None and row.until < row.deleted:
                gaps.append(Gap(row.pk, row.until, row.deleted, DELETED))
    return sorted(
        (gap for gap in gaps if gap.end > since and (until is None or gap.start < until)),
        key=lambda gap: (gap.start, gap.end, gap.actor),
    )


def _moment_words(moment: int) -> str:
    at = from_ms(moment)
    return date_words(to_local(at)) if at else ""
