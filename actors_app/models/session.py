"""The row behind a visitor's session cookie.

The sign-in lives in columns of its own, so that saving the session's data, which every page may do, can never
overwrite a token that was renewed meanwhile. So does everything else that a stale save must not bring back.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone


class PortalSession(AbstractBaseSession):
    """A session: Django's data, and the encrypted credential that only sign-in and renewal write.

    It ends at `expire_date`, which nothing moves, or when `last_seen` is too long ago.
    """

    credential = models.TextField(default="")
    credential_version = models.PositiveIntegerField(default=0)
    renewing_until = models.DateTimeField(null=True)
    tenant = models.CharField(max_length=100, default="")
    username = models.CharField(max_length=255, default="")
    browser = models.CharField(max_length=60, default="")
    created = models.DateTimeField(default=timezone.now)
    last_seen = models.DateTimeField(default=timezone.now)
    read_only = models.BooleanField(default=False)

    class Meta(AbstractBaseSession.Meta):
        """Django's own meaning of a session, in a table of ours."""

        db_table = "portal_session"
        indexes = (models.Index(fields=["tenant", "username"], name="session_owner"),)

    @classmethod
    def get_session_store_class(cls):  # type: ignore[no-untyped-def]  # the base class has no annotation
        """Return the engine that reads this table."""
        from actors_app.sessions import SessionStore

        return SessionStore

    @classmethod
    def alive(cls) -> "QuerySet[PortalSession]":
        """Return the sessions that have not ended."""
        now = timezone.now()
        idle = timedelta(minutes=settings.SESSION_IDLE_MINUTES)
        return cls.objects.filter(expire_date__gt=now, last_seen__gt=now - idle)
