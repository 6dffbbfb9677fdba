"""Proving the audit trail: what somebody asked of it is recorded on it."""

from actors_app.core.operations.operation import Operation

VERIFY_TRAIL = Operation(
    "audit.verify",
    done="verified the audit log",
    tried="verify the audit log",
    choice="Verify the audit log",
)
TAKE_HEAD = Operation(
    "audit.head",
    done="downloaded the head of the audit log",
    tried="download the head of the audit log",
    choice="Download the head of the audit log",
)
