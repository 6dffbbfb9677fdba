"""The tokens of Tapis by their form: JSON Web Tokens, whose claims tell whose they are and of which tenant.

What is refused, in which order and in which words is that of `tapis-project/tapipy-tapisservice tapisservice/auth.py`.
Whether a token is genuine the store knows, which keeps what was given: in place of a signature stand random bytes.
"""

import base64
import json
import secrets
from typing import Any

from django.http import HttpRequest

from sandbox.answers import Crash, Refusal
from sandbox.dialect import V2

SITE = "tacc"
SERVICE_TENANT = "admin"  # whose accounts the services of Tapis have
TENANTS = {SERVICE_TENANT, "dev", "tacc"}  # of Abaco's own local configuration; the sandbox has one more
UNREADABLE = "Could not parse the Tapis access token."
UNKNOWN_TENANT = "Unable to process Tapis token; unexpected tenant_id."
NO_TENANT = (
    "Unable to process Tapis token; could not parse the tenant_id. It is possible the token is in a format no longer "
    "supported by the platform."
)
OTHER_SITE = "Invalid service token; target_site claim does not match this service's site_id."
BEHALF_OF_USER = "Invalid request; cannot set OBO headers with a user token."
Claims = dict[str, Any]


def write(claims: Claims) -> str:
    """Return a new token with these claims."""
    parts = [json.dumps(part).encode() for part in ({"typ": "JWT", "alg": "RS256"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, secrets.token_bytes(64)))


def read(token: str, dialect: V2, known: bool) -> Claims:
    """Return the claims of a token; raise the 400 of one that is none, or of a tenant that is not ours.

    One of three parts that the store knows may say nothing: then it is an ordinary user's.
    """
    try:
        _, body, _ = token.split(".")
    except ValueError:
        raise Refusal(UNREADABLE) from None
    try:
        claims = json.loads(base64.b64decode(body + "=="))
    except ValueError:
        if known:
            return {}
        raise Refusal(UNREADABLE) from None
    try:
        tenant = claims["tapis/tenant_id"]
    except KeyError:
        raise Refusal(NO_TENANT) from None
    except TypeError as error:
        raise Crash.of(error) from None
    if tenant not in TENANTS | {dialect.tenant}:
        raise Refusal(UNKNOWN_TENANT)
    return dict(claims)


def subject(request: HttpRequest, claims: Claims, dialect: V2, owner: str) -> str:
    """Return the user for whom a genuine token asks: a service says in headers on whose behalf, nobody else may."""
    tenant, user = request.headers.get("X-Tapis-Tenant"), request.headers.get("X-Tapis-User")
    if claims.get("tapis/account_type") != "service":
        if tenant or user:
            raise Refusal(BEHALF_OF_USER)
        return owner
    if claims.get("tapis/target_site") != SITE:
        raise Refusal(OTHER_SITE)
    for header, value in (("X-Tapis-Tenant", tenant), ("X-Tapis-User", user)):
        if not value:
            raise Refusal(f"Invalid service request; {header} header missing.")
    if tenant not in TENANTS | {dialect.tenant}:
        raise Refusal("invalid tenant id.")
    return str(user)
