"""Two executions side by side."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from actors_app.core.clock import to_ms
from actors_app.core.security.credentials import Credentials
from actors_app.executions import archive as result_archive
from actors_app.history.models import ActorHistory, ExecutionRecord
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from actors_app.services.times import parse_time
from tests.conftest import API
from tests.support.payloads import (
    ACTOR_ID,
    EXECUTION_ID,
    actor_payload,
    execution_payload,
    execution_row,
    listing_payload,
    search_payload,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
OTHER, OTHER_ACTOR = "0MuSNpU6GT7DQ", "OtherActor12x"
ACTOR = f"/actors/v2/{ACTOR_ID}"
JDOE = Credentials("default", "jdoe", "a")
PAIR = f"/compare/?a={ACTOR_ID}/{EXECUTION_ID}&b={ACTOR_ID}/{OTHER}"


def answers(api: API, execution: str, log: str = "", actor: str = ACTOR_ID, **changes: Any) -> None:
    here = f"/actors/v2/{actor}/executions/{execution}"
    api.get(here, execution_payload(id=execution, actorId=actor, **changes))
    api.get(f"{here}/logs", {"logs": log})


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_it_works(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload())
    answers(api, EXECUTION_ID, f"2026-11-24T10:00:00Z start {EXECUTION_ID}\nread 3 tiles\n")
    answers(api, OTHER, f"2026-11-24T11:00:00Z start {OTHER}\nread 4 <b>tiles\n", exitCode=3)
    answer = signed_in.get(PAIR)
    page = words(answer)
    assert answer.status_code == 200
    assert "1 line differs (ignoring times and IDs)" in page
    assert '<td class="r"><span class="sr">B only: </span>read 4 &lt;b&gt;tiles</td>' in page
    assert 'Exit code <span class="badge wait">' in page
    assert "Failed, exit 3" in page
    assert len(api.asked) == 5, "one call for the actor of both"


def test_of_different_actors(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"/actors/v2/{OTHER_ACTOR}", actor_payload(id=OTHER_ACTOR, image="other/image"))
    answers(api, EXECUTION_ID)
    answers(api, OTHER, actor=OTHER_ACTOR)
    page = words(signed_in.get(f"/compare/?a={ACTOR_ID}/{EXECUTION_ID}&b={OTHER_ACTOR}/{OTHER}"))
    assert '<td data-label="B">other/image</td>' in page
    assert "No differences (ignoring times and IDs)" in page


def test_each_side_says_its_own_error(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload())
    answers(api, EXECUTION_ID, "hello")
    for path in ("", "/logs"):
        api.refuse("GET", f"{ACTOR}/executions/{OTHER}{path}", "No executions found with actor id of A.")
    answer = signed_in.get(PAIR)
    page = words(answer)
    assert answer.status_code == 200
    assert page.count("Could not load this execution") == 1
    assert EXECUTION_ID in page


def test_both_failing_is_a_failure(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload())
    for one in (EXECUTION_ID, OTHER):
        for path in ("", "/logs"):
            api.refuse("GET", f"{ACTOR}/executions/{one}{path}", "No executions found with actor id of A.")
    answer = signed_in.get(PAIR)
    assert answer.status_code == 404
    assert words(answer).count("Could not load this execution") == 2


def test_a_log_that_does_not_load_leaves_the_rest(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload())
    answers(api, EXECUTION_ID, "hello")
    api.get(f"{ACTOR}/executions/{OTHER}", execution_payload(id=OTHER))
    api.refuse("GET", f"{ACTOR}/executions/{OTHER}/logs", "no", status=500)
    page = words(signed_in.get(PAIR))
    assert "Could not load the log" in page
    assert "Exit code" in page


def test_it_survives_silence(signed_in: Client, api: API) -> None:
    for path in (ACTOR, *(f"{ACTOR}/executions/{one}{end}" for one in (EXECUTION_ID, OTHER) for end in ("", "/logs"))):
        api.is_silent("GET", path)
        api.is_silent("GET", path)
    assert signed_in.get(PAIR).status_code == 502


def test_messages_and_environments_of_those_who_may_see_them(signed_in: Client, sign_in: Browser, api: API) -> None:
    message_archive.keep(
        JDOE, ACTOR_ID, EXECUTION_ID, Sent("json", b'{"at": "10:00:00", "same": 1}', {"A": "1", "B": "2"})
    )
    message_archive.keep(JDOE, ACTOR_ID, OTHER, Sent("json", b'{"at": "10:00:01", "same": 1}', {"A": "1", "C": "3"}))
    for _ in range(2):
        api.get(ACTOR, actor_payload(owner="ann"))
        answers(api, EXECUTION_ID)
        answers(api, OTHER)
    page = words(signed_in.get(PAIR))
    assert "A only: </span> &quot;at&quot;: &quot;10:00:00&quot;" in page, "what was typed is compared to the letter"
    assert '<td data-label="A">2</td><td data-label="B">Not set</td>' in page
    others = words(sign_in(username="eve").get(PAIR))
    assert "10:00:00" not in others
    assert others.count("Only jdoe and the actor&#x27;s owner can see it.") == 2


def test_results_that_were_taken(signed_in: Client, api: API) -> None:
    for execution, data in ((EXECUTION_ID, b'{"tiles": 3}'), (OTHER, b'{"tiles": 4}'), (EXECUTION_ID, b"\x00\x01")):
        result_archive.keep(JDOE, ACTOR_ID, execution, data)
    api.get(ACTOR, actor_payload())
    answers(api, EXECUTION_ID)
    answers(api, OTHER)
    page = words(signed_in.get(PAIR))
    assert "<h3>Result 1</h3>" in page
    assert "B only: </span> &quot;tiles&quot;: 4" in page
    assert "None" in page


# Naming them -----------------------------------------------------------------------------------------------------


def test_the_empty_page_asks_nothing(signed_in: Client, api: API) -> None:
    answer = signed_in.get("/compare/")
    assert answer.status_code == 200
    assert "Select executions" in words(answer)


@pytest.mark.parametrize(
    ("a", "b", "says"),
    [
        (f"{ACTOR_ID}/{EXECUTION_ID}", "", "Enter the second execution."),
        ("", f"{ACTOR_ID}/{OTHER}", "Enter the first execution."),
        ("../../admin", f"{ACTOR_ID}/{OTHER}", "Not an execution."),
        ("<script>/x", f"{ACTOR_ID}/{OTHER}", "Not an execution."),
        ("..​/x", f"{ACTOR_ID}/{OTHER}", "Not an execution."),
        ("../x", f"{ACTOR_ID}/{OTHER}", "Not an execution."),
        (EXECUTION_ID, OTHER, "Unknown actor. Enter the execution as actor/execution."),
        (EXECUTION_ID, "previous", "Unknown actor. Enter the execution as actor/execution."),
        (f"{ACTOR_ID}/{EXECUTION_ID}", EXECUTION_ID, "Choose two different executions."),
        ("previous", f"{ACTOR_ID}/{OTHER}", "Actor unknown"),
        ("x" * 1001, f"{ACTOR_ID}/{OTHER}", "at most 1000 characters"),
    ],
)
def test_what_names_none_is_said_beside_its_field(signed_in: Client, api: API, a: str, b: str, says: str) -> None:
    answer = signed_in.get("/compare/", {"a": a, "b": b})
    page = words(answer)
    if a == "previous":  # as a name it is an id, of the other's actor
        assert answer.status_code != 422 or says in page
        return
    assert answer.status_code == 422
    assert says in page
    assert api.asked == []
    assert "<script>/x" not in page


@pytest.mark.parametrize(
    "b",
    [
        OTHER,
        f" {ACTOR_ID}/{OTHER}/ ",
        f"https://portal.example/actors/{ACTOR_ID}/executions/{OTHER}/?x=1#L12",
        f"/actors/{ACTOR_ID}/executions/{OTHER}/logs/",
        f"https://api.example.org/actors/v2/{ACTOR_ID}/executions/{OTHER}",
    ],
)
def test_each_way_to_name_one(signed_in: Client, api: API, b: str) -> None:
    api.get(ACTOR, actor_payload())
    answers(api, EXECUTION_ID)
    answers(api, OTHER)
    assert signed_in.get("/compare/", {"a": f"{ACTOR_ID}/{EXECUTION_ID}", "b": b}).status_code == 200


def test_it_needs_credentials(client: Client) -> None:
    assert client.get(PAIR)["Location"].startswith("/sign-in/?next=")


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post("/compare/").status_code == 405


# The one before --------------------------------------------------------------------------------------------------

FIRST = {"a": f"{ACTOR_ID}/{EXECUTION_ID}"}
RECEIVED = to_ms(parse_time(execution_payload()["messageReceivedTime"])) or 0


def remembered(*rows: tuple[str, int, str], until: int = RECEIVED) -> None:
    actor = ActorHistory.objects.create(tenant="default", actor_id=ACTOR_ID, since=RECEIVED - 10_000, until=until)
    for execution_id, before, outcome in rows:
        ExecutionRecord.objects.create(
            actor=actor,
            execution_id=execution_id,
            outcome=outcome,
            received=RECEIVED - before,
            first_seen=0,
            last_seen=0,
        )


def led_to(answer: Any) -> str:
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["a"] == [f"{ACTOR_ID}/{EXECUTION_ID}"]
    return str(query["b"][0])


@pytest.mark.parametrize(("b", "wanted"), [("previous", "Failed1"), ("success", "Good2")])
def test_what_is_remembered_is_not_asked_for(signed_in: Client, api: API, b: str, wanted: str) -> None:
    remembered(("Failed1", 1000, "failed"), ("Good2", 2000, "succeeded"), ("Good3", 3000, "succeeded"))
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", execution_payload())
    assert led_to(signed_in.get("/compare/", {**FIRST, "b": b})) == f"{ACTOR_ID}/{wanted}"
    assert len(api.asked) == 1


def test_a_memory_with_a_gap_is_not_believed(signed_in: Client, api: API) -> None:
    remembered(("Old1", 5000, "succeeded"), until=RECEIVED - 4000)
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", execution_payload())
    found = [
        execution_payload(id="Nearer", messageReceivedTime="2026-11-23T16:20:40.000Z"),
        execution_payload(id="Farther", messageReceivedTime="2026-11-23T16:20:39.000Z"),
    ]
    api.get(f"{ACTOR}/executions", search_payload(*found[::-1]))
    assert led_to(signed_in.get("/compare/", {**FIRST, "b": "success"})) == f"{ACTOR_ID}/Nearer"
    query = parse_qs(urlsplit(api.asked[-1].url).query)
    assert query["exitCode"] == ["0"]
    assert query["messageReceivedTime.lt"] == ["2026-11-23T16:20:41.522"]


def test_a_span_that_holds_more_than_a_page_is_made_shorter(signed_in: Client, api: API) -> None:
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", execution_payload())
    any_of_many = execution_payload(id="AnyOfMany", messageReceivedTime="2026-11-23T16:00:00.000Z")
    api.get(f"{ACTOR}/executions", search_payload(any_of_many, total=5000))
    nearest = execution_payload(id="Nearest", messageReceivedTime="2026-11-23T16:20:41.500Z")
    api.get(f"{ACTOR}/executions", search_payload(nearest))
    assert led_to(signed_in.get("/compare/", {**FIRST, "b": "previous"})) == f"{ACTOR_ID}/Nearest"


def test_who_is_not_named_in_the_permissions_finds_it_in_the_listing(signed_in: Client, api: API) -> None:
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", execution_payload())
    for _ in range(5):
        api.get(f"{ACTOR}/executions", search_payload())
    rows = [
        execution_row(id="Failed1", messageReceivedTime="Mon, 23 Nov 2026 16:20:40 GMT"),
        execution_row(id="Good2", messageReceivedTime="Mon, 23 Nov 2026 16:20:39 GMT"),
        execution_row(),
    ]
    api.get(f"{ACTOR}/executions", listing_payload(*rows))
    api.get(f"{ACTOR}/executions/Failed1", execution_payload(id="Failed1", exitCode=1))
    api.get(f"{ACTOR}/executions/Good2", execution_payload(id="Good2"))
    assert led_to(signed_in.get("/compare/", {**FIRST, "b": "success"})) == f"{ACTOR_ID}/Good2"


def test_where_none_was_before_it_says_so(signed_in: Client, api: API) -> None:
    api.get(f"{ACTOR}/executions/{EXECUTION_ID}", execution_payload())
    for _ in range(5):
        api.get(f"{ACTOR}/executions", search_payload())
    api.get(f"{ACTOR}/executions", listing_payload(execution_row()))
    answer = signed_in.get("/compare/", {**FIRST, "b": "previous"})
    assert answer.status_code == 422
    assert "No earlier execution. Choose another." in words(answer)


def test_the_word_is_kept_in_the_form(signed_in: Client, api: API) -> None:
    assert json.dumps(words(signed_in.get("/compare/", {"a": "!", "b": "previous"}))).count("previous") >= 1
