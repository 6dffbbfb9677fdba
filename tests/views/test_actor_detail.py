"""The page of one actor: one wave of five calls, and a status that follows."""

from typing import Any

import pytest
from django.test import Client

from tests.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    actor_payload,
    execution_row,
    listing_payload,
    nonce_payload,
    worker_payload,
)

URL = f"/actors/{ACTOR_ID}/"
API = f"/actors/v2/{ACTOR_ID}"


def answer(api: Any, *, actor: dict[str, Any] | None = None, **without: bool) -> None:
    """Answer the wave; a panel named in `without` fails."""
    api.get(API, actor or actor_payload())
    answers = {
        "messages": {"messages": 4, "_links": {}},
        "workers": [worker_payload(), worker_payload(id="second", status="BUSY")],
        "executions": listing_payload(execution_row(), totalRuntime=7265, totalCpu=3_000_000_000, totalExecutions=1),
        "nonces": [nonce_payload(), nonce_payload(id="TACC-PROD_another", remainingUses=0)],
    }
    for name, result in answers.items():
        if name in without:
            api.refuse("GET", f"{API}/{name}", "Something broke.", status=500)
        else:
            api.get(f"{API}/{name}", result)


def test_it_works(signed_in: Client, api: Any) -> None:
    answer(api)
    response = signed_in.get(URL)
    assert response.status_code == 200
    page = response.content.decode()
    assert "word-count" in page
    assert "abacosamples/wc" in page
    assert '<strong class="num">4</strong> messages wait' in page
    assert '<strong class="num">1</strong> of 2 nonces' in page
    assert "2 h 1 min" in page
    assert f'href="{URL}executions/{EXECUTION_ID}/"' in page
    assert f'hx-get="{URL}executions/?recent=10" hx-trigger="load"' in page
    assert "Ended, any exit code" in page
    assert len(api.asked) == 5


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.get(URL)["Location"].startswith("/sign-in/")


def test_an_unknown_actor_is_not_found(signed_in: Client, api: Any) -> None:
    for part in ("", "/messages", "/workers", "/executions", "/nonces"):
        api.refuse("GET", API + part, f"Actor TACC-PROD_{ACTOR_ID} does not exist")
    assert signed_in.get(URL).status_code == 404


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        ("messages", "The mailbox could not be read"),
        ("workers", "The workers could not be loaded"),
        ("executions", "The executions could not be loaded"),
        ("nonces", "The nonces could not be loaded"),
    ],
)
def test_a_panel_that_fails_leaves_the_rest(signed_in: Client, api: Any, panel: str, words: str) -> None:
    answer(api, **{panel: True})
    response = signed_in.get(URL)
    assert response.status_code == 200
    page = response.content.decode()
    assert words in page
    assert "abacosamples/wc" in page
    assert page.count("data-unavailable") == 1


def test_an_actor_in_error_says_why(signed_in: Client, api: Any) -> None:
    answer(api, actor=actor_payload(status="ERROR", statusMessage="Image <x> was not found."))
    page = signed_in.get(URL).content.decode()
    assert "Image &lt;x&gt; was not found." in page
    assert "nothing runs" in page
    assert 'hx-trigger="every 3s"' not in page


@pytest.mark.parametrize("status", ["SUBMITTED", "SHUTTING_DOWN"])
def test_a_status_that_passes_is_followed(signed_in: Client, api: Any, status: str) -> None:
    answer(api, actor=actor_payload(status=status))
    assert f'hx-get="{URL}?poll=1" hx-trigger="every 3s"' in signed_in.get(URL).content.decode()


@pytest.mark.parametrize(("status", "code"), [("SUBMITTED", 200), ("READY", 286), ("ERROR", 286)])
def test_the_poll_ends_when_nothing_more_comes(
    signed_in: Client, api: Any, htmx: dict[str, str], status: str, code: int
) -> None:
    api.get(API, actor_payload(status=status, statusMessage="because"))
    response = signed_in.get(f"{URL}?poll=1", headers=htmx)
    assert response.status_code == code
    assert response["X-Poll-State"]
    assert b"<html" not in response.content
    assert (b"because" in response.content) == (status == "ERROR")


def test_the_poll_of_a_deleted_actor_says_so_and_ends(signed_in: Client, api: Any, htmx: dict[str, str]) -> None:
    api.refuse("GET", API, f"Actor TACC-PROD_{ACTOR_ID} does not exist")
    response = signed_in.get(f"{URL}?poll=1", headers=htmx)
    assert response.status_code == 286
    assert b"Deleted" in response.content


def test_an_actor_without_executions_teaches_the_first_step(signed_in: Client, api: Any) -> None:
    api.get(API, actor_payload())
    api.get(f"{API}/messages", {"messages": 0})
    api.get(f"{API}/workers", [])
    api.get(f"{API}/executions", listing_payload())
    api.get(f"{API}/nonces", [])
    page = signed_in.get(URL).content.decode()
    assert "Nothing has run yet" in page
    assert "No worker runs." in page
    assert "No message waits." in page


def test_htmx_without_a_poll_gets_the_page(signed_in: Client, api: Any, htmx: dict[str, str]) -> None:
    answer(api)
    response = signed_in.get(URL, headers=htmx)
    assert response.status_code == 200
    assert b"<html" in response.content
