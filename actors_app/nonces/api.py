"""Nonces of an actor: the list, making one, one of them, its id shown once more, and deleting it.

The id of a nonce is the secret itself: it is in the answer to making it and to revealing it, and nowhere else.
"""

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.fields import PageQuery
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.schema import Done, operation, page_of
from actors_app.nonces import commands, serializers
from actors_app.nonces.commands import Holder
from actors_app.nonces.forms import AliasNonceForm, NonceForm
from actors_app.nonces.notes import nonce_handle
from actors_app.nonces.operations import CREATE_NONCE, DELETE_NONCE, LIST_NONCES, READ_NONCE, REVEAL_NONCE
from actors_app.services.types import Nonce

TAG = "Nonces"


def nonce_data(holder: Holder, nonce: Nonce) -> dict[str, Any]:
    """Return a nonce as it goes out, masked."""
    values = {name: getattr(nonce, name, None) for name in serializers.Nonce().fields}
    return dict(serializers.Nonce(values | {"handle": nonce_handle(holder.id, nonce.id)}).data)


class Nonces(Resource):
    """What the addresses of nonces do, whether of an actor or of an alias."""

    secret = True

    def list_of(self, holder: Holder) -> Response:
        """Answer with a page of them, newest first and masked."""
        nonces = [nonce_data(holder, nonce) for nonce in holder.service(self.abaco).list(holder.id)]
        return self.page(serializers.Nonce, nonces, _by_age, descending=True)

    def make(self, holder: Holder) -> Response:
        """Make one, and show it."""
        data = self.body(serializers.NewNonce)
        form = checked((AliasNonceForm if holder.is_alias else NonceForm)(typed(data.items())))
        result = commands.create(self.http, self.abaco, holder, form.cleaned_data)
        return self.command_response(
            result,
            lambda nonce, _: {**nonce_data(holder, nonce), "id": nonce.id},
            status=201,
            location=lambda nonce: reverse(
                f"api:{holder.action}-detail", args=[holder.id, nonce_handle(holder.id, nonce.id)]
            ),
            secrets=("id",),
        )

    def get_nonce(self, holder: Holder, handle: str) -> Response:
        """Answer with one, masked."""
        nonce = commands.nonce_of(self.abaco, holder, handle)
        return Response(nonce_data(holder, holder.service(self.abaco).get(holder.id, nonce.id)))

    def drop(self, holder: Holder, handle: str) -> Response:
        """Delete one."""
        if earlier := commands.deleted_before(self.http, holder, handle):
            return self.done(earlier)
        nonce = commands.nonce_of(self.abaco, holder, handle)
        return self.done(commands.delete(self.http, self.abaco, holder, handle, nonce))

    def reveal(self, holder: Holder, handle: str) -> Response:
        """Show the id of one, and write down who looked."""
        nonce = commands.nonce_of(self.abaco, holder, handle)
        return Response({**nonce_data(holder, nonce), "id": commands.reveal(self.http, holder, handle, nonce)})


class NonceList(Nonces):
    """`/actors/<actor>/nonces/`."""

    @operation(
        LIST_NONCES,
        tag=TAG,
        query=PageQuery,
        gives=page_of(serializers.Nonce),
    )
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with a page of them."""
        return self.list_of(Holder(actor_id))

    @operation(
        CREATE_NONCE,
        tag=TAG,
        takes=serializers.NewNonce,
        example={"level": "READ", "max_uses": 10, "description": "for the dashboard"},
        gives=serializers.ShownNonce,
        status=201,
        about="The ID is returned only once.",
    )
    def post(self, request: Request, actor_id: str) -> Response:
        """Make one, and show it."""
        return self.make(Holder(actor_id))


class NonceDetail(Nonces):
    """`/actors/<actor>/nonces/<handle>/`."""

    @operation(READ_NONCE, tag=TAG, gives=serializers.Nonce)
    def get(self, request: Request, actor_id: str, handle: str) -> Response:
        """Answer with one, masked."""
        return self.get_nonce(Holder(actor_id), handle)

    @operation(DELETE_NONCE, tag=TAG, takes=False, gives=Done)
    def delete(self, request: Request, actor_id: str, handle: str) -> Response:
        """Delete it, so that it opens nothing any more."""
        return self.drop(Holder(actor_id), handle)


class NonceReveal(Nonces):
    """`/actors/<actor>/nonces/<handle>/reveal/`."""

    @operation(
        REVEAL_NONCE,
        tag=TAG,
        takes=False,
        gives=serializers.ShownNonce,
        about="Reveals are recorded in the audit log.",
    )
    def post(self, request: Request, actor_id: str, handle: str) -> Response:
        """Show its id once more."""
        return self.reveal(Holder(actor_id), handle)


def _by_age(nonce: dict[str, Any]) -> tuple[str, str]:
    return (nonce["create_time"] or "", nonce["handle"])
