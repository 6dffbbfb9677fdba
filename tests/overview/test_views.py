"""The first page: is everything well?"""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.services.dialects import V2
from actors_app.services.types import Execution
from tests.support.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    actor_payload,
    alias_payload,
    execution_payload,
    search_payload,
    worker_payload,
)

URL = "/"
SEARCH = "/actors/v2/search/executions"


def at(minutes_ago: float) -> str:
    """Return a moment as the API writes it."""
    return (datetime.now(UTC) - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%S.%f")


def run(minutes_ago: float = 30, seconds: float = 4, **changes: Any) -> dict[str, Any]:
    """Return an execution of that age and length."""
    start = minutes_ago
    times = {
        "messageReceivedTime": at(start),
        "startTime": at(start),
        "finishTime": at(start - seconds / 60),
    }
    return execution_payload(**{**times, **changes})


def asks(word: str) -> Any:
    """Match a search by a word of its address."""
    return [lambda request: (word in request.url, f"no {word}")]


def world(
    api: Any,
    actors: Any = (),
    day: Any = (),
    unfinished: Any = (),
    workers: Any = (),
    aliases: Any = (),
    total: int | None = None,
) -> None:
    """Answer the five calls of the page; None leaves one to the test."""
    for path, found, word in (("/actors/v2", actors, ""), ("/actors/v2/aliases", aliases, "")):
        if found is not None:
            api.get(path, list(found), match=asks(word))
    if day is not None:
        api.get(SEARCH, search_payload(*day, total=total), match=asks("messageReceivedTime.gt"))
    if unfinished is not None:
        api.get(SEARCH, search_payload(*unfinished), match=asks("status.in"))
    if workers is not None:
        api.get("/actors/v2/search/workers", search_payload(*workers))


def waiting(minutes_ago: float, **changes: Any) -> dict[str, Any]:
    """Return an execution that has waited for so long."""
    nothing = {"startTime": None, "finishTime": None, "exitCode": None, "finalState": None, "workerId": None}
    return run(minutes_ago, **{"status": "SUBMITTED", **nothing, **changes})


def said(page: str) -> str:
    """Return the sentence on top in words."""
    text = page.partition('<p class="said">')[2].partition("</p>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", "", text)).split())


def test_it_works(signed_in: Client, api: Any) -> None:
    going = run(id="fourth", status="RUNNING", finishTime=None, startTime=None, exitCode=None)
    world(
        api,
        actors=[actor_payload(), actor_payload(id="other", status="SUBMITTED", lastUpdateTime=at(1))],
        day=[run(seconds=2), run(seconds=4, id="second"), run(seconds=60, id="third", exitCode=3), going],
        unfinished=[going],
    )
    response = signed_in.get(URL)
    assert response.status_code == 200
    page = response.content.decode()
    assert '?status=READY">1</a> <small>of 2</small>' in page
    assert '<dt>Executions (24 h)</dt><dd><a href="/executions/">4</a></dd>' in page
    assert 'outcome=failed,error,oom">1</a> <small class="down">33.3 %</small>' in page
    assert "4 s <small>p95 1 min</small>" in page
    assert "Failed, exit 3" in page
    assert f'href="/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"' in page
    assert "No actors need attention" in page
    assert said(page) == "Needs attention: 1 failed in 24 h"
    assert f'href="/actors/{ACTOR_ID}/executions/fourth/"' in page.partition("Running<")[2]
    assert "Received Received" not in page
    assert " ago, sent by " in page.partition("Running<")[2]
    assert len(api.asked) == 5


def test_the_search_asks_for_the_last_24_hours(signed_in: Client, api: Any) -> None:
    world(api)
    signed_in.get(URL)
    (search,) = [request for request in api.asked if "Time.gt" in request.url]
    since = datetime.fromisoformat(search.params["messageReceivedTime.gt"]).replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - since - timedelta(hours=24)) < timedelta(minutes=1)
    assert search.params["limit"] == "1000"


def test_it_names_what_needs_attention(signed_in: Client, api: Any) -> None:
    world(
        api,
        [
            actor_payload(id="bad", name="broken", status="ERROR", statusMessage="No such <image>."),
            actor_payload(id="slow", name="stuck", status="SUBMITTED", lastUpdateTime=at(60)),
            actor_payload(id="new", name="just-made", status="SUBMITTED", lastUpdateTime=at(2)),
        ],
    )
    page = signed_in.get(URL).content.decode()
    assert said(page) == "Needs attention: 1 actor in error · 1 actor without workers"
    assert "No such &lt;image&gt;." in page
    assert "stuck" in page
    assert "No worker started since" in page
    assert "just-made" not in page


def test_it_says_when_it_saw_only_a_part(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run()], total=5195)
    page = signed_in.get(URL).content.decode()
    assert "based on the latest 1 of 5\N{NARROW NO-BREAK SPACE}195" in page


def test_nothing_yet_teaches_the_first_step(signed_in: Client, api: Any) -> None:
    world(api)
    page = signed_in.get(URL).content.decode()
    assert "Welcome to Actors Portal" in page
    assert 'href="/actors/new/">Register actor' in page


