"""A visitor's sign-in at the Actors API: kept encrypted in the session's row, renewed once for everybody who waits.

The browser holds only the session key. What is encrypted names the session, the tenant and the user, so that a
row copied to another session does not open. Tokens go to the API that gave them alone: a row opens only while its
tenant is at the origin where somebody signed in.
"""

import json
import logging
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from actors_app.core import bulkhead
from actors_app.core.security import origins
from actors_app.core.security.capabilities import Capabilities
from actors_app.core.security.crypto import DecryptionError, decrypt, encrypt
from actors_app.core.security.models import KeyHandover, PortalSession, hashed
from actors_app.core.security.sessions import browser_name, hash_keys
from actors_app.services import Abaco, AbacoClient, tokens
from actors_app.services.calls import Limits
from actors_app.services.errors import (
    AbacoError,
    APIError,
    PortalRefused,
    RateLimited,
    ServiceFailed,
    SignedOut,
    TimedOut,
)
from actors_app.services.types import Tokens
from portal import store
from portal.tenants import Tenant

log = logging.getLogger("actors_app.core.security.credentials")

RENEW_BEFORE = 60  # seconds before its end at which a token is renewed without being refused first
RENEWAL_LEASE = 9.5  # seconds one request may hold the right to renew: the call's 7, the save's 2, and some air
RENEWAL_WAIT = 17.0  # seconds a request waits for others to renew: the lease of one that died, and the next call
NOT_ACCEPTED = "The Actors API rejected this token."
BRING_ANOTHER = "Use another one: it may have expired, or belong to another API."
EARLY_WAIT = 2.0  # seconds a request waits for others where its own token still works
EARLY_REST = 10  # seconds for which a token that still works is used as it is, after it could not be renewed
RENEWAL_PAUSE = 0.1  # seconds, on average, between two looks at a renewal that another request is making


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who is signed in where, and the tokens that prove it to the API."""

    tenant: str  # a key of `origins`
    username: str
    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: float = 0.0  # seconds since 1970; 0 when the API did not say

    @property
    def is_ending(self) -> bool:
        """Whether the access token ends so soon that it is better renewed first."""
        return bool(self.expires_at) and time.time() > self.expires_at - RENEW_BEFORE

    @property
    def is_over(self) -> bool:
        """Whether the access token has ended."""
        return bool(self.expires_at) and time.time() > self.expires_at

    def renewed(self, new: Tokens) -> "Credentials":
        """Return the same person's credentials with new tokens; a missing refresh token keeps the old one."""
        return replace(
            self,
            access_token=new.access_token,
            refresh_token=new.refresh_token or self.refresh_token,
            expires_at=time.time() + new.expires_in if new.expires_in else 0.0,
        )


def _encrypt(session_key: str, credentials: Credentials) -> str:
    secret = {
        "session": session_key,
        "tenant": credentials.tenant,
        "username": credentials.username,
        "access_token": credentials.access_token,
        "refresh_token": credentials.refresh_token,
        "expires_at": credentials.expires_at,
    }
    return encrypt("session", json.dumps(secret).encode()).decode()


def _decrypt(session_key: str, encrypted: str, origin: str) -> Credentials | None:
    """Decrypt a row's credential; None when the key is another one, or the row is of another session or another API."""
    try:
        secret = json.loads(decrypt("session", encrypted))
    except DecryptionError:
        return None
    if secret.pop("session") != session_key or not origins.is_at(secret["tenant"], origin):
        return None
    return Credentials(**secret)


def sign_in(request: HttpRequest, credentials: Credentials) -> None:
    """Start a new session, with a new key, for these credentials; forget the sessions that have ended.

    Raises SignedOut where no tenant has their key, so that nothing could be asked with them.
    """
    forget_ended()
    tenant = tenant_of(credentials)
    request.session.flush()
    request.session["who"] = {"tenant": credentials.tenant, "username": credentials.username}
    request.session.create()
    key = request.session.session_key or ""
    PortalSession.named(key).update(
        credential=_encrypt(key, credentials),
        credential_version=1,
        tenant=origins.key_of(tenant),
        origin=tenant.origin,
        username=credentials.username,
        browser=browser_name(request.headers.get("User-Agent", "")),
    )


def forget_ended() -> None:
    """Delete the sessions that have ended; name the others by a hash, once no portal needs them otherwise."""
    PortalSession.objects.filter(expire_date__lte=timezone.now()).delete()
    if not KeyHandover.is_on():
        hash_keys()


