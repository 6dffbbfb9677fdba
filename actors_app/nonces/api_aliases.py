"""Nonces of an alias, which are handled as those of an actor are."""

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.fields import PageQuery
from actors_app.core.api.schema import Done, operation, page_of
from actors_app.nonces import serializers
from actors_app.nonces.api import TAG, Nonces
from actors_app.nonces.commands import Holder


class AliasNonceList(Nonces):
    """`/aliases/<alias>/nonces/`."""

    @operation(
        "List the nonces of an alias",
        tag=TAG,
        upstream="GET /actors/aliases/{alias}/nonces",
        query=PageQuery,
        gives=page_of(serializers.Nonce),
    )
    def get(self, request: Request, alias: str) -> Response:
        """Answer with a page of them."""
        return self.list_of(Holder(alias, is_alias=True))

    @operation(
        "Make a nonce of an alias",
        tag=TAG,
        upstream="POST /actors/aliases/{alias}/nonces",
        takes=serializers.NewNonce,
        example={"level": "EXECUTE", "max_uses": 10, "description": "for the dashboard"},
        gives=serializers.ShownNonce,
        status=201,
        about="Its id is in this answer alone. No nonce of an alias has a level above EXECUTE.",
    )
    def post(self, request: Request, alias: str) -> Response:
        """Make one, and show it."""
        return self.make(Holder(alias, is_alias=True))


class AliasNonceDetail(Nonces):
    """`/aliases/<alias>/nonces/<handle>/`."""

    @operation(
        "Read a nonce of an alias",
        tag=TAG,
        upstream="GET /actors/aliases/{alias}/nonces/{nonce}",
        gives=serializers.Nonce,
    )
    def get(self, request: Request, alias: str, handle: str) -> Response:
        """Answer with one, masked."""
        return self.one(Holder(alias, is_alias=True), handle)

    @operation(
        "Delete a nonce of an alias",
        tag=TAG,
        upstream="DELETE /actors/aliases/{alias}/nonces/{nonce}",
        takes=False,
        gives=Done,
    )
    def delete(self, request: Request, alias: str, handle: str) -> Response:
        """Delete it, so that it opens nothing any more."""
        return self.drop(Holder(alias, is_alias=True), handle)


class AliasNonceReveal(Nonces):
    """`/aliases/<alias>/nonces/<handle>/reveal/`."""

    @operation(
        "Show a nonce of an alias in full",
        tag=TAG,
        upstream="GET /actors/aliases/{alias}/nonces",
        takes=False,
        gives=serializers.ShownNonce,
        about="Who looked is in the activity.",
    )
    def post(self, request: Request, alias: str, handle: str) -> Response:
        """Show its id once more."""
        return self.reveal(Holder(alias, is_alias=True), handle)
