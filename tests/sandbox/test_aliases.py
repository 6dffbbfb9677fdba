"""Aliases: their permissions, their nonces, and what happens when they point elsewhere."""

from typing import Any

import pytest
import requests

from tests.sandbox.support import Person, Sandbox


def ask(sandbox: Sandbox, method: str, path: str, nonce: str, **more: Any) -> tuple[int, str]:
    """Ask with a nonce instead of a token."""
    url = f"{sandbox.url}/actors/v2{path}"
    answer = requests.request(method, url, params={"x-nonce": nonce}, timeout=60, **more)
    return answer.status_code, answer.json()["message"]


@pytest.fixture
def actor(demo: Person) -> str:
    return demo.actor("abacosamples/wc")


@pytest.fixture
def alias(demo: Person, actor: str) -> str:
    name = f"words-of-{actor.lower()}x"
    demo.post("/aliases", {"alias": name, "actorId": actor})
    return name


def test_permissions_on_an_alias_are_its_own(alias: str, actor: str, demo: Person, team: Person) -> None:
    path = f"/aliases/{alias}"
    assert demo.get(f"{path}/permissions") == {"demo": "UPDATE"}
    denied = (400, "Not authorized -- you do not have access to this alias.")
    assert team.refusal("GET", path) == team.refusal("GET", f"{path}/permissions") == denied
    given = demo.post(f"{path}/permissions", {"user": "team", "level": "READ"})
    assert given == {"demo": "UPDATE", "team": "READ"}
    assert team.get(path)["actorId"] == actor
    assert team.refusal("DELETE", path) == denied
    assert team.refusal("POST", f"{path}/permissions", json={"user": "team", "level": "UPDATE"}) == denied
    assert team.refusal("GET", f"/{alias}")[0] == 400  # the actor itself is not shared


def test_the_nonces_of_an_alias_open_its_path_and_no_other(
    alias: str, actor: str, sandbox: Sandbox, demo: Person
) -> None:
    path = f"/aliases/{alias}/nonces"
    nonce = demo.post(path, {"maxUses": 3, "description": "by alias"})
    assert nonce["alias"] == alias
    assert "actorId" not in nonce
    assert nonce["_links"]["self"].endswith(f"/actors/v2/None/nonces/{nonce['id']}")
    assert ask(sandbox, "POST", f"/{alias}/messages", nonce["id"], json={"message": "a b"})[0] == 200
    assert ask(sandbox, "GET", f"/aliases/{alias}", nonce["id"])[1] == "Alias retrieved successfully."
    assert ask(sandbox, "GET", f"/{actor}", nonce["id"]) == (400, "Nonce does not exist.")
    shown = demo.get(f"{path}/{nonce['id']}")
    assert (shown["currentUses"], shown["remainingUses"]) == (2, 1)
    assert [row["id"] for row in demo.get(path)] == [nonce["id"]]
    assert demo.get(f"/{alias}/nonces") == []  # those of the actor
    own = demo.post(f"/{actor}/nonces")["id"]
    assert ask(sandbox, "GET", f"/{alias}", own) == (400, "Nonce does not exist.")


def test_a_nonce_of_an_alias_cannot_be_made_to_update(alias: str, demo: Person) -> None:
    status, message = demo.refusal("POST", f"/aliases/{alias}/nonces", json={"level": "UPDATE"})
    assert (status, message.endswith("must be one of: ('NONE', 'READ', 'EXECUTE')")) == (400, True)
    for level in ("NONE", "READ", "EXECUTE"):
        assert demo.post(f"/aliases/{alias}/nonces", {"level": level})["level"] == level


def test_the_nonces_of_an_alias_ask_for_the_level_on_alias_and_actor(
    alias: str, actor: str, demo: Person, team: Person
) -> None:
    path, denied = (
        f"/aliases/{alias}/nonces",
        (400, "Not authorized -- you do not have access to this alias and actor."),
    )
    demo.post(f"/aliases/{alias}/permissions", {"user": "team", "level": "UPDATE"})
    assert team.refusal("GET", path) == denied
    demo.post(f"/{actor}/permissions", {"user": "team", "level": "READ"})
    assert team.get(path) == []
    assert team.refusal("POST", path, json={}) == denied
    demo.post(f"/{actor}/permissions", {"user": "team", "level": "UPDATE"})
    nonce = team.post(path, {})["id"]
    assert team.ask("DELETE", f"{path}/{nonce}").json()["message"] == "Alias nonce deleted successfully."
    assert team.refusal("DELETE", f"{path}/{nonce}")[0] == 500
    assert team.refusal("GET", f"{path}/{nonce}") == (400, "Nonce not found.")


