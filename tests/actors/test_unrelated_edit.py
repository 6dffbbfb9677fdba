"""A change of one field leaves every other as it is, whichever way it is made, and never sends a queue that is none."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tests.actors.test_update import inputs
from tests.conftest import API
from tests.core.test_tapis import snake
from tests.support.payloads import ACTOR_ID, actor_payload

pytestmark = pytest.mark.django_db

KEY = "k" * 43
# Values that a reading of the definition could turn into others, each with what the API has where it is left out.
ODD: dict[str, Any] = {
    "description": " two\nlines ",
    "defaultEnvironment": {"A": "1", "n": 5, "truth": False, "nothing": None, "list": [1], "object": {"k": "v"}},
    "hints": ["sync", "a,b", "", "(x)"],
    "link": "another-actor",
    "webhook": "http://127.0.0.1:9/hook",
    "type": "an older type",
    "logEx": -1,
    "maxWorkers": 0,
    "maxCpus": 10**13,
    "memLimit": "3 g",
    "queue": "special",
    "privileged": True,
    "useContainerUid": True,
    "cronOn": True,
    "cronSchedule": "2099-9-6 2 + 3 months",
    "cronNextEx": "2099-9-6 2",
    "image": "An/OLD_image:x y",
}
KEPT_WHEN_LEFT_OUT = {"name", "cronSchedule", "cronNextEx", "statusMessage", "createTime", "owner"}  # by v2
SET_BY_THE_API = {"_links", "createTime", "id", "lastUpdateTime", "mounts", "owner", "revision", "status", "name"}
DEFAULTS = {"queue": "default", "token": "false", "privileged": False, "useContainerUid": False, "state": {}}


def by_page(browser: Client, changes: dict[str, Any]) -> None:
    address = f"/actors/{ACTOR_ID}/edit/"
    form = inputs(browser.get(address).content.decode())
    answer = browser.post(address, form | {name: [value] for name, value in changes.items()} | {"step": ["save"]})
    assert answer.status_code == 302, answer.content.decode()


def by_program(browser: Client, changes: dict[str, Any]) -> None:
    answer = browser.patch(
        f"/api/v1/actors/{ACTOR_ID}/", json.dumps(changes), content_type="application/json", secure=True
    )
    assert answer.status_code == 200, answer.content


def by_restart(browser: Client, changes: dict[str, Any]) -> None:
    assert browser.post(f"/actors/{ACTOR_ID}/restart/", {"write_key": KEY}).status_code == 302


def by_reset(browser: Client, changes: dict[str, Any]) -> None:
    assert browser.post(f"/actors/{ACTOR_ID}/state/reset/", {"write_key": KEY}).status_code == 302


def by_schedule(browser: Client, changes: dict[str, Any]) -> None:
    typed = {
        "write_key": KEY,
        "on": "on",
        "count": "3",
        "unit": "month",
        "day": "2099-09-06",
        "hour": "2",
        "step": "save",
    }
    assert browser.post(f"/actors/{ACTOR_ID}/schedule/", typed).status_code == 302


WAYS: dict[str, Callable[[Client, dict[str, Any]], None]] = {
    "page": by_page,
    "program": by_program,
    "restart": by_restart,
    "state reset": by_reset,
    "schedule": by_schedule,
}


@pytest.fixture(params=["v2", "v3"])
def version(request: pytest.FixtureRequest, settings: Any) -> str:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=request.param)}
    return str(request.param)


def sent_by(api: API, browser: Client, version: str, way: str, actor: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the one body that a change sends; names of v3 are as they are there."""
    path = {"v2": "/actors/v2", "v3": "/v3/actors"}[version] + f"/{ACTOR_ID}"
    shown = snake(actor) | {"run_as_executor": False} if version == "v3" else actor
    if version == "v2":
        shown = {name: value for name, value in actor.items() if value is not None}
    api.get(path, shown)
    api.put(path, shown)
    WAYS[way](browser, changes)
    (body,) = [json.loads(one.body) for one in api.asked if one.method == "PUT"]
    return body  # type: ignore[no-any-return]  # what JSON holds


@pytest.mark.parametrize("way", ["page", "program"])
@pytest.mark.parametrize("field", ODD)
def test_an_edit_of_the_description_changes_no_other_value(
    api: API, signed_in: Client, version: str, way: str, field: str
) -> None:
    actor = actor_payload(**{field: ODD[field]})
    body = sent_by(api, signed_in, version, way, actor, description="another")
    named = snake(actor) if version == "v3" else actor
    assert body.pop("description") == "another"
    defaults = snake(DEFAULTS) if version == "v3" else DEFAULTS
    left_out = SET_BY_THE_API | ({"cronSchedule", "cronNextEx", "statusMessage"} if version == "v2" else set())
    for name, value in named.items():
        if name in snake(dict.fromkeys(left_out)) or name in left_out or name == "description":
            continue
        if name not in body:
            assert value in (defaults.get(name), None, " ", ""), f"{name} would be reset"
        else:
            assert json.dumps(body[name]) == json.dumps(value), f"{name} would be changed"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("token", ["false", "true"])
def test_a_token_that_nobody_has_set_is_not_said(
    api: API, signed_in: Client, version: str, way: str, token: str
) -> None:
    actor = actor_payload(token=token, stateless=False, state={"n": 1})
    assert "token" not in sent_by(api, signed_in, version, way, actor, description="another")


@pytest.mark.parametrize("token", [True, False])
def test_a_token_that_was_set_is_sent(api: API, signed_in: Client, version: str, token: bool) -> None:
    actor = actor_payload(token=token)
    assert sent_by(api, signed_in, version, "page", actor, description="another")["token"] is token


def test_a_token_can_still_be_asked_for(api: API, signed_in: Client) -> None:
    assert sent_by(api, signed_in, "v2", "page", actor_payload(token="false"), token="true")["token"] is True


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("queue", [None, "", " "])
def test_a_queue_that_is_none_is_never_sent(
    api: API, signed_in: Client, version: str, way: str, queue: str | None
) -> None:
    actor = actor_payload(queue=queue, stateless=False, state={"n": 1})
    body = sent_by(api, signed_in, version, way, actor, description="another")
    assert "queue" not in body
    assert body.get("force", False) is (way == "restart")


@pytest.mark.parametrize(("way", "queue"), [("page", ""), ("page", " "), ("program", None)])
def test_a_queue_that_is_emptied_is_left_out(
    api: API, signed_in: Client, version: str, way: str, queue: str | None
) -> None:
    actor = actor_payload(queue="special")
    body = sent_by(api, signed_in, version, way, actor, queue=queue, force="on" if way == "page" else True)
    assert "queue" not in body
    assert body["force"] is True


@pytest.mark.parametrize("definition", [{"queue": None}, {"queue": ""}, {"queue": " "}])
def test_an_import_sends_no_empty_queue(api: API, signed_in: Client, definition: dict[str, Any]) -> None:
    api.post("/actors/v2", actor_payload())
    sent = {"definition": {"image": "a/b", **definition}}
    answer = signed_in.post("/api/v1/definitions/", json.dumps(sent), content_type="application/json", secure=True)
    assert answer.status_code == 201, answer.content
    assert "queue" not in json.loads(api.asked[-1].body)
