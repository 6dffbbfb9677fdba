"""Permissions at the JSON API: who can do what and why, granting, and what must be meant."""

import json
from typing import Any

import pytest

from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload, nonce_payload

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/permissions/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
UPSTREAM = f"{ACTOR}/permissions"


def opens(api: API, levels: dict[str, Any], *nonces: dict[str, Any]) -> None:
    api.get(ACTOR, actor_payload())
    api.get(UPSTREAM, levels)
    api.get(f"{ACTOR}/nonces", list(nonces))
    api.get("/actors/v2/aliases", [])


def test_the_list_says_who_and_why(caller: Caller, api: API) -> None:
    opens(api, {"jdoe": "UPDATE", "bob": "EXECUTE", "eve": "NONE", "a.b": "READ"}, nonce_payload())
    found = caller.get(f"{URL}?limit=3").json()
    assert [one["user"] for one in found["items"]] == ["a.b", "bob", "eve"]
    assert [one["lets_in"] for one in found["items"]] == [False, True, False]
    bob = found["items"][1]
    assert (bob["level"], bob["allows"]) == ("EXECUTE", "View everything, including nonces, and send messages")
    assert bob["why"] == ["Granted."]
    assert found["total"] == 4
    assert [way["who"].split(" ")[0] for way in found["ways"]] == ["Holders", "Tenant"]
    assert found["may_not"] == ""
    (last,) = caller.get(found["next"]).json()["items"]
    assert (last["user"], last["is_you"]) == ("jdoe", True)


def test_who_cannot_grant_is_told_why(caller: Caller, api: API) -> None:
    opens(api, {"jdoe": "READ", "bob": "UPDATE"})
    api.refuse("GET", "/actors/v2/aliases/admin-role-probe", "Abaco Admin role required.")
    assert caller.get(URL).json()["may_not"] == "Granting access requires UPDATE on this actor; you have READ."


def test_those_of_an_alias_and_of_a_config(caller: Caller, api: API) -> None:
    api.get("/actors/v2/aliases/wc/permissions", {"jdoe": "UPDATE"})
    api.get("/actors/v2/aliases/wc", alias_payload())
    assert "Change target" in caller.get("/api/v1/aliases/wc/permissions/").json()["items"][0]["allows"]
    api.get("/actors/v2/configs/c/permissions", {"jdoe": "UPDATE"})
    assert caller.get("/api/v1/configs/c/permissions/").json()["total"] == 1


@pytest.mark.parametrize(
    "user", ["*", "world", "all", "\u0430dmin", "\uff21BACO_WORLD", "abaco_world", "ABACO_W0RLD", "JDOE"]
)
def test_a_name_in_doubt_is_sent_twice(user: str, caller: Caller, api: API) -> None:
    sent = {"user": user, "level": "READ"}
    for confirm in ({}, {"confirm": "jdoe"}):
        assert list(problem(caller.post(URL, sent | confirm), 422, "not-valid")["errors"]) == ["confirm"]
    assert not api.asked
    api.get(UPSTREAM, {"jdoe": "UPDATE"})
    api.post(UPSTREAM, {"jdoe": "UPDATE", user: "READ"})
    assert caller.post(URL, sent | {"confirm": user}).json()["level"] == "READ"
    assert json.loads(api.asked[-1].body) == sent


def test_who_resembles_a_name_of_the_list_is_sent_twice(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"jdoe": "UPDATE", "bob": "READ"})
    refused = problem(caller.post(URL, {"user": "b0b", "level": "UPDATE"}), 422, "invalid")
    assert refused["errors"]["confirm"] == [
        "“b0b” resembles “bob”, which is a different user. Type the username again to confirm."
    ]
    assert not AuditEntry.objects.exists()
    api.post(UPSTREAM, {"jdoe": "UPDATE", "bob": "READ", "b0b": "UPDATE"})
    assert caller.post(URL, {"user": "b0b", "level": "UPDATE", "confirm": "b0b"}).json()["level"] == "UPDATE"


@pytest.mark.parametrize("user", ["bob,eve", "bob;eve", "bob\uff0ceve"])
def test_several_names_are_refused(user: str, caller: Caller, api: API) -> None:
    errors = problem(caller.post(URL, {"user": user, "level": "READ", "confirm": user}), 422, "not-valid")["errors"]
    assert errors == {"user": ["Enter one username; usernames cannot contain commas."]}
    assert not api.asked


def test_a_name_in_doubt_is_taken_back_without_more(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"jdoe": "UPDATE", "*": "UPDATE"})
    api.post(UPSTREAM, {"jdoe": "UPDATE", "*": "NONE"})
    assert caller.post(URL, {"user": "*", "level": "NONE"}).json()["level"] == "NONE"


