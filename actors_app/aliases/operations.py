"""The operations on aliases."""

from actors_app.core.addresses import page_of
from actors_app.core.operations.findings import Finding, Item
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import Operation
from actors_app.core.pages.formatting import visible
from actors_app.core.security.capabilities import UPDATE
from actors_app.services import Abaco


def alias_leads_there(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether there is such an alias, and where it leads."""
    item = _alias(abaco, entry)
    if item is None:
        return Finding("no", "The alias does not exist.", "Create it again.")
    if item.note == f"points to {visible(entry.actor_id)}":
        return Finding("yes", "The alias points to the selected actor.", "There is nothing left to do.", [item])
    return Finding(
        "unknown" if entry.action == "alias.create" else "no",
        "An alias of this name exists, but points to another actor.",
        "Check its owner and target.",
        [item],
    )


def alias_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the alias is still there."""
    item = _alias(abaco, entry)
    if item:
        return Finding("no", "The alias still exists.", "Delete it again.", [item])
    return Finding("yes", "The alias no longer exists.", "There is nothing left to do.")


def _alias(abaco: Abaco, entry: AuditEntry) -> Item | None:
    """Return the alias as the API has it now, noting where it leads (`GET /actors/aliases`)."""
    for alias in abaco.aliases.list():
        if alias.alias == entry.object_id:
            page = page_of("alias-detail", alias.alias)
            return Item(visible(alias.alias), page, note=f"points to {visible(alias.actor_id)}")
    return None


LIST_ALIASES = Operation(
    "alias.list",
    "GET",
    "/actors/aliases",
    summary="List the aliases of the tenant",
    title="List aliases",
    agavepy="listAliases",
)
CREATE_ALIAS = Operation(
    "alias.create",
    "POST",
    "/actors/aliases",
    needs=UPDATE,
    doing="creating aliases",
    checks_admins=True,
    done="created an alias for",
    tried="create an alias for",
    check=alias_leads_there,
    summary="Create an alias",
    title="Create alias",
    example={"alias": "my-alias", "actor_id": "ACTOR_ID"},
    agavepy="addAlias",
)
READ_ALIAS = Operation(
    "alias.get",
    "GET",
    "/actors/aliases/{alias}",
    summary="Read an alias",
    title="Read alias",
    agavepy="getAlias",
)
UPDATE_ALIAS = Operation(
    "alias.update",
    "PUT",
    "/actors/aliases/{alias}",
    kind="alias",
    needs=UPDATE,
    doing="changing its target",
    done="retargeted an alias to",
    tried="retarget an alias to",
    choice="Change the target of an alias",
    check=alias_leads_there,
    summary="Change the target of an alias",
    title="Change target",
    example={"actor_id": "ACTOR_ID"},
)
DELETE_ALIAS = Operation(
    "alias.delete",
    "DELETE",
    "/actors/aliases/{alias}",
    kind="alias",
    needs=UPDATE,
    doing="deleting it",
    done="deleted an alias",
    tried="delete an alias",
    check=alias_is_gone,
    summary="Delete an alias",
    title="Delete alias",
    agavepy="deleteAlias",
)
