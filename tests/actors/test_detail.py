"""The page of one actor: one gather of five calls, what the history knows, and a status that follows."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.support.payloads import (
    ACTOR_ID,
    actor_payload,
    execution_payload,
    execution_row,
    listing_payload,
    nonce_payload,
    search_payload,
    worker_payload,
)

URL = f"/actors/{ACTOR_ID}/"
API = f"/actors/v2/{ACTOR_ID}"


def answer(
    api: Any, *, actor: dict[str, Any] | None = None, levels: dict[str, Any] | None = None, **without: bool
) -> None:
    """Answer the gathered calls; a panel named in `without` fails."""
    api.get(API, actor or actor_payload())
    answers = {
        "messages": {"messages": 4, "_links": {}},
        "workers": [worker_payload(), worker_payload(id="second", status="BUSY")],
        "nonces": [nonce_payload(), nonce_payload(id="TACC-PROD_another", remainingUses=0)],
        "permissions": levels or {"jdoe": "UPDATE", "bob": "READ", "eve": "NONE", "a": {"b": "READ"}},
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
    for tab, words in {
        "messages": "4 messages",
        "workers": "1 Ready 1 Busy",
        "nonces": "1 active",
        "permissions": "2 users",
    }.items():
        count = re.search(rf'<dd><a (?:class="row" )?href="{URL}{tab}/">(.*?)</a>', page, re.DOTALL)
        assert count
        assert re.sub("<[^>]+>", "", count[1]).split() == words.split()
    assert "and administrators, nonce holders; not public" in page
    assert f'<span class="mono" id="actor-id">{ACTOR_ID}</span> <button' in page
    assert len(api.asked) == 5


def test_an_actor_that_is_shared_with_everybody_says_so(signed_in: Client, api: Any) -> None:
    answer(api, levels={"ABACO_WORLD": "READ", "jdoe": "UPDATE"})
    assert "everyone in the tenant has full control" in signed_in.get(URL).content.decode()


def test_executions_that_were_never_read_are_loaded_or_read_by_a_link(signed_in: Client, api: Any) -> None:
    answer(api)
    page = signed_in.get(URL).content.decode()
    assert "Execution history not synced yet." in page
    assert f'<a class="btn" href="{URL}executions/?window=all">Load executions</a>' in page
    assert f'hx-get="{URL}executions/?recent=10" hx-trigger="load"' in page


def read(api: Any, *numbers: int, **changes: Any) -> None:
    """Answer a first look at the actor's history, with executions of so many hours ago; every third failed."""
    at = {n: datetime.now(UTC) - timedelta(hours=n, seconds=2) for n in numbers}
    words = {n: f"{at[n]:%a, %d %b %Y %H:%M:%S} GMT" for n in numbers}
    times = ("messageReceivedTime", "startTime", "finishTime")
    rows = [execution_row(id=f"Ex{n:05}", **dict.fromkeys(times, words[n])) for n in numbers]
    whole = [
        execution_payload(
            id=f"Ex{n:05}",
            exitCode=3 if n % 3 == 0 else 0,
            **dict.fromkeys(times, f"{at[n]:%Y-%m-%dT%H:%M:%S.000Z}"),
            **changes,
        )
        for n in numbers
    ]
    api.get(f"{API}/executions", listing_payload(*rows))
    if numbers:
        api.get(f"{API}/executions", search_payload(*whole))


def test_the_panel_brings_the_newest_with_their_outcomes_and_the_chart(
    signed_in: Client, api: Any, htmx: dict[str, str]
) -> None:
    api.get(API, actor_payload())
    read(api, *range(1, 13))
    response = signed_in.get(f"{URL}executions/?recent=10", headers=htmx)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert re.findall(r">(Ex\d+)</a>", page) == [f"Ex{n:05}" for n in range(1, 11)]
    assert page.count("Failed, exit 3") == 3
    assert 'id="actor-history" hx-swap-oob="true"' in page
    assert numbers(page) == {
        "Executions (24 h)": ("12", f"{URL}executions/"),
        "Failed (24 h)": ("4 33.3%", f"{URL}executions/?outcome=failed,error,oom"),
        "Last 14 days": ("12", re.findall(rf'"({URL}executions/\?from=[^"&]*)"', page)[0]),
        "All executions": ("12", f"{URL}executions/?window=all"),
    }


def numbers(page: str) -> dict[str, tuple[str, str]]:
    """Return the numbers on the chart by their labels, each with the list that it leads to."""
    shown = re.findall(r'<a href="([^"]*)"><b>(.*?)</b> <span>(.*?)</span></a>', page)
    return {label: (re.sub("<[^>]+>", "", number), href) for href, number, label in shown}


