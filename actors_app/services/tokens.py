"""Tokens: getting them for a password or for a code, and new ones for a refresh token. Nothing is kept here."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from actors_app.services.caller import unreadable
from actors_app.services.calls import Call
from actors_app.services.client import AbacoClient
from actors_app.services.dialects import Tokens, basic_auth
from actors_app.services.errors import (
    CallError,
    ClientRefused,
    CodeRefused,
    InvalidRequest,
    PortalRefused,
    ServiceFailed,
    SignedOut,
    WrongPassword,
)
from actors_app.services.jsons import UnreadableJSON, load_json
from actors_app.services.urls import upstream_url

_TOKEN = re.compile(r"[\x21-\x7e]+", re.ASCII)


def password(client: AbacoClient, key: str, secret: str, username: str, password: str) -> Tokens:
    """Return tokens for a user name and a password, by the portal's OAuth client. `POST /token`.

    Raises WrongPassword when they are refused, and otherwise what any call raises.
    """
    grant = {"grant_type": "password", "username": username, "password": password}
    return _ask(client, key, secret, grant, WrongPassword)


def authorize_url(client: AbacoClient, key: str, redirect_uri: str, state: str, verifier: str) -> str:
    """Return the address of the API's own sign-in page, from which a person comes back with a code (RFC 6749, 7636)."""
    params = {
        "response_type": "code",
        "client_id": key,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        "scope": client.dialect.scope,
    }
    query = urlencode({name: value for name, value in params.items() if value})
    return f"{client.root}{upstream_url(*client.dialect.authorize_path).path}?{query}"


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def code(client: AbacoClient, key: str, secret: str, code: str, redirect_uri: str, verifier: str) -> Tokens:
    """Return tokens for the code that the API's sign-in page gave; it is good once. `POST /token`.

    Raises CodeRefused when it is refused, and otherwise what any call raises.
    """
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return _ask(client, key, secret, grant, CodeRefused)


def refresh(client: AbacoClient, key: str, secret: str, refresh_token: str) -> Tokens:
    """Return new tokens for a refresh token, which may be of no more use afterwards. `POST /token`.

    Raises SignedOut when it is refused, PortalRefused when the portal's OAuth client is, and otherwise what any call
    raises.
    """
    grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    try:
        return _ask(client, key, secret, grant, SignedOut)
    except ClientRefused as caught:
        detail = caught.detail
    # A new OAuth client has other refresh tokens, so no later renewal could succeed with this one.
    raise PortalRefused(detail)


def _ask(client: AbacoClient, key: str, secret: str, grant: Mapping[str, str], refused: type[CallError]) -> Tokens:
    call = Call(
        "POST",
        upstream_url(*client.dialect.token_path),
        body=urlencode(client.dialect.token_form(grant)).encode("ascii"),
        content_type="application/x-www-form-urlencoded",
        is_brief=grant["grant_type"] == "refresh_token",
        is_for_tokens=True,
    )
    refusal: CallError | None = None
    try:
        reply = client.send(call, basic_auth(key, secret))
    except (InvalidRequest, SignedOut) as caught:
        refusal = caught
    # The API's words may name the person, so only our own go on.
    if refusal and client.dialect.refuses_grant(refusal.reason or ""):
        raise refused(refusal.detail)
    if refusal and client.dialect.refuses_client(refusal.reason or ""):
        raise ClientRefused(refusal.detail)
    if refusal:
        raise ServiceFailed(refusal.detail, user_message=ClientRefused.user_message, advice=ClientRefused.advice)
    try:
        issued = client.dialect.tokens(load_json(reply.body))
    except UnreadableJSON:
        issued = None
    # What no header can carry is no token, whatever it is called.
    if issued is None or not _TOKEN.fullmatch(issued.access_token):
        raise unreadable(call, "no token")
    return issued if _TOKEN.fullmatch(issued.refresh_token or "") else replace(issued, refresh_token=None)
