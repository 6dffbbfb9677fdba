"""Tokens, nonces and permissions: who may do what, and what the others are told."""

from typing import Any

import pytest
import requests

from actors_app.core.operations.operation import operations
from tests.sandbox.support import CLIENT, Person, Sandbox

LEVELS = ("NONE", "READ", "EXECUTE", "UPDATE")
NEEDED = (  # method, path under the actor, body, level
    ("GET", "", None, "READ"),
    ("GET", "/messages", None, "READ"),
    ("GET", "/executions", None, "READ"),
    ("GET", "/workers", None, "READ"),
    ("GET", "/nonces", None, "READ"),
    ("GET", "/permissions", None, "READ"),
    ("GET", "/state", None, "READ"),
    ("POST", "/messages", {"message": "hello"}, "EXECUTE"),
    ("DELETE", "/messages", None, "UPDATE"),
    ("POST", "/state", {"a": 1}, "UPDATE"),
    ("POST", "/nonces", {}, "UPDATE"),
    ("POST", "/permissions", {"user": "somebody", "level": "READ"}, "UPDATE"),
    ("POST", "/executions", {"runtime": 1, "cpu": 1, "io": 1}, "UPDATE"),
    ("PUT", "", {"image": "abacosamples/wc", "stateless": False}, "UPDATE"),
)


def test_each_write_on_an_actor_has_a_row() -> None:
    writes = {
        (operation.method, operation.path.removeprefix("/actors/{actor_id}"), operation.needs)
        for operation in operations()
        if operation.method != "GET"
        and operation.needs in LEVELS
        and operation.path.startswith("/actors/{actor_id}")
        and operation.parameters == ["actor_id"]
    }
    deletion = ("DELETE", "", "UPDATE")  # after which no other row could be tried
    missing = writes - {(method, path, level) for method, path, _, level in NEEDED} - {deletion}
    assert not missing, "Each needs a row in NEEDED."


def token(sandbox: Sandbox, auth: tuple[str, str] = CLIENT, **form: str) -> requests.Response:
    return requests.post(f"{sandbox.url}/token", form, auth=auth, timeout=60)


