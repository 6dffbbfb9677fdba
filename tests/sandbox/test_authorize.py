"""The sandbox's own sign-in page, for both versions: a code for whoever may have one, and only for them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.codes import challenge_of
from tests.sandbox.support import CLIENT, Sandbox

BACK = "http://127.0.0.1:8000/sign-in/callback/"
VERIFIER = "v" * 43
PAGES = {"v2": "/authorize", "v3": "/v3/oauth2/authorize"}
ENDPOINTS = {"v2": "/token", "v3": "/v3/oauth2/tokens"}
ASKED = {
    "client_id": "sandbox",
    "redirect_uri": BACK,
    "response_type": "code",
    "state": "st",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}
both = pytest.mark.parametrize("version", ["v2", "v3"])


def answered(sandbox: Sandbox, version: str, **changes: str) -> requests.Response:
    """Press Sign in on the page."""
    typed = {"username": "demo", "password": "demo", "answer": "allow"}
    address = sandbox.url + PAGES[version]
    return requests.post(address, ASKED | typed | changes, allow_redirects=False, timeout=60)


def sent_back(answer: requests.Response) -> dict[str, str]:
    """Return what an answer sends back to the program that asked."""
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(BACK + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def redeem(sandbox: Sandbox, version: str, code: str, **changes: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return requests.post(sandbox.url + ENDPOINTS[version], form | changes, auth=CLIENT, timeout=60)


def token_in(version: str, body: Any) -> str:
    return str(body["access_token"] if version == "v2" else body["result"]["access_token"]["access_token"])


@both
def test_a_code_is_good_once(sandbox: Sandbox, version: str) -> None:
    back = sent_back(answered(sandbox, version))
    assert back["state"] == "st"
    given = redeem(sandbox, version, back["code"])
    assert given.status_code == 200, given.text
    assert token_in(version, given.json())
    again = redeem(sandbox, version, back["code"])
    assert again.status_code == 400
    assert "code" in again.text


@both
@pytest.mark.parametrize("changes", [{"code_verifier": "w" * 43}, {"code_verifier": ""}, {"redirect_uri": BACK + "x"}])
def test_a_code_is_for_who_asked(sandbox: Sandbox, version: str, changes: dict[str, str]) -> None:
    code = sent_back(answered(sandbox, version))["code"]
    assert redeem(sandbox, version, code, **changes).status_code == 400
    assert redeem(sandbox, version, code).status_code == 400, "a wrong attempt uses it up"


def test_a_code_of_one_version_is_none_of_the_other(sandbox: Sandbox) -> None:
    assert redeem(sandbox, "v3", sent_back(answered(sandbox, "v2"))["code"]).status_code == 400


@both
def test_the_page_shows_a_form_and_says_what_is_wrong(sandbox: Sandbox, version: str) -> None:
    page = requests.get(sandbox.url + PAGES[version], ASKED | {"state": '"><script>'}, timeout=60)
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert 'name="password"' in page.text
    wrong = answered(sandbox, version, password="no")
    assert wrong.status_code == 400
    assert "The user name or the password is wrong." in wrong.text
    assert 'value="demo"' in wrong.text


@both
def test_cancel_and_what_cannot_be_done_go_back_as_errors(sandbox: Sandbox, version: str) -> None:
    assert sent_back(answered(sandbox, version, answer="deny")) == {"error": "access_denied", "state": "st"}
    assert sent_back(answered(sandbox, version, response_type="token"))["error"] == "unsupported_response_type"
    assert sent_back(answered(sandbox, version, code_challenge_method="plain"))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "other"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "http://127.0.0.1.evil.example/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "http://[::1"},
        {"redirect_uri": ""},
    ],
)
def test_nobody_is_led_elsewhere(sandbox: Sandbox, changes: dict[str, str]) -> None:
    answer = answered(sandbox, "v2", **changes)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