def test_a_search_that_fails_leaves_the_rest(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], day=None, unfinished=None)
    api.refuse("GET", SEARCH, "Unrecognized exception type: <class 'pymongo.errors.OperationFailure'>.", 500)
    response = signed_in.get(URL)
    assert response.status_code == 200
    page = response.content.decode()
    assert "Could not load executions" in page
    assert "Could not load running executions" in page
    assert said(page) == "No known problems."
    assert "Unavailable: executions of the last 24 hours, running executions" in page


def test_a_list_that_fails_leaves_the_rest(signed_in: Client, api: Any) -> None:
    api.is_silent("GET", "/actors/v2")
    world(api, None, [run()])
    response = signed_in.get(URL)
    assert response.status_code == 502
    page = response.content.decode()
    assert "Could not load actors" in page
    assert said(page).startswith("Status unknown.")
    assert "Recent executions" in page


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.get(URL)["Location"].startswith("/sign-in/")


def test_a_token_that_is_refused_for_good_leads_to_sign_in(sign_in: Any, api: Any) -> None:
    for path in ("/actors/v2", SEARCH, "/actors/v2/aliases", "/actors/v2/search/workers"):
        api.refuse("GET", path, "No JWT or nonce provided.")
    response = sign_in(refresh_token="").get(URL)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


@pytest.mark.parametrize("value", ["<script>", "../../x"])
def test_hostile_ids_are_text_and_no_links(signed_in: Client, api: Any, value: str) -> None:
    hostile = {"actorId": value, "id": value, "executor": value}
    world(
        api,
        [actor_payload(name=value, status="ERROR", statusMessage=value)],
        [run(**hostile, exitCode=1)],
        [waiting(60, **hostile), run(**hostile, status="RUNNING")],
        [worker_payload(id=value, actorId=value, status="ERROR")],
        [alias_payload(alias=value, actorId="gone")],
    )
    page = signed_in.get(URL).content.decode()
    assert "<script>" not in page
    assert "/actors/../" not in page


# The sentence -------------------------------------------------------------------------------------------------


def test_everything_is_well_in_a_sentence(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run()], workers=[worker_payload(actorId=ACTOR_ID)], aliases=[alias_payload()])
    page = signed_in.get(URL).content.decode()
    assert said(page).startswith("All clear. No actors in error")
    assert "No executions running" in page
    assert "Unavailable" not in page


def test_each_trouble_is_counted_named_and_linked(signed_in: Client, api: Any) -> None:
    world(
        api,
        [actor_payload(name="slow-one")],
        [run(exitCode=1), run(id="second", status="ERROR")],
        [waiting(60, id="w1"), waiting(90, id="w2"), waiting(1, id="w3"), waiting(60 * 25, id="w4")],
        [
            worker_payload(actorId=ACTOR_ID, status="PULLING IMAGE", createTime=at(30)),
            worker_payload(actorId=ACTOR_ID, id="fresh", status="PULLING IMAGE", createTime=at(1)),
        ],
        [alias_payload(alias="lost", actorId="gone"), alias_payload(alias="theirs", actorId="gone", owner="other")],
    )
    page = signed_in.get(URL).content.decode()
    assert said(page) == ("Needs attention: 1 stuck worker · 2 executions waiting · 2 failed in 24 h · 1 broken alias")
    for link in (
        "/workers/?show=stuck",
        "/executions/?outcome=waiting",
        "/executions/?outcome=failed,error,oom",
        "/aliases/?show=mine",
    ):
        assert f'href="{link}"' in page
    assert "2 executions waiting; the oldest was received 1 hour ago." in page
    assert "Worker still starting (requested 30 minutes ago)." in page
    assert "theirs" not in page
    assert '<strong class="num">4</strong> waiting</a>' in page


def test_more_than_was_read_is_said_to_be_more(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run(exitCode=1)], unfinished=None, total=5000)
    api.get(SEARCH, search_payload(waiting(60), total=900), match=asks("status.in"))
    sentence = said(signed_in.get(URL).content.decode())
    assert "at least \u2265 1 execution waiting" in sentence
    assert "at least \u2265 1 failed" in sentence


@pytest.mark.store
def test_what_the_search_leaves_out_is_counted_by_the_history(signed_in: Client, api: Any) -> None:
    actor = ActorHistory.objects.create(tenant="default", actor_id=ACTOR_ID, name="a", until=1, looked=1)
    failures = [run(60 + number, id=f"f{number}", exitCode=1) for number in range(7)]
    record(actor, [Execution.from_api(one, V2()) for one in failures])
    world(api, [actor_payload()], [run(exitCode=1)], total=5000)
    assert "7 failed in 24 h" in said(signed_in.get(URL).content.decode())


def test_the_calls_that_help_may_fail(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run()], workers=None, aliases=None)
    api.refuse("GET", "/actors/v2/search/workers", "no", 500)
    api.refuse("GET", "/actors/v2/aliases", "no", 500)
    page = signed_in.get(URL).content.decode()
    assert "Unavailable: workers, aliases" in page
    assert "Recent executions" in page
