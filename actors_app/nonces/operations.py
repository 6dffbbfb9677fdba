"""The operations on nonces, of actors and of aliases."""

from dataclasses import dataclass

from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE
from actors_app.nonces.checks import alias_nonce_is_gone, alias_nonces_since, nonce_is_gone, nonces_since

_EXAMPLE = {"level": "EXECUTE", "max_uses": 1, "description": ""}
_CREATING, _DELETING, _REPLACING = "creating nonces", "deleting nonces", "rotating nonces"

LIST_NONCES = Operation(
    "nonce.list",
    "GET",
    "/actors/{actor_id}/nonces",
    summary="List the nonces of an actor",
    title="List nonces",
    agavepy="listNonces",
)
CREATE_NONCE = Operation(
    "nonce.create",
    "POST",
    "/actors/{actor_id}/nonces",
    pages=("nonce-list",),
    needs=UPDATE,
    doing=_CREATING,
    about="nonce",
    done="created a nonce for",
    tried="create a nonce for",
    check=nonces_since,
    summary="Create a nonce",
    title="Create nonce",
    example=_EXAMPLE,
    sends_empty_body=False,
    agavepy="addNonce",
)
READ_NONCE = Operation(
    "nonce.get",
    "GET",
    "/actors/{actor_id}/nonces/{nonce_id}",
    summary="Get a nonce",
    title="Get nonce",
    agavepy="getNonce",
)
REVEAL_NONCE = Operation(
    "nonce.reveal",
    via=LIST_NONCES,
    about="nonce",
    done="revealed a nonce of",
    tried="reveal a nonce of",
    choice="Reveal a nonce",
    summary="Reveal a nonce",
)
REPLACE_NONCE = Operation(
    "nonce.replace",
    via=CREATE_NONCE,
    recorded_as=CREATE_NONCE,
    needs=UPDATE,
    doing=_REPLACING,
    summary="Rotate a nonce",
    takes_reason=True,
)
DELETE_NONCE = Operation(
    "nonce.delete",
    "DELETE",
    "/actors/{actor_id}/nonces/{nonce_id}",
    needs=UPDATE,
    doing=_DELETING,
    about="nonce",
    done="deleted a nonce of",
    tried="delete a nonce of",
    check=nonce_is_gone,
    summary="Delete a nonce",
    title="Delete nonce",
    agavepy="deleteNonce",
    takes_reason=True,
)

LIST_ALIAS_NONCES = Operation(
    "alias-nonce.list",
    "GET",
    "/actors/aliases/{alias}/nonces",
    summary="List the nonces of an alias",
    title="List nonces of alias",
)
CREATE_ALIAS_NONCE = Operation(
    "alias-nonce.create",
    "POST",
    "/actors/aliases/{alias}/nonces",
    pages=("alias-nonce-list",),
    kind="alias",
    needs=UPDATE,
    doing=_CREATING,
    done="created a nonce for an alias",
    tried="create a nonce for an alias",
    check=alias_nonces_since,
    summary="Create a nonce for an alias",
    title="Create nonce for alias",
    example=_EXAMPLE,
)
READ_ALIAS_NONCE = Operation(
    "alias-nonce.get",
    "GET",
    "/actors/aliases/{alias}/nonces/{nonce_id}",
    summary="Get a nonce of an alias",
    title="Get nonce",
)
REVEAL_ALIAS_NONCE = Operation(
    "alias-nonce.reveal",
    via=LIST_ALIAS_NONCES,
    kind="alias",
    done="revealed a nonce of an alias",
    tried="reveal a nonce of an alias",
    choice="Reveal a nonce of an alias",
    summary="Reveal a nonce of an alias",
)
REPLACE_ALIAS_NONCE = Operation(
    "alias-nonce.replace",
    via=CREATE_ALIAS_NONCE,
    recorded_as=CREATE_ALIAS_NONCE,
    kind="alias",
    needs=UPDATE,
    doing=_REPLACING,
    summary="Rotate a nonce of an alias",
    takes_reason=True,
)
DELETE_ALIAS_NONCE = Operation(
    "alias-nonce.delete",
    "DELETE",
    "/actors/aliases/{alias}/nonces/{nonce_id}",
    kind="alias",
    needs=UPDATE,
    doing=_DELETING,
    done="deleted a nonce of an alias",
    tried="delete a nonce of an alias",
    check=alias_nonce_is_gone,
    summary="Delete a nonce of an alias",
    title="Delete nonce",
    takes_reason=True,
)


@dataclass(frozen=True, slots=True)
class NonceOperations:
    """The operations on the nonces of one kind of holder."""

    create: Operation
    reveal: Operation
    delete: Operation


OF_ACTOR = NonceOperations(CREATE_NONCE, REVEAL_NONCE, DELETE_NONCE)
OF_ALIAS = NonceOperations(CREATE_ALIAS_NONCE, REVEAL_ALIAS_NONCE, DELETE_ALIAS_NONCE)
