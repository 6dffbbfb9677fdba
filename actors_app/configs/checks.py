"""Whether a config was created, saved or deleted, of which the answer never came."""

from collections.abc import Sequence

from actors_app.core.addresses import page_of
from actors_app.core.operations.findings import Finding, Item
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.formatting import visible
from actors_app.services import Abaco


def config_exists(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether there is a config of that name."""
    if items := _config(abaco, entry):
        return Finding("yes", "A config with this name exists.", "Check whether it is yours.", items)
    return Finding("no", "The config does not exist.", "Create it again.")


def config_remains(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the config is there; a value is not compared, since none is on the trail."""
    if items := _config(abaco, entry):
        return Finding(
            "unknown", "The config exists; whether the change was saved is unknown.", "Open it to check.", items
        )
    return Finding("no", "The config does not exist.", "Create it again.")


def config_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the config is still there."""
    if items := _config(abaco, entry):
        return Finding("no", "The config still exists.", "Delete it again.", items)
    return Finding("yes", "The config no longer exists.", "No action needed.")


def _config(abaco: Abaco, entry: AuditEntry) -> Sequence[Item]:
    """Return the config, if it is there (`GET /actors/configs`)."""
    is_there = any(config.name == entry.object_id for config in abaco.configs.list())
    return [Item(visible(entry.object_id), page_of("config-detail", entry.object_id))] if is_there else []
