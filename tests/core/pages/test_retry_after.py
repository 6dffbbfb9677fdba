"""How long the API asks to wait: in the words and in the header of every answer that its failure ends."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import responses
from django.core.cache import cache
from django.test import Client

from actors_app.services.breaker import breaker_of
from tests.bulk.actors.support import Wire, order, outcomes
from tests.conftest import API
from tests.faults.world import A, E, N, W
from tests.support import payloads
from tests.support.json_api import Caller
from tests.support.payloads import ACTOR_ID, EXECUTION_ID

pytestmark = [pytest.mark.django_db]

PAGES = (
    "/",
    "/actors/",
    "/aliases/",
    "/nonces/",
    "/administration/",
    "/mailboxes/",
    "/search/?q=x",
    *(A + page for page in ("", "configuration/", "edit/", "delete/", "messages/", "workers/", "executions/")),
    *(A + page for page in ("nonces/", "permissions/", "state/", "schedule/", "revisions/")),
    *(E + page for page in ("", "logs/", "logs/?download=1", "halt/", "results/", "evidence/")),
    *(W, W + "stop/", N, N + "delete/"),
)
POLLS = (A, A + "messages/", A + "workers/", W, E + "status/")
FORMS: dict[str, dict[str, Any]] = {
    A + "messages/": {"kind": "text", "message": "x"},
    A + "nonces/": {"level": "READ", "max_uses": "1"},
    E + "halt/": {},
    W + "stop/": {},
    A + "permissions/": {"user": "ada", "level": "READ"},
}
ROOT = "/api/v1/"
RESOURCES = (
    "actors/",
    "aliases/",
    *(f"actors/{ACTOR_ID}/{path}" for path in ("", "workers/", "nonces/")),
    *(f"actors/{ACTOR_ID}/executions/{EXECUTION_ID}/{path}" for path in ("", "logs/")),
)


@pytest.fixture
def ill() -> Iterator[dict[str, Any]]:
    """An API that answers every call with `status` and `wait` as its Retry-After, which a test may change."""
    how: dict[str, Any] = {"status": 503, "wait": "120"}

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        if request.url.endswith("/admin-role-probe"):
            return 400, {}, json.dumps(payloads.refusal("Abaco Admin role required."))
        breaker_of.cache_clear()  # each is to meet the failure itself
        return how["status"], {"Retry-After": how["wait"]}, "{}"

    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        for method in ("GET", "POST", "PUT", "DELETE"):
            wire.add_callback(method, re.compile(re.escape(payloads.API) + "/.*"), callback=answer)
        yield how


def body_of(answer: Any) -> str:
    """Return an answer's text, of a streamed one too."""
    return b"".join(answer).decode()


def test_every_page_and_part_says_how_long_to_wait(signed_in: Client, ill: dict[str, Any]) -> None:
    silent = []
    for status in (429, 503):
        ill["status"] = status
        asks = [(page, {}) for page in PAGES] + [(f"{page}?poll=1", {"HX-Request": "true"}) for page in POLLS]
        for address, headers in asks:
            cache.clear()
            answer = signed_in.get(address, headers=headers)
            if (answer.headers.get("Retry-After"), "2 minutes" in body_of(answer)) != ("120", True):
                silent.append((status, address, answer.status_code, answer.headers.get("Retry-After")))
    assert silent == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_form_says_how_long_to_wait_and_what_came_of_it(
    signed_in: Client, ill: dict[str, Any], status: int, htmx: dict[str, str]
) -> None:
    ill["status"] = status
    silent = []
    for address, typed in FORMS.items():
        answer = signed_in.post(address, typed | {"write_key": "0" * 31 + str(len(silent))}, headers=htmx)
        text = body_of(answer)
        if (answer.headers.get("Retry-After"), "2 minutes" in text) != ("120", True):
            silent.append((address, answer.status_code, text))
    assert silent == []


