"""The first page: is everything well?"""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from actors_app.core.security.models import Readable
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.services.dialects import V2
from actors_app.services.types import Execution
from tests.support.payloads import (
    ACTOR_ID,
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


def words(html: str) -> str:
    """Return the text of a piece of markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def problems(page: str) -> list[str]:
    """Return the problems that the page lists, in words."""
    listed = page.partition('<ul class="problems">')[2].partition("</ul>")[0]
    return [words(item) for item in listed.split("</li>") if words(item)]


def tile(page: str, label: str) -> tuple[str, str]:
    """Return the words of a count and the page it leads to."""
    tiles = re.findall(r'<a href="([^"]*)"><span class="k">(.*?)</span> <span class="v">(.*?)</a>', page, re.DOTALL)
    return next((words(value), unescape(url)) for url, name, value in tiles if words(name) == label)


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
    assert tile(page, "Running") == ("1", "/executions/?outcome=running&window=all")
    assert tile(page, "Waiting") == ("0", "/executions/?outcome=waiting&window=all")
    assert tile(page, "Executions (24 h)") == ("4", "/executions/")
    assert tile(page, "Failed (24 h)") == ("1 33.3%", "/executions/?outcome=failed,error,oom")
    assert tile(page, "Actors in error") == ("0 of 2", "/actors/?status=ERROR")
    assert tile(page, "Duration (p50)") == ("4 s p95 1 min", "/executions/?sort=-ran")
    assert "2 actors you can access in" in page
    assert "Failed, exit 3" in page
    assert f'href="/actors/{ACTOR_ID}/executions/third/"' in page
    assert "All clear. No actors in error, nothing stuck." in words(page)
    assert problems(page) == []
    running = page.partition('id="running-title"')[2]
    assert f'href="/actors/{ACTOR_ID}/executions/fourth/"' in running
    assert "1 of 3" in words(page.partition('id="by-actor-title"')[2])
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
    assert problems(page) == [
        "broken failed to start No such <image>. Fix image of broken",
        "stuck has no worker No worker started since it was submitted 1 hour ago. View workers of stuck",
    ]
    assert "<title>(2) Overview" in page
    assert 'href="/actors/bad/edit/"' in page
    assert 'href="/actors/slow/workers/"' in page
    assert "just-made" not in page


def test_it_says_when_it_saw_only_a_part(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run()], total=5195)
    page = signed_in.get(URL).content.decode()
    assert "based on the latest 1 of 5\N{NARROW NO-BREAK SPACE}195 executions" in page


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
    assert "No known problems." in page
    assert "All clear" not in page
    assert "Unavailable: executions in the last 24 hours, running executions." in page
    assert tile(page, "Waiting")[0] == "— Unknown"


def test_a_list_that_fails_leaves_the_rest(signed_in: Client, api: Any) -> None:
    api.is_silent("GET", "/actors/v2")
    world(api, None, [run()])
    response = signed_in.get(URL)
    assert response.status_code == 502
    page = response.content.decode()
    assert "Could not load actors" in page
    assert "All clear" not in page
    assert tile(page, "Actors in error")[0] == "— Unknown"
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


# Problems -----------------------------------------------------------------------------------------------------


def test_a_portal_without_problems_is_all_clear(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run()], workers=[worker_payload(actorId=ACTOR_ID)], aliases=[alias_payload()])
    page = signed_in.get(URL).content.decode()
    assert "All clear. No actors in error, nothing stuck, no failures in the last 24 hours." in words(page)
    assert "<title>Overview" in page
    assert "No executions running" in page
    assert "Unavailable" not in page


def test_each_problem_is_named_once_with_what_ends_it(signed_in: Client, api: Any) -> None:
    world(
        api,
        [actor_payload(name="slow-one"), actor_payload(id="bad", name="broken", status="ERROR", statusMessage="No.")],
        [run(exitCode=1), run(id="second", status="ERROR")],
        [
            *(waiting(60, id="w1"), waiting(90, id="w2"), waiting(1, id="w3"), waiting(60 * 25, id="w4")),
            waiting(60, id="w5", actorId="bad"),
        ],
        [
            worker_payload(actorId=ACTOR_ID, status="PULLING IMAGE", createTime=at(30)),
            worker_payload(actorId=ACTOR_ID, id="fresh", status="PULLING IMAGE", createTime=at(1)),
        ],
        [alias_payload(alias="lost", actorId="gone"), alias_payload(alias="theirs", actorId="gone", owner="other")],
    )
    page = signed_in.get(URL).content.decode()
    assert problems(page) == [
        "broken failed to start 1 execution waiting, received 1 hour ago · No. Fix image of broken",
        "slow-one has a stuck worker Worker still starting (requested 30 minutes ago). View worker of slow-one",
        "slow-one is not processing messages 2 executions waiting, the oldest received 1 hour ago. Review of slow-one",
        "lost is a broken alias Target actor not found or not visible to you. Change target of lost",
    ]
    for link in (
        "/actors/bad/edit/",
        f"/actors/{ACTOR_ID}/executions/?outcome=waiting",
        "/executions/?outcome=failed,error,oom",
        "/aliases/lost/edit/",
    ):
        assert f'href="{link}"' in page
    assert tile(page, "Waiting")[0] == "5 oldest 1 d 1 h"


def test_the_executions_of_many_actors_that_wait_are_one_problem(signed_in: Client, api: Any) -> None:
    ids = [f"Actor{number}" for number in range(4)]
    world(api, [actor_payload(id=id_) for id_ in ids], (), [waiting(60, id=f"w{id_}", actorId=id_) for id_ in ids])
    page = signed_in.get(URL).content.decode()
    assert problems(page) == [
        "4 executions of 4 actors are waiting The oldest was received 1 hour ago. Review of 4 executions"
    ]
    assert 'href="/executions/?outcome=waiting">Review' in page


def test_the_bars_lead_to_the_executions_of_their_hour(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run(30), run(30, id="second", exitCode=2)])
    page = signed_in.get(URL).content.decode()
    hour = datetime.now(UTC) - timedelta(minutes=30)
    assert f'href="/executions/?from={hour:%Y-%m-%dT%H}%3A00&amp;to=' in page
    assert "&amp;outcome=failed" in page


def test_an_administrator_is_told_how_many_actors_are_covered(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run()])
    for number in range(3):
        ActorHistory.objects.create(tenant="default", actor_id=f"other{number}", name="x")
    page = signed_in.get(URL).content.decode()
    assert "1 actor you can access in" in page
    Readable.objects.update_or_create(tenant="default", username="jdoe", defaults={"actors": "[]", "is_admin": True})
    assert "1 of 3 actors in" in words(signed_in.get(URL).content.decode())


def test_a_poll_answers_with_what_changes_alone(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload(status="ERROR")], [run()])
    answer = signed_in.get(URL + "?poll=1", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.headers["X-Poll-State"]
    assert page.lstrip().startswith("<title>(1) Overview")
    assert '<span id="live-at" class="num" hx-swap-oob="true">' in page
    assert "<h1>" not in page


def test_more_than_was_read_is_said_to_be_more(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run(exitCode=1)], unfinished=None, total=5000)
    api.get(SEARCH, search_payload(waiting(60), total=900), match=asks("status.in"))
    page = signed_in.get(URL).content.decode()
    assert tile(page, "Waiting")[0].startswith("at least ≥ 1")
    assert tile(page, "Failed (24 h)")[0].startswith("at least ≥ 1")


@pytest.mark.store
def test_what_the_search_leaves_out_is_counted_by_the_history(signed_in: Client, api: Any) -> None:
    actor = ActorHistory.objects.create(tenant="default", actor_id=ACTOR_ID, name="a", until=1, looked=1)
    failures = [run(60 + number, id=f"f{number}", exitCode=1) for number in range(7)]
    record(actor, [Execution.from_api(one, V2()) for one in failures])
    world(api, [actor_payload()], [run(exitCode=1)], total=5000)
    assert tile(signed_in.get(URL).content.decode(), "Failed (24 h)")[0].startswith("at least ≥ 7")


def test_the_calls_that_help_may_fail(signed_in: Client, api: Any) -> None:
    world(api, [actor_payload()], [run()], workers=None, aliases=None)
    api.refuse("GET", "/actors/v2/search/workers", "no", 500)
    api.refuse("GET", "/actors/v2/aliases", "no", 500)
    page = signed_in.get(URL).content.decode()
    assert "Unavailable: workers, aliases." in page
    assert "Recent executions" in page
