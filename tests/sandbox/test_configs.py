"""Configs and secrets: who may, what is shown, and what the processes of actors see of them."""

import ast
from typing import Any

import pytest

from tests.sandbox.support import Person

SECRET = "hush-93"
CRASH = "Unrecognized exception type: <class 'TypeError'>. Exception: 'NoneType' object is not subscriptable"


def config(name: str, actors: str, value: Any = "v1", secret: bool = False) -> dict[str, Any]:
    return {"name": name, "value": value, "isSecret": secret, "actors": actors}


@pytest.fixture
def actor(demo: Person) -> str:
    return demo.actor("abacosamples/test")


def configs_seen(person: Person, actor: str) -> dict[str, str]:
    """Return what a process of an actor finds in `_actor_configs`."""
    log = person.log(actor, person.run(actor, "which configs")["id"])
    line = next(line for line in log.splitlines() if line.startswith("_actor_configs="))
    return dict(ast.literal_eval(line.partition("=")[2]))


def test_a_process_sees_the_configs_that_name_its_actor_or_alias(actor: str, demo: Person) -> None:
    assert configs_seen(demo, actor) == {}
    demo.post("/aliases", {"alias": "seen-by-alias", "actorId": actor})
    other = demo.actor("abacosamples/wc")
    demo.post("/configs", config("seen-by-id", f"{other}, {actor}", {"a": True}))
    demo.post("/configs", config("seen-secretly", "seen-by-alias", SECRET, secret=True))
    demo.post("/configs", config("not-for-it", other))
    assert configs_seen(demo, actor) == {"seen-by-id": "{'a': True}", "seen-secretly": SECRET}


def test_everybody_lists_every_config_and_nobody_reads_a_secret(actor: str, demo: Person, team: Person) -> None:
    made = demo.post("/configs", config("listed-secret", actor, SECRET, secret=True))
    assert made["value"] != SECRET
    shown = {row["name"]: row for row in team.get("/configs")}["listed-secret"]
    assert shown == made
    assert shown.keys() == {"name", "value", "isSecret", "actors"}
    assert SECRET not in team.ask("GET", "/configs").text


def test_the_routes_of_one_config_fail_for_those_who_may_and_refuse_the_others(
    actor: str, demo: Person, team: Person
) -> None:
    demo.post("/configs", config("guarded", actor))
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/permissions"), ("POST", "/permissions")):
        body = config("guarded", actor) if method != "GET" else None
        assert demo.refusal(method, f"/configs/guarded{path}", json=body) == (500, CRASH)
        denied = (400, "You do not have sufficient access to this actor config.")
        assert team.refusal(method, f"/configs/guarded{path}", json=body) == denied
        assert team.refusal(method, f"/configs/nosuch{path}", json=body)[1] == "Config SANDBOX_nosuch does not exist"
    assert "guarded" in [row["name"] for row in demo.get("/configs")]


def test_admins_read_change_share_and_delete_any_config(actor: str, demo: Person, admin: Person) -> None:
    demo.post("/configs", config("managed", actor))
    assert admin.get("/configs/managed") == config("managed", actor)
    changed = admin.put("/configs/managed", config("ignored", actor, SECRET, secret=True))
    assert (changed["name"], changed["isSecret"]) == ("managed", True)
    assert configs_seen(demo, actor) == {"managed": SECRET}
    status, message = admin.refusal("PUT", "/configs/managed", json={"name": "managed"})
    assert (status, "'value'" in message) == (400, True)
    levels = admin.post("/configs/managed/permissions", {"user": "team", "level": "READ"})
    assert levels == admin.get("/configs/managed/permissions") == {"demo": "UPDATE", "team": "READ"}
    answer = admin.ask("DELETE", "/configs/managed").json()
    assert answer["message"] == "Actor config managed deleted successfully."
    for method in ("GET", "DELETE"):
        assert admin.refusal(method, "/configs/managed")[0] == 404


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"actors": "nosuch"}, 404, "No actor or alias found with id: nosuch."),
        ({"name": "admin"}, 400, "admin is a reserved word."),
        ({"name": "utilization"}, 400, "utilization is a reserved word."),
        ({"name": "a/b"}, 400, "'/' is a forbidden character."),
        ({"isSecret": 1}, 400, "'isSecret'"),
    ],
)
def test_a_bad_config_is_refused(change: dict[str, Any], status: int, words: str, actor: str, demo: Person) -> None:
    before = demo.get("/configs")
    found, message = demo.refusal("POST", "/configs", json=config("fine", actor) | change)
    assert (found, words in message) == (status, True), message
    assert demo.get("/configs") == before


def test_a_null_is_kept_without_a_value_and_cannot_be_a_secret(actor: str, demo: Person) -> None:
    made = demo.post("/configs", config("nothing", actor, None))
    assert made == {"name": "nothing", "isSecret": False, "actors": actor}
    status, message = demo.refusal("POST", "/configs", json=config("no-secret", actor, None, secret=True))
    assert (status, "'NoneType' object has no attribute 'encode'" in message) == (500, True)
    assert demo.refusal("POST", "/configs", json=config("fine", actor) | {"actors": None})[0] == 400


def test_a_name_is_taken_once(actor: str, demo: Person, team: Person) -> None:
    demo.post("/configs", config("taken", actor))
    refused = team.refusal("POST", "/configs", json=config("taken", actor, "other"))
    assert refused == (400, "Config taken already exists; please choose another name for your config")
