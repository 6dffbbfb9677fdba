"""The session engine: Django's database engine, kept away from the columns that hold the credential.

A session ends at a time that is set when it is made, and earlier when nobody uses it or when the API that it is about
is no longer at the address of a tenant. What is in the columns is read
here; the list of a visitor's own sessions is in `account/own_sessions.py`.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from actors_app.core.models import PreferenceRow
from actors_app.core.security import origins
from actors_app.core.security.models import KeyHandover, PortalSession, hashed
from portal import store

STAMP_EVERY = timedelta(minutes=1)
ADDRESS_CHANGED = "The URL of the Actors API changed, so your session has ended."


class SessionStore(DatabaseStore):
    """Save a session's data, and nothing else of its row."""

    # As it was read, with its credential, which is encrypted and which `credentials.py` alone opens: most pages need
    # both, and so ask the store once. None for a new session.
    row: PortalSession | None = None
    chosen: dict[str, Any] | None = None  # the preferences of whose session it is, read with it; None for none
    is_elsewhere = False  # whether it was of an API that is no longer at its address, and ended for that

    @classmethod
    def get_model_class(cls) -> type[PortalSession]:
        """Return the model of the session's row."""
        return PortalSession

    def _get_session_from_db(self) -> PortalSession | None:
        # Every page needs the preferences too: read with the session they cost no question of their own.
        preferences = PreferenceRow.objects.filter(tenant=OuterRef("tenant"), username=OuterRef("username"))
        rows = PortalSession.named(self.session_key) & PortalSession.alive()
        row = rows.annotate(chosen=Subquery(preferences.values("chosen")[:1])).first()
        if row and row.tenant and not origins.is_at(row.tenant, row.origin):
            self.is_elsewhere, row = bool(row.origin), None
        self.row = row
        self.chosen = row.chosen if row else None
        if self.row is None:
            # What is left of a session that has ended goes with it, its credential first of all.
            PortalSession.named(self.session_key).delete()
            self._session_key = None
        return self.row

    def exists(self, session_key: str) -> bool:
        """Whether there is a session of this key."""
        return PortalSession.named(session_key).exists()

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session of this key, or this session."""
        PortalSession.named(session_key or self.session_key).delete()

    def create_model_instance(self, data: dict[str, Any]) -> PortalSession:
        """Return the row of a new session, which its key alone opens."""
        row: PortalSession = super().create_model_instance(data)  # type: ignore[assignment]
        if not KeyHandover.is_on():
            row.session_key = hashed(row.session_key)
        return row

    def flush(self) -> None:
        """End the session; whoever signs in next is somebody else."""
        super().flush()
        self.row = self.chosen = None

    def save(self, must_create: bool = False) -> None:
        """Write the data; raise UpdateError when the row is gone, so that a sign-out elsewhere stays signed out."""
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        data: dict[str, Any] = self._get_session(no_load=False)  # type: ignore[attr-defined]  # not in the stubs
        if not PortalSession.named(self.session_key).update(session_data=self.encode(data)):
            raise UpdateError

    @property
    def ends(self) -> datetime:
        """When this session ends however much it is used."""
        return self.row.expire_date if self.row else self.get_expiry_date()

    def stamp(self) -> None:
        """Remember that somebody used this session just now; once a minute is enough.

        A page is worth more than its stamp: where the store is locked, the next page brings another.
        """
        now = timezone.now()
        if self.row is None or now - self.row.last_seen < STAMP_EVERY:
            return
        with suppress(*store.FAILURES):
            PortalSession.named(self.session_key).update(last_seen=now)


def hash_keys() -> int:
    """Name every session by the hash of its key, where it is named by the key itself; return how many there were.

    Safe beside running portals of this version, which look for both.
    """
    keys = list(PortalSession.bare().values_list("session_key", flat=True))
    return sum(PortalSession.objects.filter(session_key=key).update(session_key=hashed(key)) for key in keys)


# The first that is found counts: most browsers also name those they want to be taken for.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("CriOS", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-requests", "Python"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """Return a name such as `Firefox on Linux`; only words of ours, nothing of what the browser sent."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
