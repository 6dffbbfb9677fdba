"""What only v3 does, and signing in at it; the answers it shares with v2 are compared in `test_contract_v3.py`."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.contract import tapis_token
from tests.sandbox.support import CLIENT, Person, Sandbox, result_of, start_sandbox

PASSWORD = {"grant_type": "password", "username": "demo", "password": "demo"}


def ask(sandbox: Sandbox, body: dict[str, Any], auth: tuple[str, str] | None = CLIENT) -> requests.Response:
    return requests.post(f"{sandbox.url}/v3/oauth2/tokens", json=body, auth=auth, timeout=60)


@pytest.fixture(scope="module")
def tapis_demo(sandbox: Sandbox) -> Person:
    return sandbox.sign_in("demo", "v3")


def test_a_password_gives_both_tokens_doubly_nested(sandbox: Sandbox) -> None:
    answer = ask(sandbox, PASSWORD)
    body = answer.json()
    assert (body["status"], body["metadata"], body["message"]) == ("success", {}, "Token created successfully.")
    for kind, seconds in (("access", 14400), ("refresh", 31536000)):
        token = body["result"][f"{kind}_token"]
        assert set(token) == {f"{kind}_token", "expires_at", "expires_in", "jti"}
        assert token["expires_in"] == seconds
        assert datetime.fromisoformat(token["expires_at"]).tzinfo
        claims = json.loads(base64.urlsafe_b64decode(token[f"{kind}_token"].split(".")[1] + "=="))
        assert (claims["tapis/username"], claims["tapis/tenant_id"]) == ("demo", "sandbox")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_will_do_as_well(sandbox: Sandbox) -> None:
    answer = requests.post(f"{sandbox.url}/v3/oauth2/tokens", PASSWORD, auth=CLIENT, timeout=60)
    assert "refresh_token" in result_of(answer)


def test_without_a_client_there_is_no_refresh_token(sandbox: Sandbox) -> None:
    assert set(result_of(ask(sandbox, PASSWORD, auth=None))) == {"access_token"}


def test_a_refresh_token_gives_new_ones_and_stays_good(sandbox: Sandbox) -> None:
    old = result_of(ask(sandbox, PASSWORD))["refresh_token"]["refresh_token"]
    body = {"grant_type": "refresh_token", "refresh_token": old}
    first, second = (result_of(ask(sandbox, body)) for _ in range(2))
    assert first["access_token"]["access_token"] != second["access_token"]["access_token"]


@pytest.mark.parametrize(
    ("body", "auth", "message"),
    [
        ({}, CLIENT, "Missing the required grant_type parameter."),
        ({"grant_type": "magic"}, CLIENT, "Invalid grant_type"),
        (PASSWORD | {"password": "no"}, CLIENT, "Invalid username/password combination."),
        (PASSWORD | {"password": ""}, CLIENT, "Missing required payload data; username and password are required "
         "for the password grant type."),
        (PASSWORD, ("sandbox", "wrong"), "Invalid client credentials: sandbox."),
        ({"grant_type": "refresh_token", "refresh_token": "no"}, CLIENT, "Invalid refresh_token."),
        ({"grant_type": "refresh_token", "refresh_token": "no"}, None, "Invalid client credentials: None."),
        ({"grant_type": "authorization_code", "redirect_uri": "http://127.0.0.1/", "code": "no"}, CLIENT,
         "authorization code not valid."),
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_in_the_envelope(
    sandbox: Sandbox, body: dict[str, str], auth: tuple[str, str] | None, message: str
) -> None:
    answer = ask(sandbox, body, auth)
    assert (answer.status_code, answer.json()["message"], answer.json()["metadata"]) == (400, message, {})


def test_the_profile_says_who_one_is(sandbox: Sandbox, tapis_demo: Person) -> None:
    answer = requests.get(f"{sandbox.url}/v3/oauth2/userinfo", headers=tapis_demo.headers, timeout=60)
    profile = result_of(answer)
    assert (profile["username"], profile["given_name"], profile["last_name"]) == ("demo", "Dana", "Moreno")


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "No JWT or nonce provided."),
        ({"Authorization": "Bearer x"}, "No JWT or nonce provided."),
        ({"X-Tapis-Token": "x"}, "Could not parse the Tapis access token."),
        ({"X-Tapis-Token": ""}, "No JWT or nonce provided."),
        ({"X-Tapis-Token": "a.b.c"}, "Could not parse the Tapis access token."),
        (
            {"X-Tapis-Token": "h.e30.s"},
            "Unable to process Tapis token; could not parse the tenant_id. It is possible the "
            "token is in a format no longer supported by the platform.",
        ),
        ({"X-Tapis-Token": tapis_token("demo", "elsewhere")}, "Unable to process Tapis token; unexpected tenant_id."),
        ({"X-Tapis-Token": tapis_token("demo", "sandbox")}, "Invalid Tapis token."),
    ],
)
def test_a_token_that_is_none_is_a_400(sandbox: Sandbox, headers: dict[str, str], message: str) -> None:
    answer = requests.get(f"{sandbox.url}/v3/actors", headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def test_a_bad_token_beats_a_good_nonce(sandbox: Sandbox, tapis_demo: Person) -> None:
    actor = tapis_demo.actor("abacosamples/wc")
    nonce = tapis_demo.post(f"/{actor}/nonces")["id"]
    address = f"{sandbox.url}/v3/actors/{actor}?x-nonce={nonce}"
    answers = [requests.get(address, headers={"X-Tapis-Token": bad}, timeout=60) for bad in ("", "bad")]
    assert [answer.status_code for answer in answers] == [200, 400]


def test_a_service_asks_on_behalf_of_a_user_and_a_user_of_nobody(sandbox: Sandbox, tapis_demo: Person) -> None:
    token = tapis_token("files", "admin", "service")
    with closing(sqlite3.connect(sandbox.database, timeout=60)) as store:
        row = (sha256(token.encode()).hexdigest(), "files", "access", "2099-01-01 00:00:00")
        store.execute("INSERT INTO sandbox_token (digest, person, kind, expires_at) VALUES (?, ?, ?, ?)", row)
        store.commit()
    service = Person(sandbox.url, "", "v3/actors", {"X-Tapis-Token": token})
    behalf = {"X-Tapis-Tenant": "sandbox", "X-Tapis-User": "demo"}
    actor = tapis_demo.actor("abacosamples/wc")
    assert service.get(f"/{actor}", headers=behalf)["owner"] == "demo"
    assert service.refusal("GET", f"/{actor}") == (400, "Invalid service request; X-Tapis-Tenant header missing.")
    half = service.refusal("GET", f"/{actor}", headers={"X-Tapis-Tenant": "sandbox"})
    assert half == (400, "Invalid service request; X-Tapis-User header missing.")
    stranger = service.refusal("GET", f"/{actor}", headers=behalf | {"X-Tapis-User": "nobody-we-know"})
    assert stranger == (400, "Not authorized -- you do not have access to this actor.")
    elsewhere = service.refusal("GET", f"/{actor}", headers=behalf | {"X-Tapis-Tenant": "nowhere"})
    assert elsewhere == (400, "invalid tenant id.")
    mine = tapis_demo.refusal("GET", f"/{actor}", headers={"X-Tapis-User": "admin"})
    assert mine == (400, "Invalid request; cannot set OBO headers with a user token.")


def test_both_versions_show_one_store_each_in_its_own_names(demo: Person, tapis_demo: Person) -> None:
    actor = tapis_demo.actor("abacosamples/wc", name="both", default_environment={"A": "1"})
    assert demo.get(f"/{actor}")["defaultEnvironment"] == {"A": "1"}
    shown = tapis_demo.get(f"/{actor}")
    assert (shown["max_workers"], shown["run_as_executor"]) == (None, False)
    assert shown["_links"]["self"].endswith(f"//v3/actors/{actor}")


def test_a_nonce_is_written_with_the_tenant_of_each_version(demo: Person, tapis_demo: Person) -> None:
    actor = tapis_demo.actor("abacosamples/wc")
    made = tapis_demo.post(f"/{actor}/nonces", {"max_uses": 2})
    assert made["id"].startswith("sandbox_")
    assert made["roles"] == []
    assert [row["id"] for row in demo.get(f"/{actor}/nonces")] == ["SANDBOX_" + made["id"].removeprefix("sandbox_")]
    bare = Person(tapis_demo.url, "", "v3/actors", {"Accept": "*/*"})
    assert bare.get(f"/{actor}", params={"x-nonce": made["id"]})["id"] == actor
    assert tapis_demo.get(f"/{actor}/nonces/{made['id']}")["remaining_uses"] == 1
    assert tapis_demo.ask("DELETE", f"/{actor}/nonces/{made['id']}").status_code == 200


def test_actors_shared_with_everybody_are_not_listed(demo: Person, sandbox: Sandbox, tapis_demo: Person) -> None:
    actor = tapis_demo.actor("abacosamples/wc")
    tapis_demo.post(f"/{actor}/permissions", {"user": "ABACO_WORLD", "level": "READ"})
    assert actor in {row["id"] for row in sandbox.sign_in("team").get("")}
    team = sandbox.sign_in("team", "v3")
    assert actor not in {row["id"] for row in team.get("")}
    assert team.get(f"/{actor}")["id"] == actor


def test_a_put_resets_the_schedule_too(tapis_demo: Person) -> None:
    schedule = {"cron_schedule": "2099-01-01 10 + 2 days", "cron_on": True}
    actor = tapis_demo.actor("abacosamples/wc", status_message="why", **schedule)
    kept = result_of(tapis_demo.ask("PUT", f"/{actor}", json={"image": "abacosamples/wc", **schedule}))
    assert (kept["cron_schedule"], kept["cron_next_ex"], kept["status_message"]) == (
        schedule["cron_schedule"],
        "2099-01-01 10",
        "",
    )
    body = {"image": "abacosamples/wc", "cron_on": True, "status_message": "kept"}
    reset = result_of(tapis_demo.ask("PUT", f"/{actor}", json=body))
    assert (reset["cron_schedule"], reset["cron_next_ex"], reset["status_message"]) == (None, None, "kept")


def test_a_container_gets_its_owners_token_whatever_the_actor_says_and_not_who_used_a_nonce(tapis_demo: Person) -> None:
    actor = tapis_demo.actor("abacosamples/test", token=False)
    environment = printed(tapis_demo, actor, {})
    assert (
        json.loads(base64.b64decode(environment["_abaco_access_token"].split(".")[1] + "=="))["sub"] == "demo@sandbox"
    )
    assert (environment["_abaco_username"], environment["_abaco_actor_dbid"]) == ("demo", f"sandbox_{actor}")
    assert environment["_abaco_api_server"] == "https://localhost:5000/"
    assert "_abaco_jwt_header_name" not in environment
    nonce = tapis_demo.post(f"/{actor}/nonces")["id"]
    assert "_abaco_username" not in printed(tapis_demo, actor, {"x-nonce": nonce})


def printed(person: Person, actor: str, query: dict[str, str]) -> dict[str, str]:
    """Return the environment of an execution, which the image prints; with a nonce, it is sent without a token."""
    sender = Person(person.url, "", person.root, {"Accept": "*/*"}) if query else person
    execution = sender.post(f"/{actor}/messages", {"message": "x"}, params=query)["execution_id"]
    person.ended(actor, execution)
    lines = [line.partition("=") for line in person.log(actor, execution).splitlines()]
    return {name: value for name, _, value in lines}


def test_the_counter_reaches_the_api_although_it_is_told_another_address(tapis_demo: Person) -> None:
    actor = tapis_demo.actor("sandbox/counter", stateless=False)
    execution = tapis_demo.post(f"/{actor}/messages", {"message": "x"})["execution_id"]
    assert tapis_demo.ended(actor, execution)["exit_code"] == 0
    assert tapis_demo.get(f"/{actor}/state") == {"state": {"count": 1}}


@pytest.mark.parametrize(("seconds", "kept"), [(0, True), (-1, False)])
def test_a_log_is_lost_for_negative_seconds_only(tapis_demo: Person, seconds: int, kept: bool) -> None:
    actor = tapis_demo.actor("abacosamples/wc", log_ex=seconds)
    execution = tapis_demo.post(f"/{actor}/messages", {"message": "x"})["execution_id"]
    tapis_demo.ended(actor, execution)
    assert bool(tapis_demo.log(actor, execution)) is kept


def test_camel_case_is_ignored_and_running_as_the_executor_is_for_others(tapis_demo: Person) -> None:
    actor = tapis_demo.actor("abacosamples/wc", defaultEnvironment={"A": "1"})
    assert tapis_demo.get(f"/{actor}")["default_environment"] == {}
    assert tapis_demo.get("", params={"createTime.gt": "2020"})["search"] == []
    assert tapis_demo.get("", params={"create_time.gt": "2020"})["search"]
    refused = tapis_demo.refusal("POST", "", json={"image": "a/b", "run_as_executor": True})
    assert refused == (400, "run_as_executor isn't supported for your tenant")


@pytest.fixture
def at_tacc(tmp_path: Path) -> Iterator[Person]:
    running = start_sandbox(tmp_path, "none", SANDBOX_TENANT="TACC", SANDBOX_CONTAINER_BACKEND="kubernetes")
    yield running.sign_in("demo", "v3")
    running.stop()


def test_where_users_have_an_account_at_tacc_an_actor_runs_as_its_executor(at_tacc: Person) -> None:
    actor = at_tacc.actor("abacosamples/wc", run_as_executor=True)
    assert at_tacc.get(f"/{actor}")["run_as_executor"] is True
    nonce = at_tacc.post(f"/{actor}/nonces")["id"]
    bare = Person(at_tacc.url, "", "v3/actors", {"Accept": "*/*"})
    status, message = bare.refusal("POST", f"/{actor}/messages", json={"message": "x"}, params={"x-nonce": nonce})
    assert (status, "tenant_id" in message) == (500, True)
    both = {"image": "a/b", "run_as_executor": True, "use_container_uid": True}
    refused = (400, "Cannot set both use_container_uid and run_as_executor as true")
    assert at_tacc.refusal("POST", "", json=both) == at_tacc.refusal("PUT", f"/{actor}", json=both) == refused
    assert at_tacc.put(f"/{actor}", {"image": "abacosamples/wc"})["run_as_executor"] is False


def test_an_execution_ends_as_kubernetes_tells_it(at_tacc: Person) -> None:
    actor = at_tacc.actor("sandbox/fail")
    execution = result_of(at_tacc.ask("POST", f"/{actor}/messages", json={"message": "4"}))["execution_id"]
    row = at_tacc.ended(actor, execution)
    assert (row["finish_time"], row["cpu"], row["io"], row["exit_code"]) == (None, 0, 0, 4)
    assert (row["final_state"]["exit_code"], row["final_state"]["reason"]) == (4, "Error")
    assert row["final_state"]["finished_at"].endswith("GMT")
    listing = at_tacc.get(f"/{actor}/executions")
    assert (listing["total_cpu"], listing["executions"][0]["finish_time"]) == (0, None)


def test_a_nonce_keeps_its_makers_roles_in_v2_and_reads_them_anew_in_v3(sandbox: Sandbox, demo: Person) -> None:
    actor = demo.actor("abacosamples/wc")
    kept = sandbox.sign_in("admin").post(f"/{actor}/nonces", {"level": "READ"})["id"]
    anew = f"sandbox_{kept.removeprefix('SANDBOX_')}"
    bare = Person(demo.url, "", "actors/v2", {"Accept": "*/*"})
    tapis = Person(demo.url, "", "v3/actors", {"Accept": "*/*"})
    assert tapis.get(f"/{actor}", params={"x-nonce": anew})["id"] == actor
    with closing(sqlite3.connect(sandbox.database, timeout=60)) as store:
        (roles,) = store.execute("SELECT roles FROM sandbox_person WHERE name = 'admin'").fetchone()
        try:
            store.execute("UPDATE sandbox_person SET roles = '[]' WHERE name = 'admin'")
            store.commit()
            assert bare.get(f"/{actor}", params={"x-nonce": kept})["id"] == actor
            refused = tapis.refusal("GET", f"/{actor}", params={"x-nonce": anew})
            assert refused == (400, "Not authorized -- you do not have access to this actor.")
        finally:
            store.execute("UPDATE sandbox_person SET roles = ? WHERE name = 'admin'", (roles,))
            store.commit()


def test_whoever_has_an_address_and_no_tenant_finds_it_among_the_tenants(sandbox: Sandbox, tapis_demo: Person) -> None:
    sites, tenants = (
        result_of(requests.get(f"{sandbox.url}/v3/{word}", params={"limit": 5}, timeout=60))
        for word in ("sites", "tenants")
    )
    (tenant,) = [tenant for tenant in tenants if tenant["base_url"] == sandbox.url]
    assert [site["primary"] for site in sites if site["site_id"] == tenant["site_id"]] == [True]
    claims = tapis_demo.headers["X-Tapis-Token"].split(".")[1]
    assert json.loads(base64.b64decode(claims + "=="))["tapis/tenant_id"] == tenant["tenant_id"]
    for word, record in (("site", sites[0]), ("tenant", tenant)):
        place = f"{sandbox.url}/v3/{word}s"
        assert result_of(requests.get(f"{place}/{record[f'{word}_id']}", timeout=60)) == record
        answer = requests.get(f"{place}/nowhere", timeout=60)
        assert (answer.status_code, answer.json()["message"]) == (400, f"No {word} found with {word}_id nowhere.")
        assert requests.post(place, json={}, timeout=60).status_code == 405
        refused = requests.get(place, headers={"X-Tapis-Token": "x"}, timeout=60)
        assert (refused.status_code, refused.json()["message"]) == (400, "Could not parse the Tapis access token.")


@pytest.fixture(scope="module")
def tapis_admin(sandbox: Sandbox) -> Person:
    return sandbox.sign_in("admin", "v3")


def test_broken_json_is_an_empty_body_for_users_and_a_refusal_for_admins(
    sandbox: Sandbox, tapis_demo: Person, tapis_admin: Person
) -> None:
    actor = tapis_demo.actor("abacosamples/wc", stateless=False)
    broken = {"data": "{", "headers": {"Content-Type": "application/json"}}
    unread = "Unable to process the JSON description."
    assert result_of(tapis_demo.ask("POST", f"/{actor}/nonces", **broken))["level"] == "EXECUTE"
    assert tapis_admin.refusal("POST", f"/{actor}/nonces", **broken) == (400, f"Invalid nonce description: {unread}")
    assert tapis_admin.refusal("POST", f"/{actor}/workers", **broken) == (400, f"Invalid POST: {unread}")
    for person in (tapis_demo, tapis_admin):
        missing = "Invalid alias description. Missing required field"
        assert person.refusal("POST", "/aliases", **broken) == (400, f"{missing}: {unread}")
        state = person.refusal("POST", f"/{actor}/state", **broken)
        assert state == (400, "Invalid actor state description: state must be JSON serializable.")


def test_options_need_a_token_or_a_nonce(sandbox: Sandbox, tapis_demo: Person) -> None:
    actor = tapis_demo.actor("abacosamples/wc")
    nonce = tapis_demo.post(f"/{actor}/nonces", {"level": "NONE"})["id"]
    assert tapis_demo.ask("OPTIONS", f"/{actor}").headers["Allow"]
    assert tapis_demo.ask("OPTIONS", f"/{actor}/foo").status_code == 404
    bare = Person(sandbox.url, "", "v3/actors", {"Accept": "*/*"})
    assert bare.ask("OPTIONS", f"/{actor}", params={"x-nonce": nonce}).status_code == 200
    assert bare.refusal("OPTIONS", f"/{actor}") == (400, "No JWT or nonce provided.")
    assert bare.ask("OPTIONS", f"/{actor}/foo").status_code == 500
    bad = Person(sandbox.url, "", "v3/actors", {"X-Tapis-Token": "bad"})
    assert bad.refusal("PUT", "/search/actors") == (400, "Could not parse the Tapis access token.")
    assert bare.refusal("PUT", "/search/actors")[0] == 405


def test_configs_fail_for_whom_they_are_shared_with_and_refuse_all_others(sandbox: Sandbox, tapis_demo: Person) -> None:
    actor, team = tapis_demo.actor("abacosamples/wc"), sandbox.sign_in("team", "v3")
    body = {"name": "tapis-config", "value": "v", "is_secret": False, "actors": actor}
    tapis_demo.post("/configs", body)
    crash = "Unrecognized exception type: <class 'NameError'>. Exception: name 'codes' is not defined"
    assert tapis_demo.refusal("PUT", "/configs/tapis-config", json=body) == (500, crash)
    denied = (400, "You do not have sufficient access to this actor config.")
    assert team.refusal("GET", "/configs/tapis-config") == denied
    grant = {"user": "ABACO_WORLD", "level": "READ"}
    assert sandbox.sign_in("admin", "v3").post("/configs/tapis-config/permissions", grant)
    shared = team.refusal("GET", "/configs/tapis-config")
    assert shared == (400, "Not authorized -- you do not have access to this actor.")
    unsplit = tapis_demo.refusal("POST", "/configs", json=body | {"name": "other", "actors": None})
    assert unsplit[1].endswith("Details: 'NoneType' object has no attribute 'replace'")
    assert team.refusal("GET", "/configs/nosuch") == (400, "Config sandbox_nosuch does not exist")


def test_a_nonce_of_an_admin_acts_as_one(sandbox: Sandbox, tapis_demo: Person, tapis_admin: Person) -> None:
    actor = tapis_demo.actor("abacosamples/wc")
    nonce = tapis_admin.post(f"/{actor}/nonces", {"level": "UPDATE"})["id"]
    bare = Person(sandbox.url, "", "v3/actors", {"Accept": "*/*"})
    assert bare.ask("POST", f"/{actor}/workers", json={"num": 2}, params={"x-nonce": nonce}).status_code == 200
    body = {"image": "abacosamples/wc", "max_workers": 3}
    assert result_of(bare.ask("PUT", f"/{actor}", json=body, params={"x-nonce": nonce}))["max_workers"] == 3
    message = "Not authorized -- only admins and privileged users can set max workers."
    assert tapis_demo.refusal("PUT", f"/{actor}", json=body) == (400, message)


def test_an_alias_is_looked_for_in_the_tenant_that_a_nonce_names(sandbox: Sandbox, tapis_demo: Person) -> None:
    tapis_demo.post("/aliases", {"alias": "tapis-alias", "actor_id": tapis_demo.actor("abacosamples/wc")})
    bare = Person(sandbox.url, "", "v3/actors", {"Accept": "*/*"})
    elsewhere = bare.refusal("GET", "/tapis-alias", params={"x-nonce": "nowhere_x"})
    assert elsewhere == (404, "Actor with identifier 'tapis-alias' not found")
    assert bare.refusal("GET", "/tapis-alias", params={"x-nonce": "sandbox_x"}) == (400, "Nonce does not exist.")


def test_what_v3_says_of_what_is_not_there(sandbox: Sandbox, tapis_demo: Person, tapis_admin: Person) -> None:
    gone = tapis_demo.actor("abacosamples/wc")
    execution = tapis_demo.post(f"/{gone}/messages", {"message": "x"})["execution_id"]
    tapis_demo.ended(gone, execution)
    assert tapis_admin.refusal("GET", "/admin/executions")[0] == 500
    tapis_demo.delete(f"/{gone}")
    assert tapis_demo.refusal("GET", f"/{gone}") == (400, "Not authorized -- you do not have access to this actor.")
    assert tapis_admin.get(f"/{gone}/permissions") == tapis_admin.get("/aliases/nosuch/permissions") == {}
    assert tapis_demo.post("", {"image": "abacosamples/wc", "link": gone})["link"] == gone
    bare = requests.get(f"{sandbox.url}/v3/oauth2/userinfo", timeout=60)
    assert (bare.status_code, bare.json()["message"]) == (400, "No Tapis access token found in the request.")
