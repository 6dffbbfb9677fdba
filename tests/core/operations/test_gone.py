"""Deleting what is gone already: a success that says so, on pages and for programs; and names that are taken."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from actors_app.nonces.notes import nonce_handle
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload, config_payload, nonce_payload

ACTOR = f"/actors/v2/{ACTOR_ID}"
HANDLE = nonce_handle(ACTOR_ID, nonce_payload()["id"])


def shown(browser: Client, api: API, url: str, form: dict[str, str], leads_to: str) -> str:
    """Send a form that is answered by leading to another page, and return what is said there."""
    answer = browser.post(url, form)
    assert (answer.status_code, answer.headers.get("Location")) == (302, leads_to), answer.content.decode()[-2000:]
    api.wire.assert_all_requests_are_fired = False
    page = browser.get("/account/").content.decode()
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def expected(browser: Client, url: str) -> dict[str, str]:
    match = re.search(r'name="expected" value="([^"]*)"', browser.get(url).content.decode())
    assert match
    return {"expected": match[1]}


def test_an_actor(signed_in: Client, api: API) -> None:
    url = f"/actors/{ACTOR_ID}/delete/"
    api.get(ACTOR, actor_payload())
    for name in ("messages", "workers", "nonces", "permissions"):
        api.get(f"{ACTOR}/{name}", {} if name in ("messages", "permissions") else [])
    for name in ("/actors/v2/aliases", "/actors/v2/configs", "/actors/v2"):
        api.get(name, [])
    form = expected(signed_in, url) | {"confirm": "word-count"}
    api.refuse("DELETE", ACTOR, f"Actor {ACTOR_ID} does not exist", 404)
    assert "Actor word-count was already deleted." in shown(signed_in, api, url, form, "/actors/")
    program = signed_in.delete(f"/api/v1/actors/{ACTOR_ID}/")
    assert (program.status_code, program.json()["message"]) == (200, "Actor word-count was already deleted.")


@pytest.mark.parametrize("kind", ["alias", "config"])
def test_an_alias_and_a_config(kind: str, signed_in: Client, api: API) -> None:
    plural = {"alias": "aliases", "config": "configs"}[kind]
    url, path = f"/{plural}/my-{kind}/delete/", f"/actors/v2/{plural}/my-{kind}"
    if kind == "alias":
        api.get(path, alias_payload())
    api.get("/actors/v2", [actor_payload()])
    api.get("/actors/v2/aliases", [alias_payload()])
    api.get("/actors/v2/configs", [config_payload()])
    api.wire.assert_all_requests_are_fired = False
    form = expected(signed_in, url) | {"confirm": f"my-{kind}"}
    api.refuse("DELETE", path, f"No {kind} found with name my-{kind}.", 404)
    words = f"{kind.capitalize()} my-{kind} was already deleted."
    assert words in shown(signed_in, api, url, form, f"/{plural}/")
    program = signed_in.delete(f"/api/v1/{plural}/my-{kind}/")
    assert (program.status_code, program.json()["message"]) == (200, words)


def test_a_nonce(signed_in: Client, api: API) -> None:
    api.get(f"{ACTOR}/nonces", [nonce_payload()])
    api.get(ACTOR, actor_payload())
    url = f"/actors/{ACTOR_ID}/nonces/{HANDLE}/delete/"
    words = "This nonce was already deleted."
    seen = re.search(r'name="seen" value="([^"]*)"', signed_in.get(url).content.decode())
    assert seen
    api.wire.reset()
    api.get(f"{ACTOR}/nonces", [])
    assert words in shown(signed_in, api, url, {"seen": seen[1]}, f"/actors/{ACTOR_ID}/nonces/")


def test_what_the_api_does_not_tell_from_what_is_not_shared_is_no_success(signed_in: Client, api: API) -> None:
    api.refuse("DELETE", "/actors/v2/configs/x", "Not authorized -- you do not have access to this config.")
    assert signed_in.delete("/api/v1/configs/x/").status_code == 403


@pytest.mark.parametrize("kind", ["alias", "config"])
def test_a_name_that_is_taken_is_said_beside_its_field(
    kind: str, signed_in: Client, api: API, htmx: dict[str, str]
) -> None:
    path = "/actors/v2/aliases" if kind == "alias" else "/actors/v2/configs"
    message = "Alias my-alias already exists." if kind == "alias" else "Config x already exists; please choose another"
    api.refuse("POST", path, message)
    api.get("/actors/v2", [])
    api.get("/actors/v2/aliases", [])
    api.get(ACTOR, actor_payload())
    api.wire.assert_all_requests_are_fired = False
    typed = {"alias": "my-alias", "actor_id": ACTOR_ID}
    if kind == "config":
        typed = {"name": "x", "value": "kept value", "actors": ACTOR_ID}
    for headers, status in (({}, 409), (htmx, 422)):
        answer = signed_in.post(f"/new/{kind}/", typed, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == status
        field = "alias" if kind == "alias" else "name"
        match = re.search(rf'id="id_{field}-error">(.*?)</p>', page, re.DOTALL)
        assert match, page
        assert "already exists" in match[1]
        assert all(f'value="{value}"' in page or f">{value}" in page or value in page for value in typed.values())
    body: dict[str, Any] = {**typed, "actors": [ACTOR_ID], "is_secret": False} if kind == "config" else typed
    url = "/api/v1/aliases/" if kind == "alias" else "/api/v1/configs/"
    program = signed_in.post(url, json.dumps(body), content_type="application/json")
    assert (program.status_code, list(program.json()["errors"])) == (409, [field])
