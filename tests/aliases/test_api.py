"""Aliases at the JSON API, and their nonces."""

import json
from typing import Any

import pytest

from actors_app.core.operations.models import AuditEntry
from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, NONCE_ID, actor_payload, alias_payload, nonce_payload
from tests.support.recorded import replay, result

pytestmark = pytest.mark.django_db
URL = "/api/v1/aliases/"
ONE = f"{URL}my-alias/"
LIST = "/actors/v2/aliases"
UPSTREAM = f"{LIST}/my-alias"
OTHER_ID = "Z9Z9Z9Z9Z9Z9Z"


def test_the_list_is_by_name_and_can_be_narrowed(caller: Caller, api: API) -> None:
    api.get(
        LIST,
        [alias_payload(alias=name, owner=owner) for name, owner in (("b", "jdoe"), ("A", "bob"), ("c", "bob"))],
    )
    assert [one["alias"] for one in caller.get(URL).json()["items"]] == ["A", "b", "c"]
    assert [one["alias"] for one in caller.get(f"{URL}?owner=bob&q=C").json()["items"]] == ["c"]
    assert caller.get(f"{URL}?actor_id=none").json()["total"] == 0
    page = caller.get(f"{URL}?limit=2").json()
    assert [one["alias"] for one in caller.get(page["next"]).json()["items"]] == ["c"]


def test_one_is_read(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, alias_payload())
    assert caller.get(ONE).json() == {
        "alias": "my-alias",
        "actor_id": ACTOR_ID,
        "owner": "jdoe",
        "name_problem": None,
    }


def test_names_that_are_never_found_are_listed_with_what_can_be_done(caller: Caller, api: API) -> None:
    api.get(LIST, result("alias_workers_x_17_still_listed"))
    for one in caller.get(URL).json()["items"]:
        assert "Only the operators of the API can remove it" in one["name_problem"]


def nothing_links(api: API) -> None:
    api.get("/actors/v2", [actor_payload()])
    api.get(LIST, [])
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())


def test_one_is_made(caller: Caller, api: API) -> None:
    nothing_links(api)
    api.post(LIST, alias_payload())
    replay(api, "alias_permissions_of_no_alias_07_get_owner", "GET", f"{UPSTREAM}/permissions")
    answer = caller.post(URL, {"alias": "my-alias", "actor_id": ACTOR_ID})
    assert (answer.status_code, answer.headers["Location"]) == (201, ONE)
    assert json.loads(api.asked[-2].body) == {"alias": "my-alias", "actorId": ACTOR_ID}
    assert answer.json()["others_with_access"] == [{"user": "testshareuser", "level": "UPDATE"}]
    assert AuditEntry.objects.filter(action="alias.create", object_id="my-alias", actor_id=ACTOR_ID).count() == 2


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"alias": "a b", "actor_id": ACTOR_ID}, "alias"),
        ({"alias": "nonces", "actor_id": ACTOR_ID}, "alias"),
        ({"alias": "my-admin", "actor_id": ACTOR_ID}, "alias"),
        ({"alias": "Messages-x", "actor_id": ACTOR_ID}, "alias"),
        ({"alias": "new", "actor_id": ACTOR_ID}, "alias"),
        ({"alias": "", "actor_id": ACTOR_ID}, "alias"),
        ({"actor_id": ACTOR_ID}, "alias"),
        ({"alias": "a"}, "actor_id"),
        ({"alias": "a", "actor_id": "word-count"}, "actor_id"),
        ({"alias": "a", "actor_id": 1}, "actor_id"),
        ({"alias": "a", "actor_id": ACTOR_ID, "owner": "x"}, "owner"),
    ],
)
def test_what_the_form_refuses_is_refused(sent: Any, field: str, caller: Caller, api: API) -> None:
    assert list(problem(caller.post(URL, sent), 422, "not-valid")["errors"]) == [field]
    assert api.asked == []


def test_one_is_pointed_elsewhere(caller: Caller, api: API) -> None:
    nothing_links(api)
    api.get(UPSTREAM, alias_payload(actorId=OTHER_ID))
    api.put(UPSTREAM, alias_payload())
    assert caller.ask("PUT", ONE, {"actor_id": ACTOR_ID}).json()["actor_id"] == ACTOR_ID
    start = AuditEntry.objects.get(kind=AuditEntry.START)
    assert json.loads(start.details)["before"] == {"actor_id": OTHER_ID}


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_ring_of_links_is_refused(method: str, caller: Caller, api: API) -> None:
    api.get("/actors/v2", [actor_payload(link="my-alias")])
    api.get(LIST, [])
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload(link="my-alias"))
    sent = {"actor_id": ACTOR_ID}
    if method == "POST":
        answer = caller.post(URL, sent | {"alias": "my-alias"})
    else:
        api.get(UPSTREAM, alias_payload(actorId=OTHER_ID))
        answer = caller.ask("PUT", ONE, sent)
    assert "create a loop" in problem(answer, 422, "not-valid")["errors"]["actor_id"][0]
    assert not AuditEntry.objects.exists()


def test_one_is_deleted(caller: Caller, api: API) -> None:
    api.delete(UPSTREAM, message="Alias deleted: {'db_id': …}")
    assert caller.delete(ONE).json() == {"message": "Alias my-alias deleted."}


# Their nonces ------------------------------------------------------------------------------------------------

NONCES = f"{ONE}nonces/"
HANDLE = nonce_handle("my-alias", NONCE_ID)


def test_a_nonce_of_an_alias_is_made_shown_once_and_read_masked(caller: Caller, api: API) -> None:
    api.post(f"{UPSTREAM}/nonces", nonce_payload())
    api.get(f"{UPSTREAM}/nonces", [nonce_payload()])
    made = caller.post(NONCES, {"level": "EXECUTE"})
    assert (made.json()["id"], made.headers["Location"]) == (NONCE_ID, f"{NONCES}{HANDLE}/")
    listed = caller.get(NONCES)
    assert listed.json()["items"][0]["handle"] == HANDLE
    assert NONCE_ID not in listed.content.decode()
    assert caller.post(f"{NONCES}{HANDLE}/reveal/").json()["id"] == NONCE_ID
    assert AuditEntry.objects.filter(action="alias-nonce.reveal").count() == 1


def test_no_nonce_of_an_alias_has_more_than_execute(caller: Caller, api: API) -> None:
    found = problem(caller.post(NONCES, {"level": "UPDATE"}), 422, "not-valid")
    assert "READ or EXECUTE" in found["errors"]["level"][0]
    assert api.asked == []


def test_a_nonce_of_an_alias_is_deleted(caller: Caller, api: API) -> None:
    api.get(f"{UPSTREAM}/nonces", [nonce_payload()])
    api.delete(f"{UPSTREAM}/nonces/{NONCE_ID}", message="Alias nonce deleted successfully.")
    assert "deleted" in caller.delete(f"{NONCES}{HANDLE}/").json()["message"]
