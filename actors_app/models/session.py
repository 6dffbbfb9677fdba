"""The row behind a visitor's session cookie.

The sign-in lives in columns of its own, so that saving the session's data, which every page may do, can never
overwrite a token that was renewed meanwhile.
"""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class PortalSession(AbstractBaseSession):
    """A session: Django's data, and the encrypted credential that only sign-in and renewal write."""

    credential = models.TextField(default="")
    credential_version = models.PositiveIntegerField(default=0)
    renewing_until = models.DateTimeField(null=True)

    class Meta(AbstractBaseSession.Meta):
        """Django's own meaning of a session, in a table of ours."""

        db_table = "portal_session"

    @classmethod
    def get_session_store_class(cls):  # type: ignore[no-untyped-def]  # the base class has no annotation
        """Return the engine that reads this table."""
        from actors_app.sessions import SessionStore

        return SessionStore
