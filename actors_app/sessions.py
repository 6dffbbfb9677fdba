"""The session engine: Django's database engine, kept away from the columns that hold the credential."""

from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from actors_app.models import PortalSession


class SessionStore(DatabaseStore):
    """Save a session's data and expiry, and nothing else of its row."""

    @classmethod
    def get_model_class(cls) -> type[PortalSession]:
        """Return the model of the session's row."""
        return PortalSession

    def save(self, must_create: bool = False) -> None:
        """Write the data; raise UpdateError when the row is gone, so that a sign-out elsewhere stays signed out."""
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        data: dict[str, Any] = self._get_session(no_load=False)  # type: ignore[attr-defined]  # not in the stubs
        changed = PortalSession.objects.filter(session_key=self.session_key).update(
            session_data=self.encode(data), expire_date=self.get_expiry_date()
        )
        if not changed:
            raise UpdateError
