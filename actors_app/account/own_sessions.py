"""The sessions of one visitor: listed, ended, made to read only. Other people's are out of reach here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from actors_app.core.security.credentials import Credentials, tenant_of
from actors_app.core.security.crypto import digest
from actors_app.core.security.models import PortalSession, hashed


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it; the handle stands for the row's name, and opens nothing."""

    handle: str
    browser: str
    created: datetime
    last_seen: datetime
    ends: datetime
    read_only: bool
    is_this: bool


def own_sessions(request: HttpRequest, owner: Credentials) -> list[OwnSession]:
    """Return the owner's sessions that have not ended: this one, then those used last."""
    this = _name(request)
    sessions = [
        OwnSession(
            handle=_handle(row.name),
            browser=row.browser or "A browser",
            created=row.created,
            last_seen=row.last_seen,
            ends=row.expire_date,
            read_only=row.read_only,
            is_this=row.name == this,
        )
        for row in _of(owner).defer("credential", "session_data").order_by("-last_seen")
    ]
    return sorted(sessions, key=lambda session: not session.is_this)


def end_session(owner: Credentials, handle: str) -> bool:
    """End the one of the owner's sessions that a handle stands for; return whether there was one."""
    return _end(row for row in _rows(owner) if constant_time_compare(_handle(row.name), handle)) > 0


def end_other_sessions(request: HttpRequest, owner: Credentials) -> int:
    """End all of the owner's sessions but this one; return how many there were."""
    this = _name(request)
    return _end(row for row in _rows(owner) if row.name != this)


def make_read_only(request: HttpRequest) -> None:
    """Let this session only read from now on; nothing takes that back but a new sign-in."""
    PortalSession.named(request.session.session_key).update(read_only=True)


def _of(owner: Credentials) -> QuerySet[PortalSession]:
    origin = tenant_of(owner).origin
    return PortalSession.alive().filter(tenant=owner.tenant, origin=origin, username=owner.username)


def _rows(owner: Credentials) -> QuerySet[PortalSession]:
    return _of(owner).only("session_key")


def _name(request: HttpRequest) -> str:
    return hashed(request.session.session_key or "")


def _end(rows: Iterable[PortalSession]) -> int:
    # By both names: the row may get its hash in between.
    names = {name for row in rows for name in (row.session_key, row.name)}
    return PortalSession.objects.filter(session_key__in=names).delete()[0]


def _handle(name: str) -> str:
    return digest("actors.session-handle", name)[:32]
