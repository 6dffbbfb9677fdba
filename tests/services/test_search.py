"""Searching the executions of all actors."""

import pytest
import responses

from actors_app.services import Abaco, AbacoClient
from actors_app.services.errors import InvalidRequest
from tests.support.payloads import API, envelope, execution_payload, search_payload


class Token:
    """Credentials with one token."""

    def access_token(self) -> str:
        return "token"

    def renew(self, rejected: str) -> str:
        raise AssertionError("nothing was refused")


@pytest.fixture
def abaco() -> Abaco:
    return Abaco(AbacoClient(API, "v2"), Token())


@responses.activate
def test_it_works(abaco: Abaco) -> None:
    found = envelope(search_payload(execution_payload(), total=5195), "Search completed successfully.")
    asked = responses.get(
        f"{API}/actors/v2/search/executions",
        json=found,
        match=[
            responses.matchers.query_param_matcher(
                {"limit": "2", "skip": "4", "messageReceivedTime.gt": "2026-11-22", "status": "COMPLETE"}
            )
        ],
    )
    page = abaco.search.executions(2, 4, {"message_received_time.gt": "2026-11-22", "status": "COMPLETE"})
    assert asked.call_count == 1
    assert page.total == 5195
    assert page.executions[0].exit_code == 0


@pytest.mark.parametrize(
    ("limit", "skip", "filters"),
    [(0, 0, {}), (1001, 0, {}), (1, -1, {}), (1, 0, {"finish_time.gt": "x"}), (1, 0, {"status.like": "x"})],
)
def test_what_the_api_would_misread_is_not_asked(abaco: Abaco, limit: int, skip: int, filters: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        abaco.search.executions(limit, skip, filters)


@responses.activate
def test_some_are_asked_for_by_their_ids(abaco: Abaco) -> None:
    matcher = responses.matchers.query_param_matcher({"id.in": '["one","two"]', "limit": "2"})
    found = envelope(search_payload(execution_payload(id="one"), execution_payload(id="never asked for")))
    responses.get(f"{API}/actors/v2/search/executions", json=found, match=[matcher])
    assert list(abaco.search.details(["one", "two"])) == ["one"]


def test_none_and_too_many_are_not_asked_for(abaco: Abaco) -> None:
    assert abaco.search.details([]) == {}
    with pytest.raises(InvalidRequest):
        abaco.search.details(["one"] * 101)
