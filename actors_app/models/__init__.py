"""The portal's own records, one file each."""

from actors_app.models.result import KeptResult
from actors_app.models.session import PortalSession

__all__ = ["KeptResult", "PortalSession"]
