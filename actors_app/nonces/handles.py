"""Names for nonces that may stand in the portal's addresses, since a nonce's id is the secret itself."""

from collections.abc import Iterable

from django.utils.crypto import constant_time_compare

from actors_app.core.security.crypto import digest
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
        raise NotFound("a handle of no nonce", user_message="This nonce does not exist, or was deleted.")
    return match
