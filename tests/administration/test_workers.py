"""The workers of all actors."""

import re

import pytest
from django.test import Client

from tests.administration.support import ADMIN, URL, WORKERS, asked, is_admin, is_none, lists, minutes_ago
from tests.conftest import API
from tests.support.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    WORKER_ID,
    actor_payload,
    admin_actor_payload,
    execution_payload,
    search_payload,
    worker_payload,
)

pytestmark = pytest.mark.django_db


def test_others_see_the_workers_of_the_search(api: API, signed_in: Client) -> None:
    is_none(api)
    api.get("/actors/v2", [actor_payload()])
    api.get("/actors/v2/search/workers", search_payload(worker_payload(actorId=ACTOR_ID), total=1234))
    page = signed_in.get(WORKERS).content.decode()
    assert ">word-count<" in page
    assert "1\N{NARROW NO-BREAK SPACE}233 more are not shown" in page
    assert "as the API&#x27;s search gives them" in page or "Workers of actors you have access to" in page
    assert asked(api, f"{ADMIN}/workers") == 0


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["W2", "W1"]),
        ("?show=ready", ["W1"]),
        ("?show=stuck", ["W2"]),
        ("?show=starting", ["W2"]),
        ("?show=busy", []),
        ("?q=w1", ["W1"]),
        ("?q=word", ["W2", "W1"]),
        ("?show=nonsense", ["W2", "W1"]),
    ],
)
def test_workers_are_filtered(api: API, signed_in: Client, htmx: dict[str, str], query: str, shown: list[str]) -> None:
    is_admin(api)
    ready = worker_payload(id="W1", actorId=ACTOR_ID)
    stuck = worker_payload(id="W2", actorId=ACTOR_ID, status="REQUESTED", createTime=minutes_ago(9))
    lists(api, admin_actor_payload(), workers=[ready, stuck])
    fragment = signed_in.get(WORKERS + query, headers=htmx).content.decode()
    assert "<html" not in fragment
    assert re.findall(r'class="name mono" href="[^"]*">(W\d)<', fragment) == shown
    assert ("No workers match these filters" in fragment) == (not shown)


def test_a_busy_worker_leads_to_the_execution_it_runs(api: API, signed_in: Client) -> None:
    is_none(api)
    api.get("/actors/v2", [actor_payload()])
    api.get("/actors/v2/search/workers", search_payload(worker_payload(actorId=ACTOR_ID, status="BUSY")))
    runs = execution_payload(actorId=ACTOR_ID, workerId=WORKER_ID, status="RUNNING")
    api.get("/actors/v2/search/executions", search_payload(runs))
    page = signed_in.get(WORKERS).content.decode()
    assert f'href="/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"' in page


def test_no_workers_teach(api: API, signed_in: Client) -> None:
    is_none(api)
    api.get("/actors/v2", [])
    api.get("/actors/v2/search/workers", search_payload())
    assert "No workers" in signed_in.get(WORKERS).content.decode()


def test_a_search_that_fails_is_shown(api: API, signed_in: Client) -> None:
    is_none(api)
    api.get("/actors/v2", [])
    api.refuse("GET", "/actors/v2/search/workers", "no", 500)
    answer = signed_in.get(WORKERS)
    assert answer.status_code == 502
    assert "Could not load workers" in answer.content.decode()


@pytest.mark.parametrize("address", [URL, WORKERS])
def test_it_needs_credentials_and_rejects_the_wrong_method(client: Client, signed_in: Client, address: str) -> None:
    assert client.get(address).headers["Location"].startswith("/sign-in/")
    assert signed_in.post(address).status_code == 405