def test_what_is_known_stands_on_the_page_without_a_call_for_it(
    signed_in: Client, api: Any, htmx: dict[str, str]
) -> None:
    api.get(API, actor_payload())
    read(api, 1, 2, 3)
    signed_in.get(f"{URL}executions/?recent=10", headers=htmx)
    api.wire.reset()
    answer(api)
    page = signed_in.get(URL).content.decode()
    assert [request.url.rpartition("/")[2] for request in api.asked].count("executions") == 0
    assert re.findall(r">(Ex\d+)</a>", page) == ["Ex00001", "Ex00002", "Ex00003"]
    assert numbers(page)["Last 14 days"][0] == "3"
    assert '<svg class="plot bars"' in page
    assert re.search(rf'href="{URL}executions/\?[^"]*outcome=failed', page)
    assert 'Executions <span class="count num">3</span>' in page


def test_the_panel_says_when_the_api_could_not_be_asked_again(
    signed_in: Client, api: Any, htmx: dict[str, str]
) -> None:
    api.get(API, actor_payload())
    read(api, 1)
    signed_in.get(f"{URL}executions/?recent=10", headers=htmx)
    from actors_app.history.models import ActorHistory

    ActorHistory.objects.update(looked=0)
    api.wire.reset()
    api.refuse("GET", f"{API}/executions", "Something broke.", status=500)
    response = signed_in.get(f"{URL}executions/?recent=10", headers=htmx)
    assert response.status_code == 200
    assert b"Showing cached data" in response.content
    assert b"Ex00001" in response.content


def test_the_panel_of_nothing_known_fails_as_an_alert(signed_in: Client, api: Any, htmx: dict[str, str]) -> None:
    api.get(API, actor_payload())
    api.refuse("GET", f"{API}/executions", "Something broke.", status=500)
    response = signed_in.get(f"{URL}executions/?recent=10", headers=htmx)
    assert response.status_code == 502
    assert b"data-alert" in response.content


def test_the_panel_asked_for_as_a_page_is_the_list(signed_in: Client, db: None) -> None:
    assert signed_in.get(f"{URL}executions/?recent=10")["Location"] == f"{URL}executions/"


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.get(URL)["Location"].startswith("/sign-in/")


def test_an_unknown_actor_is_not_found(signed_in: Client, api: Any) -> None:
    for part in ("", "/messages", "/workers", "/nonces", "/permissions"):
        api.refuse("GET", API + part, f"Actor TACC-PROD_{ACTOR_ID} does not exist")
    assert signed_in.get(URL).status_code == 404


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        ("messages", "Could not load mailbox"),
        ("workers", "Could not load workers"),
        ("nonces", "Could not load nonces"),
        ("permissions", "Could not load permissions"),
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
    assert "not processed" in page
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


def test_an_actor_without_executions_teaches_the_first_step(signed_in: Client, api: Any, htmx: dict[str, str]) -> None:
    api.get(API, actor_payload())
    api.get(f"{API}/messages", {"messages": 0})
    api.get(f"{API}/workers", [])
    api.get(f"{API}/nonces", [])
    api.get(f"{API}/permissions", {})
    page = signed_in.get(URL).content.decode()
    assert f'<a href="{URL}workers/">None</a> <span class="muted">one starts when a message arrives</span>' in page
    assert '<span class="num">0</span> messages' in page
    read(api)
    panel = signed_in.get(f"{URL}executions/?recent=10", headers=htmx).content.decode()
    assert "No executions yet" in panel
    assert f'href="{URL}messages/">Send message' in panel
    assert "No executions in the last 14 days." in panel


def test_htmx_without_a_poll_gets_the_page(signed_in: Client, api: Any, htmx: dict[str, str]) -> None:
    answer(api)
    response = signed_in.get(URL, headers=htmx)
    assert response.status_code == 200
    assert b"<html" in response.content


def test_the_latest_changes_are_shown_without_messages(signed_in: Client, api: Any) -> None:
    answer(api)
    assert "Latest changes" not in signed_in.get(URL).content.decode()
    api.post(f"{API}/messages", {"executionId": "abc123abc123a", "msg": "hi"})
    api.post(f"{API}/nonces", nonce_payload())
    for number, (place, form) in enumerate({"messages/": {"kind": "text", "message": "hi"}, "nonces/": {}}.items()):
        form |= {"level": "EXECUTE", "max_uses": "1", "write_key": f"{number:032x}"}
        assert signed_in.post(URL + place, form).status_code in (200, 302)
    page = signed_in.get(URL).content.decode().partition("Latest changes")[2].partition("</section>")[0]
    assert re.findall(r'<bdi class="name">(.*?)</bdi> (.*?)</span>', page) == [
        ("jdoe", "created a nonce for this actor"),
    ]


def test_a_favorite_is_marked_in_the_head(signed_in: Client, api: Any) -> None:
    answer(api)
    star = r'<button type="submit" form="favorites" class="star" name="(\w+)"[^>]*="(true|false)"'
    assert re.findall(star, signed_in.get(URL).content.decode()) == [("add", "false")]
    assert signed_in.post("/account/favorites/", {"add": ACTOR_ID, "next": URL})["Location"] == URL
    assert re.findall(star, signed_in.get(URL).content.decode()) == [("remove", "true")]
