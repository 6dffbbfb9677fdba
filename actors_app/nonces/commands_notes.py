"""Noting where a nonce was handed out; the Actors API has no part in it."""

from django.http import HttpRequest

from actors_app.core.security.credentials import signed_in
from actors_app.nonces import notes
from actors_app.services.types import Nonce

WITHOUT_IT = "Leave the nonce itself out of it: whoever reads the note could use it."


def note(request: HttpRequest, handle: str, nonce: Nonce, text: str) -> str:
    """Write the note on a nonce, or return why not."""
    if nonce.id in text:
        return WITHOUT_IT
    notes.note(signed_in(request), handle, text)
    return ""
