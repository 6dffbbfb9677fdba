"""Who asks: a browser's session, with proof that the request is its own, or a program with its own token.

A token is shown to the API once, which says whose it is; for a minute that is remembered under a keyed hash of it. It
is sent along with each call all the same, so the API refuses it the moment it is taken back. Nothing of it is kept.
"""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from actors_app.core import bulkhead
from actors_app.core.api.exceptions import Problem
from actors_app.core.requests import brings_token
from actors_app.core.security import credentials, origins
from actors_app.core.security.credentials import (
    BRING_ANOTHER,
    NOT_ACCEPTED,
    BroughtCredentials,
    Credentials,
    SessionCredentials,
    client_for,
)
from actors_app.core.security.crypto import digest
from actors_app.core.security.sessions import ADDRESS_CHANGED
from actors_app.services import Abaco
from actors_app.services.errors import InvalidToken, SignedOut
from portal.tenants import Tenant

REMEMBERED = 60  # seconds
_INVALID = "\0"  # remembered in place of a name where the API refuses the token by what is in it
_LONGEST = 8192  # characters of a token
TENANT_HEADER = "X-Portal-Tenant"


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer`, with the caller's own access token at the Actors API; no session counts beside it."""

    def authenticate(self, request: Request) -> tuple[Credentials, None] | None:
        """Return whose token it is; raise SignedOut where the API does not accept it."""
        http: HttpRequest = request._request
        tenant = tenant_of(http)
        if not brings_token(http):
            return None
        token = http.headers["Authorization"].partition(" ")[2].strip()
        if not token.isascii() or not token.isprintable() or " " in token or not 0 < len(token) <= _LONGEST:
            raise _refused("a token that cannot be one")
        owner = _owner(http, tenant or _only_tenant(), token)
        return owner, None

    def authenticate_header(self, request: Request) -> str:
        """Say how to sign in."""
        return 'Bearer realm="Actors Portal"'


class SessionAuthentication(BaseAuthentication):
    """The session of a browser that is signed in; what changes something needs the header `X-CSRFToken`."""

    def authenticate(self, request: Request) -> tuple[Credentials, None] | None:
        """Return who is signed in, if anybody; raise a problem where the request may be another site's."""
        http: HttpRequest = request._request
        user = SessionCredentials.of(http).current
        if user is None:
            if getattr(http.session, "is_elsewhere", False):
                raise SignedOut("a session of another API", user_message=ADDRESS_CHANGED)
            return None
        tenant, session_tenant = tenant_of(http), credentials.tenant_of(user)
        if tenant and tenant != session_tenant:
            raise Problem(
                400,
                "unknown-tenant",
                f"This session belongs to “{session_tenant.name}”, but {TENANT_HEADER} is “{tenant.name}”.",
                advice="Remove the header, or sign in to the other tenant.",
            )
        check = CSRFCheck(lambda _: None)
        check.process_request(http)
        if check.process_view(http, None, (), {}):
            raise Problem(
                403,
                "csrf",
                "Missing or invalid CSRF token.",
                advice="Send X-CSRFToken with `csrf_token` from GET /api/v1/, or use an access token.",
            )
        return user, None


class IsSignedIn(BasePermission):
    """Let nobody in who is not known."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Whether somebody is signed in."""
        return isinstance(request.user, Credentials)


def tenant_of(request: HttpRequest) -> Tenant | None:
    """Return the tenant that the request names, or None where it names none; raise a problem for one there is not."""
    name = request.headers.get(TENANT_HEADER)
    if name is None:
        return None
    if name not in settings.TENANTS:
        raise _unknown_tenant(f"Unknown tenant in {TENANT_HEADER}.")
    tenant: Tenant = settings.TENANTS[name]
    return tenant


def _only_tenant() -> Tenant:
    if len(settings.TENANTS) != 1:
        raise _unknown_tenant(f"This portal serves several Actors APIs. Choose one in {TENANT_HEADER}.")
    tenant: Tenant = next(iter(settings.TENANTS.values()))
    return tenant


def _unknown_tenant(detail: str) -> Problem:
    names = sorted(settings.TENANTS)
    return Problem(400, "unknown-tenant", detail, advice=f"Available: {', '.join(names)}.", tenants=names)


def _owner(request: HttpRequest, tenant: Tenant, token: str) -> Credentials:
    """Ask the API whose token it is, unless it said so, or refused it, within the last minute."""
    # Not remembered in clear: the name in the cache is a keyed hash of the token and of where it is good.
    memory = digest("actors.bearer", f"{tenant.name}\n{tenant.origin}\n{token}")
    username: str | None = cache.get(f"bearer:{memory}")
    if username is None:
        # Whoever only knocks binds no key to an address.
        BroughtCredentials.put(request, Credentials(origins.keys()[tenant.name], "", token), memory)
        bulkhead.enter(request)
        try:
            username = Abaco(client_for(tenant), SessionCredentials.of(request)).profile.me().username
        except InvalidToken:
            username = _INVALID
        except SignedOut:
            username = ""
        cache.set(f"bearer:{memory}", username, timeout=REMEMBERED)
    if username == _INVALID:
        raise InvalidToken("a token that the API refuses by what is in it", advice=BRING_ANOTHER)
    if not username:
        raise _refused("a token that the API refuses")
    owner = Credentials(origins.key_of(tenant), username, token)
    BroughtCredentials.put(request, owner, memory)
    return owner


def _refused(detail: str) -> SignedOut:
    return SignedOut(detail, user_message=NOT_ACCEPTED, advice=BRING_ANOTHER)
