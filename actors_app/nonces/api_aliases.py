"""Nonces of an alias, which are handled as those of an actor are."""

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.fields import PageQuery
from actors_app.core.api.schema import Done, operation, page_of
from actors_app.nonces import serializers
from actors_app.nonces.api import TAG, Nonces
from actors_app.nonces.commands import Holder
from actors_app.nonces.operations import (
    CREATE_ALIAS_NONCE,
    DELETE_ALIAS_NONCE,
    LIST_ALIAS_NONCES,
    READ_ALIAS_NONCE,
    REVEAL_ALIAS_NONCE,
)


class AliasNonceList(Nonces):
    """`/aliases/<alias>/nonces/`."""

    @operation(
        LIST_ALIAS_NONCES,
        tag=TAG,
        query=PageQuery,
        gives=page_of(serializers.Nonce),
    )
    def get(self, request: Request, alias: str) -> Response:
        """Answer with a page of them."""
        return self.list_of(Holder(alias, is_alias=True))

    @operation(
        CREATE_ALIAS_NONCE,
        tag=TAG,
        takes=serializers.NewNonce,
        example={"level": "EXECUTE", "max_uses": 10, "description": "for the dashboard"},
        gives=serializers.ShownNonce,
        status=201,
        about="The ID is returned only once. Nonces of an alias give at most EXECUTE access.",
    )
    def post(self, request: Request, alias: str) -> Response:
        """Make one, and show it."""
        return self.make(Holder(alias, is_alias=True))


class AliasNonceDetail(Nonces):
    """`/aliases/<alias>/nonces/<handle>/`."""

    @operation(
        READ_ALIAS_NONCE,
        tag=TAG,
        gives=serializers.Nonce,
    )
    def get(self, request: Request, alias: str, handle: str) -> Response:
        """Answer with one, masked."""
        return self.get_nonce(Holder(alias, is_alias=True), handle)

    @operation(
        DELETE_ALIAS_NONCE,
        tag=TAG,
        takes=False,
        gives=Done,
    )
    def delete(self, request: Request, alias: str, handle: str) -> Response:
        """Delete it, so that it opens nothing any more."""
        return self.drop(Holder(alias, is_alias=True), handle)


class AliasNonceReveal(Nonces):
    """`/aliases/<alias>/nonces/<handle>/reveal/`."""

    @operation(
        REVEAL_ALIAS_NONCE,
        tag=TAG,
        takes=False,
        gives=serializers.ShownNonce,
        about="Reveals are recorded in the audit log.",
    )
    def post(self, request: Request, alias: str, handle: str) -> Response:
        """Show its id once more."""
        return self.reveal(Holder(alias, is_alias=True), handle)
