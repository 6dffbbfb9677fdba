"""The nonces of all actors at the JSON API, replacing one, and the note on one."""

import json

import pytest

from actors_app.core.operations.models import AuditEntry
from actors_app.nonces.models import NonceNote
from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, NONCE_ID, actor_payload, alias_payload, nonce_payload

pytestmark = pytest.mark.django_db
UPSTREAM = f"/actors/v2/{ACTOR_ID}/nonces"
HANDLE = nonce_handle(ACTOR_ID, NONCE_ID)
ONE = f"/api/v1/actors/{ACTOR_ID}/nonces/{HANDLE}/"
NEW_ID = "TACC-PROD_newNonce12345"


def test_those_worth_a_look_come_first(caller: Caller, api: API) -> None:
    api.get("/actors/v2", [actor_payload()])
    api.get("/actors/v2/aliases", [alias_payload(), alias_payload(alias="of-bob", owner="bob")])
    api.get(UPSTREAM, [nonce_payload(), nonce_payload(id="TACC-PROD_unlimited1", maxUses=-1, remainingUses=-1)])
    api.refuse("GET", "/actors/v2/aliases/my-alias/nonces", "Broken.", 500)
    api.get(f"/actors/v2/{ACTOR_ID}/permissions", {"jdoe": "UPDATE"})
    NonceNote.objects.create(
        tenant="default", handle=HANDLE, text="the lab", username="jdoe", noted="2026-11-24T10:00:00Z"
    )
    answer = caller.get("/api/v1/nonces/")
    found = answer.json()
    assert found["items"][0]["findings"][0]["name"] == "unlimited"
    noted = next(one for one in found["items"] if one["handle"] == HANDLE)
    assert (noted["holder"], noted["is_alias"], noted["note"]) == (ACTOR_ID, False, "the lab")
    assert (found["total_holders"], found["unread"]) == (2, ["my-alias"])
    assert NONCE_ID not in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    chosen = caller.get("/api/v1/nonces/?show=unlimited").json()["items"]
    assert [one["masked"] for one in chosen] == [found["items"][0]["masked"]]


def test_a_page_is_some_actors(caller: Caller, api: API) -> None:
    api.get("/actors/v2", [actor_payload(id=f"a{number}", name=f"n{number}") for number in range(3)])
    api.get("/actors/v2/aliases", [])
    for number in range(3):
        api.get(f"/actors/v2/a{number}/nonces", [nonce_payload()])
        api.get(f"/actors/v2/a{number}/permissions", {"jdoe": "UPDATE"})
    first = caller.get("/api/v1/nonces/?limit=2").json()
    assert {one["holder"] for one in first["items"]} == {"a0", "a1"}
    second = caller.get(first["next"]).json()
    assert ({one["holder"] for one in second["items"]}, second["next"]) == ({"a2"}, None)


def test_one_is_replaced_and_its_note_handed_on(caller: Caller, api: API) -> None:
    NonceNote.objects.create(
        tenant="default", handle=HANDLE, text="the lab", username="jdoe", noted="2026-11-24T10:00:00Z"
    )
    api.get(UPSTREAM, [nonce_payload(maxUses=7)])
    api.post(UPSTREAM, nonce_payload(id=NEW_ID))
    api.delete(f"{UPSTREAM}/{NONCE_ID}", message="Actor nonce deleted successfully.")
    first = caller.post(f"{ONE}replace/", Idempotency_Key="k")
    assert (first.status_code, first.json()["id"], first.json()["old_is_deleted"]) == (201, NEW_ID, True)
    assert json.loads(api.asked[1].body)["maxUses"] == 7
    assert NonceNote.objects.get().handle == nonce_handle(ACTOR_ID, NEW_ID)
    again = caller.post(f"{ONE}replace/", Idempotency_Key="k")
    assert again.json() == {**first.json(), "id": None}
    assert len(api.asked) == 3
    assert NEW_ID not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_a_new_one_is_shown_though_the_old_one_stays(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, [nonce_payload()])
    api.post(UPSTREAM, nonce_payload(id=NEW_ID))
    api.refuse("DELETE", f"{UPSTREAM}/{NONCE_ID}", "Not allowed.", 403)
    answer = caller.post(f"{ONE}replace/")
    assert (answer.status_code, answer.json()["id"], answer.json()["old_is_deleted"]) == (201, NEW_ID, False)
    assert "The old nonce still exists" in answer.json()["message"]


def test_a_note_is_written_read_and_taken_away(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, [nonce_payload()])
    assert caller.get(f"{ONE}note/").json() == {"text": "", "username": None, "noted": None}
    assert caller.ask("PUT", f"{ONE}note/", {"text": "the lab"}).json() == {"message": "Recipients saved."}
    assert caller.get(f"{ONE}note/").json()["text"] == "the lab"
    caller.ask("PUT", f"{ONE}note/", {"text": ""})
    assert not NonceNote.objects.exists()


def test_no_note_holds_the_nonce_itself(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, [nonce_payload()])
    found = problem(caller.ask("PUT", f"{ONE}note/", {"text": f"it is {NONCE_ID}"}), 422, "not-valid")
    assert list(found["errors"]) == ["text"]
    assert not NonceNote.objects.exists()


def test_of_what_is_gone_no_note_is_written(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, [])
    problem(caller.ask("PUT", f"{ONE}note/", {"text": "x"}), 404, "gone")
    assert not NonceNote.objects.exists()
