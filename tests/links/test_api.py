"""Links and webhooks at the JSON API, as a graph."""

import pytest

from tests.conftest import API
from tests.support.json_api import Caller
from tests.support.payloads import actor_payload, alias_payload

pytestmark = pytest.mark.django_db
URL = "/api/v1/links/"


def test_the_graph_names_rings_and_ends_that_lead_nowhere(caller: Caller, api: API) -> None:
    api.get(
        "/actors/v2",
        [
            actor_payload(id="a", name="first", link="to-b"),
            actor_payload(id="b", name="second", link="a", webhook="https://hooks.example.org/key/5"),
            actor_payload(id="c", link="gone"),
            actor_payload(id="d"),
        ],
    )
    api.get("/actors/v2/aliases", [alias_payload(alias="to-b", actorId="b")])
    answer = caller.get(URL)
    found = answer.json()
    assert [(one["source"], one["named"], one["target"], one["is_in_ring"]) for one in found["edges"]] == [
        ("a", "to-b", "b", True),
        ("b", "a", "a", True),
        ("c", "gone", "gone", False),
    ]
    assert [(one["id"], one["is_known"]) for one in found["nodes"]] == [
        ("a", True),
        ("b", True),
        ("c", True),
        ("gone", False),
    ]
    assert found["webhooks"] == [{"actor_id": "b", "host": "hooks.example.org", "is_safe": True}]
    assert b"key/5" not in answer.content


def test_without_the_aliases_it_says_so(caller: Caller, api: API) -> None:
    api.get("/actors/v2", [actor_payload(id="a", link="to-b")])
    api.refuse("GET", "/actors/v2/aliases", "Broken.", 500)
    assert caller.get(URL).json()["aliases_known"] is False
