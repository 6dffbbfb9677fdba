"""Seeing one worker."""

import pytest
from django.test import Client

from tests.conftest import API
from tests.support.payloads import ACTOR_ID, WORKER_ID, actor_payload, worker_payload

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/workers/{WORKER_ID}/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
WORKER = f"{ACTOR}/workers/{WORKER_ID}"


def opens(api: API) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/workers", [])
    api.get(f"{ACTOR}/messages", {"messages": 0})


def test_it_works(api: API, signed_in: Client) -> None:
    opens(api)
    api.get(WORKER, worker_payload())
    page = signed_in.get(URL).content.decode()
    for fact in ("Ready", "172.17.0.1", "1ed19cd6aa70", "abacosamples/wc", "23 Nov 2026, 16:20:56 UTC"):
        assert fact in page
    assert f'href="{URL}stop/"' in page
    assert "every 3s" not in page


def test_a_worker_that_starts_is_polled(api: API, signed_in: Client) -> None:
    opens(api)
    api.get(WORKER, {"id": WORKER_ID, "status": "PULLING IMAGE", "lastExecutionTime": "None"})
    page = signed_in.get(URL).content.decode()
    assert "Pulling image" in page
    assert "—" in page
    assert f'hx-get="{URL}?poll=1" hx-trigger="every 3s"' in page


def test_a_poll_ends_when_the_worker_is_ready(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.get(WORKER, worker_payload())
    answer = signed_in.get(URL + "?poll=1", headers=htmx)
    assert answer.status_code == 286
    assert "Ready" in answer.content.decode()


def test_a_poll_ends_when_the_worker_is_gone(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.refuse("GET", WORKER, "Worker not found.", 404)
    answer = signed_in.get(URL + "?poll=1", headers=htmx)
    assert answer.status_code == 286
    assert "This worker has stopped." in answer.content.decode()


def test_it_shows_a_refusal(api: API, signed_in: Client) -> None:
    opens(api)
    api.refuse("GET", WORKER, "Worker not found.", 404)
    answer = signed_in.get(URL)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "This worker has stopped" in page
    assert f'href="/actors/{ACTOR_ID}/workers/"' in page


def test_of_an_actor_that_is_gone_it_says_so(api: API, signed_in: Client) -> None:
    api.refuse("GET", ACTOR, "Actor not found.", 404)
    api.refuse("GET", WORKER, "Actor not found.", 404)
    answer = signed_in.get(URL)
    assert answer.status_code == 404
    assert "This worker has stopped" not in answer.content.decode()


def test_it_survives_silence(api: API, signed_in: Client) -> None:
    opens(api)
    api.is_silent("GET", WORKER)
    assert signed_in.get(URL).status_code == 502


def test_it_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    opens(api)
    api.get(WORKER, worker_payload(image="<img src=x>"))
    fragment = signed_in.get(URL, headers=htmx).content.decode()
    assert fragment.startswith('<dl class="facts">')
    assert "<img" not in fragment


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.get(URL).headers["Location"].startswith("/sign-in/")
