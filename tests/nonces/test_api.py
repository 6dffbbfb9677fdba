"""Nonces at the JSON API: the id of one is in the answer that is meant to show it, and nowhere else."""

import json
from typing import Any

import pytest

from actors_app.core.operations.models import AuditEntry, KeptAnswer
from actors_app.core.security.crypto import decrypt
from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, NONCE_ID, nonce_payload

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/nonces/"
ONE = f"{URL}{nonce_handle(ACTOR_ID, NONCE_ID)}/"
UPSTREAM = f"/actors/v2/{ACTOR_ID}/nonces"


def test_a_list_is_masked_and_newest_first(caller: Caller, api: API) -> None:
    made = [nonce_payload(id=f"TACC-PROD_abcdefgh{n}", createTime=f"2026-11-2{n}T10:00:00.123Z") for n in range(3)]
    api.get(UPSTREAM, made)
    answer = caller.get(URL)
    assert [one["masked"] for one in answer.json()["items"]] == [f"TACC-PROD_…fgh{n}" for n in (2, 1, 0)]
    assert "id" not in answer.json()["items"][0]
    assert "abcdefgh" not in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_is_made_and_shown_once(caller: Caller, api: API) -> None:
    api.post(UPSTREAM, nonce_payload())
    answer = caller.post(URL, {"level": "READ", "max_uses": 5, "description": "x"}, Idempotency_Key="k")
    assert answer.status_code == 201
    assert answer.json()["id"] == NONCE_ID
    assert answer.headers["Location"] == ONE
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(api.asked[0].body) == {"level": "READ", "maxUses": 5, "description": "x"}
    again = caller.post(URL, {"level": "READ", "max_uses": 5, "description": "x"}, Idempotency_Key="k")
    assert again.json() == {**answer.json(), "id": None}
    assert NONCE_ID not in again.content.decode()

    assert NONCE_ID.encode() not in decrypt("first response", bytes(KeptAnswer.objects.get().content))


@pytest.mark.parametrize(
    ("sent", "uses"),
    [({}, 1), ({"unlimited": True}, -1), ({"level": "UPDATE", "confirm_update": True}, 1), ({"max_uses": 3.0}, 3)],
)
def test_it_is_careful_where_nothing_is_said(sent: Any, uses: int, caller: Caller, api: API) -> None:
    api.post(UPSTREAM, nonce_payload())
    assert caller.post(URL, sent).status_code == 201
    assert json.loads(api.asked[0].body)["maxUses"] == uses


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"level": "UPDATE"}, "confirm_update"),
        ({"level": "NONE"}, "level"),
        ({"level": "execute"}, "level"),
        ({"level": ""}, "level"),
        ({"max_uses": 0}, "max_uses"),
        ({"max_uses": -1}, "max_uses"),
        ({"max_uses": "3"}, "max_uses"),
        ({"max_uses": 10**30}, "max_uses"),
        ({"max_uses": None}, "max_uses"),
        ({"unlimited": "yes"}, "unlimited"),
        ({"description": "x" * 501}, "description"),
        ({"id": "x"}, "id"),
    ],
)
def test_what_the_form_refuses_is_refused(sent: Any, field: str, caller: Caller, api: API) -> None:
    assert list(problem(caller.post(URL, sent), 422, "not-valid")["errors"]) == [field]
    assert api.asked == []


def test_one_is_read_masked(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, [nonce_payload()])
    api.get(f"{UPSTREAM}/{NONCE_ID}", nonce_payload(currentUses=1, remainingUses=0))
    answer = caller.get(ONE)
    assert answer.json()["remaining_uses"] == 0
    assert NONCE_ID not in answer.content.decode()


def test_one_is_revealed_and_that_is_recorded(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, [nonce_payload()])
    answer = caller.post(f"{ONE}reveal/")
    assert answer.json()["id"] == NONCE_ID
    assert answer.headers["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.username) == ("nonce.reveal", "jdoe")
    assert NONCE_ID not in entry.details


def test_a_handle_of_nothing(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, [nonce_payload()])
    for answer in (caller.get(f"{URL}{'0' * 32}/"), caller.delete(f"{URL}{'0' * 32}/")):
        problem(answer, 404, "gone")


def test_one_is_deleted(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, [nonce_payload()])
    api.delete(f"{UPSTREAM}/{NONCE_ID}", message="Actor nonce deleted successfully.")
    first = caller.delete(ONE, Idempotency_Key="k")
    assert first.json()["message"].endswith("deleted.")
    api.wire.assert_all_requests_are_fired = False  # nothing is asked again
    api.wire.replace("GET", f"https://api.example.org{UPSTREAM}", json={"status": "success", "result": []})
    assert caller.delete(ONE, Idempotency_Key="k").json() == first.json(), "though it is in no list any more"
