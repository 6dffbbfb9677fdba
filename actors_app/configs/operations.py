"""The operations on configs."""

from collections.abc import Sequence

from actors_app.core.addresses import page_of
from actors_app.core.operations.findings import Finding, Item
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import Operation
from actors_app.core.pages.formatting import visible
from actors_app.core.security.capabilities import ADMIN
from actors_app.services import Abaco


def config_exists(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether there is a config of that name."""
    if items := _config(abaco, entry):
        return Finding("yes", "A config of this name exists.", "Check whether it is yours.", items)
    return Finding("no", "The config does not exist.", "Create it again.")


def config_remains(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the config is there; a value is not compared, since none is on the trail."""
    if items := _config(abaco, entry):
        return Finding(
            "unknown", ("The config exists; whether the change was saved is unknown."), "Open it to check.", items
        )
    return Finding("no", "The config does not exist.", "Create it again.")


def config_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the config is still there."""
    if items := _config(abaco, entry):
        return Finding("no", "The config still exists.", "Delete it again.", items)
    return Finding("yes", "The config no longer exists.", "There is nothing left to do.")


def _config(abaco: Abaco, entry: AuditEntry) -> Sequence[Item]:
    """Return the config, if it is there (`GET /actors/configs`)."""
    is_there = any(config.name == entry.object_id for config in abaco.configs.list())
    return [Item(visible(entry.object_id), page_of("config-detail", entry.object_id))] if is_there else []


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
)
