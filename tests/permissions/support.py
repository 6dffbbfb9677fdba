"""Addresses and answers for tests of the permissions of an actor, an alias and a config."""

from typing import Any

from tests.conftest import API
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload, config_payload

URL = f"/actors/{ACTOR_ID}/permissions/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
PERMISSIONS = f"{ACTOR}/permissions"
PROBE = "/actors/v2/aliases/admin-role-probe"
KEY = "0123456789abcdef0123456789abcdef"
OWN = {"jdoe": "UPDATE"}
KINDS = {
    "/aliases/tiler/permissions/": "/actors/v2/aliases/tiler",
    "/configs/site/permissions/": "/actors/v2/configs/site",
}


def opens(
    api: API, levels: dict[str, Any], *nonces: dict[str, Any], aliases: tuple[dict[str, Any], ...] = (), **actor: Any
) -> None:
    api.get(ACTOR, actor_payload(**actor))
    api.get(PERMISSIONS, levels)
    api.get(f"{ACTOR}/nonces", list(nonces))
    api.get("/actors/v2/aliases", list(aliases))


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


def exists(api: API, path: str) -> None:
    """Let the API show the alias, or the config among all configs."""
    root, _, name = path.rpartition("/")
    if root.endswith("aliases"):
        api.get(path, alias_payload(alias=name))
    else:
        api.get(root, [config_payload(name=name)])
