"""The row behind a visitor's session cookie, and the origins of tenants.

The sign-in lives in columns of its own, so that saving the session's data, which every page may do, can never
overwrite a token that was renewed meanwhile. So does everything else that a stale save must not bring back.

A row is named by a hash of the key in the cookie, so that a copy of the store signs nobody in. The key is 165 random
bits, which nobody guesses: the hash needs no secret, and a change of `SECRET_KEY` signs nobody out by it.
"""

import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

_HASHED = "$"  # begins a hash; no key that Django makes has it
_BARE = re.compile(r"[0-9a-z]{32}")  # a key as Django makes it, and as portals before 0008 store it


def hashed(key: str) -> str:
    """Return what stands for a session's key in the store: 40 characters, of which 39 are 234 bits of its SHA-256."""
    return _HASHED + urlsafe_b64encode(sha256(key.encode()).digest()).decode()[:39]


class PortalSession(AbstractBaseSession):
    """A session: Django's data, and the encrypted credential that only sign-in and renewal write.

    It ends at `expire_date`, which nothing moves, or when `last_seen` is too long ago.
    """

    ENCRYPTED: ClassVar = ("credential",)  # columns, as `core/security/rotation.py` reads them

    credential = models.TextField(default="")
    credential_version = models.PositiveIntegerField(default=0)
    renewing_until = models.DateTimeField(null=True)
    tenant = models.CharField(max_length=100, default="")
    # The API that gave the tokens, which are sent nowhere else; empty for what a portal from before 0010 writes.
    origin = models.TextField(default="", db_default="")
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
        from actors_app.core.security.sessions import SessionStore

        return SessionStore

    @classmethod
    def named(cls, key: str | None) -> "QuerySet[PortalSession]":
        """Return the session of a key from a cookie, if there is one.

        A portal from before 0008 names the row by the key itself. A hash is never taken for a key: it has another form.
        """
        names = [hashed(key or "")]
        if key and _BARE.fullmatch(key):
            names.append(key)
        return cls.objects.filter(session_key__in=names)

    @classmethod
    def bare(cls) -> "QuerySet[PortalSession]":
        """Return the sessions that are named by the key itself."""
        return cls.objects.exclude(session_key__startswith=_HASHED)

    @property
    def name(self) -> str:
        """The hash of the key, whichever of the two the row is named by."""
        return hashed(self.session_key) if _BARE.fullmatch(self.session_key) else self.session_key

    @classmethod
    def alive(cls) -> "QuerySet[PortalSession]":
        """Return the sessions that have not ended."""
        now = timezone.now()
        idle = timedelta(minutes=settings.SESSION_IDLE_MINUTES)
        return cls.objects.filter(expire_date__gt=now, last_seen__gt=now - idle)


class KeyHandover(models.Model):
    """Until when portals from before 0008 may read the store too: they find a session by the key itself alone.

    The migration adds the one row where the store is in use already; `manage.py hash_session_keys` deletes it.
    """

    until = models.DateTimeField()

    class Meta:
        """One row, or none."""

        db_table = "key_handover"

    def __str__(self) -> str:
        return f"until {self.until}"

    @classmethod
    def is_on(cls) -> bool:
        """Whether a new session must be found by portals from before 0008."""
        return cls.objects.filter(until__gt=timezone.now()).exists()


class Readable(models.Model):
    """Which actors the API lets somebody read, and whether it takes them for an administrator, as it last said."""

    tenant = models.CharField(max_length=100)
    username = models.CharField(max_length=255)
    actors = models.TextField(default="[]")  # JSON: keys of ActorHistory
    is_admin = models.BooleanField(default=False)
    checked = models.BigIntegerField(default=0)

    class Meta:
        """One row for each person."""

        db_table = "portal_readable"
        constraints = (models.UniqueConstraint(fields=("tenant", "username"), name="readable_once"),)

    def __str__(self) -> str:
        return self.username


class TenantOrigin(models.Model):
    """The one API that the rows with this `key` in their column `tenant` came from.

    `actors_app.core.security.origins` and `actors_app.doctor.relocation` alone read and write these.
    """

    key = models.CharField(max_length=100, primary_key=True)
    name = models.CharField(max_length=100)  # of the tenant in the configuration
    origin = models.TextField()  # `portal.tenants.origin_of`; empty where it is not known, which fits no tenant
    is_apart = models.BooleanField(default=False)  # the tenant has another API now, which the operator confirmed
    merged = models.ForeignKey("self", models.PROTECT, null=True, related_name="merges")  # whose trail has these too

    class Meta:
        """A row for each API that each tenant ever had."""

        db_table = "tenant_origin"
        constraints = (
            models.UniqueConstraint(fields=("name", "origin"), condition=~Q(origin=""), name="tenant_origin_once"),
        )

    def __str__(self) -> str:
        return f"{self.name} at {self.origin}"
