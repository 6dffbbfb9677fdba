"""The portal's own records, one file each."""

from actors_app.models.audit import AuditEntry, AuditHead
from actors_app.models.result import KeptResult
from actors_app.models.session import PortalSession

__all__ = ["AuditEntry", "AuditHead", "KeptResult", "PortalSession"]
