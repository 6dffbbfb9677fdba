"""The portal's own records, one file each."""

from actors_app.models.audit import AuditEntry, AuditHead
from actors_app.models.draft import Draft
from actors_app.models.result import KeptResult
from actors_app.models.session import PortalSession
from actors_app.models.throttle import SignInBucket

__all__ = ["AuditEntry", "AuditHead", "Draft", "KeptResult", "PortalSession", "SignInBucket"]
