"""The audit trail: appending to it, proving it, and letting its oldest part go.

Who may see which entries is the business of `audit/activity.py`; what a write is, of `perform.py`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Min

from actors_app.core.operations.models import GENESIS, AuditEntry, AuditHead
from actors_app.core.operations.operation import Operation

# Entries removed in one transaction: whoever wants to append waits for its lock no longer than a moment.
PRUNED_AT_ONCE = 5000
VERIFIED_AT_ONCE = 2000
PRUNE_TRAIL = Operation("audit.prune")


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of checking the trail: how many entries hold, the hash of the last, and what does not hold, if any.

    `entry` is the first that does not hold, with the hash that is recorded and the one that its content has.
    """

    checked: int
    last_hash: str = GENESIS
    broken: str = ""
    entry: int = 0
    recorded: str = ""
    computed: str = ""

    @property
    def holds(self) -> bool:
        """Whether every entry is as it was written."""
        return not self.broken


def append(*, details: Mapping[str, Any], **fields: Any) -> AuditEntry:
    """Add an entry to the end of the trail and commit it.

    Raises IntegrityError when its key, or the end of its start, is there already, and DatabaseError when it cannot be
    written.
    """
    with transaction.atomic():
        head = _locked_head()
        entry = AuditEntry(**fields, details=json.dumps(details, sort_keys=True), previous=head.last_hash)
        entry.hash = entry.computed_hash()
        entry.save(force_insert=True)
        AuditHead.objects.filter(pk=head.pk).update(count=F("count") + 1, last_hash=entry.hash)
    return entry


def _locked_head() -> AuditHead:
    """Return the head, locked until the transaction ends; on SQLite a transaction locks the store as it begins."""
    AuditHead.objects.get_or_create(pk=1)
    return AuditHead.objects.select_for_update().get(pk=1)


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a check of the trail is: `checked` entries hold, up to `at`, of `count` up to `newest` as it began."""

    cut: int  # the entry that says where the trail begins since it was pruned; 0 for none
    newest: int
    count: int
    head: str
    at: int = 0
    checked: int = 0
    last_hash: str = GENESIS


def verify() -> Proof:
    """Walk the whole trail in its order and compare every hash; stop at the first entry that does not hold.

    Nobody who appends waits for it: it proves what was there as it began. Where the trail was pruned meanwhile, it
    begins again.
    """
    step: Walk | Proof = begin()
    while isinstance(step, Walk):
        step = advance(step, VERIFIED_AT_ONCE)
    return step


def begin() -> Walk:
    """Return a check of the whole trail as it is now, of which nothing is done."""
    cut = _newest_cut()
    with transaction.atomic():
        # Locked, so that its count and the entries are of the same moment.
        head = _locked_head()
        newest = _newest() or 0
    begins = json.loads(cut.details)["hash"] if cut else GENESIS
    return Walk(cut.pk if cut else 0, newest, head.count, head.last_hash, last_hash=begins)


def advance(walk: Walk, number: int) -> Walk | Proof:
    """Check up to so many entries more; return how far it is then, or what came of the whole."""
    entries = list(AuditEntry.objects.filter(pk__gt=walk.at, pk__lte=walk.newest).order_by("pk")[:number])
    proof = _proof(walk, entries, is_last=len(entries) < number)
    if proof.broken:
        cut = _newest_cut()
        return proof if (cut.pk if cut else 0) == walk.cut else begin()
    if len(entries) < number:
        return proof
    return replace(walk, at=entries[-1].pk, checked=proof.checked, last_hash=proof.last_hash)


def _newest_cut() -> AuditEntry | None:
    """Return the entry that says where the trail begins since it was last pruned."""
    return AuditEntry.objects.filter(kind=AuditEntry.PRUNED).order_by("-pk").first()


def _proof(walk: Walk, entries: Sequence[AuditEntry], *, is_last: bool) -> Proof:
    """Return what came of some more entries, and of the whole where they are the last."""
    previous, checked, newest = walk.last_hash, walk.checked, walk.newest
    for entry in entries:
        if entry.previous != previous:
            text = f"Entry {entry.pk} does not follow the previous one: entries are missing."
            return Proof(checked, previous, text, entry.pk, entry.previous, previous)
        computed = entry.computed_hash()
        if entry.hash != computed:
            return Proof(checked, previous, f"Entry {entry.pk} was modified.", entry.pk, entry.hash, computed)
        previous, checked = entry.hash, checked + 1
    if is_last and checked != walk.count:
        return Proof(checked, previous, f"Entries are missing after {newest}: {checked} of {walk.count} found.")
    if is_last and previous != walk.head:
        text = f"Entry {newest} is not the last one written."
        return Proof(checked, previous, text, newest, walk.head, previous)
    return Proof(checked, previous)


def prune(before: datetime) -> int:
    """Remove the entries written before a moment, oldest first; return how many went.

    The chain survives: an entry, appended with each removal, names the hash at which it now begins. A write whose end
    is younger stays whole.
    """
    first_kept = AuditEntry.objects.filter(time__gte=before).order_by("pk").values_list("pk", flat=True).first()
    limit = _first_start(first_kept) if first_kept else (_newest() or 0) + 1
    gone = 0
    while count := _prune_some(before, limit):
        gone += count
    return gone


def _prune_some(before: datetime, limit: int) -> int:
    with transaction.atomic():
        _locked_head()
        old = AuditEntry.objects.filter(pk__lt=limit).order_by("pk")
        pruned = list(old.values_list("pk", "hash")[:PRUNED_AT_ONCE])
        if not pruned:
            return 0
        last, last_hash = pruned[-1]
        # Deleting as the model does would first read each entry, and refuse a start for the end that goes with it.
        rows = AuditEntry.objects.filter(pk__lte=last)
        rows._raw_delete(rows.db)
        AuditHead.objects.filter(pk=1).update(count=F("count") - len(pruned))
        append(
            kind=AuditEntry.PRUNED,
            tenant="",
            username="",
            action=PRUNE_TRAIL.action,
            request_id="",
            details={"before": before.isoformat(), "count": len(pruned), "hash": last_hash, "through": last},
        )
    return len(pruned)


def _newest() -> int | None:
    return AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()


def _first_start(first_kept: int) -> int:
    """Return the first entry to keep so that nothing from `first_kept` on ends a write that has no start any more."""
    while True:
        earliest: int | None = AuditEntry.objects.filter(pk__gte=first_kept).aggregate(first=Min("start_id"))["first"]
        if earliest is None or earliest >= first_kept:
            return first_kept
        first_kept = earliest


OPERATOR = ""  # the user name of what a command did
