"""Writes as the audit trail has them, for tests of what reads it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from actors_app.core.operations import trail
from actors_app.core.operations.models import AuditEntry
from tests.support.payloads import ACTOR_ID, EXECUTION_ID

SENT = {"message": "Message sent.", "location": f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/", "level": "success"}


def wrote(
    action: str = "message.send",
    outcome: str = "done",
    *,
    ago: timedelta = timedelta(),
    details: dict[str, Any] | None = None,
    end: dict[str, Any] | None = None,
    **changes: Any,
) -> AuditEntry:
    """Put a write on the trail, with its end unless the outcome is empty; return its start."""
    fields = {
        "tenant": "default",
        "username": "jdoe",
        "action": action,
        "actor_id": ACTOR_ID,
        "object_id": "",
        "request_id": "0123456789abcdef",
        "time": timezone.now() - ago,
        **changes,
    }
    start = trail.append(kind=AuditEntry.START, details={"content": "digest", **(details or {})}, **fields)
    if outcome:
        failed = {"user_message": "The Actors API timed out.", "reason": None}
        said = end or ({"answer": SENT} if outcome == "done" else {"error": failed})
        trail.append(kind=AuditEntry.END, start=start, outcome=outcome, details=said, **fields)
    return start


def read(action: str = "nonce.reveal", **changes: Any) -> AuditEntry:
    """Put the reading of a secret on the trail."""
    fields = {"tenant": "default", "username": "jdoe", "actor_id": ACTOR_ID, "object_id": "", "request_id": "01"}
    return trail.append(
        kind=AuditEntry.READ, action=action, outcome=AuditEntry.DONE, details={}, **{**fields, **changes}
    )
