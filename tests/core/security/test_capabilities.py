"""What a visitor may not do is visible, disabled, with the reason; it is learnt only from what the API answers."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver, reverse

from actors_app.core.operations.operation import operations
from actors_app.core.security.models import PortalSession
from tests.conftest import API
from tests.core.security.support import (
    ACTOR,
    CLOSED,
    EXECUTE,
    MISSING,
    OWNER,
    PAGE,
    PROBE,
    READ,
    UPDATE,
    WORLD,
    control,
    is_admin,
    is_alive,
    is_no_admin,
    now_answers,
    opened,
    opens,
)
from tests.support.payloads import ACTOR_ID, NONCE_ID, WORKER_ID, actor_payload
from tests.support.routes import crawled


@pytest.mark.parametrize(
    ("levels", "may_send", "may_change"),
    [
        (READ, False, False),
        (EXECUTE, True, False),
        (UPDATE, True, True),
        (WORLD, True, True),
    ],
    ids=["READ", "EXECUTE", "UPDATE", "ABACO_WORLD"],
)
def test_each_level_has_its_controls(
    api: API, signed_in: Client, levels: dict[str, str], may_send: bool, may_change: bool
) -> None:
    is_no_admin(api, signed_in)
    opens(api, levels)
    page = opened(signed_in)
    assert is_alive(page, "Send message") == may_send
    for words in ("Edit", "Delete", "Create alias", "Add"):
        assert is_alive(page, words) == may_change, words


def test_the_reason_says_what_is_needed_and_of_whom(api: API, signed_in: Client) -> None:
    is_no_admin(api, signed_in)
    opens(api, READ)
    page = opened(signed_in)
    assert f'title="You have read access to this actor; deleting it requires UPDATE. {OWNER}"' in control(
        page, "Delete"
    )
    assert f'title="You have read access to this actor; sending messages to it requires EXECUTE. {OWNER}"' in control(
        page, "Send message"
    )
    # Where nothing can be pointed at, the head of the page says it too.
    short = "You have read access to this actor; sending messages requires EXECUTE, editing requires UPDATE."
    assert f"<span>{short} {OWNER}</span>" in page


def test_a_disabled_control_can_be_reached_by_keyboard_and_does_nothing(api: API, signed_in: Client) -> None:
    is_no_admin(api, signed_in)
    opens(api, READ)
    start = control(opened(signed_in), "Edit")
    assert 'role="link" tabindex="0" aria-disabled="true"' in start
    assert "href" not in start
    api.get(ACTOR, actor_payload(owner="sue"))
    api.get(f"{ACTOR}/nonces", [])
    button = control(opened(signed_in, f"{PAGE}nonces/"), "Create nonce")
    # Of no form, so that it sends nothing; not `disabled`, so that it has the focus.
    assert 'form="none"' in button
    assert " disabled" not in button.replace("aria-disabled", "")


def test_an_owner_whose_entry_was_lowered_is_told_what_counts(api: API, signed_in: Client) -> None:
    is_no_admin(api, signed_in)
    opens(api, {"jdoe": "READ"})
    now_answers(api, ACTOR, actor_payload())
    assert "You own it, but the API checks only the access level" in control(opened(signed_in), "Delete")


def test_an_owner_is_shown_as_text(api: API, signed_in: Client) -> None:
    is_no_admin(api, signed_in)
    opens(api, READ)
    now_answers(api, ACTOR, actor_payload(owner='"><b>\u202e'))
    page = signed_in.get(PAGE).content.decode()
    assert '"><b>' not in page
    assert "\u202e" not in page


# Administrators --------------------------------------------------------------------------------------------------


def test_an_administrator_may_do_all_whatever_their_entry(api: API, signed_in: Client) -> None:
    is_admin(api, signed_in)
    opens(api, READ)
    page = opened(signed_in)
    for words in ("Edit", "Delete", "Send message"):
        assert is_alive(page, words), words
    assert 'class="may"' not in page
    # The API asks the level of whoever makes an alias, administrators included.
    assert "creating aliases requires UPDATE" in control(page, "Create alias")


@pytest.mark.parametrize("levels", [READ, EXECUTE, {"sue": "UPDATE"}])
def test_whoever_may_be_an_administrator_finds_everything_alive(
    api: API, signed_in: Client, levels: dict[str, str]
) -> None:
    opens(api, levels)
    page = opened(signed_in)
    for words in ("Edit", "Delete", "Send message"):
        assert is_alive(page, words), words


def test_somebody_with_no_entry_who_is_shown_the_actor_gets_in_by_something_else(api: API, sign_in: Any) -> None:
    browser = sign_in(username="j.doe")
    is_no_admin(api, browser)
    opens(api, {"j": {"doe": "READ"}, "sue": "UPDATE"})
    assert is_alive(opened(browser), "Edit"), "the API never finds a name with a dot, and yet it answers"


def test_whether_somebody_is_an_administrator_is_known_from_the_history_too(api: API, signed_in: Client) -> None:
    api.get("/actors/v2", [])
    api.refuse("GET", PROBE, CLOSED)
    signed_in.get("/executions/?poll=1")
    signed_in.get("/executions/")
    cache.clear()  # as in another process
    opens(api, READ)
    assert not is_alive(opened(signed_in), "Edit")


def test_a_role_that_the_api_did_not_tell_is_none_that_is_known(api: API, signed_in: Client) -> None:
    api.get("/actors/v2", [])
    api.is_silent("GET", PROBE)
    signed_in.get("/executions/")
    opens(api, READ)
    assert is_alive(opened(signed_in), "Edit")


@pytest.mark.parametrize("levels", [READ, EXECUTE, UPDATE])
def test_asking_for_workers_is_for_administrators_whatever_the_level(
    api: API, signed_in: Client, levels: dict[str, str]
) -> None:
    is_no_admin(api, signed_in)
    opens(api, levels)
    opened(signed_in)
    workers = [{"id": WORKER_ID, "status": "READY", "createTime": "2026-11-23T16:20:41.522Z"}]
    now_answers(api, f"{ACTOR}/workers", workers)
    page = opened(signed_in, f"{PAGE}workers/")
    assert "Starting workers is limited to API administrators, whatever your access level." in control(
        page, "Start workers"
    )
    assert is_alive(page, 'Stop…<span class="sr">') == (levels == UPDATE), "stopping one needs UPDATE alone"


# Aliases and configs ---------------------------------------------------------------------------------------------


def test_an_alias_is_judged_by_its_own_permissions(api: API, signed_in: Client) -> None:
    is_no_admin(api, signed_in)
    api.get("/actors/v2/aliases/tiler/permissions", READ)
    api.get("/actors/v2/aliases/tiler", {"alias": "tiler", "actorId": ACTOR_ID, "owner": "sue"})
    page = opened(signed_in, "/aliases/tiler/permissions/")
    assert f"You have read access to this alias; changing its target requires UPDATE. {OWNER}" in control(
        page, "Change target…"
    )
    assert f"You have read access to this alias; deleting it requires UPDATE. {OWNER}" in control(page, "Delete")


def test_a_config_is_for_administrators(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/configs", [{"name": "lab", "value": "x", "isSecret": False, "actors": ACTOR_ID}])
    api.get("/actors/v2", [])
    api.get("/actors/v2/aliases", [])
    assert is_alive(opened(signed_in, "/configs/lab/"), "Edit")
    is_no_admin(api, signed_in)
    page = opened(signed_in, "/configs/lab/")
    for words in ("Edit", "Delete"):
        assert "is limited to API administrators" in control(page, words)


# Signing in and the other version --------------------------------------------------------------------------------


@pytest.mark.parametrize(("message", "status", "may_edit"), [(CLOSED, 400, False), (MISSING, 404, True)])
def test_signing_in_tells_the_role_for_as_long_as_the_session(
    api: API, db: None, message: str, status: int, may_edit: bool
) -> None:
    browser = Client()
    api.answer("POST", "/token", json={"access_token": "token-of-jdoe", "expires_in": 3600})
    api.get("/profiles/v2/me", {"username": "jdoe"})
    api.refuse("GET", PROBE, message, status)
    browser.post("/sign-in/", {"username": "jdoe", "password": "secret"})
    cache.clear()  # as in another process, and later
    opens(api, READ)
    assert is_alive(opened(browser), "Edit") == may_edit


@pytest.mark.parametrize(("levels", "may_send"), [(READ, False), (EXECUTE, True)])
def test_the_levels_are_the_same_in_tapis(
    api: API, sign_in: Any, settings: Any, levels: dict[str, str], may_send: bool
) -> None:
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version="v3")}
    browser, actor = sign_in(), f"/v3/actors/{ACTOR_ID}"
    api.refuse("GET", "/v3/actors/aliases/admin-role-probe", CLOSED)
    api.get("/v3/actors/utilization", {"currentActors": 1, "totalActors": 2, "workers": 1, "commandQueue": 0})
    browser.get("/administration/")
    api.get(actor, {"id": ACTOR_ID, "owner": "sue", "image": "a/b", "status": "READY", "stateless": True})
    api.get(f"{actor}/messages", {"messages": 0})
    api.get(f"{actor}/workers", [])
    api.get(f"{actor}/nonces", [])
    api.get(f"{actor}/permissions", levels)
    page = opened(browser)
    assert not is_alive(page, "Edit")
    assert is_alive(page, "Send message") == may_send


# All acts --------------------------------------------------------------------------------------------------------


def test_each_act_is_a_page() -> None:
    pages = {page: operation for operation in operations() if operation.needs for page in operation.pages}
    assert {f"actors:{name}" for name in pages} <= crawled().keys()
    for name, operation in pages.items():
        word = {"actor": "actor_id", "alias": "alias", "config": "config"}[operation.kind]
        if name != "alias-create":
            assert word in reverse_kwargs(name), name


def reverse_kwargs(name: str) -> set[str]:
    """Return what the address of a page is made of."""
    (((_, names),), *_), *_ = get_resolver().namespace_dict["actors"][1].reverse_dict.getlist(name)
    return set(names)


def test_who_may_only_read_is_told_that_first(api: API, signed_in: Client) -> None:
    is_no_admin(api, signed_in)
    PortalSession.objects.update(read_only=True)
    opens(api, READ)
    page = opened(signed_in)
    assert "This session is read-only." in control(page, "Edit")
    assert 'class="may"' not in page


def test_nonces_of_a_reader_are_shown_and_not_deleted(api: API, signed_in: Client) -> None:
    is_no_admin(api, signed_in)
    opens(api, READ)
    opened(signed_in)
    nonce = {
        "id": NONCE_ID,
        "level": "READ",
        "maxUses": 1,
        "remainingUses": 1,
        "currentUses": 0,
        "owner": "sue",
        "actorId": ACTOR_ID,
    }
    now_answers(api, f"{ACTOR}/nonces", [nonce])
    page = opened(signed_in, f"{PAGE}nonces/")
    delete = control(page, 'Delete…<span class="sr">')
    assert f"You have read access to this actor; deleting nonces requires UPDATE. {OWNER}" in delete
    assert "creating nonces requires UPDATE" in control(page, "Create nonce")
    assert reverse("actors:nonce-list", args=[ACTOR_ID]) in page
