"""A visitor's sign-in at the Actors API: kept encrypted in the session's row, renewed once for everybody who waits.

The browser holds only the session key. What is encrypted names the session, the tenant and the user, so that a
row copied to another session does not open.
"""

import json
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from actors_app.models import PortalSession
from actors_app.services import Abaco, AbacoClient, tokens
from actors_app.services.errors import SignedOut, TimedOut
from actors_app.services.types import Tokens
from portal.tenants import Tenant

RENEW_BEFORE = 60  # seconds before its end at which a token is renewed without being refused first
RENEWAL_LEASE = 12  # seconds one request may hold the right to renew; longer than the call may take
RENEWAL_PAUSE = 0.05  # seconds between two looks at a renewal that another request is making


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who is signed in where, and the tokens that prove it to the API."""

    tenant: str
    username: str
    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: float = 0.0  # seconds since 1970; 0 when the API did not say

    @property
    def is_ending(self) -> bool:
        """Whether the access token ends so soon that it is better renewed first."""
        return bool(self.expires_at) and time.time() > self.expires_at - RENEW_BEFORE

    def renewed(self, new: Tokens) -> "Credentials":
        """Return the same person's credentials with new tokens; a missing refresh token keeps the old one."""
        return replace(
            self,
            access_token=new.access_token,
            refresh_token=new.refresh_token or self.refresh_token,
            expires_at=time.time() + new.expires_in if new.expires_in else 0.0,
        )


@lru_cache(maxsize=4)
def _vault(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def vault() -> MultiFernet:
    """Return what encrypts and decrypts the portal's secrets: the first key encrypts, all decrypt."""
    return _vault(tuple(settings.CREDENTIAL_KEYS))


def _seal(session_key: str, credentials: Credentials) -> str:
    secret = {
        "session": session_key,
        "tenant": credentials.tenant,
        "username": credentials.username,
        "access_token": credentials.access_token,
        "refresh_token": credentials.refresh_token,
        "expires_at": credentials.expires_at,
    }
    return vault().encrypt(json.dumps(secret).encode()).decode()


def _open(session_key: str, sealed: str) -> Credentials | None:
    """Decrypt a row's credential; None when the key is another one or the row belongs to another session."""
    try:
        secret = json.loads(vault().decrypt(sealed.encode()))
    except InvalidToken:
        return None
    if secret.pop("session") != session_key or secret["tenant"] not in settings.TENANTS:
        return None
    return Credentials(**secret)


def sign_in(request: HttpRequest, credentials: Credentials) -> None:
    """Start a new session, with a new key, for these credentials."""
    request.session.flush()
    request.session["who"] = {"tenant": credentials.tenant, "username": credentials.username}
    request.session.create()
    key = request.session.session_key or ""
    PortalSession.objects.filter(session_key=key).update(credential=_seal(key, credentials), credential_version=1)


def sign_out(request: HttpRequest) -> None:
    """Destroy the session and everything in it; nothing is revoked at the API."""
    request.session.flush()


def load(request: HttpRequest) -> Credentials | None:
    """Return the credentials of this session, or None when nobody is signed in."""
    return SessionCredentials.of(request).current


class SessionCredentials:
    """The credentials of one session as services ask for them: the token now, and a new one when it was refused."""

    def __init__(self, session_key: str | None) -> None:
        self._key = session_key
        self._version = 0
        self.current: Credentials | None = None
        self._read()

    @classmethod
    def of(cls, request: HttpRequest) -> "SessionCredentials":
        """Return the request's credentials, read from the store once per request."""
        key = request.session.session_key if "who" in request.session else None
        known: SessionCredentials | None = getattr(request, "_credentials", None)
        if known is None or known._key != key:
            known = cls(key)
            request._credentials = known  # type: ignore[attr-defined]
        return known

    def access_token(self) -> str:
        """Return a token that should work now; raise SignedOut when there is none."""
        if self.current is None:
            raise SignedOut
        if self.current.is_ending and self.current.refresh_token:
            return self.renew(self.current.access_token)
        return self.current.access_token

    def renew(self, rejected: str) -> str:
        """Return a newer token than the rejected one; raise SignedOut when the sign-in has ended.

        Of all requests that ask at once, in all processes, one calls the API; the others wait and take its answer.
        Raises TimedOut when the one that renews does not finish, and Unreachable when the API cannot be asked.
        """
        deadline = time.monotonic() + RENEWAL_LEASE + 1
        while time.monotonic() < deadline:
            self._read()
            if self.current is None:
                raise SignedOut
            if self.current.access_token != rejected:
                return self.current.access_token
            if not self.current.refresh_token:
                raise SignedOut
            if self._take_lease():
                return self._renew_now(self.current)
            time.sleep(RENEWAL_PAUSE)
        raise TimedOut

    def _renew_now(self, old: Credentials) -> str:
        tenant = settings.TENANTS[old.tenant]
        try:
            new = tokens.refresh(client_for(tenant), tenant.client_key, tenant.client_secret, old.refresh_token)
        except SignedOut:
            self._write("", None)
            raise
        except BaseException:
            self._row().update(renewing_until=None)
            raise
        credentials = old.renewed(new)
        self._write(_seal(self._key or "", credentials), credentials)
        return credentials.access_token

    def _row(self) -> QuerySet[PortalSession]:
        return PortalSession.objects.filter(session_key=self._key, credential_version=self._version)

    def _read(self) -> None:
        row = (
            PortalSession.objects.filter(session_key=self._key, expire_date__gt=timezone.now())
            .values_list("credential", "credential_version")
            .first()
            if self._key
            else None
        )
        self.current, self._version = (_open(self._key or "", row[0]), row[1]) if row else (None, 0)

    def _take_lease(self) -> bool:
        now = timezone.now()
        free = Q(renewing_until=None) | Q(renewing_until__lt=now)
        return bool(self._row().filter(free).update(renewing_until=now + timedelta(seconds=RENEWAL_LEASE)))

    def _write(self, sealed: str, credentials: Credentials | None) -> None:
        self._row().update(credential=sealed, credential_version=self._version + 1, renewing_until=None)
        self.current, self._version = credentials, self._version + 1


@lru_cache(maxsize=64)
def client_for(tenant: Tenant) -> AbacoClient:
    """Return this process's one client of a tenant, with its pool of connections."""
    return AbacoClient(tenant.url, tenant.version)


def abaco_for(request: HttpRequest) -> Abaco:
    """Return the API as this visitor may use it; raise SignedOut when nobody is signed in."""
    credentials = SessionCredentials.of(request)
    if credentials.current is None:
        raise SignedOut
    return Abaco(client_for(settings.TENANTS[credentials.current.tenant]), credentials)
