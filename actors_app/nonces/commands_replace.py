"""Replacing a nonce: one like it is made, then it is deleted, and its note is handed on."""

from dataclasses import dataclass

from django.http import HttpRequest

from actors_app.core.operations.perform import CommandResult, Outcome, perform
from actors_app.core.security.credentials import signed_in
from actors_app.nonces import notes
from actors_app.nonces.commands import Holder
from actors_app.nonces.notes import nonce_handle
from actors_app.services import Abaco
from actors_app.services.errors import CallError
from actors_app.services.types import Nonce


@dataclass(frozen=True, slots=True)
class Replaced:
    """The new nonce, and why the old one could not be deleted, if it could not."""

    result: CommandResult[Nonce]
    error: CallError | None = None


def replace(request: HttpRequest, abaco: Abaco, holder: Holder, handle: str, old: Nonce) -> Replaced:
    """Make the new one first, so that nothing is lost where either call fails. `POST` and `DELETE …/nonces`.

    A new one that was made is returned whatever became of the old one: nobody could see it again without asking.
    """
    service, uses = holder.service(abaco), _uses(old)
    result = perform(
        request,
        holder.operations.create,
        lambda: service.create(holder.id, level=old.level, max_uses=uses, description=old.description),
        lambda new: Outcome(f"Nonce {new.masked} created.", holder.url),
        **holder.about(handle),
        subject=holder.id,
        details={"level": old.level, "max_uses": uses, "replaces": old.masked} | holder.details,
    )
    if result.value is None:
        return Replaced(result)
    try:
        perform(
            request,
            holder.operations.delete,
            lambda: service.delete(holder.id, old.id),
            lambda _: Outcome(f"Nonce {old.masked} deleted.", holder.url),
            **holder.about(handle),
            subject=holder.id,
            details={"nonce": old.masked} | holder.details,
        )
    except CallError as error:
        return Replaced(result, error)
    notes.hand_on(signed_in(request).tenant, handle, nonce_handle(holder.id, result.value.id))
    return Replaced(result)


def _uses(nonce: Nonce) -> int:
    """Return how many uses the new one has: as many as the old one was made with."""
    return nonce.max_uses if nonce.max_uses is not None else 1
