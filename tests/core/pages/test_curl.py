"""The lines for a shell: what a shell reads of them is what was typed, and no token is in them."""

import json
import shlex
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, RequestFactory

from actors_app.core.pages.snippets import Curl
from actors_app.core.security.sessions import SessionStore
from actors_app.services.errors import SignedOut
from tests.support.payloads import ACTOR_ID, NONCE_ID


@pytest.fixture
def curl(signed_in: Client) -> Curl:
    request = RequestFactory().get("/")
    request.session = SessionStore(signed_in.session.session_key)
    return Curl(request, ACTOR_ID)


@pytest.mark.parametrize("text", ['it\'s; rm -rf / "$HOME" `id`\n\N{PILE OF POO}', "\u202e"])
def test_a_shell_reads_what_was_typed(curl: Curl, text: str) -> None:
    line = curl.message("text", text, {"A'B": text})
    words = shlex.split(line)
    assert line.isascii()
    assert json.loads(words[words.index("--data-binary") + 1]) == {"message": text}
    assert parse_qs(urlsplit(words[-1]).query) == {"A'B": [text]}
    assert "Authorization: Bearer $TOKEN" in words


def test_json_goes_as_it_is(curl: Curl) -> None:
    words = shlex.split(curl.message("json", {"a": None}, {}))
    assert words[words.index("--data-binary") + 1] == '{"a": null}'
    assert words[-1] == f"https://api.example.org/actors/v2/{ACTOR_ID}/messages"


def test_a_file_and_a_long_message_are_named(curl: Curl) -> None:
    assert "--data-binary @FILE" in curl.message("file", None, {})
    assert "application/octet-stream" in curl.message("file", None, {})
    assert "--data-binary @message.json" in curl.message("text", "x" * 5000, {})


def test_a_nonce_stands_in_place_of_a_token(curl: Curl) -> None:
    for line in (curl.message_with_nonce(NONCE_ID), curl.actor_with_nonce(NONCE_ID)):
        assert parse_qs(urlsplit(shlex.split(line)[-1]).query) == {"x-nonce": [NONCE_ID]}
        assert "Authorization" not in line


def test_it_is_for_somebody_who_is_signed_in(db: None) -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    with pytest.raises(SignedOut):
        Curl(request, ACTOR_ID)