def sign_out(request: HttpRequest) -> None:
    """Destroy the session and everything in it; nothing is revoked at the API."""
    request.session.flush()


def load(request: HttpRequest) -> Credentials | None:
    """Return the credentials of this session, or None when nobody is signed in."""
    return SessionCredentials.of(request).current


class SessionCredentials:
    """The credentials of one session as services ask for them: the token now, and a new one when it was refused."""

    def __init__(self, session_key: str | None, row: PortalSession | None = None) -> None:
        self._key = session_key
        self._version = 0
        self._leased_until: datetime | None = None
        self.current: Credentials | None = None
        if row is None:
            self._reload()
        else:
            self._take(row.credential, row.origin, row.credential_version, row.renewing_until)

    @classmethod
    def of(cls, request: HttpRequest) -> "SessionCredentials":
        """Return the request's credentials, read from the store once per request, with its session where that was.

        A token that the request brings goes before.
        """
        if (brought := getattr(request, "_brought", None)) is not None:
            return brought  # type: ignore[no-any-return]
        key = request.session.session_key if "who" in request.session else None
        loaded: SessionCredentials | None = getattr(request, "_credentials", None)
        if loaded is None or loaded._key != key:
            row: PortalSession | None = getattr(request.session, "row", None)
            loaded = cls(key, row if row and key and row.name == hashed(key) else None)
            request._credentials = loaded  # type: ignore[attr-defined]
        return loaded

    @property
    def memory(self) -> str:
        """Return what names this sign-in among the things that are remembered for it."""
        return self._key or ""

    def access_token(self) -> str:
        """Return a token that should work now; raise SignedOut when there is none."""
        if self.current is None:
            raise SignedOut
        if not self.current.is_ending or not self.current.refresh_token:
            return self.current.access_token
        if self.current.is_over:
            return self.renew(self.current.access_token)
        return self._renew_early(self.current.access_token)

    def renew(self, rejected: str) -> str:
        """Return a newer token than the rejected one; raise SignedOut when the sign-in has ended.

        Of all requests that ask at once, in all processes, one calls the API; the others wait and take its answer.
        An API that cannot renew now, or none that do in time, raise their AbacoError, and nobody is signed out.
        """
        return self._renew(rejected, RENEWAL_WAIT)

    def _renew_early(self, living: str) -> str:
        """Return a newer token than one that still works, or that one where the API cannot renew it now.

        A refused refresh token raises SignedOut all the same: nothing later would be better.
        """
        failed = f"renewal-failed:{hashed(self._key or '')}:{self._version}"
        if cache.get(failed):
            return living
        try:
            return self._renew(living, EARLY_WAIT, early=True)
        except AbacoError as failure:
            log.warning("A session could not be renewed, but its token still works. %s", failure.detail)
        cache.set(failed, True, EARLY_REST)
        return living

    def _renew(self, rejected: str, wait: float, *, early: bool = False) -> str:
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            self._reload()
            if self.current is None:
                raise SignedOut
            if self.current.access_token != rejected:
                return self.current.access_token
            if not self.current.refresh_token:
                raise SignedOut
            if self._take_lease():
                return self._renew_now(self.current, early=early)
            # Whoever renews needs a connection to save what it got, and those who wait may be more than there are.
            store.lend()
            # A uniform pause keeps those who wait from asking the store all at once.
            time.sleep(random.uniform(0, 2 * RENEWAL_PAUSE))  # noqa: S311
        raise _not_now(TimedOut("waited for another request's renewal"))

    def _renew_now(self, old: Credentials, *, early: bool) -> str:
        tenant = tenant_of(old)
        try:
            new = tokens.refresh(client_for(tenant), tenant.client_key, tenant.client_secret, old.refresh_token)
        except SignedOut as refusal:
            if early and isinstance(refusal, PortalRefused):
                self._give_lease_back()
                raise _not_now(ServiceFailed(refusal.detail)) from None
            # Whoever outlived its lease may be refused because another has renewed: then nothing has ended.
            if self._save("", None):
                raise
            return self.access_token()
        except AbacoError as failure:
            self._give_lease_back()
            raise _not_now(failure) from None
        except BaseException:
            self._give_lease_back()
            raise
        credentials = old.renewed(new)
        try:
            self._save(_encrypt(self._key or "", credentials), credentials)
        except store.FAILURES:
            # The old token is worth nothing any more, so this request goes on with the new one all the same.
            log.warning("A renewed session could not be saved. The user must sign in again.")
            self.current = credentials
        return credentials.access_token

    def _row(self) -> QuerySet[PortalSession]:
        return PortalSession.named(self._key).filter(credential_version=self._version)

    def _reload(self) -> None:
        row = (
            PortalSession.named(self._key)
            .filter(expire_date__gt=timezone.now())
            .values_list("credential", "origin", "credential_version", "renewing_until")
            .first()
            if self._key
            else None
        )
        if row:
            self._take(*row)
        else:
            self.current, self._version, self._leased_until = None, 0, None

    def _take(self, encrypted: str, origin: str, version: int, leased_until: datetime | None) -> None:
        self.current = _decrypt(self._key or "", encrypted, origin)
        self._version, self._leased_until = version, leased_until

    def _take_lease(self) -> bool:
        now = timezone.now()
        if self._leased_until and self._leased_until > now:
            return False  # without asking for the store's lock, which the holder will need
        free = Q(renewing_until=None) | Q(renewing_until__lt=now)
        until = now + timedelta(seconds=RENEWAL_LEASE)
        if not self._row().filter(free).update(renewing_until=until):
            return False
        self._leased_until = until
        return True

    def _give_lease_back(self) -> None:
        with suppress(*store.FAILURES):  # it ends by itself; what went wrong before is what must be said
            self._row().filter(renewing_until=self._leased_until).update(renewing_until=None)

    def _save(self, encrypted: str, credentials: Credentials | None) -> bool:
        """Write what the renewal gave; where the row has moved on, read it instead and return False."""
        new = {"credential": encrypted, "credential_version": self._version + 1, "renewing_until": None}
        if store.patiently(lambda: self._row().update(**new)):
            self.current, self._version = credentials, self._version + 1
            return True
        self._reload()
        return False


