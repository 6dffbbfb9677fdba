"""Asking the API what became of a write whose answer never came, and only by GET; each operation has its own check."""

from actors_app.core.operations.findings import Finding
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import recorded_operation
from actors_app.services import Abaco


def check(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Ask the API what became of a write; raises AbacoError when it cannot say."""
    operation = recorded_operation(entry.action)
    if operation is None or operation.check is None:
        return Finding("unknown", "Unknown: the API does not show whether this succeeded.", "Check the actor itself.")
    return operation.check(abaco, entry)
