"""Where nonces were handed out, as the people who may see them noted it, since the API keeps one description for good.

A nonce is a secret, so that its note lies under its handle (`nonce_handle`).
"""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from actors_app.core.security.credentials import Credentials
from actors_app.core.security.crypto import digest
from actors_app.nonces.models import NonceNote
from actors_app.services.errors import NotFound
from actors_app.services.types import Nonce


def nonce_handle(actor_id: str, nonce_id: str) -> str:
    """Return 32 hex digits that only this portal can make of a nonce of an actor, and nobody can turn back."""
    return digest("actors.nonce-handle", f"{actor_id}/{nonce_id}")[:32]


def nonce_behind(handle: str, actor_id: str, nonces: Iterable[Nonce]) -> Nonce:
    """Return the nonce that a handle stands for; raise NotFound where there is none, or no longer."""
    match = None
    for nonce in nonces:
        if constant_time_compare(nonce_handle(actor_id, nonce.id), handle):
            match = nonce
    if match is None:
        raise NotFound("a handle of no nonce", user_message="This nonce does not exist or was deleted.")
    return match


def noted(tenant: str, handle: str) -> NonceNote | None:
    """Return the note on a nonce, if there is one."""
    return NonceNote.objects.filter(tenant=tenant, handle=handle).first()


def noted_of(tenant: str, handles: Iterable[str]) -> dict[str, NonceNote]:
    """Return the notes on some nonces, by their handles."""
    return {note.handle: note for note in NonceNote.objects.filter(tenant=tenant, handle__in=set(handles))}


def note(credentials: Credentials, handle: str, text: str) -> None:
    """Write a note in place of the one there was; an empty one takes it away."""
    if not text:
        forget(credentials.tenant, handle)
        return
    NonceNote.objects.update_or_create(
        tenant=credentials.tenant,
        handle=handle,
        defaults={"text": text, "username": credentials.username, "noted": timezone.now()},
    )


def hand_on(tenant: str, old: str, new: str) -> None:
    """Let a nonce that replaces another have its note."""
    NonceNote.objects.filter(tenant=tenant, handle=old).update(handle=new)


def forget(tenant: str, handle: str) -> None:
    """Take away the note on a nonce that opens nothing any more."""
    NonceNote.objects.filter(tenant=tenant, handle=handle).delete()