class BroughtCredentials(SessionCredentials):
    """The credentials of a request that brings its own token: of no session, kept nowhere and never renewed."""

    def __init__(self, current: Credentials, memory: str) -> None:
        super().__init__(None)
        self.current = current
        self._memory = memory

    @classmethod
    def put(cls, request: HttpRequest, current: Credentials, memory: str) -> None:
        """Let a request act with these credentials; `memory` stands for the token where something is remembered."""
        request._brought = cls(current, memory)  # type: ignore[attr-defined]

    @property
    def memory(self) -> str:
        """Return what stands for the token."""
        return self._memory

    def access_token(self) -> str:
        """Return the token that was brought."""
        return self.current.access_token if self.current else ""

    def renew(self, rejected: str) -> str:
        """Raise SignedOut: only whoever brought the token can bring another."""
        raise SignedOut("a token that was brought was refused", user_message=NOT_ACCEPTED, advice=BRING_ANOTHER)


def _not_now(error: AbacoError) -> AbacoError:
    """Say of a renewal that failed that the sign-in goes on, and that what was wanted was not even begun."""
    if isinstance(error, APIError) and not isinstance(error, RateLimited | ServiceFailed):
        # What the token endpoint refuses is nothing that the visitor asked for.
        error = ServiceFailed(error.detail)
    if error.kind == "unknown-outcome":
        error.kind, error.advice = type(error).kind, type(error).advice
    error.changed = "no"
    error.user_message = "The Actors API cannot renew your session right now. You are still signed in."
    return error.ask_to_wait(error.retry_after)


@lru_cache(maxsize=64)
def client_for(tenant: Tenant) -> AbacoClient:
    """Return this process's one client of a tenant, with its pool of connections."""
    return AbacoClient(tenant.url, tenant.version, limits=Limits(body=settings.MAX_BODY_BYTES))


def tenant_of(person: Credentials) -> Tenant:
    """Return the tenant that somebody is signed in at; raise SignedOut where there is none at that API any more."""
    tenant = origins.tenant_at(person.tenant)
    if tenant is None:
        raise SignedOut("no tenant at the API of these credentials")
    return tenant


def signed_in(request: HttpRequest) -> Credentials:
    """Return who is signed in; raise SignedOut when nobody is."""
    user = SessionCredentials.of(request).current
    if user is None:
        raise SignedOut
    return user


def abaco_for(request: HttpRequest) -> Abaco:
    """Return the API as this visitor may use it.

    Raises SignedOut when nobody is signed in, and Busy when too many pages wait for the API already.
    """
    credentials = SessionCredentials.of(request)
    if credentials.current is None:
        raise SignedOut
    bulkhead.enter(request)
    user = credentials.current
    return Abaco(client_for(tenant_of(user)), credentials, observer=Capabilities(user.tenant, user.username))
