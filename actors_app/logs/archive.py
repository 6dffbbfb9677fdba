"""Archiving logs, which the API forgets: encrypted, in pieces, so that a long one never lies in memory as a whole.

Asking the API is the business of the views.
"""

import codecs
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from actors_app.core.security.credentials import Credentials
from actors_app.core.security.crypto import DecryptionError, decrypt, encrypt
from actors_app.logs import archive as log_archive
from actors_app.logs.models import KeptLog, KeptLogPiece
from actors_app.services import Result
from actors_app.services.errors import AbacoError, APIError, Conflict, NotFound, RateLimited, ServiceFailed
from actors_app.services.types import LOG_CUT

PIECE = 262_144  # bytes of one piece, before it is encrypted
ABANDONED = timedelta(minutes=10)  # after which what was not kept to its end is taken for broken off


class NotKept(AbacoError):  # noqa: N818  named as the tree of errors it belongs to
    """The portal's own store did not take the log."""

    kind = "not-kept"
    status = 503
    user_message = "The portal's database is unavailable, so the log was not archived."
    advice = "Try again in a moment. If the problem persists, contact your portal administrator."


class Unreadable(AbacoError):  # noqa: N818  the same
    """What is kept does not open, or is not all there."""

    kind = "unreadable"
    status = 500
    user_message = "The archived log cannot be read: it is damaged, or its encryption key was removed."
    advice = "Contact your portal administrator."


def kept_log(tenant: str, execution_id: str) -> KeptLog | None:
    """Return the archived log of an execution; None where there is none, or not all of it yet."""
    return _of(tenant, execution_id).exclude(sha256="").first()


def keep(owner: Credentials, actor_id: str, execution_id: str, stream: Callable[[], Iterator[str]]) -> KeptLog | None:
    """Archive a log as it streams in, and return it; None where it is empty.

    What is kept already stays as it is and is returned; the stream is not asked for then. Raises Conflict while
    somebody else is keeping it, NotKept where the store fails, and what the stream raises; nothing is kept then.
    """
    try:
        if existing := kept_log(owner.tenant, execution_id):
            return existing
        row = _begin(owner, actor_id, execution_id)
    except DatabaseError as error:
        raise NotKept(type(error).__name__) from None
    is_kept = False
    try:
        is_kept = _fill(row, stream())
    except DatabaseError as error:
        raise NotKept(type(error).__name__) from None
    finally:
        if not is_kept:
            _forget(row)
    return row if is_kept else None


def pieces(log: KeptLog) -> Iterator[str]:
    """Yield the text of an archived log; no piece cuts a character. Raises Unreadable where it is not as written."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    digest = hashlib.sha256()
    numbers = KeptLogPiece.objects.filter(log=log).order_by("number").values_list("number", flat=True)
    for expected, number in enumerate(numbers):
        # One query for each piece: the store's own cursor would hold several of them.
        encrypted = KeptLogPiece.objects.filter(log=log, number=number).values_list("content", flat=True).first()
        try:
            data = decrypt("log", bytes(encrypted or b""), log, number=expected)
        except DecryptionError as error:
            raise Unreadable(str(error)) from None
        digest.update(data)
        if text := decoder.decode(data):
            yield text
    if digest.hexdigest() != log.sha256:
        raise Unreadable("the pieces of an archived log differ from those written")


def forget(log: KeptLog) -> None:
    """Delete an archived log."""
    try:
        log.delete()
    except DatabaseError as error:
        raise NotKept(
            type(error).__name__, user_message="The portal's database is unavailable; the log is still archived."
        ) from None


def _of(tenant: str, execution_id: str) -> QuerySet[KeptLog]:
    return KeptLog.objects.filter(tenant=tenant, execution_id=execution_id)


def _begin(owner: Credentials, actor_id: str, execution_id: str) -> KeptLog:
    """Make the row that what follows belongs to; one that was broken off long ago makes room for it."""
    at = timezone.now()
    _of(owner.tenant, execution_id).filter(sha256="", kept_at__lt=at - ABANDONED).delete()
    row = KeptLog(
        tenant=owner.tenant, username=owner.username, actor_id=actor_id, execution_id=execution_id, kept_at=at
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            user_message="This log is already being archived.",
            advice="Refresh in a moment.",
        ) from None
    return row


def _fill(row: KeptLog, texts: Iterator[str]) -> bool:
    """Write the pieces, then what they come to, which makes the log a kept one; tell whether there was anything."""
    digest, ending = hashlib.sha256(), ""
    for number, data in enumerate(_sized(texts)):
        KeptLogPiece.objects.create(log=row, number=number, content=encrypt("log", data, row, number=number))
        digest.update(data)
        row.size += len(data)
        row.lines += data.count(b"\n")
        ending = (ending + data[-200:].decode(errors="replace"))[-200:]
    if not row.size:
        return False
    row.lines += not ending.endswith("\n")
    row.is_cut = ending.rstrip().endswith(LOG_CUT)
    row.sha256 = digest.hexdigest()
    row.save(update_fields=["size", "lines", "is_cut", "sha256"])
    return True


def _forget(row: KeptLog) -> None:
    """Delete what was begun; where the store does not answer it is left, and taken for broken off later."""
    with suppress(DatabaseError):
        row.delete()


def _sized(texts: Iterator[str]) -> Iterator[bytes]:
    """Yield the same text as bytes, in pieces of one size but for the last."""
    buffer = bytearray()
    for text in texts:
        buffer += text.encode()
        while len(buffer) >= PIECE:
            yield bytes(buffer[:PIECE])
            del buffer[:PIECE]
    if buffer:
        yield bytes(buffer)


def visible_kept(
    credentials: Credentials, actor_id: str, execution_id: str, answers: Mapping[str, Result]
) -> KeptLog | None:
    """Return the archived log of an execution if the API lets this person read the execution now.

    Where the API cannot say so, because the actor is gone or nothing answers, only who kept it.
    """
    kept_log = log_archive.kept_log(credentials.tenant, execution_id)
    execution, actor = answers["execution"], answers["actor"]
    if kept_log is None or _is_refusal(execution.error) or _is_refusal(actor.error):
        return None
    if execution.value is not None:
        is_theirs = kept_log.actor_id in (execution.value.actor_id, actor_id)
    elif actor.value is not None:
        is_theirs = kept_log.actor_id == actor.value.id
    else:
        is_theirs = (kept_log.username, kept_log.actor_id) == (credentials.username, actor_id)
    return kept_log if is_theirs else None


def _is_refusal(error: AbacoError | None) -> bool:
    """Whether the API said no, rather than that there is nothing, or nothing at all."""
    return isinstance(error, APIError) and not isinstance(error, NotFound | ServiceFailed | RateLimited)
