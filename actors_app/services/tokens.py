"""Tokens: getting them for a password, and new ones for a refresh token. Nothing is kept here."""

from collections.abc import Mapping
from urllib.parse import urlencode

from actors_app.services.caller import unreadable
from actors_app.services.calls import Call
from actors_app.services.client import AbacoClient
from actors_app.services.dialects import Tokens, basic_auth
from actors_app.services.errors import (
    AbacoError,
    APIError,
    ClientRefused,
    InvalidRequest,
    ServiceFailed,
    SignedOut,
    WrongPassword,
)
from actors_app.services.jsons import UnreadableJSON, load_json
from actors_app.services.urls import upstream_url


def password(client: AbacoClient, key: str, secret: str, username: str, password: str) -> Tokens:
    """Return tokens for a user name and a password, by the portal's OAuth client. `POST /token`.

    Raises WrongPassword when they are refused, and otherwise what any call raises.
    """
    grant = {"grant_type": "password", "username": username, "password": password}
    return _ask(client, key, secret, grant, WrongPassword)


def refresh(client: AbacoClient, key: str, secret: str, refresh_token: str) -> Tokens:
    """Return new tokens for a refresh token, which may be of no more use afterwards. `POST /token`.

    Raises SignedOut when it, or the portal's OAuth client, is refused for good, and otherwise what any call raises.
    """
    grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    try:
        return _ask(client, key, secret, grant, SignedOut)
    except ClientRefused as caught:
        detail = caught.detail
    # A new OAuth client has other refresh tokens, so no later renewal could succeed with this one.
    raise SignedOut(
        detail,
        user_message="Your sign-in could not be renewed: the Actors API refuses this portal's own sign-in.",
        advice="Sign in again; if that fails too, tell the people who run this portal.",
    )


def _ask(client: AbacoClient, key: str, secret: str, grant: Mapping[str, str], refused: type[AbacoError]) -> Tokens:
    call = Call(
        "POST",
        upstream_url(*client.dialect.token_path),
        body=urlencode(client.dialect.token_form(grant)).encode("ascii"),
        content_type="application/x-www-form-urlencoded",
        is_brief=grant["grant_type"] == "refresh_token",
    )
    refusal: APIError | None = None
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
        raise ServiceFailed(refusal.detail, user_message=ClientRefused.message, advice=ClientRefused.next_step)
    try:
        found = client.dialect.tokens(load_json(reply.body))
    except UnreadableJSON:
        found = None
    if found is None:
        raise unreadable(call, "no token")
    return found
