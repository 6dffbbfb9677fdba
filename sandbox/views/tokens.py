"""`POST /token`: the gateway's own endpoint, with the password and refresh grants. No envelope here."""

import base64
import binascii
import json
import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sandbox import times
from sandbox.access import digest
from sandbox.models import Person, Token

CLIENT = ("sandbox", "sandbox")
REFRESH_DAYS = 365


def give_token(person: str, kind: str = "access") -> str:
    """Make a token for somebody and return its secret, which is kept nowhere."""
    secret = secrets.token_hex(16)
    lifetime = timedelta(seconds=settings.SANDBOX_TOKEN_SECONDS)
    if kind == "refresh":
        lifetime = timedelta(days=REFRESH_DAYS)
    Token.objects.create(digest=digest(secret), person=person, kind=kind, expires_at=times.now() + lifetime)
    return secret


def token_create(request: HttpRequest) -> HttpResponse:
    """Answer `POST /token`: tokens for a password, or for a refresh token, which is thereby used up."""
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
    if grant == "refresh_token":
        old = Token.objects.filter(digest=digest(request.POST.get("refresh_token", "")), kind="refresh").first()
        if old is None or not Token.objects.filter(digest=old.digest).delete()[0]:
            return _refused("invalid_grant", "Persisted access token data not found")
        return _tokens(old.person)
    return _refused("unsupported_grant_type", f"Unsupported grant type: {grant}")


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
