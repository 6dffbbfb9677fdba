"""Log lines: one JSON object each, with the request they belong to, and no secret; or text that keeps to its line."""

import json
import logging
import sys

import pytest
from django.conf import settings
from django.test import Client

from actors_app.core.pages.middleware import SessionUseMiddleware
from portal import logs


def record(message: str, *values: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("actors_app.errors", logging.WARNING, __file__, 1, message, values, None)
    made.__dict__.update(more)
    return made


def test_a_line_is_one_json_object() -> None:
    line = logs.JSONLine().format(record('said \n\u2028 %s "x"', "ä", fields={"status": 200}))
    assert "\n" not in line
    read = json.loads(line)
    assert read["message"] == 'said \n\u2028 ä "x"'
    assert (read["level"], read["logger"], read["status"]) == ("WARNING", "actors_app.errors", 200)
    assert read["time"].endswith("+00:00")
    assert "request" not in read


def test_text_cannot_pretend_to_be_another_line() -> None:
    line = logs.TextLine().format(record("said %s", "x\n2026-01-01 ERROR forged\x1b[31m"))
    assert "\n" not in line
    assert "\x1b" not in line
    assert "x\\n2026-01-01 ERROR forged\\x1b[31m" in line


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer HUSHHUSH1",
        "basic HUSHHUSH1==",
        "password=HUSHHUSH1",
        '{"access_token": "HUSHHUSH1"}',
        "client_secret: 'HUSHHUSH1'",
        "x-nonce=HUSHHUSH1&n=1",
        "GET /sign-in/callback/?code=HUSHHUSH1&state=HUSHHUSH1 failed",
        "postgres://portal:HUSHHUSH1@db:5432/portal",
        "Cookie: HUSHHUSH1",
        f"it is {settings.SECRET_KEY}",
        f"it is {settings.CREDENTIAL_KEYS[0]}",
        "it is portal-secret",
    ],
)
@pytest.mark.parametrize("name", logs.FORMATS)
def test_a_secret_is_removed(name: str, text: str) -> None:
    line = logs.formatter(name).format(record("%s", text))
    assert logs.GONE in line
    for secret in ("HUSHHUSH1", settings.SECRET_KEY, settings.CREDENTIAL_KEYS[0], "portal-secret"):
        assert secret not in line


@pytest.mark.parametrize("text", ["3 tokens were renewed.", "The nonce was not found", "GET /actors/ asked. Why? No."])
def test_other_words_stay(text: str) -> None:
    assert json.loads(logs.JSONLine().format(record("%s", text)))["message"] == text


@pytest.mark.parametrize("name", logs.FORMATS)
def test_a_trace_is_kept_and_redacted(name: str) -> None:
    try:
        raise RuntimeError("Bearer HUSHHUSH1")
    except RuntimeError:
        line = logs.formatter(name).format(record("it failed", exc_info=sys.exc_info()))
    assert "test_logs.py" in line
    assert "RuntimeError" in line
    assert "HUSHHUSH1" not in line


def test_each_line_of_a_request_carries_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def noted(self: object, request: object) -> None:
        seen.append(json.loads(logs.JSONLine().format(record("inside")))["request"])
        raise RuntimeError("stop here")

    monkeypatch.setattr(SessionUseMiddleware, "__call__", noted)
    answer = Client(raise_request_exception=False).get("/sign-in/", secure=True)
    assert answer.status_code == 500
    assert seen == [answer.headers["X-Request-ID"]]
    assert logs.request_id.get() == ""


@pytest.mark.parametrize(("behind", "address"), [("true", "192.0.2.7"), ("", "10.0.0.2")])
def test_the_address_is_the_one_that_the_proxy_saw(monkeypatch: pytest.MonkeyPatch, behind: str, address: str) -> None:
    monkeypatch.setenv("PORTAL_BEHIND_PROXY", behind)
    asked = {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 192.0.2.7"}
    assert logs._address(asked) == address
    assert logs._address({"REMOTE_ADDR": "10.0.0.2"}) == "10.0.0.2"
