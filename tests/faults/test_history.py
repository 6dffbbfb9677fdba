"""A slow API under the execution history: pages wait for it no longer than their budget, and say what they know."""

import json
import time

import pytest
from django.core.cache import cache
from django.test import Client

from actors_app.core.security.models import Readable
from actors_app.history.models import ActorHistory, ExecutionRecord
from actors_app.services.breaker import breaker_of
from tests.faults.failures import black_hole, late, reset_in_body
from tests.faults.stand_in import StandIn
from tests.support.payloads import ACTOR_ID, EXECUTION_ID

pytestmark = pytest.mark.django_db
ONE = f"/actors/{ACTOR_ID}/executions/?window=all"


@pytest.fixture
def known(stand: StandIn, signed_in: Client) -> StandIn:
    """Let the history know an execution, some time ago."""
    assert EXECUTION_ID in signed_in.get(ONE).content.decode()
    ActorHistory.objects.update(looked=0)
    cache.clear()
    return stand


@pytest.mark.parametrize("address", [ONE, "/executions/?window=all"])
def test_a_slow_search_holds_no_page_beyond_its_budget(known: StandIn, signed_in: Client, address: str) -> None:
    Readable.objects.create(
        tenant="default",
        username="jdoe",
        actors=json.dumps(list(ActorHistory.objects.values_list("pk", flat=True))),
        checked=int(time.time() * 1000),
    )
    known.fail(late, "GET", "executions")
    page = signed_in.get(address)
    assert page.status_code == 200
    assert EXECUTION_ID in page.content.decode()
    assert "<strong>Showing " in page.content.decode()


def test_pages_that_gave_up_early_do_not_stop_others_from_asking(known: StandIn, signed_in: Client) -> None:
    known.fail(black_hole, "GET", "executions")
    for _ in range(2):
        ActorHistory.objects.update(looked=0)
        signed_in.get(ONE)
    breaker_of(known.url).enter("a call")  # raises where the API is left alone
    known.heal()
    page = signed_in.get(ONE)
    age = page.content.decode().partition('id="live-at"')[2].partition("</span>")[0]
    assert "just now" in age


def test_a_listing_that_breaks_off_is_no_history(stand: StandIn, signed_in: Client) -> None:
    stand.fail(reset_in_body, "GET", "executions")
    page = signed_in.get(ONE)
    assert page.status_code == 502
    assert "Could not load executions" in page.content.decode()
    assert not ExecutionRecord.objects.exists()
    stand.heal()
    assert EXECUTION_ID in signed_in.get(ONE).content.decode()
