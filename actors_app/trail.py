"""The audit trail: appending to it, proving it, and letting its oldest part go.

Who may see which entries is for the views to decide; what a write is, for `writes.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from actors_app.models import AuditEntry, AuditHead
from actors_app.models.audit import GENESIS


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of checking the trail: how many entries hold, and the first that does not, if any."""

    checked: int
    broken: str = ""

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


def verify() -> Proof:
    """Walk the whole trail in its order and compare every hash; stop at the first entry that does not hold."""
    with transaction.atomic():
        head = AuditHead.objects.filter(pk=1).first() or AuditHead()
        cut = {json.loads(text).get("hash") for text in _pruned().values_list("details", flat=True)}
    previous, checked, entry = None, 0, None
    for entry in AuditEntry.objects.order_by("pk").iterator(chunk_size=2000):
        if previous is None:
            previous = entry.previous
            if previous != GENESIS and previous not in cut:
                return Proof(checked, f"Entry {entry.pk} is the first, but entries before it were taken out.")
        if entry.previous != previous:
            return Proof(checked, f"Entry {entry.pk} does not follow the one before it: entries were taken out.")
        if entry.hash != entry.computed_hash():
            return Proof(checked, f"Entry {entry.pk} is not as it was written.")
        previous, checked = entry.hash, checked + 1
    if checked < head.count:
        return Proof(checked, f"The trail should have {head.count} entries and has {checked}: its end was taken off.")
    if (previous or GENESIS) != head.last_hash and checked == head.count:
        return Proof(checked, "The last entry is not the one that was written last.")
    return Proof(checked)


def _pruned() -> Any:
    return AuditEntry.objects.filter(kind=AuditEntry.PRUNED)


def prune(before: datetime) -> int:
    """Remove the entries written before a moment, and append one that says so; return how many went.

    The chain survives: the entry names the hash at which it now begins. A write whose end is younger stays whole.
    """
    with transaction.atomic():
        _locked_head()
        keep_from = AuditEntry.objects.filter(time__gte=before).order_by("pk").first()
        old = AuditEntry.objects.filter(pk__lt=keep_from.pk) if keep_from else AuditEntry.objects.all()
        if keep_from:
            open_starts = AuditEntry.objects.filter(pk__gte=keep_from.pk, start_id__isnull=False)
            first_start = open_starts.order_by("start_id").values_list("start_id", flat=True).first()
            if first_start and first_start < keep_from.pk:
                old = old.filter(pk__lt=first_start)
        last = old.order_by("-pk").first()
        if last is None:
            return 0
        count: int = old.count()
        AuditEntry.objects.filter(pk__lte=last.pk)._raw_delete("default")
        AuditHead.objects.filter(pk=1).update(count=F("count") - count)
        append(
            kind=AuditEntry.PRUNED,
            tenant="",
            username="",
            action="audit.prune",
            request_id="",
            details={"before": before.isoformat(), "count": count, "hash": last.hash, "through": last.pk},
        )
    return count
