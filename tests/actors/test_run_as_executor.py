"""Running as sender, which v3 alone offers: typed, sent, imported, exported and reviewed."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from actors_app.services.naming import naming_of
from tests.actors.test_update import inputs
from tests.conftest import API
from tests.core.test_tapis import snake
from tests.support.payloads import ACTOR_ID, actor_payload

pytestmark = pytest.mark.django_db

NEW, EDIT, ONE = "/actors/new/", f"/actors/{ACTOR_ID}/edit/", f"/api/v1/actors/{ACTOR_ID}/"
FIELD = 'name="run_as_executor"'


@pytest.fixture
def tapis(settings: Any) -> Any:
    """Let the tenant be one of v3; return a function that gives its address."""

    def at(url: str) -> None:
        settings.TENANTS = {"default": replace(settings.TENANTS["default"], version="v3", url=url)}

    at(settings.TENANTS["default"].url)
    return at


def shown(**changes: Any) -> dict[str, Any]:
    return snake(actor_payload()) | {"run_as_executor": False, **changes}


def as_json(browser: Client, method: str, address: str, body: Any) -> Any:
    return browser.generic(method, address, json.dumps(body), "application/json", secure=True)


def test_a_new_actor_is_sent_with_it(signed_in: Client, api: API, tapis: Any) -> None:
    assert FIELD in signed_in.get(NEW).content.decode()
    api.post("/v3/actors", shown())
    typed = {"image": "a/b", "stateless": "true", "run_as_executor": "on"}
    assert signed_in.post(NEW, typed).status_code == 302
    assert json.loads(api.asked[0].body) == {"image": "a/b", "stateless": True, "run_as_executor": True}


@pytest.mark.parametrize(("was", "typed", "sent"), [(False, "on", True), (True, None, False)])
def test_an_edit_reviews_and_changes_it(
    signed_in: Client, api: API, tapis: Any, was: bool, typed: str | None, sent: bool
) -> None:
    api.get(f"/v3/actors/{ACTOR_ID}", shown(run_as_executor=was))
    form = inputs(signed_in.get(EDIT).content.decode())
    form.pop("run_as_executor", None)
    form |= {"run_as_executor": [typed]} if typed else {}
    review = signed_in.post(EDIT, form | {"step": ["review"]}).content.decode()
    assert "Run as the sender" in review
    api.put(f"/v3/actors/{ACTOR_ID}", shown())
    assert signed_in.post(EDIT, form | {"step": ["save"]}).status_code == 302
    assert json.loads(api.asked[-1].body)["run_as_executor"] is sent


def test_a_program_sets_it(signed_in: Client, api: API, tapis: Any) -> None:
    api.get(f"/v3/actors/{ACTOR_ID}", shown())
    api.put(f"/v3/actors/{ACTOR_ID}", shown(run_as_executor=True))
    answer = as_json(signed_in, "PATCH", ONE, {"run_as_executor": True})
    assert answer.json()["run_as_executor"] is True
    assert json.loads(api.asked[-1].body)["run_as_executor"] is True


def test_a_definition_file_has_it(signed_in: Client, api: API, tapis: Any) -> None:
    api.get(f"/v3/actors/{ACTOR_ID}", shown(run_as_executor=True))
    definition = signed_in.get(f"{ONE}definition/", secure=True).json()
    assert definition["run_as_executor"] is True
    api.post("/v3/actors", shown())
    assert as_json(signed_in, "POST", "/api/v1/definitions/", {"definition": definition}).status_code == 201
    assert json.loads(api.asked[-1].body)["run_as_executor"] is True


@pytest.mark.parametrize("both", [{"use_container_uid": True, "run_as_executor": True}])
def test_not_together_with_the_user_of_the_image(
    signed_in: Client, api: API, tapis: Any, both: dict[str, bool]
) -> None:
    answer = signed_in.post(NEW, {"image": "a/b", **dict.fromkeys(both, "on")})
    assert answer.status_code == 422
    assert "Choose either the sender or the image&#x27;s user" in answer.content.decode()
    answer = as_json(signed_in, "POST", "/api/v1/actors/", {"image": "a/b", **both})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["run_as_executor"]
    assert not api.asked


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://tacc.tapis.io", True),
        ("https://A2CPS.tapis.io", True),
        ("https://icicleai.tapis.io", False),
        ("https://abaco.example.org", True),  # which tenant that is, the API knows
    ],
)
def test_a_tenant_that_is_known_not_to_allow_it_is_not_asked(
    sign_in: Callable[..., Client], api: API, tapis: Any, url: str, is_taken: bool
) -> None:
    tapis(url)
    naming_of(url, "v3").confirm()  # as an earlier answer had, before which nothing is written
    if is_taken:
        api.wire.post(f"{url}/v3/actors", json={"status": "success", "message": "", "metadata": {}, "result": shown()})
    answer = as_json(sign_in(), "POST", "/api/v1/actors/", {"image": "a/b", "run_as_executor": True})
    assert answer.status_code == (201 if is_taken else 422)
    if not is_taken:
        (sentence,) = answer.json()["errors"]["run_as_executor"]
        assert "A2CPS, DESIGNSAFE, SD2E, TACC, not in icicleai." in sentence


@pytest.mark.parametrize(
    "message",
    [
        "run_as_executor isn't supported for your tenant",
        "Cannot set both use_container_uid and run_as_executor as true",
    ],
)
def test_what_the_api_refuses_is_beside_the_field(signed_in: Client, api: API, tapis: Any, message: str) -> None:
    api.refuse("POST", "/v3/actors", message)
    answer = signed_in.post(NEW, {"image": "a/b", "run_as_executor": "on"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"run_as_executor": [message]}


def test_version_2_has_no_such_field(signed_in: Client, api: API) -> None:
    assert FIELD not in signed_in.get(NEW).content.decode()
    answer = as_json(signed_in, "POST", "/api/v1/actors/", {"image": "a/b", "run_as_executor": True})
    assert answer.status_code == 422
    assert "Not available in version 2 of the API" in answer.json()["errors"]["run_as_executor"][0]
    assert not api.asked
    api.post("/actors/v2", actor_payload())
    sent = {"definition": {"image": "a/b", "run_as_executor": True}}
    answer = as_json(signed_in, "POST", "/api/v1/definitions/", sent)
    assert answer.json()["unknown"] == ["run_as_executor"]
    assert json.loads(api.asked[-1].body) == {"image": "a/b", "stateless": True}
