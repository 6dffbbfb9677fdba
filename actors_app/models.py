"""The portal's own records, one file each."""

from actors_app.account.models import SignInBucket
from actors_app.actors.models import KeptDefinition
from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.core.models import Draft, PreferenceRow
from actors_app.core.operations.models import AuditEntry, AuditHead, KeptAnswer
from actors_app.core.security.models import KeyHandover, PortalSession, Readable, TenantOrigin
from actors_app.executions.models import KeptResult
from actors_app.history.models import (
    ActorHistory,
    CollectorBeat,
    ExecutionRecord,
    ExecutionTally,
    HistoryGap,
    SavedView,
    UnreadHistory,
)
from actors_app.logs.models import KeptLog, KeptLogPiece
from actors_app.messages.models import KeptMessage
from actors_app.nonces.models import NonceNote

__all__ = [
    "ActorHistory",
    "AuditEntry",
    "AuditHead",
    "BulkItem",
    "BulkJob",
    "CollectorBeat",
    "Draft",
    "ExecutionRecord",
    "ExecutionTally",
    "HistoryGap",
    "KeptAnswer",
    "KeptDefinition",
    "KeptLog",
    "KeptLogPiece",
    "KeptMessage",
    "KeptResult",
    "KeyHandover",
    "NonceNote",
    "PortalSession",
    "PreferenceRow",
    "Readable",
    "SavedView",
    "SignInBucket",
    "TenantOrigin",
    "UnreadHistory",
]
