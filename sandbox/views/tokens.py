"""`POST /token` of the gateway, which has no envelope, and `POST /v3/oauth2/tokens` of Tapis, which has one."""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sandbox import claims, codes, times
from sandbox.access import digest
from sandbox.answers import NO_SUCH_METHOD, Refusal, refused, success
from sandbox.bodies import read_json
from sandbox.dialect import V2, V2_DIALECT
from sandbox.models import Person, Token

CLIENT = ("sandbox", "sandbox")
REFRESH_DAYS = 365


def give_token(person: str, kind: str = "access", secret: str = "") -> str:
    """Make a token for somebody and return its secret, which is kept nowhere."""
    secret = secret or secrets.token_hex(16)
    Token.objects.create(digest=digest(secret), person=person, kind=kind, expires_at=times.now() + _lifetime(kind))
    return secret


def give_access_token(person: str, dialect: V2) -> str:
    """Make an access token for somebody, of the kind that a version takes."""
    return str(_tapis_token(person, "access", dialect)["access_token"]) if dialect.has_claims else give_token(person)


def token_create(request: HttpRequest) -> HttpResponse:
    """Answer `POST /token`: tokens for a password, a code, or a refresh token, which is thereby used up."""
    if request.method != "POST":
        return _refused("invalid_request", "The token endpoint takes POST.", 405)
    if _client(request) != CLIENT:
        return _refused("invalid_client", "A valid OAuth client could not be found for client_id.", 401)
    grant = request.POST.get("grant_type", "")
    Token.objects.filter(expires_at__lt=times.now()).delete()
    if grant == "password":
        name = request.POST.get("username", "")
        person = Person.objects.filter(name=name, password=request.POST.get("password", "")).first()
        if person is None:
            return _refused("invalid_grant", f"Authentication failed for {name}")
        return _tokens(person.name)
    if grant == "authorization_code":
        whose = _of_code(request.POST.dict(), V2_DIALECT)
        return (
            _tokens(whose)
            if whose
            else _refused("invalid_grant", "Invalid authorization code received from token request")
        )
    if grant == "refresh_token":
        old = Token.objects.filter(digest=digest(request.POST.get("refresh_token", "")), kind="refresh").first()
        if old is None or not Token.objects.filter(digest=old.digest).delete()[0]:
            return _refused("invalid_grant", "Persisted access token data not found")
        return _tokens(old.person)
    return _refused("unsupported_grant_type", f"Unsupported grant type: {grant}")


def tapis_token_create(request: HttpRequest, dialect: V2) -> HttpResponse:
    """Answer `POST /v3/oauth2/tokens`, with a form or JSON, as the Tapis authenticator does (its `TokensResource`).

    Without a client a password gives no refresh token; a refresh token stays good after its use.
    """
    try:
        if request.method != "POST":
            raise Refusal(NO_SUCH_METHOD, 405)
        person = _person(request, dialect)
    except Refusal as refusal:
        return refused(dialect, refusal)
    Token.objects.filter(expires_at__lt=times.now()).delete()
    kinds = ["access", "refresh"] if _client(request) else ["access"]
    result = {f"{kind}_token": _tapis_token(person, kind, dialect) for kind in kinds}
    response = success(dialect, "Token created successfully.", result)
    response["Cache-Control"] = "no-store"
    return response


def _person(request: HttpRequest, dialect: V2) -> str:
    """Return whose tokens are asked for; raise the 400 of whoever may not have them."""
    read = read_json(request, dialect)
    given = {name: str(value) for name, value in (read if isinstance(read, dict) else request.POST).items()}
    grant, client = given.get("grant_type"), _client(request)
    if not grant:
        raise Refusal("Missing the required grant_type parameter.")
    if client != CLIENT and not (client is None and grant == "password"):
        raise Refusal(f"Invalid client credentials: {client[0] if client else None}.")
    if grant == "password":
        if not given.get("username") or not given.get("password"):
            raise Refusal(
                "Missing required payload data; username and password are required for the password grant type."
            )
        if not Person.objects.filter(name=given["username"], password=given["password"]).exists():
            raise Refusal("Invalid username/password combination.")
        return given["username"]
    if grant == "authorization_code":
        for name, shown in (("redirect_uri", "redirect_uri"), ("code", "authorization_code")):
            if not given.get(name):
                raise Refusal(f"Required {shown} parameter missing.")
        whose = _of_code(given, dialect)
        if whose is None:
            raise Refusal("authorization code not valid.")
        return whose
    if grant == "refresh_token":
        if not given.get("refresh_token"):
            raise Refusal("Required refresh_token parameter missing.")
        alive = Token.objects.filter(expires_at__gt=times.now(), kind="refresh")
        old = alive.filter(digest=digest(given["refresh_token"])).first()
        if old is None:
            raise Refusal("Invalid refresh_token.")
        return old.person
    raise Refusal("Invalid grant_type")


def _of_code(given: Mapping[str, Any], dialect: V2) -> str | None:
    return codes.redeem(
        str(given.get("code", "")),
        dialect.prefix,
        str(given.get("redirect_uri", "")),
        str(given.get("code_verifier", "")),
    )


def _lifetime(kind: str) -> timedelta:
    return timedelta(days=REFRESH_DAYS) if kind == "refresh" else timedelta(seconds=settings.SANDBOX_TOKEN_SECONDS)


def _tapis_token(person: str, kind: str, dialect: V2) -> dict[str, Any]:
    lifetime, jti = _lifetime(kind), secrets.token_hex(16)
    ends = datetime.now(UTC) + lifetime
    own = {
        "jti": jti,
        "iss": f"{settings.SANDBOX_URL}/v3/tokens",
        "sub": f"{person}@{dialect.tenant}",
        "tapis/tenant_id": dialect.tenant,
        "tapis/token_type": kind,
        "tapis/account_type": "user",
        "tapis/username": person,
        "exp": int(ends.timestamp()),
    }
    return {
        f"{kind}_token": give_token(person, kind, claims.write(own)),
        "expires_at": ends.isoformat(),
        "expires_in": int(lifetime.total_seconds()),
        "jti": jti,
    }


def _client(request: HttpRequest) -> tuple[str, str] | None:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind != "Basic":
        return None
    try:
        key, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return key, secret


def _tokens(person: str) -> HttpResponse:
    body = {
        "access_token": give_token(person),
        "refresh_token": give_token(person, "refresh"),
        "expires_in": settings.SANDBOX_TOKEN_SECONDS,
        "token_type": "bearer",
        "scope": "default",
    }
    return HttpResponse(json.dumps(body), "application/json", headers={"Cache-Control": "no-store"})


def _refused(error: str, description: str, status: int = 400) -> HttpResponse:
    body = {"error": error, "error_description": description}
    return HttpResponse(json.dumps(body), "application/json", status)
