"""The token endpoint: what is asked, what is read, and what a refusal means."""

import base64
import socket
import time

import pytest
import requests
import responses

from actors_app.services import AbacoClient, tokens
from actors_app.services.calls import Limits
from actors_app.services.errors import (
    AbacoError,
    BadAnswer,
    RateLimited,
    ServiceFailed,
    SignedOut,
    TimedOut,
    WrongPassword,
)
from tests.services.conftest import ROOT, RawServer, Start, http

URL = f"{ROOT}/token"
KEY, SECRET = "portal", "client-canary"
GIVEN = {"access_token": "access-canary", "refresh_token": "refresh-canary", "expires_in": 14400}


@responses.activate
def test_a_password_is_exchanged_for_tokens(client: AbacoClient) -> None:
    responses.post(URL, json={**GIVEN, "token_type": "bearer", "scope": "default"})
    found = tokens.password(client, KEY, SECRET, "jdoe", "p&ss wörd")
    assert (found.access_token, found.refresh_token, found.expires_in) == (
        "access-canary",
        "refresh-canary",
        14400,
    )
    assert "canary" not in repr(found)
    request = responses.calls[0].request
    assert request.body == b"grant_type=password&username=jdoe&password=p%26ss+w%C3%B6rd&scope=PRODUCTION"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    pair = base64.b64encode(b"portal:client-canary").decode()
    assert request.headers["Authorization"] == f"Basic {pair}"


@responses.activate
def test_a_refresh_token_is_exchanged_for_new_ones(client: AbacoClient) -> None:
    responses.post(URL, json=GIVEN)
    assert tokens.refresh(client, KEY, SECRET, "old-one").access_token == "access-canary"
    body = b"grant_type=refresh_token&refresh_token=old-one&scope=PRODUCTION"
    assert responses.calls[0].request.body == body


@responses.activate
@pytest.mark.parametrize("status", [400, 401])
def test_a_refused_grant_is_a_wrong_password_or_the_end_of_a_sign_in(client: AbacoClient, status: int) -> None:
    said = {"error": "invalid_grant", "error_description": "Authentication failed for jdoe"}
    responses.post(URL, json=said, status=status)
    with pytest.raises(WrongPassword) as wrong:
        tokens.password(client, KEY, SECRET, "jdoe", "password-canary")
    with pytest.raises(SignedOut) as ended:
        tokens.refresh(client, KEY, SECRET, "refresh-canary")
    for caught in (wrong, ended):
        error = caught.value
        assert (error.reason, error.changed, error.__context__) == (None, "no", None)
        assert "canary" not in f"{error!r}{error.user_message}{error.detail}"
    assert "password" in wrong.value.user_message


@responses.activate
@pytest.mark.parametrize(
    ("status", "said", "error"),
    [
        (400, {"error": "invalid_scope"}, ServiceFailed),
        (400, {"error": "unsupported_grant_type"}, ServiceFailed),
        (500, {}, ServiceFailed),
        (503, {}, ServiceFailed),
        (429, {}, RateLimited),
        (302, {}, BadAnswer),
    ],
)
def test_another_refusal_ends_no_sign_in(
    client: AbacoClient, status: int, said: dict[str, str], error: type[AbacoError]
) -> None:
    responses.post(URL, json=said, status=status)
    with pytest.raises(error):
        tokens.refresh(client, KEY, SECRET, "r")
    with pytest.raises(error):
        tokens.password(client, KEY, SECRET, "jdoe", "p")
    assert len(responses.calls) == 2


@responses.activate
def test_a_portal_that_the_api_no_longer_knows_can_renew_nothing(client: AbacoClient) -> None:
    responses.post(URL, json={"error": "invalid_client", "error_description": "unknown portal"}, status=401)
    with pytest.raises(SignedOut) as ended:
        tokens.refresh(client, KEY, SECRET, "refresh-canary")
    assert "rejected the portal's credentials" in ended.value.user_message
    assert ended.value.reason is None
    with pytest.raises(ServiceFailed) as failed:
        tokens.password(client, KEY, SECRET, "jdoe", "p")
    assert "portal administrator" in failed.value.advice


@responses.activate
def test_silence_ends_no_sign_in(client: AbacoClient) -> None:
    responses.post(URL, body=requests.ReadTimeout())
    with pytest.raises(TimedOut):
        tokens.refresh(client, KEY, SECRET, "r")
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"access_token": 7}', b"<html>", b'{"access_token": null}', b"[" * 9999]
)
def test_an_answer_without_a_token_is_a_bad_one(client: AbacoClient, body: bytes) -> None:
    responses.post(URL, body=body)
    with pytest.raises(BadAnswer):
        tokens.refresh(client, KEY, SECRET, "r")


@responses.activate
@pytest.mark.parametrize(
    ("given", "refresh", "expires"),
    [
        ({"access_token": "a"}, None, 0),
        ({"access_token": "a", "refresh_token": 7, "expires_in": "soon"}, None, 0),
        ({"access_token": "a", "refresh_token": "r", "expires_in": "3600"}, "r", 3600),
        ({"access_token": "a", "expires_in": -5}, None, 0),
        ({"access_token": "a", "expires_in": 10**30}, None, 0),
    ],
)
def test_a_new_token_is_kept_whatever_stands_beside_it(
    client: AbacoClient, given: dict[str, object], refresh: str | None, expires: int
) -> None:
    responses.post(URL, json=given)
    found = tokens.refresh(client, KEY, SECRET, "r")
    assert (found.access_token, found.refresh_token, found.expires_in) == ("a", refresh, expires)


def test_a_renewal_has_less_time_than_a_sign_in(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        time.sleep(1)
        connection.sendall(http(b'{"access_token": "a", "refresh_token": "r", "expires_in": 60}'))

    client = AbacoClient(raw(handle).url, limits=Limits(token=0.2, answer=60))
    with pytest.raises(TimedOut):
        tokens.refresh(client, KEY, SECRET, "r")
    assert tokens.password(client, KEY, SECRET, "jdoe", "p").access_token == "a"
