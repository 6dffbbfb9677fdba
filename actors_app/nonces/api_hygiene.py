"""The nonces of all actors and aliases of the caller, replacing one, and the note of where it was handed out."""

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api import paging
from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import not_valid
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.paging import Page
from actors_app.core.api.schema import Done, operation
from actors_app.core.operations.perform import answered
from actors_app.nonces import commands, serializers
from actors_app.nonces import notes as nonce_notes
from actors_app.nonces.api import TAG, nonce_data
from actors_app.nonces.commands import Holder
from actors_app.nonces.commands_replace import Replaced, replace
from actors_app.nonces.forms import NonceNoteForm
from actors_app.nonces.hygiene import FINDINGS
from actors_app.nonces.listing import ReviewedNonce, keyed_of, look
from actors_app.nonces.notes import nonce_handle
from actors_app.nonces.operations import REPLACE_ALIAS_NONCE, REPLACE_NONCE
from actors_app.services.types import Nonce


class NonceOverview(Resource):
    """`/nonces/`."""

    secret = True

    @operation(
        "List nonces of all your actors and aliases",
        tag=TAG,
        upstream="nonce.list",
        query=serializers.HygieneQuery,
        gives=serializers.HygienePage,
        about="`limit` counts actors and aliases, not nonces: each of them requires two calls.",
    )
    def get(self, request: Request) -> Response:
        """Answer with the nonces of some of them, masked, those worth a look first."""
        answers = self.abaco.gather(actors=lambda: self.abaco.actors.list(), aliases=lambda: self.abaco.aliases.list())
        holders = keyed_of(answers["actors"].unwrap(), answers["aliases"].value or (), self.user.username)
        page = paging.cut(
            holders,
            lambda item: (item.label.casefold(), int(item.holder.is_alias), item.holder.id),
            cursor=self.params.get("cursor", ""),
            limit=self.params["limit"],
        )
        nonces, unread = look(self.abaco, self.user.tenant, page.items)
        show = self.params.get("show", "")
        chosen = [item for item in nonces if not show or (item.findings and (show == "worth" or show in item.findings))]
        return self.page_of(
            serializers.HeldNonce,
            Page([_reviewed_data(item) for item in chosen], page.next, page.previous),
            total_holders=len(holders),
            unread=[item.holder.id for item in unread],
        )


class _Replace(Resource):
    secret = True

    def replace(self, holder: Holder, handle: str) -> Response:
        """Create a nonce like another, show it, and delete the other."""
        if earlier := answered(self.http, holder.operations.create, **holder.about(handle)):
            replaced = Replaced(earlier)
        else:
            old = commands.nonce_of(self.abaco, holder, handle)
            replaced = replace(self.http, self.abaco, holder, handle, old)
        error = replaced.error

        def show(nonce: Nonce, message: str) -> dict[str, Any]:
            text = f"{message} The old nonce still exists: {error.user_message}" if error else message
            return {**nonce_data(holder, nonce), "id": nonce.id, "old_is_deleted": error is None, "message": text}

        return self.command_response(
            replaced.result,
            show,
            status=201,
            location=lambda nonce: reverse(
                f"api:{holder.action}-detail", args=[holder.id, nonce_handle(holder.id, nonce.id)]
            ),
            secrets=("id",),
        )


class NonceReplace(_Replace):
    """`/actors/<actor>/nonces/<handle>/replace/`."""

    @operation(
        REPLACE_NONCE,
        tag=TAG,
        upstream="nonce.create nonce.delete",
        takes=False,
        gives=serializers.ReplacingNonce,
        status=201,
        about=(
            "Creates a nonce with the same access and uses (its ID is returned only once), then deletes the old one."
        ),
    )
    def post(self, request: Request, actor_id: str, handle: str) -> Response:
        """Replace it."""
        return self.replace(Holder(actor_id), handle)


class AliasNonceReplace(_Replace):
    """`/aliases/<alias>/nonces/<handle>/replace/`."""

    @operation(
        REPLACE_ALIAS_NONCE,
        tag=TAG,
        upstream="alias-nonce.create alias-nonce.delete",
        takes=False,
        gives=serializers.ReplacingNonce,
        status=201,
        about=(
            "Creates a nonce with the same access and uses (its ID is returned only once), then deletes the old one."
        ),
    )
    def post(self, request: Request, alias: str, handle: str) -> Response:
        """Replace it."""
        return self.replace(Holder(alias, is_alias=True), handle)


class NonceNote(Resource):
    """`/actors/<actor>/nonces/<handle>/note/`, and the same of an alias."""

    secret = True

    @operation(
        "Get the recipients of a nonce",
        tag=TAG,
        upstream="nonce.list|alias-nonce.list",
        gives=serializers.Note,
        about="Stored in this portal only. Requires access to the nonce.",
    )
    def get(self, request: Request, **named: str) -> Response:
        """Answer with the note; of one that nobody noted anything on, an empty text."""
        handle = named.pop("handle")
        commands.nonce_of(self.abaco, _holder(named), handle)
        note = nonce_notes.noted(self.user.tenant, handle)
        return Response(serializers.Note(note).data if note else {"text": "", "username": None, "noted": None})

    @operation(
        "Update the recipients of a nonce",
        tag=TAG,
        upstream="nonce.list|alias-nonce.list",
        takes=serializers.NewNote,
        example={"text": "Kim's lab, for the nightly import"},
        gives=Done,
    )
    def put(self, request: Request, **named: str) -> Response:
        """Write the note in place of the one there was."""
        handle = named.pop("handle")
        text = checked(NonceNoteForm(typed(self.body(serializers.NewNote).items()))).cleaned_data["text"]
        nonce = commands.nonce_of(self.abaco, _holder(named), handle)
        if refusal := commands.note(self.http, handle, nonce, text):
            raise not_valid({"text": [refusal]})
        return Response({"message": "Recipients saved." if text else "Recipients removed."})


def _holder(named: dict[str, str]) -> Holder:
    """Return whose nonce an address is about, by what the address calls it."""
    ((word, name),) = named.items()
    return Holder(name, is_alias=word == "alias")


def _reviewed_data(reviewed: ReviewedNonce) -> dict[str, Any]:
    holder = reviewed.keyed.holder
    return {
        **nonce_data(holder, reviewed.nonce),
        "holder": holder.id,
        "is_alias": holder.is_alias,
        "findings": [{"name": name, "meaning": FINDINGS[name][1]} for name in reviewed.findings],
        "note": reviewed.note.text if reviewed.note else None,
    }
