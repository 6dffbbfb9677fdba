"""The operations on permissions, of actors, aliases and configs."""

from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import ADMIN, UPDATE
from actors_app.permissions.checks import level_is_set

_GRANTING = "granting access"
_EXAMPLE = {"user": "jdoe", "level": "READ"}


LIST_PERMISSIONS = Operation(
    "permission.list",
    "GET",
    "/actors/{actor_id}/permissions",
    title="List permissions",
    agavepy="getPermissions",
)
GRANT_PERMISSION = Operation(
    "permission.grant",
    "POST",
    "/actors/{actor_id}/permissions",
    pages=("permission-change", "permission-list"),
    needs=UPDATE,
    doing=_GRANTING,
    about="person",
    done="changed access to",
    tried="change access to",
    choice="Change access",
    check=level_is_set,
    title="Grant access",
    example=_EXAMPLE,
    agavepy="updatePermissions",
    takes_reason=True,
)
REVOKE_PERMISSION = Operation(
    "permission.revoke",
    via=GRANT_PERMISSION,
    about="person",
    done="revoked access to",
    tried="revoke access to",
    choice="Revoke access",
    check=level_is_set,
    takes_reason=True,
)
LIST_ALIAS_PERMISSIONS = Operation(
    "alias-permission.list",
    "GET",
    "/actors/aliases/{alias}/permissions",
    title="List permissions of alias",
)
GRANT_ALIAS_PERMISSION = Operation(
    "alias-permission.grant",
    "POST",
    "/actors/aliases/{alias}/permissions",
    recorded_as=GRANT_PERMISSION,
    pages=("alias-permission-change", "alias-permission-list"),
    kind="alias",
    needs=UPDATE,
    doing=_GRANTING,
    title="Grant access",
    example=_EXAMPLE,
    takes_reason=True,
)
REVOKE_ALIAS_PERMISSION = Operation(
    "alias-permission.revoke",
    via=GRANT_ALIAS_PERMISSION,
    recorded_as=REVOKE_PERMISSION,
    kind="alias",
    takes_reason=True,
)
LIST_CONFIG_PERMISSIONS = Operation(
    "config-permission.list",
    "GET",
    "/actors/configs/{config}/permissions",
    title="List permissions of config",
)
GRANT_CONFIG_PERMISSION = Operation(
    "config-permission.grant",
    "POST",
    "/actors/configs/{config}/permissions",
    recorded_as=GRANT_PERMISSION,
    pages=("config-permission-change", "config-permission-list"),
    kind="config",
    needs=ADMIN,
    doing=_GRANTING,
    title="Grant access",
    example=_EXAMPLE,
    takes_reason=True,
)
REVOKE_CONFIG_PERMISSION = Operation(
    "config-permission.revoke",
    via=GRANT_CONFIG_PERMISSION,
    recorded_as=REVOKE_PERMISSION,
    kind="config",
    takes_reason=True,
)
GRANT = {"actor": GRANT_PERMISSION, "alias": GRANT_ALIAS_PERMISSION, "config": GRANT_CONFIG_PERMISSION}
REVOKE = {"actor": REVOKE_PERMISSION, "alias": REVOKE_ALIAS_PERMISSION, "config": REVOKE_CONFIG_PERMISSION}
