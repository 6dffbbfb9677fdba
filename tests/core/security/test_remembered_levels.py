"""What is remembered of a level and of a role, and what a refusal teaches."""

import html
import time
from typing import Any

import pytest
from django.test import Client

from actors_app.core.operations.operation import operation_named, operations
from actors_app.core.security.capabilities import Capabilities
from actors_app.services.errors import Forbidden
from actors_app.services.types import AdminRole
from tests.conftest import API
from tests.core.security.support import (
    ACTOR,
    OWNER,
    PAGE,
    READ,
    UPDATE,
    control,
    is_alive,
    is_no_admin,
    opened,
    opens,
)
from tests.support.payloads import ACTOR_ID, actor_payload


def test_other_pages_remember_the_level_and_make_no_call_for_it(api: API, signed_in: Client) -> None:
    is_no_admin(api, signed_in)
    opens(api, READ)
    opened(signed_in)
    asked = len(api.asked)
    page = opened(signed_in, f"{PAGE}configuration/")
    assert not is_alive(page, "Edit")
    assert is_alive(page, "Clone"), "a new actor needs no level on this one"
    assert [one.path_url for one in api.asked[asked:]] == [ACTOR]


def test_a_page_that_does_not_know_the_level_leaves_all_alive(api: API, signed_in: Client) -> None:
    is_no_admin(api, signed_in)
    api.get(ACTOR, actor_payload(owner="sue"))
    page = opened(signed_in, f"{PAGE}configuration/")
    assert is_alive(page, "Edit")
    assert 'class="may"' not in page


def test_a_level_is_remembered_for_a_minute_of_one_person(
    api: API, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, other = sign_in(), sign_in(username="bob")
    is_no_admin(api, browser)
    is_no_admin(api, other)
    opens(api, READ)
    opened(browser)
    assert is_alive(opened(other, f"{PAGE}configuration/"), "Edit")
    at = time.time()
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: at + 61)
    assert is_alive(opened(browser, f"{PAGE}configuration/"), "Edit")


def test_a_grant_forgets_what_everybody_was_known_to_have(api: API, sign_in: Any) -> None:
    browser, giver = sign_in(), sign_in(username="sue")
    is_no_admin(api, browser)
    opens(api, READ)
    opened(browser)
    api.post(f"{ACTOR}/permissions", UPDATE)
    giver.post(f"{PAGE}permissions/", {"user": "jdoe", "level": "UPDATE"})
    assert is_alive(opened(browser, f"{PAGE}configuration/"), "Edit")


def test_an_answer_from_before_a_change_counts_no_more_however_late_it_comes(db: None) -> None:
    own = Capabilities("default", "jdoe", AdminRole.OTHER)
    asked = time.monotonic()
    own.changed("actor", ACTOR_ID)
    own.levels("actor", ACTOR_ID, READ, asked)
    assert own.why_not(operation_named("actor.delete"), ACTOR_ID) == ""
    own.levels("actor", ACTOR_ID, READ, time.monotonic())
    assert own.why_not(operation_named("actor.delete"), ACTOR_ID, "sue").endswith(OWNER)


# Refusals --------------------------------------------------------------------------------------------------------


def test_a_refusal_teaches(api: API, signed_in: Client) -> None:
    api.get(ACTOR, actor_payload(owner="sue"))
    refused = "Not authorized -- you do not have access to this actor."
    api.refuse("POST", f"{ACTOR}/messages", refused)
    answer = signed_in.post(f"{PAGE}messages/", {"message": "hello", "kind": "text"})
    assert refused in html.unescape(answer.content.decode()), "what the API says is shown all the same"
    page = opened(signed_in, f"{PAGE}configuration/")
    assert (
        f"The API denied a further request for this actor; sending messages to it requires EXECUTE. {OWNER}"
        in control(page, "Send message")
    )
    assert not is_alive(page, "Delete")
    assert 'class="may"' not in page, "what they may is not known so exactly"


@pytest.mark.parametrize(
    "refusal",
    [
        "Not authorized -- only admins and privileged users can make privileged actors.",
        "Not authorized -- missing required role.",
        "Invalid message.",
    ],
)
def test_a_refusal_for_something_else_teaches_nothing(api: API, signed_in: Client, refusal: str) -> None:
    api.get(ACTOR, actor_payload(owner="sue"))
    api.refuse("POST", f"{ACTOR}/messages", refusal)
    signed_in.post(f"{PAGE}messages/", {"message": "hello", "kind": "text"})
    assert is_alive(opened(signed_in, f"{PAGE}configuration/"), "Send message")


@pytest.mark.parametrize(
    "name", [one.name for one in operations() if one.needs in ("EXECUTE", "UPDATE") and not one.checks_admins]
)
def test_a_refusal_of_any_operation_teaches(db: None, name: str) -> None:
    operation, own = operation_named(name), Capabilities("default", "jdoe")
    refusal = Forbidden(reason=f"Not authorized -- you do not have access to this {operation.kind}.")
    own.refused(operation, "subject", refusal)
    refused = f"The API denied a further request for this {operation.kind}"
    assert (
        own.why_not(operation, "subject", "sue") == f"{refused}; {operation.doing} requires {operation.needs}. {OWNER}"
    )


def test_a_refusal_to_point_an_alias_elsewhere_teaches(api: API, signed_in: Client) -> None:
    api.get("/actors/v2", [])
    api.get("/actors/v2/aliases", [])
    api.get(ACTOR, actor_payload(owner="sue"))
    api.get("/actors/v2/aliases/tiler", {"alias": "tiler", "actorId": ACTOR_ID, "owner": "sue"})
    api.get("/actors/v2/aliases/tiler/nonces", [])
    api.refuse("PUT", "/actors/v2/aliases/tiler", "Not authorized -- you do not have access to this alias.")
    assert signed_in.post("/aliases/tiler/edit/", {"actor_id": ACTOR_ID}).status_code == 403
    page = opened(signed_in, "/aliases/tiler/")
    assert f"The API denied a further request for this alias; changing its target requires UPDATE. {OWNER}" in control(
        page, "Change target…"
    )


def test_a_refusal_to_make_a_nonce_of_an_alias_is_about_the_alias(api: API, signed_in: Client) -> None:
    api.refuse("POST", "/actors/v2/aliases/tiler/nonces", "Not authorized -- you do not have access to this alias.")
    answer = signed_in.post("/aliases/tiler/nonces/", {"level": "READ", "max_uses": 1})
    assert answer.status_code == 403
    api.get("/actors/v2/aliases/tiler", {"alias": "tiler", "actorId": ACTOR_ID, "owner": "sue"})
    api.get("/actors/v2/aliases/tiler/nonces", [])
    page = opened(signed_in, "/aliases/tiler/")
    assert "changing its target requires UPDATE" in control(page, "Change target…")
