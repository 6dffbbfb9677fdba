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
        return Finding("no", "There is no such alias.", "You can make it again.")
    if item.note == f"leads to {visible(entry.actor_id)}":
        return Finding("yes", "The alias leads to the actor that you named.", "There is nothing left to do.", [item])
    return Finding(
        "unknown" if entry.action == "alias.create" else "no",
        "There is an alias of that name, and it leads elsewhere.",
        "Open it and see whose it is and where it should lead.",
        [item],
    )


def alias_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the alias is still there."""
    item = _alias(abaco, entry)
    if item:
        return Finding("no", "The alias is still there.", "You can delete it again.", [item])
    return Finding("yes", "The alias is not there any more.", "There is nothing left to do.")


def _alias(abaco: Abaco, entry: AuditEntry) -> Item | None:
    """Return the alias as the API has it now, noting where it leads (`GET /actors/aliases`)."""
    for alias in abaco.aliases.list():
        if alias.alias == entry.object_id:
            page = page_of("alias-detail", alias.alias)
            return Item(visible(alias.alias), page, note=f"leads to {visible(alias.actor_id)}")
    return None


LIST_ALIASES = Operation(
    "alias.list",
    "GET",
    "/actors/aliases",
    summary="List the aliases of the tenant",
    title="List the aliases",
    agavepy="listAliases",
)
CREATE_ALIAS = Operation(
    "alias.create",
    "POST",
    "/actors/aliases",
    needs=UPDATE,
    doing="making an alias for it",
    checks_admins=True,
    done="made an alias for",
    tried="make an alias for",
    check=alias_leads_there,
    summary="Make an alias",
    title="Make the alias",
    example={"alias": "my-alias", "actor_id": "ACTOR_ID"},
    agavepy="addAlias",
)
READ_ALIAS = Operation(
    "alias.get",
    "GET",
    "/actors/aliases/{alias}",
    summary="Read an alias",
    title="Read the alias",
    agavepy="getAlias",
)
UPDATE_ALIAS = Operation(
    "alias.update",
    "PUT",
    "/actors/aliases/{alias}",
    kind="alias",
    needs=UPDATE,
    doing="pointing it elsewhere",
    done="pointed an alias at",
    tried="point an alias at",
    choice="Point an alias elsewhere",
    check=alias_leads_there,
    summary="Point an alias at another actor",
    title="Point the alias elsewhere",
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
    title="Delete the alias",
    agavepy="deleteAlias",
)
