"""The portal's own records, one file each."""

from actors_app.account.models import SignInBucket
from actors_app.actors.models import KeptDefinition
from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.core.models import PreferenceRow
from actors_app.core.operations.models import AuditEntry, AuditHead
from actors_app.core.operations.models_replays import KeptAnswer
from actors_app.core.pages.models_drafts import Draft
from actors_app.core.security.models import KeyHandover, PortalSession, Readable
from actors_app.core.security.models_origins import TenantOrigin
from actors_app.executions.models import KeptResult
from actors_app.history.models import ActorHistory, ExecutionRecord, ExecutionTally, UnreadHistory
from actors_app.history.models_collector import CollectorBeat
from actors_app.history.models_saved_views import SavedView
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
