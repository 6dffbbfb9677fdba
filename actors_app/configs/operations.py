"""The operations on configs."""

from actors_app.configs.checks import config_exists, config_is_gone, config_remains
from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import ADMIN

_EXAMPLE = {"name": "my-config", "value": "VALUE", "is_secret": False, "actors": "ACTOR_ID"}

LIST_CONFIGS = Operation(
    "config.list",
    "GET",
    "/actors/configs",
    summary="List the configs of the tenant",
    title="List configs",
)
CREATE_CONFIG = Operation(
    "config.create",
    "POST",
    "/actors/configs",
    kind="config",
    done="created the config",
    tried="create the config",
    check=config_exists,
    summary="Create a config",
    title="Create config",
    example=_EXAMPLE,
)
UPDATE_CONFIG = Operation(
    "config.update",
    "PUT",
    "/actors/configs/{config}",
    kind="config",
    needs=ADMIN,
    doing="editing it",
    done="edited the config",
    tried="edit the config",
    choice="Edit a config",
    check=config_remains,
    summary="Replace a config",
    title="Replace config",
    example=_EXAMPLE,
)
DELETE_CONFIG = Operation(
    "config.delete",
    "DELETE",
    "/actors/configs/{config}",
    kind="config",
    needs=ADMIN,
    doing="deleting it",
    done="deleted the config",
    tried="delete the config",
    check=config_is_gone,
    summary="Delete a config",
    title="Delete config",
    takes_reason=True,
)
