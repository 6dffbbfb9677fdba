"""Seeing an actor's workers and asking for more."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from responses.matchers import query_param_matcher

from tests.conftest import API
from tests.support.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    WORKER_ID,
    actor_payload,
    execution_payload,
    listing_payload,
    search_payload,
    worker_payload,
)

pytestmark = pytest.mark.django_db
URL = f"/actors/{ACTOR_ID}/workers/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
WORKERS = f"{ACTOR}/workers"


def opens(api: API, *workers: dict[str, object], **actor: object) -> None:
    api.get(ACTOR, actor_payload(**actor))
    api.get(WORKERS, list(workers))
    api.get(f"{ACTOR}/messages", {"messages": 0})


def test_it_works(api: API, signed_in: Client) -> None:
    opens(
        api,
        worker_payload(),
        {"id": "Starting1", "status": "SPAWNER SETUP", "lastExecutionTime": "None", "lastHealthCheckTime": "None"},
        worker_payload(id="Stopping1", status="SHUTDOWN_REQUESTED"),
    )
    page = signed_in.get(URL).content.decode()
    assert f'href="{URL}{WORKER_ID}/"' in page
    assert f'href="{URL}{WORKER_ID}/stop/"' in page
    assert f'href="{URL}Stopping1/stop/"' not in page
    assert "3 workers: 1 ready, 0 busy, 1 stopping" in page
    assert "23 Nov 2026, 16:20:56 UTC" in page
    assert "Starting" in page
    assert f'hx-get="{URL}?poll=1" hx-trigger="every 3s"' in page


@pytest.mark.parametrize("workers", [[], [worker_payload()]])
def test_workers_are_polled_since_others_start_them(api: API, signed_in: Client, workers: list[Any]) -> None:
    opens(api, *workers)
    assert f'hx-get="{URL}?poll=1" hx-trigger="every 3s"' in signed_in.get(URL).content.decode()


def test_no_workers_is_explained(api: API, signed_in: Client) -> None:
    opens(api)
    assert "One starts automatically when a message arrives." in signed_in.get(URL).content.decode()


def test_the_page_stands_without_the_workers(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/messages", {"messages": 0})
    api.is_silent("GET", WORKERS)
    page = signed_in.get(URL).content.decode()
    assert "Could not load workers" in page
    assert 'name="num"' in page


@pytest.mark.parametrize("status", ["BUSY", "SHUTTING_DOWN", "READY"])
def test_a_poll_shows_the_workers_and_goes_on(api: API, signed_in: Client, htmx: dict[str, str], status: str) -> None:
    started = datetime.now(UTC) - timedelta(minutes=3, seconds=5)
    api.get(WORKERS, [worker_payload(status=status, createTime=started.isoformat().replace("+00:00", "Z"))])
    answer = signed_in.get(URL + "?poll=1", headers=htmx)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert WORKER_ID in answer.content.decode()
    assert ">3 minutes</span>" in answer.content.decode()  # an age, not a moment


def test_a_poll_ends_when_the_actor_is_gone(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    api.refuse("GET", WORKERS, f"Actor with identifier '{ACTOR_ID}' not found", 404)
    assert signed_in.get(URL + "?poll=1", headers=htmx).status_code == 286


def test_a_missing_actor_is_a_page_of_its_own(api: API, signed_in: Client) -> None:
    api.refuse("GET", ACTOR, f"Actor with identifier '{ACTOR_ID}' not found", 404)
    api.refuse("GET", WORKERS, f"Actor with identifier '{ACTOR_ID}' not found", 404)
    assert signed_in.get(URL).status_code == 404


def scaled(api: API, browser: Client, num: int, said: str, *after: dict[str, object]) -> str:
    api.post(WORKERS, None, message=said)
    opens(api, *after)
    answer = browser.post(URL, {"num": str(num)})
    assert answer.headers["Location"] == URL
    assert [json.loads(call.body) for call in api.asked if call.method == "POST"] == [{"num": num}]
    return browser.get(URL).content.decode()


def test_more_workers_are_counted_afresh(api: API, signed_in: Client) -> None:
    said = "Scheduled 1 new worker(s) to start. Previously, there were 1 workers."
    page = scaled(api, signed_in, 2, said, worker_payload(), worker_payload(id="New1", status="REQUESTED"))
    assert "Starting workers (target: 2). Currently 2 workers." in page


def test_fewer_workers_changes_nothing_and_says_how_to(api: API, signed_in: Client) -> None:
    said = f"Actor {ACTOR_ID} already had 1 worker(s)."
    page = scaled(api, signed_in, 1, said, worker_payload(), worker_payload(id="Other1"))
    assert "No change. Currently 2 workers." in page
    assert "stop workers below" in page


def test_an_outcome_that_cannot_be_counted_is_still_said(api: API, signed_in: Client) -> None:
    api.post(WORKERS, None, message="Scheduled 1 new worker(s) to start.")
    api.is_silent("GET", WORKERS)
    assert signed_in.post(URL, {"num": "1"}).status_code == 302
    api.wire.reset()
    opens(api)
    assert "Starting workers (target: 1)." in signed_in.get(URL).content.decode()


@pytest.mark.parametrize("num", ["-5", "0", "101", "1.5", "1e2", "", "ten", "9" * 5000])
def test_it_shows_form_errors_and_asks_the_api_nothing(api: API, signed_in: Client, num: str) -> None:
    answer = signed_in.post(URL, {"num": num})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a whole number from 1 to 100." in page
    assert f'value="{num}"' in page or num == ""
    assert "Workers not loaded" in page
    assert api.asked == []


def test_a_second_worker_of_a_stateful_actor_is_refused_before_the_call(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload(stateless=False))
    answer = signed_in.post(URL, {"num": "2"})
    assert answer.status_code == 422
    assert "Stateful actors" in answer.content.decode()
    assert [call.method for call in api.asked] == ["GET"]


def test_more_workers_than_the_actor_may_have_are_refused_before_the_call(api: API, signed_in: Client) -> None:
    opens(api, maxWorkers=3)
    page = signed_in.get(URL).content.decode()
    assert "Maximum: 3." in page
    api.wire.reset()
    api.get(ACTOR, actor_payload(maxWorkers=2))  # whatever the page knew when it was opened
    answer = signed_in.post(URL, {"num": "3", "seen": "old"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["num"]
    assert "This actor&#x27;s maximum is 2 workers" in answer.content.decode()
    assert 'value="3"' in answer.content.decode()
    assert {call.method for call in api.asked} == {"GET"}


def test_more_workers_are_not_asked_for_where_the_actor_cannot_be_read(api: API, signed_in: Client) -> None:
    api.is_silent("GET", ACTOR)
    answer = signed_in.post(URL, {"num": "3"})
    assert answer.status_code == 502
    assert 'value="3"' in answer.content.decode()
    assert "Nothing was changed." in answer.content.decode()
    assert {call.method for call in api.asked} == {"GET"}


def test_it_shows_a_refusal(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.refuse("POST", WORKERS, "Not authorized -- only admins are authorized to update workers.")
    answer = signed_in.post(URL, {"num": "2"})
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()
    assert 'value="2"' in answer.content.decode()


def test_it_survives_silence(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload())
    api.is_silent("POST", WORKERS)
    answer = signed_in.post(URL, {"num": "2"})
    assert answer.status_code == 502
    assert "We do not know whether this succeeded" in answer.content.decode()
    assert [call.method for call in api.asked] == ["GET", "POST"]


def test_it_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    answer = signed_in.post(URL, {"num": "0"}, headers=htmx)
    assert answer.status_code == 422
    assert answer.content.decode().startswith('<section class="card" id="scale"')


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.put(URL).status_code == 405


def test_it_needs_credentials(client: Client) -> None:
    assert client.get(URL).headers["Location"].startswith("/sign-in/")


def test_a_busy_worker_leads_to_the_execution_it_runs(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    runs = execution_payload(id=EXECUTION_ID, status="RUNNING", workerId=WORKER_ID, actorId=ACTOR_ID)
    other = execution_payload(id="Other1", status="RUNNING", workerId="Another1", actorId=ACTOR_ID)
    opens(api, worker_payload(status="BUSY"), worker_payload(id="Idle1"))
    api.get(f"{ACTOR}/executions", search_payload(other, runs))
    link = f'href="/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"'
    page = signed_in.get(URL).content.decode()
    assert page.count("running execution") == page.count(link) == 1
    asked = next(request for request in api.asked if "/executions" in request.url)
    assert "status=RUNNING" in asked.url
    assert link in signed_in.get(URL + "?poll=1", headers=htmx).content.decode()
    api.get(f"{WORKERS}/{WORKER_ID}", worker_payload(status="BUSY"))
    assert link in signed_in.get(f"{URL}{WORKER_ID}/").content.decode()


def test_what_a_busy_worker_runs_is_read_from_the_listing_where_the_search_shows_nothing(
    api: API, signed_in: Client
) -> None:
    """As for an administrator without an entry in the permissions."""
    runs = execution_payload(id=EXECUTION_ID, status="RUNNING", workerId=WORKER_ID, actorId=ACTOR_ID)
    opens(api, worker_payload(status="BUSY"))
    api.get(
        f"{ACTOR}/executions",
        search_payload(),
        match=[query_param_matcher({"status": "RUNNING", "limit": 100, "skip": 0})],
    )
    api.get(f"{ACTOR}/executions", listing_payload(runs), match=[query_param_matcher({})])
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", runs)
    assert f'href="/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"' in signed_in.get(URL).content.decode()


def test_the_workers_are_shown_where_what_they_run_is_not_answered(api: API, signed_in: Client) -> None:
    opens(api, worker_payload(status="BUSY"))
    api.is_silent("GET", f"{ACTOR}/executions")
    answer = signed_in.get(URL)
    assert (answer.status_code, "running execution" in answer.content.decode()) == (200, False)
