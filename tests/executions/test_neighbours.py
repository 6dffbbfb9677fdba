"""From one execution to the next: what the portal remembers, and what it must ask the API for."""

import re
from typing import Any

import pytest
from django.test import Client

from actors_app.core.clock import now_ms, to_ms
from actors_app.history.models import ActorHistory, ExecutionRecord
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
PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
RECEIVED = to_ms(parse_time(execution_payload()["messageReceivedTime"])) or 0
NEWER, OLDER = "After1", "Before1"


def remembered(*rows: tuple[str, int], since: int = -10_000, until: int = 10_000, **more: Any) -> None:
    """Let the portal remember executions, each by its id and how much later than this one it was received."""
    actor = ActorHistory.objects.create(
        tenant="default", actor_id=ACTOR_ID, since=RECEIVED + since, until=RECEIVED + until, **more
    )
    for execution_id, later in rows:
        ExecutionRecord.objects.create(
            actor=actor,
            execution_id=execution_id,
            outcome="succeeded",
            received=RECEIVED + later,
            first_seen=0,
            last_seen=0,
        )


def ways(signed_in: Client, api: API) -> dict[str, str]:
    """Return where the links to the neighbours lead."""
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(f"{EXECUTION}/logs", {"logs": "x"})
    page = signed_in.get(PAGE).content.decode()
    return {
        rel: address.removeprefix(f"/actors/{ACTOR_ID}/executions/").strip("/")
        for rel, address in re.findall(r'rel="(prev|next)"[^>]* href="([^"]*)"', page)
    }


def test_those_that_are_surely_next_are_linked(signed_in: Client, api: API) -> None:
    remembered((NEWER, 5), ("After2", 9), (OLDER, -5), ("Before2", -9))
    assert ways(signed_in, api) == {"prev": NEWER, "next": OLDER}


def test_of_an_actor_nobody_has_listed_they_are_asked_for(signed_in: Client, api: API) -> None:
    assert ways(signed_in, api) == {"prev": f"{EXECUTION_ID}/newer", "next": f"{EXECUTION_ID}/older"}


def test_a_memory_with_a_gap_is_not_believed(signed_in: Client, api: API) -> None:
    remembered((NEWER, 5000), (OLDER, -5000), since=-4000, until=4000)
    assert ways(signed_in, api) == {"prev": f"{EXECUTION_ID}/newer", "next": f"{EXECUTION_ID}/older"}


def test_the_first_and_only_one_leads_nowhere(signed_in: Client, api: API) -> None:
    remembered(is_whole=True, looked=now_ms())
    assert ways(signed_in, api) == {}


def test_the_newest_of_a_while_ago_may_have_one_after_it(signed_in: Client, api: API) -> None:
    remembered(is_whole=True, looked=now_ms() - 120_000)
    assert ways(signed_in, api) == {"prev": f"{EXECUTION_ID}/newer"}


# The API is asked ------------------------------------------------------------------------------------------------

AFTER = execution_payload(id=NEWER, messageReceivedTime="2026-11-23T16:20:42.000Z")
LONG_AFTER = execution_payload(id="After2", messageReceivedTime="2026-11-23T16:20:43.000Z")


def led_to(answer: Any) -> str:
    assert answer.status_code == 302
    return str(answer["Location"]).partition("?")[0].removeprefix(f"/actors/{ACTOR_ID}/executions/").strip("/")


def test_it_works(signed_in: Client, api: API) -> None:
    api.get(EXECUTION, execution_payload())
    api.get(f"{ACTOR}/executions", search_payload(LONG_AFTER, execution_payload(), AFTER))
    assert led_to(signed_in.get(f"{PAGE}newer/")) == NEWER
    api.get(EXECUTION, execution_payload())
    before = execution_payload(id=OLDER, messageReceivedTime="2026-11-23T16:20:40.000Z")
    api.get(f"{ACTOR}/executions", search_payload(before))
    assert led_to(signed_in.get(f"{PAGE}older/")) == OLDER


def test_what_is_remembered_is_not_asked_for(signed_in: Client, api: API) -> None:
    remembered((NEWER, 5), (OLDER, -5))
    for _ in range(2):
        api.get(EXECUTION, execution_payload())
    assert led_to(signed_in.get(f"{PAGE}newer/")) == NEWER
    assert led_to(signed_in.get(f"{PAGE}older/")) == OLDER
    assert len(api.asked) == 2


def test_a_span_that_holds_more_than_a_page_is_made_shorter(signed_in: Client, api: API) -> None:
    api.get(EXECUTION, execution_payload())
    api.get(f"{ACTOR}/executions", search_payload(LONG_AFTER, total=5000))
    api.get(f"{ACTOR}/executions", search_payload(AFTER))
    assert led_to(signed_in.get(f"{PAGE}newer/")) == NEWER


def test_the_newest_says_so_without_reading_the_whole_listing(signed_in: Client, api: API) -> None:
    api.get(EXECUTION, execution_payload())
    for _ in range(5):
        api.get(f"{ACTOR}/executions", search_payload(execution_payload()))
    answer = signed_in.get(f"{PAGE}newer/")
    assert led_to(answer) == EXECUTION_ID
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(f"{EXECUTION}/logs", {"logs": "x"})
    assert b"This is the latest execution of this actor." in signed_in.get(answer.headers["Location"]).content


def test_who_is_not_named_in_the_permissions_finds_it_in_the_listing(signed_in: Client, api: API) -> None:
    api.get(EXECUTION, execution_payload())
    for _ in range(5):
        api.get(f"{ACTOR}/executions", search_payload())
    rows = [
        execution_row(id="After2", messageReceivedTime="Mon, 23 Nov 2026 16:20:50 GMT"),
        execution_row(),
        execution_row(id=NEWER, messageReceivedTime="Mon, 23 Nov 2026 16:20:43 GMT"),
    ]
    api.get(f"{ACTOR}/executions", listing_payload(*rows))
    assert led_to(signed_in.get(f"{PAGE}newer/")) == NEWER


@pytest.mark.parametrize("way", ["newer", "older"])
def test_it_needs_credentials(client: Client, way: str) -> None:
    assert client.get(f"{PAGE}{way}/").url.startswith("/sign-in/")


@pytest.mark.parametrize("way", ["newer", "older"])
def test_it_rejects_the_wrong_method(signed_in: Client, way: str) -> None:
    assert signed_in.post(f"{PAGE}{way}/").status_code == 405


def test_it_shows_a_refusal(signed_in: Client, api: API) -> None:
    api.refuse("GET", EXECUTION, f"No executions found with actor id of {ACTOR_ID}.")
    assert signed_in.get(f"{PAGE}newer/").status_code == 404


def test_it_survives_silence(signed_in: Client, api: API) -> None:
    for _ in range(2):
        api.is_silent("GET", EXECUTION)
    assert signed_in.get(f"{PAGE}older/").status_code == 502
