"""Stopping a worker."""

import pytest
from django.test import Client

from tests.conftest import API
from tests.support.payloads import ACTOR_ID, WORKER_ID, actor_payload, execution_payload, worker_payload

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/workers/{WORKER_ID}/stop/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
WORKER = f"{ACTOR}/workers/{WORKER_ID}"


def opens(api: API, status: str = "READY") -> None:
    api.get(ACTOR, actor_payload())
    long_ago = dict.fromkeys(("createTime", "lastExecutionTime"), "2020-01-01T00:00:00.000Z")
    worker = worker_payload(status=status, **long_ago)
    api.get(WORKER, worker)
    api.get(f"{ACTOR}/workers", [worker])
    api.get(f"{ACTOR}/messages", {"messages": 0})
    if status == "BUSY":
        api.get(f"{ACTOR}/executions", {"search": [execution_payload(status="RUNNING", workerId=WORKER_ID)]})


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("READY", "Stop worker"),
        ("BUSY", "This worker is busy"),
        ("SHUTTING_DOWN", "was asked to stop, but has no process left"),
    ],
)
def test_it_asks_first(api: API, signed_in: Client, status: str, sentence: str) -> None:
    opens(api, status)
    page = signed_in.get(URL).content.decode()
    assert sentence in page
    assert page.index(">Cancel<") < page.index(">Stop worker</button>")


def test_it_works(api: API, signed_in: Client) -> None:
    api.delete(WORKER, None, message="Worker scheduled to be stopped.")
    answer = signed_in.post(URL)
    assert answer.headers["Location"] == f"/actors/{ACTOR_ID}/workers/"
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/workers", [])
    api.get(f"{ACTOR}/messages", {"messages": 0})
    assert f"Stopping worker {WORKER_ID}." in signed_in.get(answer.headers["Location"]).content.decode()


def test_it_works_with_htmx(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.delete(WORKER, None, message="Worker scheduled to be stopped.")
    assert signed_in.post(URL, headers=htmx).headers["HX-Redirect"] == f"/actors/{ACTOR_ID}/workers/"


def test_a_worker_of_another_actor_is_not_found(api: API, signed_in: Client) -> None:
    api.refuse("DELETE", WORKER, "Worker not found.", 404)
    answer = signed_in.post(URL)
    assert answer.status_code == 404
    assert "Nothing was changed." in answer.content.decode()


def test_it_shows_a_refusal(api: API, signed_in: Client) -> None:
    api.refuse("DELETE", WORKER, "Not authorized -- you do not have access to this actor.")
    answer = signed_in.post(URL)
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()
    assert "Stop worker" in answer.content.decode()


def test_it_survives_silence(api: API, signed_in: Client) -> None:
    api.is_silent("DELETE", WORKER)
    answer = signed_in.post(URL)
    assert answer.status_code == 502
    assert "We do not know whether this succeeded" in answer.content.decode()
    assert len(api.asked) == 1


def test_it_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    opens(api)
    fragment = signed_in.get(URL, headers=htmx).content.decode()
    assert fragment.startswith('<section class="card confirm" id="stop"')


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.delete(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.post(URL).headers["Location"].startswith("/sign-in/")
