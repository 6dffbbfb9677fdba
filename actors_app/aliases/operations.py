"""The operations on aliases."""

from actors_app.aliases.checks import alias_is_gone, alias_leads_there
from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE

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
    summary="Get an alias",
    title="Get alias",
    agavepy="getAlias",
)
UPDATE_ALIAS = Operation(
    "alias.update",
    "PUT",
    "/actors/aliases/{alias}",
    kind="alias",
    needs=UPDATE,
    doing="changing its target",
    done="changed the target of an alias to",
    tried="change the target of an alias to",
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
    takes_reason=True,
)
