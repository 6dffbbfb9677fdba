"""The first page: is everything well?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload, search_payload

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


def test_it_works(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload(), actor_payload(id="other", status="SUBMITTED", lastUpdateTime=at(1))])
    api.get(
        SEARCH,
        search_payload(
            run(seconds=2),
            run(seconds=4, id="second"),
            run(seconds=60, id="third", exitCode=3),
            run(id="fourth", status="RUNNING", finishTime=None, startTime=None, exitCode=None),
        ),
    )
    response = signed_in.get(URL)
    assert response.status_code == 200
    page = response.content.decode()
    assert '?status=READY">1</a> <small>of 2</small>' in page
    assert '<dt>Executions in 24 hours</dt><dd><a href="/executions/">4</a></dd>' in page
    assert 'outcome=failed,error,oom">1</a> <small class="down">33.3 %</small>' in page
    assert "4 s <small>p95 1 min</small>" in page
    assert "Failed, exit 3" in page
    assert f'href="/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"' in page
    assert "Every actor is well" in page
    assert len(api.asked) == 2


def test_the_search_asks_for_the_last_24_hours(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [])
    api.get(SEARCH, search_payload())
    signed_in.get(URL)
    (search,) = [request for request in api.asked if "search" in request.url]
    since = datetime.fromisoformat(search.params["messageReceivedTime.gt"]).replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - since - timedelta(hours=24)) < timedelta(minutes=1)
    assert search.params["limit"] == "1000"


def test_it_names_what_needs_attention(signed_in: Client, api: Any) -> None:
    api.get(
        "/actors/v2",
        [
            actor_payload(id="bad", name="broken", status="ERROR", statusMessage="No such <image>."),
            actor_payload(id="slow", name="stuck", status="SUBMITTED", lastUpdateTime=at(60)),
            actor_payload(id="new", name="just-made", status="SUBMITTED", lastUpdateTime=at(2)),
        ],
    )
    api.get(SEARCH, search_payload())
    page = signed_in.get(URL).content.decode()
    assert "2 of 3" in page
    assert "No such &lt;image&gt;." in page
    assert "stuck" in page
    assert "no worker has started yet" in page
    assert "just-made" not in page


def test_it_says_when_it_saw_only_a_part(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload()])
    api.get(SEARCH, search_payload(run(), total=5195))
    page = signed_in.get(URL).content.decode()
    assert "drawn from 1 of 5\N{NARROW NO-BREAK SPACE}195" in page


def test_nothing_yet_teaches_the_first_step(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [])
    api.get(SEARCH, search_payload())
    page = signed_in.get(URL).content.decode()
    assert "Nothing here yet" in page
    assert 'href="/actors/new/">Register an actor' in page


def test_a_search_that_fails_leaves_the_rest(signed_in: Client, api: Any) -> None:
    api.get("/actors/v2", [actor_payload()])
    api.refuse("GET", SEARCH, "Unrecognized exception type: <class 'pymongo.errors.OperationFailure'>.", 500)
    response = signed_in.get(URL)
    assert response.status_code == 200
    page = response.content.decode()
    assert "The executions could not be loaded" in page
    assert "Every actor is well" in page


def test_a_list_that_fails_leaves_the_rest(signed_in: Client, api: Any) -> None:
    api.is_silent("GET", "/actors/v2")
    api.get(SEARCH, search_payload(run()))
    response = signed_in.get(URL)
    assert response.status_code == 502
    page = response.content.decode()
    assert "The actors could not be loaded" in page
    assert "Recent executions" in page


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.get(URL)["Location"].startswith("/sign-in/")


def test_a_token_that_is_refused_for_good_leads_to_sign_in(sign_in: Any, api: Any) -> None:
    api.refuse("GET", "/actors/v2", "No JWT or nonce provided.")
    api.refuse("GET", SEARCH, "No JWT or nonce provided.")
    response = sign_in(refresh_token="").get(URL)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


@pytest.mark.parametrize("value", ["<script>", "../../x"])
def test_hostile_ids_are_text_and_no_links(signed_in: Client, api: Any, value: str) -> None:
    api.get("/actors/v2", [actor_payload(name=value)])
    api.get(SEARCH, search_payload(run(actorId=value, id=value, executor=value)))
    page = signed_in.get(URL).content.decode()
    assert "<script>" not in page
    assert "/actors/../" not in page