def test_nonces_follow_an_alias_to_another_actor(alias: str, sandbox: Sandbox, demo: Person) -> None:
    nonce = demo.post(f"/aliases/{alias}/nonces")["id"]
    other = demo.actor("abacosamples/test")
    demo.put(f"/aliases/{alias}", {"actorId": other})
    assert ask(sandbox, "POST", f"/{alias}/messages", nonce, json={"message": "x"})[0] == 200
    assert demo.get(f"/{other}/executions")["totalExecutions"] == 1


def test_who_points_an_alias_elsewhere_may_update_it_from_then_on(alias: str, demo: Person, admin: Person) -> None:
    other = demo.actor("abacosamples/test")
    assert admin.put(f"/aliases/{alias}", {"actorId": other})["owner"] == "demo"
    assert demo.get(f"/aliases/{alias}/permissions") == {"demo": "UPDATE", "admin": "UPDATE"}


def test_unknown_aliases_are_404_for_everybody(demo: Person, admin: Person) -> None:
    for path in ("/aliases/nosuch", "/aliases/nosuch/nonces", "/aliases/nosuch/permissions"):
        assert demo.refusal("GET", path) == (404, "Actor with identifier 'nosuch' not found")
    for path in ("/aliases/nosuch", "/aliases/nosuch/nonces"):
        assert admin.refusal("GET", path) == (404, "No alias found: nosuch.")
    assert admin.refusal("GET", "/aliases/nosuch/permissions") == (404, "Actor SANDBOX_nosuch does not exist")


def test_a_grant_on_an_unknown_alias_stays_for_whoever_makes_it(demo: Person, admin: Person) -> None:
    path = "/aliases/granted-before/permissions"
    assert demo.refusal("POST", path, json={"user": "team", "level": "READ"})[0] == 404
    admin.post(path, {"user": "team", "level": "READ"})
    demo.post("/aliases", {"alias": "granted-before", "actorId": demo.actor("abacosamples/test")})
    assert demo.get(path) == {"demo": "UPDATE", "team": "READ"}


def test_without_token_or_nonce_an_alias_answers_nothing(alias: str, sandbox: Sandbox, demo: Person) -> None:
    answer = requests.get(f"{sandbox.url}/actors/v2/aliases/{alias}", timeout=60)
    assert (answer.status_code, answer.json()["message"]) == (400, "No JWT or nonce provided.")
    assert demo.refusal("PATCH", f"/aliases/{alias}/nonces")[0] == 405


def test_refusals_name_the_actor_as_the_path_does(demo: Person, admin: Person) -> None:
    actor = demo.actor("abacosamples/test")
    demo.post("/aliases", {"alias": "named-by-path", "actorId": actor})
    message = "No executions found with actor id of named-by-path and execution id of nosuch."
    assert demo.refusal("GET", "/named-by-path/executions/nosuch") == (400, message)
    assert (
        admin.ask("POST", "/named-by-path/workers").json()["message"] == "Actor named-by-path already had 1 worker(s)."
    )
    demo.delete(f"/{actor}")
    assert admin.refusal("GET", "/named-by-path/messages") == (404, "No actor found with id: named-by-path.")


def test_a_nonce_of_another_tenant_finds_no_alias(demo: Person) -> None:
    demo.post("/aliases", {"alias": "asked-from-afar", "actorId": demo.actor("abacosamples/test")})
    nobody = Person(demo.url, "", headers={"X-Nothing": "x"})
    missing = (404, "Actor with identifier 'asked-from-afar' not found")
    assert nobody.refusal("GET", "/asked-from-afar?x-nonce=OTHER_nonce") == missing
    assert nobody.refusal("GET", "/asked-from-afar?x-nonce=SANDBOX_nonce") == (400, "Nonce does not exist.")


def test_an_alias_is_refused_in_the_order_of_abacos_checks(demo: Person, team: Person) -> None:
    actor = demo.actor("abacosamples/test")
    others = (400, f"Not authorized -- you do not have access to {actor}.")
    demo.post(f"/{actor}/permissions", {"user": "team", "level": "READ"})
    for body, person, expected in (
        ({"alias": actor, "actorId": "nosuch"}, demo, "Invalid alias description. Alias cannot be an Abaco hash id."),
        ({"alias": "admin", "actorId": "nosuch"}, demo, "No actor found with id: nosuch."),
        ({"alias": "admin", "actorId": actor}, team, others[1]),
        ({"alias": "admin", "actorId": actor}, demo, "admin is a reserved word."),
        ({"alias": None, "actorId": actor}, demo, "argument of type 'NoneType' is not iterable"),
    ):
        assert expected in person.refusal("POST", "/aliases", json=body)[1]
