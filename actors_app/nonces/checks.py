"""Whether a nonce was made or deleted, of which the answer never came."""

from collections.abc import Callable, Sequence

from actors_app.audit.activity import details_of
from actors_app.core.addresses import page_of
from actors_app.core.operations.findings import Finding, Item, is_since, page_of_actor
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.formatting import visible
from actors_app.nonces.notes import nonce_handle
from actors_app.services import Abaco
from actors_app.services.types import Nonce


def nonces_since(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look for nonces that this person made since (`GET /actors/{id}/nonces`); they are shown masked."""
    return _since(
        entry,
        abaco.nonces.list(entry.actor_id),
        lambda nonce: page_of_actor(entry, "nonce-detail", nonce_handle(entry.actor_id, nonce.id)),
    )


def alias_nonces_since(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look for nonces of the alias that this person made since (`GET /actors/aliases/{alias}/nonces`)."""
    alias = entry.object_id
    return _since(
        entry,
        abaco.alias_nonces.list(alias),
        lambda nonce: page_of("alias-nonce-detail", alias, nonce_handle(alias, nonce.id)),
    )


def nonce_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the nonce is still there (`GET /actors/{id}/nonces`)."""
    nonces, handle = abaco.nonces.list(entry.actor_id), entry.object_id
    return _is_gone(entry.actor_id, handle, nonces, page_of_actor(entry, "nonce-detail", handle))


def alias_nonce_is_gone(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the nonce is still there (`GET /actors/aliases/{alias}/nonces`)."""
    alias, handle = str(details_of(entry).get("alias", "")), entry.object_id
    return _is_gone(alias, handle, abaco.alias_nonces.list(alias), page_of("alias-nonce-detail", alias, handle))


def _since(entry: AuditEntry, nonces: Sequence[Nonce], page: Callable[[Nonce], str]) -> Finding:
    items = [
        Item(nonce.masked, page(nonce), nonce.create_time, visible(nonce.description))
        for nonce in nonces
        if nonce.owner == entry.username and is_since(nonce.create_time, entry)
    ]
    if not items:
        return Finding("no", "You have not created a nonce since this attempt.", "You can create one.")
    return Finding(
        "unknown",
        "You have created these nonces since this attempt.",
        "If you did not copy one of them, delete it and create another.",
        items,
    )


def _is_gone(holder: str, handle: str, nonces: Sequence[Nonce], page: str) -> Finding:
    for nonce in nonces:
        if nonce_handle(holder, nonce.id) == handle:
            items = [Item(nonce.masked, page, nonce.create_time)]
            return Finding("no", "The nonce still exists.", "Try deleting it again.", items)
    return Finding("yes", "The nonce no longer exists.", "No action needed.")