def test_the_token_endpoint_gives_and_renews(sandbox: Sandbox) -> None:
    first = token(sandbox, grant_type="password", username="demo", password="demo", scope="PRODUCTION").json()
    assert first["expires_in"] == 14400
    assert {"access_token", "refresh_token", "token_type", "scope", "expires_in"} == first.keys()
    second = token(sandbox, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert Person(sandbox.url, second["access_token"]).ask("GET", "").status_code == 200
    again = token(sandbox, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_the_token_endpoint_refuses(sandbox: Sandbox) -> None:
    wrong = token(sandbox, grant_type="password", username="demo", password="guess")
    assert (wrong.status_code, wrong.json()["error_description"]) == (400, "Authentication failed for demo")
    assert token(sandbox, ("sandbox", "no"), grant_type="password").json()["error"] == "invalid_client"
    assert token(sandbox, grant_type="implicit").json()["error"] == "unsupported_grant_type"
    assert requests.get(f"{sandbox.url}/token", timeout=60).status_code == 405


def test_the_profile_is_ones_own(sandbox: Sandbox, team: Person) -> None:
    headers = {"Authorization": f"Bearer {team.token}"}
    profile = requests.get(f"{sandbox.url}/profiles/v2/me", headers=headers, timeout=60).json()["result"]
    assert profile["username"] == "team"


def test_a_refresh_token_is_no_access_token(sandbox: Sandbox) -> None:
    given = token(sandbox, grant_type="password", username="demo", password="demo").json()
    refused = Person(sandbox.url, given["refresh_token"]).ask("GET", "")
    assert (refused.status_code, refused.json()["fault"]["code"]) == (401, 900904)


def test_without_credentials_nothing_is_answered(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/actors/v2", timeout=60)
    assert (answer.status_code, answer.json()["message"]) == (400, "No JWT or nonce provided.")
    assert answer.headers["Server"] == "actors-sandbox"


@pytest.fixture(scope="module")
def stateful(demo: Person) -> str:
    return demo.actor("abacosamples/wc", stateless=False)


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_allows_what_it_should(level: str, stateful: str, demo: Person, team: Person) -> None:
    demo.post(f"/{stateful}/permissions", {"user": "team", "level": level})
    for method, path, body, needed in NEEDED:
        answer = team.ask(method, f"/{stateful}{path}", json=body)
        if LEVELS.index(level) >= LEVELS.index(needed):
            assert answer.status_code == 200, (method, path, answer.text)
        else:
            assert answer.status_code == 400, (method, path)
            assert answer.json()["message"] == "Not authorized -- you do not have access to this actor."


def test_admins_may_do_everything_but_see_only_their_own_in_the_list(demo: Person, admin: Person) -> None:
    actor = demo.actor("abacosamples/wc", stateless=False)
    assert actor not in [row["id"] for row in admin.get("")]
    for method, path, body, _ in NEEDED:
        assert admin.ask(method, f"/{actor}{path}", json=body).status_code == 200, (method, path)


def test_only_admins_ask_for_workers(demo: Person, admin: Person) -> None:
    actor = demo.actor("abacosamples/wc")
    message = "Not authorized -- only admins are authorized to update workers."
    assert demo.refusal("POST", f"/{actor}/workers", json={"num": 1}) == (400, message)
    answer = admin.ask("POST", f"/{actor}/workers", json={"num": -2}).json()
    assert answer["message"] == f"Actor {actor} already had -2 worker(s)."


def test_sharing_with_the_world_gives_everything_to_everybody(demo: Person, team: Person) -> None:
    actor = demo.actor("abacosamples/wc")
    demo.post(f"/{actor}/permissions", {"user": "ABACO_WORLD", "level": "READ"})
    assert actor in [row["id"] for row in team.get("")]
    assert team.put(f"/{actor}", {"image": "abacosamples/wc", "description": "changed"})["description"] == "changed"
    assert demo.get(f"/{actor}/permissions")["team"] == "UPDATE"


@pytest.mark.parametrize("name", ["privileged", "maxWorkers", "memLimit", "queue", "maxCpus", "useContainerUid"])
def test_a_message_with_a_privileged_field_is_refused(name: str, stateful: str, demo: Person) -> None:
    status, message = demo.refusal("POST", f"/{stateful}/messages", json={name: 1})
    assert status == 400
    assert message.startswith("Not authorized -- only admins and privileged users can ")


def nonce_ask(sandbox: Sandbox, method: str, path: str, nonce: str, **more: Any) -> tuple[int, str]:
    url = f"{sandbox.url}/actors/v2{path}"
    answer = requests.request(method, url, params={"x-nonce": nonce}, timeout=60, **more)
    return answer.status_code, answer.json()["message"]


def test_a_nonce_sends_as_often_as_it_may(sandbox: Sandbox, demo: Person) -> None:
    actor = demo.actor("abacosamples/test")
    nonce = demo.post(f"/{actor}/nonces", {"maxUses": 2})
    assert nonce["id"].startswith("SANDBOX_")
    for _ in range(2):
        assert nonce_ask(sandbox, "POST", f"/{actor}/messages", nonce["id"], json={"message": "x"})[0] == 200
    refused = nonce_ask(sandbox, "POST", f"/{actor}/messages", nonce["id"], json={"message": "x"})
    assert refused == (400, "No remaining uses left for this nonce.")
    shown = demo.get(f"/{actor}/nonces/{nonce['id']}")
    assert (shown["currentUses"], shown["remainingUses"]) == (2, 0)
    assert shown["lastUseTime"] != "None"
    executions = demo.get(f"/{actor}/executions")["executions"]
    log = demo.ended(actor, executions[0]["id"]) and demo.log(actor, executions[0]["id"])
    assert f"x-nonce={nonce['id']}" in log
    assert "_abaco_jwt_header_name" not in log


def test_a_nonce_has_its_level_its_actor_and_its_place(sandbox: Sandbox, demo: Person) -> None:
    actor, other = demo.actor("abacosamples/wc"), demo.actor("abacosamples/wc")
    reading = demo.post(f"/{actor}/nonces", {"level": "READ"})["id"]
    assert nonce_ask(sandbox, "GET", f"/{actor}", reading)[0] == 200
    weak = (400, "Nonce does not have sufficient permissions level.")
    assert nonce_ask(sandbox, "POST", f"/{actor}/messages", reading, json={"message": "x"}) == weak
    assert nonce_ask(sandbox, "DELETE", f"/{actor}", reading) == weak
    assert nonce_ask(sandbox, "GET", f"/{other}", reading) == (400, "Nonce does not exist.")
    assert nonce_ask(sandbox, "GET", "", reading)[0] == 400
    assert nonce_ask(sandbox, "GET", "/utilization", reading)[0] == 404
    assert nonce_ask(sandbox, "GET", "/search/actors", reading)[0] == 404
    assert nonce_ask(sandbox, "GET", f"/{actor}/executions", reading)[1] == "Actor executions retrieved successfully."


def test_deleting_a_nonce_twice_is_abacos_500(demo: Person) -> None:
    actor = demo.actor("abacosamples/wc")
    first, _ = (demo.post(f"/{actor}/nonces")["id"] for _ in range(2))
    demo.delete(f"/{actor}/nonces/{first}")
    status, message = demo.refusal("DELETE", f"/{actor}/nonces/{first}")
    assert status == 500
    assert "KeyError" in message


def test_an_alias_stands_for_its_actor_until_it_goes(demo: Person, team: Person) -> None:
    actor = demo.actor("abacosamples/wc", name="aliased")
    demo.post("/aliases", {"alias": "my-words", "actorId": actor})
    assert demo.get("/my-words")["id"] == actor
    assert team.refusal("GET", "/my-words")[0] == 400
    assert "my-words" in [row["alias"] for row in team.get("/aliases")]
    demo.delete(f"/{actor}")
    assert demo.refusal("GET", "/my-words") == (400, f"Actor SANDBOX_{actor} does not exist")
    demo.delete("/aliases/my-words")
    assert demo.refusal("GET", "/my-words") == (404, "Actor with identifier 'my-words' not found")
