"""Configs and secrets: who receives which, making one, and what the API does to whoever is no administrator."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from actors_app.configs.forms import ConfigDeleteForm
from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.support.audit import wrote
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload, config_payload, snake
from tests.support.recorded import replay, result

pytestmark = pytest.mark.django_db
CONFIGS = "/actors/v2/configs"
ONE = f"{CONFIGS}/my-config"
KEY = "0123456789abcdef0123456789abcdef"
CIPHER = "gAAAAABrBGfyvBPwySSZ1H15O-2gqoFniiwNKPQx7lXqzBVdpFl"
TYPED = {"name": "my-config", "value": "hush hush", "is_secret": "on", "actors": f"{ACTOR_ID}, wc", "write_key": KEY}
CRASH = "Unrecognized exception type: <class 'TypeError'>. Exception: 'NoneType' object is not subscriptable"


def lists(api: API, *configs: dict[str, object]) -> None:
    api.get(CONFIGS, list(configs))
    api.get("/actors/v2", [actor_payload()])
    api.get("/actors/v2/aliases", [alias_payload()])


def test_the_list_shows_values_and_no_ciphertext(api: API, signed_in: Client) -> None:
    lists(
        api,
        config_payload(value="<b>v</b>"),
        config_payload(name="a-secret", value=CIPHER, isSecret=True, actors="my-alias, unknown"),
    )
    page = signed_in.get("/configs/").content.decode()
    assert "&lt;b&gt;v&lt;/b&gt;" in page
    assert CIPHER not in page
    assert page.count("word-count") == 2, "by its id, and by its alias"
    assert '<bdi class="mono">unknown</bdi>' in page


def test_names_that_are_never_found_are_listed_with_what_can_be_done(api: API, signed_in: Client) -> None:
    rows = result("config_permissions_x_09_listed_after")
    assert [row["name"] for row in rows] == ["messages_x", "workers_x", "permissions_x"]
    lists(api, *rows)
    page = signed_in.get("/configs/").content.decode()
    for row in rows:
        assert f'<bdi class="name mono cut" title="{row["name"]}">' in page
    assert page.count("nobody can read, change or delete this config, not even administrators") == 3


def test_a_config_named_new_has_a_page(api: API, signed_in: Client) -> None:
    lists(api, config_payload(name="new", value="a value"))
    page = signed_in.get("/configs/new/").content.decode()
    assert "a value" in page
    assert "Problematic name" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"my-config", "a-secret"}),
        ("?show=secret", {"a-secret"}),
        ("?show=mine", {"my-config"}),
        ("?q=word-count", {"my-config"}),
        ("?show=nonsense", {"my-config", "a-secret"}),
    ],
)
def test_the_filter_keeps_what_was_chosen(api: API, signed_in: Client, query: str, shown: set[str]) -> None:
    lists(api, config_payload(), config_payload(name="a-secret", value=CIPHER, isSecret=True, actors="unknown"))
    page = signed_in.get("/configs/" + query).content.decode()
    assert {one for one in ("my-config", "a-secret") if f'href="/configs/{one}/"' in page} == shown


def test_no_config_teaches_and_no_match_can_be_cleared(api: API, signed_in: Client) -> None:
    lists(api)
    assert "No configs yet" in signed_in.get("/configs/").content.decode()
    api.wire.reset()
    lists(api, config_payload())
    assert "Clear filters" in signed_in.get("/configs/?q=zzz").content.decode()


def test_the_list_survives_silence(api: API, signed_in: Client) -> None:
    lists(api)
    api.wire.remove("GET", "https://api.example.org" + CONFIGS)
    api.is_silent("GET", CONFIGS)
    answer = signed_in.get("/configs/")
    assert answer.status_code == 502
    assert "Could not load configs" in answer.content.decode()


def test_the_list_answers_htmx_with_the_fragment(api: API, signed_in: Client, htmx: dict[str, str]) -> None:
    lists(api, config_payload())
    assert "<h1>" not in signed_in.get("/configs/", headers=htmx).content.decode()


def test_a_secret_is_sent_once_and_kept_nowhere(api: API, signed_in: Client) -> None:
    api.post(CONFIGS, config_payload(isSecret=True, value=CIPHER))
    answer = signed_in.post("/new/config/", TYPED)
    assert answer.headers["Location"] == "/configs/my-config/?created=1"
    body = {"name": "my-config", "value": "hush hush", "isSecret": True, "actors": f"{ACTOR_ID}, wc"}
    assert json.loads(api.asked[0].body) == body
    assert "hush" not in "".join(entry.details for entry in AuditEntry.objects.all())


def test_who_had_access_before_it_existed_is_shown_to_an_administrator(api: API, signed_in: Client) -> None:
    lists(api, config_payload())
    replay(api, "config_permissions_of_no_config_get_after", "GET", f"{ONE}/permissions")
    page = signed_in.get("/configs/my-config/?created=1").content.decode()
    assert "Other users already have access" not in page  # the one entry is the visitor's own
    lists(api, config_payload())
    api.get(f"{ONE}/permissions", {"jdoe": "UPDATE", "bob": "READ", "eve": "NONE"})
    page = signed_in.get("/configs/my-config/?created=1").content.decode()
    assert page.count('<form class="bar" method="post" action="/configs/my-config/permissions/change/">') == 1
    assert '<input type="hidden" name="user" value="bob">' in page


@pytest.mark.parametrize(
    ("folder", "case"),
    [("v2-nginx", "config_ordinary_04_permissions_get_owner"), ("v3-nginx", "configs_permissions_owner")],
)
def test_for_others_it_is_said_that_who_has_access_cannot_be_known(
    api: API, signed_in: Client, settings: Any, folder: str, case: str
) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=folder[:2])}
    root = "/actors/v2" if folder == "v2-nginx" else "/v3/actors"
    api.get(f"{root}/configs", [config_payload() if folder == "v2-nginx" else snake(config_payload())])
    api.get(root, [])
    api.get(f"{root}/aliases", [])
    replay(api, case, "GET", f"{root}/configs/my-config/permissions", folder)
    answer = signed_in.get("/configs/my-config/?created=1")
    assert answer.status_code == 200
    assert "Only administrators can review that access" in answer.content.decode()


def test_a_refusal_keeps_what_was_typed_and_no_secret_as_code(api: API, signed_in: Client) -> None:
    api.refuse("POST", CONFIGS, "No actor or alias found with id: wc.", 404)
    answer = signed_in.post("/new/config/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "No actor or alias found with id: wc." in page
    assert page.count("hush hush") == 1, "in the field, and not in the lines of code"


def test_one_is_shown_from_the_list(api: API, signed_in: Client) -> None:
    lists(api, config_payload())
    page = signed_in.get("/configs/my-config/").content.decode()
    assert "v1" in page
    assert "Only administrators can edit or delete configs" in page


@pytest.mark.parametrize("path", ["", "delete/"])
def test_one_that_is_not_there_is_not_found(api: API, signed_in: Client, path: str) -> None:
    lists(api)
    assert signed_in.get("/configs/my-config/" + path).status_code == 404


def test_the_value_of_a_secret_is_typed_again(api: API, signed_in: Client) -> None:
    api.get(CONFIGS, [config_payload(isSecret=True, value=CIPHER)])
    page = signed_in.get("/configs/my-config/edit/").content.decode()
    assert CIPHER not in page
    assert "Enter the secret value again" in page


def test_an_administrator_saves_the_whole(api: API, signed_in: Client) -> None:
    api.put(ONE, config_payload())
    sent = {"value": " two\r\nlines ", "actors": f"wc  {ACTOR_ID},wc", "write_key": KEY}
    assert signed_in.post("/configs/my-config/edit/", sent).headers["Location"] == "/configs/my-config/"
    body = {"name": "my-config", "value": " two\nlines ", "isSecret": False, "actors": f"wc, {ACTOR_ID}"}
    assert json.loads(api.asked[0].body) == body


def test_what_the_api_cannot_do_for_others_is_said_and_nothing_was_changed(api: API, signed_in: Client) -> None:
    api.refuse("PUT", ONE, CRASH, 500)
    sent = {"value": "x", "actors": "wc", "write_key": KEY}
    answer = signed_in.post("/configs/my-config/edit/", sent)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Only administrators can do this" in page
    assert "Nothing was changed." in page
    assert "TypeError" not in page


def test_deleting_wants_the_name_and_says_who_loses_it(api: API, signed_in: Client) -> None:
    lists(api, config_payload())
    assert "will no longer receive this config" in signed_in.get("/configs/my-config/delete/").content.decode()
    api.delete(ONE, None)
    expected = ConfigDeleteForm(actor_id="my-config", label="my-config").initial["expected"]
    sent = {"confirm": "my-config", "expected": expected, "write_key": KEY}
    assert signed_in.post("/configs/my-config/delete/", sent).headers["Location"] == "/configs/"


def test_an_actor_shows_what_it_receives_also_by_a_part_of_a_name(
    api: API, signed_in: Client, htmx: dict[str, str]
) -> None:
    lists(
        api,
        config_payload(),
        config_payload(name="by-alias", actors="my-alias-large"),
        config_payload(name="not-its", actors="other"),
    )
    api.wire.remove("GET", "https://api.example.org/actors/v2")
    api.get(f"/actors/v2/{ACTOR_ID}", actor_payload())
    fragment = signed_in.get(f"/actors/{ACTOR_ID}/configs/", headers=htmx).content.decode()
    assert "my-config" in fragment
    assert "by-alias" in fragment, "as the API looks for a name anywhere in the text"
    assert "not-its" not in fragment


@pytest.mark.parametrize("path", ["", "new/", "my-config/", "my-config/edit/", "my-config/delete/"])
def test_it_needs_credentials(client: Client, path: str) -> None:
    assert client.get(f"/configs/{path}").headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("action", "configs", "words"),
    [
        ("config.create", [config_payload()], "A config with this name exists"),
        ("config.create", [], "The config does not exist"),
        ("config.update", [config_payload()], "is unknown"),
        ("config.delete", [config_payload()], "still exists"),
        ("config.delete", [], "no longer exists"),
    ],
)
def test_a_write_without_an_answer_is_checked(
    api: API, signed_in: Client, action: str, configs: list[dict[str, object]], words: str
) -> None:
    api.get(CONFIGS, configs)
    entry = wrote(action, "unknown", actor_id="", object_id="my-config")
    assert words in signed_in.get(f"/activity/{entry.pk}/check/").content.decode()
