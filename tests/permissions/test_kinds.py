"""The permissions of aliases and configs, and levels granted on them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from actors_app.audit.activity import details_of
from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.permissions.support import KEY, KINDS, OWN, exists, words
from tests.support.payloads import ACTOR_ID
from tests.support.recorded import replay

pytestmark = pytest.mark.django_db


def test_the_permissions_of_an_alias(api: API, signed_in: Client) -> None:
    api.get("/actors/v2/aliases/tiler", {"alias": "tiler", "actorId": ACTOR_ID, "owner": "jdoe"})
    api.get("/actors/v2/aliases/tiler/permissions", {"jdoe": "UPDATE", "bob": "EXECUTE"})
    page = words(signed_in.get("/aliases/tiler/permissions/"))
    assert f'href="/actors/{ACTOR_ID}/"' in page
    assert "Owner." in page
    assert "Same as READ: sending messages requires access to the actor" in page
    assert "All users can see every alias" in page


def test_an_alias_whose_own_page_fails_has_permissions_all_the_same(api: API, signed_in: Client) -> None:
    api.is_silent("GET", "/actors/v2/aliases/tiler")
    api.get("/actors/v2/aliases/tiler/permissions", OWN)
    assert "Granted." in words(signed_in.get("/aliases/tiler/permissions/"))


def test_the_permissions_of_a_config_for_an_administrator(api: API, sign_in: Callable[..., Client]) -> None:
    api.get("/actors/v2/configs/site/permissions", {"jdoe": "UPDATE", "ada": "UPDATE"})
    page = words(sign_in(username="ada").get("/configs/site/permissions/"))
    assert "(currently works for administrators only)" in page
    assert "All users can read config values" in page


def test_the_failure_of_a_config_is_explained(api: API, signed_in: Client) -> None:
    crash = "Unrecognized exception type: <class 'TypeError'>"
    api.refuse("GET", "/actors/v2/configs/site/permissions", crash, 500)
    answer = signed_in.get("/configs/site/permissions/")
    page = words(answer)
    assert answer.status_code == 200
    assert "Only administrators can view or change access to configs" in page
    assert 'aria-disabled="true" title="Only administrators can view access to configs.">Grant access' in page


@pytest.mark.parametrize(("url", "path"), KINDS.items())
def test_what_is_not_there_is_not_found(api: API, signed_in: Client, url: str, path: str) -> None:
    api.refuse("GET", f"{path}/permissions", "No alias found: tiler.", 404)
    if "aliases" in url:
        api.refuse("GET", path, "No alias found: tiler.", 404)
    assert signed_in.get(url).status_code == 404


@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize("kind", ["alias", "config"])
def test_nothing_is_granted_on_what_does_not_exist(
    api: API, signed_in: Client, settings: Any, kind: str, version: str
) -> None:
    """From an administrator the API takes it, and keeps it: `alias_permissions_of_no_alias_04_post_admin`."""
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=version)}
    root = "/actors/v2" if version == "v2" else "/v3/actors"
    plural = {"alias": "aliases", "config": "configs"}[kind]
    if kind == "alias":
        api.refuse("GET", f"{root}/aliases/ghost", "No alias found: ghost.", 404)
    else:
        api.get(f"{root}/configs", [])
    answer = signed_in.post(f"/{plural}/ghost/permissions/", {"user": "bob", "level": "READ", "write_key": KEY})
    assert answer.status_code == 404
    assert 'value="bob"' in answer.content.decode()
    assert [request.method for request in api.asked] == ["GET"]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("kind", "folder", "case"),
    [
        ("alias", "v2-nginx", "alias_permissions_of_no_alias_05_get_admin"),
        ("alias", "v3-nginx", "alias_permissions_of_no_alias_01_get_admin"),
        ("config", "v2-nginx", "config_permissions_of_no_config_get_after"),
    ],
)
def test_a_map_of_what_does_not_exist_is_no_page(
    api: API, signed_in: Client, settings: Any, kind: str, folder: str, case: str
) -> None:
    version, plural = folder[:2], {"alias": "aliases", "config": "configs"}[kind]
    settings.TENANTS = {"default": replace(settings.TENANTS["default"], version=version)}
    root = "/actors/v2" if version == "v2" else "/v3/actors"
    replay(api, case, "GET", f"{root}/{plural}/ghost/permissions", folder)
    if kind == "alias":
        api.refuse("GET", f"{root}/aliases/ghost", "No alias found: ghost.", 404)
    else:
        api.get(f"{root}/configs", [])
    assert signed_in.get(f"/{plural}/ghost/permissions/").status_code == 404


@pytest.mark.parametrize(("url", "path"), KINDS.items())
def test_a_level_is_granted_on_the_others_too(api: API, signed_in: Client, url: str, path: str) -> None:
    exists(api, path)
    api.get(f"{path}/permissions", OWN)
    api.post(f"{path}/permissions", OWN | {"bob": "READ"})
    answer = signed_in.post(url, {"user": "bob", "level": "READ", "write_key": KEY})
    assert answer.headers["Location"] == url
    start = AuditEntry.objects.get(start=None)
    assert (start.actor_id, start.object_id) == ("", "bob")
    assert details_of(start)["name"] == path.rpartition("/")[2]
