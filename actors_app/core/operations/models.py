"""The trail of everything that anyone changed through the portal, append-only and chained; first answers to programs.

A write is two entries: one before the call to the API, one after it. Each entry carries the hash of the one before it,
so that a row that was changed, added or taken out breaks the chain from there on.
"""

import hashlib
import json
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

GENESIS = "0" * 64
# What is a line of its own on a page: an entry that does not end another.
_LINE = models.Q(start__isnull=True)


class AuditEntry(models.Model):
    """One entry: a write that starts, a write that ended, a secret that was read, or a command of the operator."""

    START, END, READ, PRUNED, OPERATOR = "start", "end", "read", "pruned", "operator"
    WHOLE = (READ, OPERATOR)  # have their outcome in themselves
    DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"

    time = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=8)
    # Null where there is none: unique values could not be empty twice.
    key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    start = models.OneToOneField("self", models.PROTECT, null=True, related_name="end", db_constraint=False)
    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)
    action = models.CharField(max_length=40)
    actor_id = models.CharField(max_length=128, blank=True)
    object_id = models.CharField(max_length=128, blank=True)
    outcome = models.CharField(max_length=8, blank=True)
    details = models.TextField(default="{}")
    request_id = models.CharField(max_length=32)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        """Rows are only ever added; `manage.py verify_audit` proves it."""

        db_table = "portal_audit"
        indexes = (
            models.Index(fields=["tenant", "-id"], condition=_LINE, name="audit_newest"),
            models.Index(fields=["tenant", "actor_id", "-id"], condition=_LINE, name="audit_of_actor"),
            models.Index(fields=["tenant", "username", "-id"], condition=_LINE, name="audit_of_person"),
            models.Index(fields=["time", "id"], name="audit_time"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.action} {self.outcome}".rstrip()

    def computed_hash(self) -> str:
        """Return the hash of everything this entry says and of the entry before it."""
        fields: list[Any] = [
            self.previous,
            self.time.isoformat(),
            self.kind,
            self.key,
            self.start_id,
            self.tenant,
            self.username,
            self.action,
            self.actor_id,
            self.object_id,
            self.outcome,
            self.details,
            self.request_id,
        ]
        return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()


class AuditHead(models.Model):
    """How long the trail is and how it ends: the one row that everybody who appends must lock.

    With it, entries taken off the end are noticed too.
    """

    count = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        """One row."""

        db_table = "portal_audit_head"

    def __str__(self) -> str:
        return f"{self.count} entries"


class KeptAnswer(models.Model):
    """An answer without its secrets, encrypted, until its time is over."""

    ENCRYPTED: ClassVar = ("content",)  # columns, as `core/security/rotation.py` reads them

    key = models.CharField(max_length=64, unique=True)  # of the audit trail's entry
    content = models.BinaryField()  # encrypted: JSON
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """Found by its key alone."""

        db_table = "kept_answer"

    def __str__(self) -> str:
        return f"answer to {self.key[:8]}"
