"""Making, showing and deleting nonces, of an actor or of an alias."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from actors_app.core.operations.perform import CommandResult, Outcome, answered, perform, record_read, was_gone
from actors_app.core.security.credentials import signed_in
from actors_app.core.security.crypto import sign, unsign
from actors_app.nonces import notes
from actors_app.nonces.notes import nonce_behind
from actors_app.nonces.operations import OF_ACTOR, OF_ALIAS, NonceOperations
from actors_app.services import Abaco
from actors_app.services.errors import NotFound
from actors_app.services.nonces import Nonces
from actors_app.services.types import Nonce

_SEEN = "actors.nonce-seen"


@dataclass(frozen=True, slots=True)
class Holder:
    """What nonces are of: an actor, or an alias of one. Both have the same pages, each under its own address."""

    id: str
    is_alias: bool = False

    @property
    def action(self) -> str:
        """Return what the names of its pages begin with."""
        return "alias-nonce" if self.is_alias else "nonce"

    @property
    def operations(self) -> NonceOperations:
        """Return the operations on its nonces."""
        return OF_ALIAS if self.is_alias else OF_ACTOR

    @property
    def details(self) -> dict[str, str]:
        """Return what the trail must know besides, since a handle does not say of which alias it is."""
        return {"alias": self.id} if self.is_alias else {}

    @property
    def url(self) -> str:
        """Return the address of the list."""
        return reverse(f"actors:{self.action}-list", args=[self.id])

    def about(self, handle: str = "") -> dict[str, str]:
        """Return what a write on its nonces is recorded as being about; of an alias no actor is known."""
        if self.is_alias:
            return {"object_id": handle or self.id}
        return {"actor_id": self.id, "object_id": handle}

    def service(self, abaco: Abaco) -> Nonces:
        """Return the service of these nonces."""
        return abaco.alias_nonces if self.is_alias else abaco.nonces


def create(request: HttpRequest, abaco: Abaco, holder: Holder, typed: Mapping[str, Any]) -> CommandResult[Nonce]:
    """Create a nonce with the `level`, `max_uses` and `description` of a form. `POST …/nonces`."""
    details = {name: typed[name] for name in ("level", "max_uses", "description")}
    return perform(
        request,
        holder.operations.create,
        lambda: holder.service(abaco).create(holder.id, **details),
        lambda nonce: Outcome(f"Nonce {nonce.masked} created.", holder.url),
        **holder.about(),
        subject=holder.id,
        details=details | holder.details,
    )


def reveal(request: HttpRequest, holder: Holder, handle: str, nonce: Nonce) -> str:
    """Return the id of a nonce, which is the secret itself, after writing down who looked."""
    about = {"actor_id": "", **holder.about(handle)}
    record_read(request, holder.operations.reveal, **about, details={"nonce": nonce.masked} | holder.details)
    return nonce.id


def delete(request: HttpRequest, abaco: Abaco, holder: Holder, handle: str, nonce: Nonce) -> CommandResult[str]:
    """Delete a nonce, and the note of where it was handed out. `DELETE …/nonces/{nonce}`."""
    deleted = perform(
        request,
        holder.operations.delete,
        lambda: _delete(holder.service(abaco), holder.id, nonce),
        lambda message: Outcome(message, holder.url),
        **holder.about(handle),
        subject=holder.id,
        details={"nonce": nonce.masked} | holder.details,
    )
    notes.forget(signed_in(request).tenant, handle)
    return deleted


def deleted_before(request: HttpRequest, holder: Holder, handle: str) -> CommandResult[Any] | None:
    """Return what came of deleting this nonce where the same request did so before, or None."""
    return answered(request, holder.operations.delete, **holder.about(handle))


def nonce_of(abaco: Abaco, holder: Holder, handle: str) -> Nonce:
    """Return the nonce that a handle stands for; raise NotFound where there is none. `GET …/nonces`."""
    return nonce_behind(handle, holder.id, holder.service(abaco).list(holder.id))


def page_token(holder: Holder, handle: str) -> str:
    """Return what a page that shows a nonce carries, signed, so that it is known to have been there."""
    return sign(_SEEN, [holder.id, handle])


def gone(holder: Holder, handle: str, proof: str, error: NotFound) -> Outcome:
    """Say that a nonce which is in the list no more was deleted before; raise the error where no page has shown it."""
    if unsign(_SEEN, proof) == [holder.id, handle]:
        return Outcome("This nonce was already deleted.", holder.url)
    raise error


def _delete(nonces: Nonces, holder_id: str, nonce: Nonce) -> str:
    """Delete a nonce; the API answers a second deletion with an error, though what was wanted is so."""
    if was_gone(lambda: nonces.delete(holder_id, nonce.id)):
        return f"Nonce {nonce.masked} was already deleted."
    return f"Nonce {nonce.masked} deleted."


WITHOUT_IT = "Do not enter the nonce itself: everyone who can view this could use it."


def note(request: HttpRequest, handle: str, nonce: Nonce, text: str) -> str:
    """Write the note on a nonce, or return why not."""
    if nonce.id in text:
        return WITHOUT_IT
    notes.note(signed_in(request), handle, text)
    return ""