def test_the_list_marks_names_in_doubt(caller: Caller, api: API) -> None:
    opens(api, {"jdoe": "UPDATE", "*": "READ", "b\u043eb": "READ", "bob": "READ", "eve": "READ", "ABACO_WORLD": "READ"})
    doubts = {one["user"]: one["doubt"] for one in caller.get(URL).json()["items"]}
    assert [user for user in doubts if not doubts[user]] == ["ABACO_WORLD", "eve", "jdoe"]
    assert "(CYRILLIC SMALL LETTER O), resembles “bob”, which is a different user." in doubts["b\u043eb"]
    assert "does not mean everyone" in doubts["*"]


def test_a_level_is_granted_and_recorded(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"jdoe": "UPDATE"})
    api.post(UPSTREAM, {"jdoe": "UPDATE", "bob": "READ"})
    assert caller.post(URL, {"user": "bob", "level": "READ"}).json() == {
        "user": "bob",
        "level": "READ",
        "message": "READ granted to bob.",
    }
    assert json.loads(api.asked[-1].body) == {"user": "bob", "level": "READ"}
    entry = AuditEntry.objects.get(kind=AuditEntry.END)
    assert (entry.action, entry.object_id, entry.outcome) == ("permission.grant", "bob", "done")


def test_nothing_is_granted_on_what_does_not_exist(caller: Caller, api: API) -> None:
    api.refuse("GET", "/actors/v2/aliases/ghost", "No alias found: ghost.", 404)
    problem(caller.post("/api/v1/aliases/ghost/permissions/", {"user": "bob", "level": "READ"}), 404, "gone")
    api.get("/actors/v2/configs", [])
    problem(caller.post("/api/v1/configs/ghost/permissions/", {"user": "bob", "level": "READ"}), 404, "gone")
    assert not AuditEntry.objects.exists()


def test_one_is_taken_back(caller: Caller, api: API) -> None:
    api.get(UPSTREAM, {"jdoe": "UPDATE", "bob": "READ"})
    api.post(UPSTREAM, {"jdoe": "UPDATE", "bob": "NONE"})
    assert "revoked" in caller.post(URL, {"user": "bob", "level": "NONE"}).json()["message"]
    assert AuditEntry.objects.filter(action="permission.revoke").count() == 2


def test_everybody_is_let_in_only_where_that_is_meant(caller: Caller, api: API) -> None:
    world = {"user": "ABACO_WORLD", "level": "UPDATE"}
    for sent in (world, world | {"confirm": "abaco_world"}):
        assert list(problem(caller.post(URL, sent), 422, "not-valid")["errors"]) == ["confirm"]
    low = problem(caller.post(URL, world | {"level": "READ", "confirm": "ABACO_WORLD"}), 422, "not-valid")
    assert list(low["errors"]) == ["level"]
    assert api.asked == []
    api.get(UPSTREAM, {"jdoe": "UPDATE"})
    api.post(UPSTREAM, {"jdoe": "UPDATE", "ABACO_WORLD": "UPDATE"})
    assert "public" in caller.post(URL, world | {"confirm": "ABACO_WORLD"}).json()["message"]


def test_who_lowers_themselves_must_mean_it(caller: Caller, api: API) -> None:
    lower = {"user": "jdoe", "level": "READ"}
    assert list(problem(caller.post(URL, lower), 422, "not-valid")["errors"]) == ["confirm_self"]
    assert api.asked == []
    api.get(UPSTREAM, {"jdoe": "UPDATE"})
    api.post(UPSTREAM, {"jdoe": "READ"})
    assert caller.post(URL, lower | {"confirm_self": True}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"user": "a.b", "level": "READ"}, "user"),
        ({"user": "a@b", "level": "READ"}, "user"),
        ({"user": " bob", "level": "READ"}, "user"),
        ({"user": "", "level": "READ"}, "user"),
        ({"user": "x" * 65, "level": "READ"}, "user"),
        ({"user": 5, "level": "READ"}, "user"),
        ({"level": "READ"}, "user"),
        ({"user": "bob"}, "level"),
        ({"user": "bob", "level": "read"}, "level"),
        ({"user": "bob", "level": "READ", "confirm_self": 1}, "confirm_self"),
        ({"user": "bob", "level": "READ", "expires": 1}, "expires"),
    ],
)
def test_what_the_form_refuses_is_refused(sent: Any, field: str, caller: Caller, api: API) -> None:
    assert list(problem(caller.post(URL, sent), 422, "not-valid")["errors"]) == [field]
    assert api.asked == []


def test_what_only_administrators_get_is_said(caller: Caller, api: API) -> None:
    api.refuse("GET", "/actors/v2/configs/c/permissions", "Unexpected error.", 500)
    answer = caller.get("/api/v1/configs/c/permissions/")
    assert answer.status_code in (403, 502)
    problem(answer, answer.status_code, answer.json()["kind"])
