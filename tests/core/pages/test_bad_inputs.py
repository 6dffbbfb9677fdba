"""Every row of `bad_inputs.json`: one value typed into one field, and what must come of it.

A refused value is answered with 422, a sentence, all that was typed, and no call to the API. A row with `ok` is a trap
for checks that are too strict: it is sent. A path that names nothing is 404; a query that means nothing shows the page.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from django.test import Client

from actors_app.actors.forms import ActorDeleteForm
from actors_app.aliases.forms import AliasDeleteForm
from actors_app.bulk.actor_plans import ActorLine, ActorPlan
from actors_app.bulk.plans import Item
from actors_app.configs.forms import ConfigDeleteForm
from actors_app.core.security.credentials import Credentials
from actors_app.nonces.notes import nonce_handle
from tests.faults.pages import Page
from tests.faults.stand_in import prepared
from tests.support import payloads
from tests.support.payloads import ACTOR_ID

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "bad_inputs.json").read_text())
ACTOR = f"/actors/{ACTOR_ID}/"
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "actor-create": ("/actors/new/", {"name": "kept-name", "image": "kept/image", "description": "kept <words>"}),
    "message-create": (f"{ACTOR}messages/", {"kind": "text", "message": "kept <message>"}),
    "worker-list": (f"{ACTOR}workers/", {"num": "2"}),
    "nonce-list": (f"{ACTOR}nonces/", {"level": "EXECUTE", "max_uses": "3", "description": "kept <words>"}),
    "nonce-note": (f"{ACTOR}nonces/{nonce_handle(ACTOR_ID, payloads.NONCE_ID)}/note/", {"text": "kept <words>"}),
    "permission-list": (f"{ACTOR}permissions/", {"user": "kept-user", "level": "EXECUTE"}),
    "execution-create": (f"{ACTOR}executions/new/", {"runtime": "11", "cpu": "12", "io": "13"}),
    "schedule-update": (
        f"{ACTOR}schedule/",
        {"on": "on", "count": "3", "unit": "week", "day": "2099-01-15", "hour": "7"},
    ),
    "state-update": (f"{ACTOR}state/edit/", {"state": '{"kept": 1}'}),
    "config-create": ("/new/config/", {"name": "kept-config", "value": "kept <value>", "actors": ACTOR_ID}),
    "config-update": ("/configs/my-config/edit/", {"value": "kept <value>", "actors": ACTOR_ID}),
    "config-delete": ("/configs/my-config/delete/", {"confirm": "my-config"}),
    "alias-create": ("/new/alias/", {"alias": "kept-alias", "actor_id": ACTOR_ID}),
    "alias-update": ("/aliases/my-alias/edit/", {"actor_id": ACTOR_ID}),
    "alias-delete": ("/aliases/my-alias/delete/", {"confirm": "my-alias"}),
    "alias-nonce-list": (
        "/aliases/my-alias/nonces/",
        {"level": "EXECUTE", "max_uses": "3", "description": "kept <words>"},
    ),
    "actor-bulk-create": ("/bulk/actors/", {"number": "1", "reason": "kept <words>"}),
    "actor-delete": (f"{ACTOR}delete/", {"confirm": "word-count"}),
    "sign-in": ("/sign-in/", {"username": "kept-user", "password": "kept-password"}),
    "sign-in-token": ("/sign-in/token/", {"access_token": "token"}),
}


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Answer every call of the API as if all were well, and remember them."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:

        def answer(request: Any) -> tuple[int, dict[str, str], str]:
            path = request.url.removeprefix(payloads.API).partition("?")[0]
            if path == "/token":
                return 200, {}, '{"access_token": "t", "refresh_token": "r", "expires_in": 3600}'
            if path.startswith("/profiles"):
                return 200, {}, json.dumps(payloads.envelope({"username": "jdoe"}))
            return 200, {}, json.dumps(payloads.envelope(prepared(request.method, path)))

        for method in ("GET", "POST", "PUT", "DELETE"):
            mock.add_callback(method, re.compile(re.escape(payloads.API) + ".*"), answer)
        yield mock


def named(row: dict[str, Any]) -> str:
    """Return a short name of a row."""
    what = row.get("value", row.get("path", "") + "?" + row.get("query", ""))
    return f"B{row['b']}-{row.get('form', '')}-{row.get('field', '')}-{ascii(what)[:40]}"


def typed(row: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
    """Return where a row is typed, everything that is in the form then, and the value itself."""
    value = row["value"] * row.get("times", 1)
    url, fields = FORMS[row["form"]]
    fields = {**fields, row["field"]: value}
    if row.get("json_env"):
        fields["environment_mode"] = "json"
    if row.get("json_kind"):
        fields["kind"] = "json"
    if "with_value" in row:
        fields["env_value"] = row["with_value"]
    if "with_name" in row:
        fields["env_name"] = row["with_name"]
    if "again" in row:
        fields[row["again"]] = value
    if row["form"] == "actor-delete":
        fields["expected"] = ActorDeleteForm(actor_id=ACTOR_ID, label="word-count").initial["expected"]
    if row["form"] == "actor-bulk-create":
        line = ActorLine(ACTOR_ID, "word-count")
        plan = ActorPlan("delete", "actor-list", items=(Item(ACTOR_ID, label="word-count"),), lines=(line,))
        fields["plan"] = plan.signed(Credentials("default", "jdoe", ""))
    if row["form"] == "config-delete":
        fields["expected"] = ConfigDeleteForm(actor_id="my-config", label="my-config").initial["expected"]
    if row["form"] == "alias-delete":
        fields["expected"] = AliasDeleteForm(actor_id="my-alias", label="my-alias").initial["expected"]
    return url, fields, value


@pytest.mark.parametrize("form", FORMS)
def test_a_bad_value_is_named_and_everything_is_kept(
    form: str, signed_in: Client, wire: responses.RequestsMock, subtests: pytest.Subtests
) -> None:
    rows = [row for row in ROWS if "says" in row and row["form"] == form]
    assert rows
    for row in rows:
        with subtests.test(named(row)):
            check_refusal(row, signed_in, wire)


def check_refusal(row: dict[str, Any], signed_in: Client, wire: responses.RequestsMock) -> None:
    url, fields, value = typed(row)
    response = (Client() if row["form"].startswith("sign-in") else signed_in).post(url, fields)
    page = Page.of(response)
    assert response.status_code == 422
    assert any(words in page.words for words in row.get("says_any", [row["says"]])), page.words
    assert not wire.calls
    not_shown = {"password", "access_token"} | ({row["field"]} if row.get("choice") else set())
    lines = {value.replace("\r", "\n") for value in page.values}
    for name, given in fields.items():
        assert name in not_shown or given.replace("\r\n", "\n").replace("\r", "\n") in lines, name
    assert not row.get("secret") or not value.strip() or value not in response.content.decode()


@pytest.mark.parametrize("row", [row for row in ROWS if row.get("ok")], ids=named)
def test_a_good_value_is_taken_as_it_is(row: dict[str, Any], signed_in: Client, wire: responses.RequestsMock) -> None:
    url, fields, value = typed(row)
    response = (Client() if row["form"].startswith("sign-in") else signed_in).post(url, fields)
    assert response.status_code in (200, 302), Page.of(response).words
    writes = [call.request for call in wire.calls if call.request.method != "GET"]
    assert len(writes) == 1
    sent = writes[0].body or b""
    if "sent" in row:
        assert json.loads(sent)[row["sent"]] == value
    if "sent_as" in row:
        assert row["sent_as"].items() <= json.loads(sent).items()


def test_a_path_that_names_nothing_is_not_found(
    signed_in: Client, wire: responses.RequestsMock, subtests: pytest.Subtests
) -> None:
    titles = ("Page not found", "Not found", "Not supported by this API")
    for row in ROWS:
        if "path" not in row or "query" in row:
            continue
        with subtests.test(named(row)):
            response = signed_in.get(row["path"])
            assert response.status_code == 404
            words = Page.of(response).words
            assert any(title in words for title in titles)
            assert not wire.calls


@pytest.mark.parametrize("row", [row for row in ROWS if "query" in row], ids=named)
def test_a_query_that_means_nothing_shows_the_page(
    row: dict[str, Any], signed_in: Client, wire: responses.RequestsMock
) -> None:
    response = signed_in.get(f"{row['path']}?{row['query']}")
    assert response.status_code == 200
    assert row["query"] not in response.content.decode() or "<" not in row["query"]
    # Nothing that was typed into an address becomes part of a call.
    assert all("nonce=" not in call.request.url and "$" not in call.request.url for call in wire.calls)


def test_there_are_enough_rows() -> None:
    bad = [row for row in ROWS if not row.get("ok")]
    assert len(bad) >= 250
    assert {row["form"] for row in ROWS if "says" in row} == set(FORMS), "each row belongs to a form that is tried"
    assert len({json.dumps(row, sort_keys=True) for row in ROWS}) == len(ROWS)
