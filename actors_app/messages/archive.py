"""Messages as they were sent through this portal, which the API keeps nowhere: encrypted, for a limited time.

Whoever the API lets read an execution may know that its message was sent here, by whom and how large it was. Its words
may hold secrets, so only who sent it and the owner of the actor see them, and only while the API lets them read the
execution: the views ask it first. What is over its time is blanked and only the fact stays, for a year.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import size, visible
from actors_app.core.security.credentials import Credentials
from actors_app.core.security.crypto import DecryptionError, decrypt, encrypt
from actors_app.masking import Masker
from actors_app.messages.models import KeptMessage
from actors_app.services.jsons import UnreadableJSON, dump_json, load_json
from actors_app.services.types import Actor

log = logging.getLogger("actors_app.messages.archive")

MAX_KEPT = 1_000_000  # bytes of a message
FACT_KEPT_FOR = timedelta(days=365)  # after a message's own time


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: the bytes of the body, which are text, JSON or neither, and the variables that went along."""

    kind: str  # text, json, binary
    body: bytes = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)
    repeats: str = ""  # the execution whose message this was, where it was sent again

    def masked(self, masker: Masker) -> "Sent":
        """Return the message without its secrets, to be shown and never to be sent."""
        return replace(self, body=self._masked_body(masker), environment=masker.environment(self.environment))

    def _masked_body(self, masker: Masker) -> bytes:
        if self.kind == "json" and not masker.reveals:
            try:
                return dump_json(masker.value(load_json(self.body)))
            except UnreadableJSON:
                pass
        return masker.data(self.body, keeps_length=self.kind == "binary")


@dataclass(frozen=True, slots=True)
class OriginalMessage:
    """What somebody may know of what was sent: all of it, or a sentence that says why not."""

    row: KeptMessage | None = None
    sent: Sent | None = None
    why_not: str = ""


def keep(credentials: Credentials, actor_id: str, execution_id: str, sent: Sent) -> KeptMessage | None:
    """Keep a message that has just become an execution; None where none are kept, or it cannot be.

    It was sent, so nothing here may fail any more: a store that does not answer is a line in the log.
    """
    days = settings.KEEP_MESSAGES_DAYS
    if not days or not is_id(execution_id):
        return None
    at = timezone.now()
    row = KeptMessage(
        tenant=credentials.tenant,
        username=credentials.username,
        actor_id=actor_id,
        execution_id=execution_id,
        kind=sent.kind,
        size=len(sent.body),
        sha256=hashlib.sha256(sent.body).hexdigest(),
        sent_at=at,
        expires_at=at + timedelta(days=days),
        content=b"",
        environment=b"",
    )
    if len(sent.body) <= MAX_KEPT:
        row.content = encrypt("message", sent.body, row)
        along = {"environment": dict(sent.environment), "repeats": sent.repeats}
        row.environment = encrypt("message", json.dumps(along).encode(), row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
        _forget_expired()
    except DatabaseError as error:
        log.warning("A sent message could not be stored: %s", type(error).__name__)
        return None
    return row


def kept_message(tenant: str, execution_id: str) -> KeptMessage | None:
    """Return what is kept of the message of an execution, or None; whether somebody may see it is `may_see`'s."""
    return KeptMessage.objects.filter(tenant=tenant, execution_id=execution_id).first()


def may_see(credentials: Credentials, row: KeptMessage, actor: Actor | None) -> bool:
    """Whether somebody may see a message's words: they sent it, or the API names them as the actor's owner.

    `actor` is the one that the API has just described under the execution's address; None where it did not.
    """
    if row.tenant != credentials.tenant:
        return False
    return credentials.username == row.username or (
        actor is not None and bool(actor.owner) and actor.owner == credentials.username
    )


def opened(row: KeptMessage) -> Sent | None:
    """Return a message as it was sent; None where its time is over, it was too large, or no key opens it."""
    if row.expires_at <= timezone.now() or not bytes(row.content):
        return None
    try:
        body = decrypt("message", bytes(row.content), row)
        along = json.loads(decrypt("message", bytes(row.environment), row))
    except DecryptionError:
        return None
    return Sent(row.kind, body, along["environment"], along["repeats"])


def original_message(credentials: Credentials, execution_id: str, actor: Actor | None) -> OriginalMessage:
    """Return what somebody may know of the message of an execution that the API has just let them read."""
    row = kept_message(credentials.tenant, execution_id)
    if row is None:
        return OriginalMessage(why_not=_never_kept())
    name = "you" if row.username == credentials.username else visible(row.username)
    origin = f"Sent through this portal by {name}"
    if not row.sha256 or row.expires_at <= timezone.now():
        return OriginalMessage(row, why_not=f"Message expired (sent by {name}).")
    if not may_see(credentials, row, actor):
        return OriginalMessage(row, why_not=f"{origin}. Only {name} and the actor's owner can see it.")
    if row.size > MAX_KEPT:
        return OriginalMessage(row, why_not=f"{origin}. Too large to store: {size(row.size)} (limit {size(MAX_KEPT)}).")
    sent = opened(row)
    if sent is None:
        return OriginalMessage(row, why_not="Stored, but cannot be decrypted: the encryption key was removed.")
    return OriginalMessage(row, sent)


def _never_kept() -> str:
    if not settings.KEEP_MESSAGES_DAYS:
        return "This portal does not store messages."
    return "Message not stored: it was not sent through this portal."


def _forget_expired() -> None:
    """Blank what is over its time, and forget facts that are over theirs."""
    at = timezone.now()
    over = KeptMessage.objects.filter(expires_at__lte=at)
    over.filter(sha256="").delete()
    over.update(content=b"", environment=b"", sha256="", expires_at=at + FACT_KEPT_FOR)
