"""The operations on aliases."""

from actors_app.aliases.checks import alias_is_gone, alias_leads_there
from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE

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