def test_a_write_of_unknown_outcome_says_both(signed_in: Client, ill: dict[str, Any]) -> None:
    answer = signed_in.post(A + "messages/", FORMS[A + "messages/"])
    assert (answer.status_code, answer.headers["Retry-After"]) == (502, "120")
    assert "The API asks you to wait 2 minutes." in answer.text
    assert "Check before you retry." in answer.text


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_sign_in_says_how_long_to_wait(client: Client, ill: dict[str, Any], status: int, caplog: Any) -> None:
    ill["status"] = status
    forms = {"/sign-in/": {"username": "jdoe", "password": "p"}, "/sign-in/token/": {"access_token": "a-token"}}
    for number, (address, typed) in enumerate(forms.items(), 1):
        answer = client.post(address, {"tenant": "default"} | typed)
        assert answer.headers.get("Retry-After") == "120", address
        assert "The API asks you to wait 2 minutes." in answer.text
        assert len(caplog.records) == number, "the log has a line with the number that the page shows"
        assert re.search(r"Request ID ([0-9a-f]{12})", answer.text)[1] in caplog.messages[-1]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_program_is_told_in_words_and_in_the_header(signed_in: Client, ill: dict[str, Any], status: int) -> None:
    caller = Caller(signed_in)
    ill["status"] = status
    answers = [caller.get(ROOT + path) for path in RESOURCES]
    answers.append(caller.post(f"{ROOT}actors/{ACTOR_ID}/messages/", {"text": "x"}))
    for answer in answers:
        problem = answer.json()
        assert answer.headers["Retry-After"] == "120", problem
        assert "The API asks you to wait 2 minutes." in problem["detail"]
        assert answer.status_code == (503 if status == 429 else 502)


LONG = format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True)
PAST = format_datetime(datetime.now(UTC) - timedelta(days=2), usegmt=True)


@pytest.mark.parametrize(
    ("wait", "header", "words"),
    [
        ("1", "1", "1 second."),
        ("89", "89", "89 seconds."),
        ("86400", "3600", "60 minutes."),
        # Ids of their own: with the moment in them, two workers would not collect the same tests.
        pytest.param(LONG, "3600", "60 minutes.", id="a date in two days"),
        pytest.param(PAST, None, "", id="a date of two days ago"),
        *((nonsense, None, "") for nonsense in ("0", "-5", "soon", "", "1.5", "120, 120", "9" * 30, "\u0661")),
    ],
)
def test_either_form_is_read_and_nonsense_is_not(
    signed_in: Client, ill: dict[str, Any], wait: str, header: str | None, words: str
) -> None:
    ill.update(status=502, wait=wait)
    answer = signed_in.get(A + "configuration/")
    assert answer.headers.get("Retry-After") == header
    assert ("asks you to wait" in answer.text) is bool(words)
    assert f"asks you to wait {words}" in answer.text or not words


def test_other_failures_pass_nothing_on(signed_in: Client, ill: dict[str, Any]) -> None:
    for status in (400, 404, 500):
        ill["status"] = status
        answer = signed_in.get(A + "configuration/")
        assert "Retry-After" not in answer.headers
        assert "2 minutes" not in answer.text


@pytest.mark.parametrize("status", [429, 503])
def test_an_act_on_many_waits_and_keeps_the_turns(signed_in: Client, api: API, status: int) -> None:
    wire = Wire(api, "v2")
    wire.has("a1", "b2")
    url = order(signed_in, "purge", "a1", "b2")
    for actor in ("a1", "b2"):
        wire.forget("GET", f"/{actor}/messages")
        api.answer("GET", f"/actors/v2/{actor}/messages", json={}, status=status, headers={"Retry-After": "120"})
    answer = signed_in.post(url)
    assert answer.headers["Retry-After"] == "120"
    assert "The API asks you to wait 2 minutes." in answer.text
    assert outcomes() == [("a1", "waiting"), ("b2", "waiting")]
    step = Caller(signed_in).post(f"{ROOT}bulk/{url.split('/')[-2]}/step/")
    assert step.headers["Retry-After"] == "120"
    assert "The API asks you to wait 2 minutes." in step.json()["waits_because"]
    assert wire.sent() == []
