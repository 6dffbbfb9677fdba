"""One write, once: what every view does that changes something at the API.

A form carries a key that works once. Before the call an entry with that key is committed to the audit trail; after it a
second entry says what came of it. The same form again gets its first answer and makes no second call. An entry without
an end is a write of which nobody knows the outcome: the process died, or the API fell silent.
"""

import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, IntegrityError
from django.http import HttpRequest, HttpResponse

from actors_app.core.htmx import go_to
from actors_app.core.operations import trail
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import Operation
from actors_app.core.operations.reasons import reason_of
from actors_app.core.security.capabilities import Capabilities
from actors_app.core.security.credentials import Credentials, SessionCredentials
from actors_app.services.errors import AbacoError, CallError, Conflict, NotFound, SignedOut

KEY_FIELD = "write_key"
_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    """Return a key for a form that is shown now."""
    return secrets.token_hex(16)


def is_key(text: str) -> bool:
    """Whether a text can be a key that the portal made."""
    return bool(_KEY.fullmatch(text))


T = TypeVar("T")
_NOT_CONTENT = {KEY_FIELD, "csrfmiddlewaretoken"}
# What is said of a write that was begun and has no answer.
_NOT_YET: dict[str, Any] = {
    "user_message": "This was already submitted and is still pending. It was not sent again.",
    "changed": "unknown",
    "status": 409,
}
log = logging.getLogger("actors_app.audit")


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """How a write is recognized when it comes again: a secret of the sender's, and a digest of what was sent with it.

    A form has a one-time key of the portal's; a caller of the JSON API may bring one of their own, which whoever wants
    to guess it may guess, so that `content` says what was sent in a way that only this portal can make.
    """

    secret: str
    content: str
    noun: str = "form"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a write: its message, and the page of ours that shows it."""

    message: str
    location: str
    level: str = "success"

    def go(self, request: HttpRequest) -> HttpResponse:
        """Say it and lead there."""
        messages.add_message(request, getattr(messages, self.level.upper()), self.message)
        return go_to(request, self.location)


@dataclass(frozen=True, slots=True)
class CommandResult(Generic[T]):
    """A write that was done: where it led, and what the API gave, which is None when the form was sent before.

    `key` is the trail's own.
    """

    outcome: Outcome
    value: T | None
    key: str = ""
    is_replay: bool = False

    def go(self, request: HttpRequest) -> HttpResponse:
        """Say what was done and lead to the page that shows it."""
        return self.outcome.go(request)


class NotRecorded(AbacoError):  # noqa: N818  named as the tree of errors it belongs to
    """The audit trail cannot be written, so nothing is sent: no record, no write."""

    kind = "not-recorded"
    status = 503
    user_message = "The audit log is unavailable, so nothing was sent."
    advice = "Try again in a moment. If the problem persists, contact your portal administrator."


class AnsweredBefore(AbacoError):  # noqa: N818  the same
    """The same form was sent before and refused, or is of unknown outcome; this is that first answer."""


def perform(
    request: HttpRequest,
    operation: Operation,
    call: Callable[[], T],
    outcome_of: Callable[[T], Outcome],
    *,
    actor_id: str = "",
    object_id: str = "",
    subject: str = "",
    details: Mapping[str, Any] | None = None,
) -> CommandResult[T]:
    """Record the write, make the call, record what came of it; return where it led.

    `subject` is the alias or the config whose level counts, where that is not the object; `details` is what the trail
    keeps of the write, without secrets, beside the reason of the request. Raises the call's own error, AnsweredBefore
    when this form was answered before with an error, Conflict when it was sent before with other content, NotRecorded
    when the trail cannot be written.
    """
    fields = _fields(request, operation, actor_id, object_id)
    subject = actor_id if operation.kind == "actor" else subject or object_id
    if operation.takes_reason and (reason := reason_of(request)):
        details = {**(details or {}), "reason": reason}
    return _recorded(idempotency_key_of(request), operation, subject, fields, details, call, outcome_of)


def perform_item(
    request: HttpRequest,
    operation: Operation,
    call: Callable[[], T],
    outcome_of: Callable[[T], Outcome],
    *,
    job: str,
    item: str,
    actor_id: str,
    object_id: str = "",
    details: Mapping[str, Any] | None = None,
) -> CommandResult[T]:
    """Do as `perform` does for one of the many writes that one form ordered; `job` and `item` stand for its key."""
    fields, secret = _fields(request, operation, actor_id, object_id), _digest(job, item)
    return _recorded(
        IdempotencyKey(secret, secret), operation, actor_id, fields, {"job": job, **(details or {})}, call, outcome_of
    )


def idempotency_key_of(request: HttpRequest) -> IdempotencyKey:
    """Return the idempotency key of a request; a request that brings no key is a write of its own."""
    idempotency_key: IdempotencyKey | None = getattr(request, "idempotency_key", None)
    if idempotency_key is None:
        sent_key = request.POST.get(KEY_FIELD, "")
        secret = sent_key if is_key(sent_key) else new_key()
        idempotency_key = IdempotencyKey(secret, _digest(secret, *_content(request)))
        request.idempotency_key = idempotency_key  # type: ignore[attr-defined]
    return idempotency_key


def entry_key(request: HttpRequest, operation: Operation, *, actor_id: str = "", object_id: str = "") -> str:
    """Return the key under which the trail has what `perform` did with this request."""
    return _key(idempotency_key_of(request).secret, _fields(request, operation, actor_id, object_id))


def item_key(
    person: Credentials, operation: Operation, *, job: str, item: str, actor_id: str, object_id: str = ""
) -> str:
    """Return the key under which the trail has what `perform_item` did."""
    return _digest(_digest(job, item), person.tenant, person.username, operation.action, actor_id, object_id)


def _fields(request: HttpRequest, operation: Operation, actor_id: str, object_id: str) -> dict[str, str]:
    """Return what both entries of a write say; raise SignedOut where nobody is signed in."""
    user = SessionCredentials.of(request).current
    if user is None:
        raise SignedOut
    return {
        "tenant": user.tenant,
        "username": user.username,
        "action": operation.action,
        "actor_id": actor_id,
        "object_id": object_id,
        "request_id": getattr(request, "request_id", ""),
    }


def _key(secret: str, fields: Mapping[str, str]) -> str:
    """Bind a secret to the person and the act, so that a key that somebody else has seen gives them nothing."""
    return _digest(secret, *(fields[name] for name in ("tenant", "username", "action", "actor_id", "object_id")))


def _recorded(
    idempotency_key: IdempotencyKey,
    operation: Operation,
    subject: str,
    fields: Mapping[str, str],
    details: Mapping[str, Any] | None,
    call: Callable[[], T],
    outcome_of: Callable[[T], Outcome],
) -> CommandResult[T]:
    key, start_details = _key(idempotency_key.secret, fields), {**(details or {}), "content": idempotency_key.content}
    try:
        start = trail.append(kind=AuditEntry.START, key=key, details=start_details, **fields)
    except IntegrityError as error:
        if not AuditEntry.objects.filter(key=key).exists():
            raise NotRecorded(type(error).__name__) from None
        return CommandResult(_first_outcome(key, idempotency_key), None, key, is_replay=True)
    except DatabaseError as error:
        raise NotRecorded(type(error).__name__) from None
    try:
        value = call()
    except CallError as error:
        outcome = AuditEntry.UNKNOWN if error.changed == "unknown" else AuditEntry.REFUSED
        if error.changed == "yes":
            outcome = AuditEntry.DONE
        _end(start, outcome, fields, {"error": _error_details(error)})
        Capabilities(fields["tenant"], fields["username"]).refused(operation, subject, error)
        error.audit_id = start.pk
        raise
    done = outcome_of(value)
    _end(start, AuditEntry.DONE, fields, {"answer": asdict(done)})
    return CommandResult(done, value, key)


def answered(
    request: HttpRequest, operation: Operation, *, actor_id: str = "", object_id: str = ""
) -> CommandResult[Any] | None:
    """Return what this very form led to before, or None; raise as `perform` does when that was an error.

    For views that must look at the API before they write, and would find what the first sending did.
    """
    if SessionCredentials.of(request).current is None:
        return None
    key = entry_key(request, operation, actor_id=actor_id, object_id=object_id)
    if not AuditEntry.objects.filter(key=key).exists():
        return None
    return CommandResult(_first_outcome(key, idempotency_key_of(request)), None, key, is_replay=True)


def record_read(
    request: HttpRequest, operation: Operation, *, actor_id: str, object_id: str, details: Mapping[str, Any]
) -> None:
    """Record that a secret was shown to somebody; raise NotRecorded when that cannot be written."""
    user = SessionCredentials.of(request).current
    if user is None:
        raise SignedOut
    try:
        trail.append(
            kind=AuditEntry.READ,
            tenant=user.tenant,
            username=user.username,
            action=operation.action,
            actor_id=actor_id,
            object_id=object_id,
            outcome=AuditEntry.DONE,
            request_id=getattr(request, "request_id", ""),
            details=details,
        )
    except DatabaseError as error:
        raise NotRecorded(type(error).__name__) from None


def _digest(secret: str, *parts: str) -> str:
    return hmac.new(secret.encode(), json.dumps(parts).encode(), hashlib.sha256).hexdigest()


def _content(request: HttpRequest) -> list[str]:
    """Return everything that was typed, in an order of its own; a file counts by its bytes."""
    names = sorted(name for name in request.POST if name not in _NOT_CONTENT)
    typed = [json.dumps([name, request.POST.getlist(name)]) for name in names]
    for name in sorted(request.FILES):
        file = request.FILES[name]
        if isinstance(file, UploadedFile):
            typed.append(hashlib.sha256(file.read()).hexdigest())
            file.seek(0)
    return typed


def _error_details(error: CallError) -> dict[str, Any]:
    return {
        "kind": error.kind,
        "user_message": error.user_message,
        "advice": error.advice,
        "changed": error.changed,
        "status": error.status,
        "reason": error.reason,
        "field": error.field,
    }


def _end(start: AuditEntry, outcome: str, fields: Mapping[str, Any], details: Mapping[str, Any]) -> None:
    """Record the end of a write that was made; a record that cannot be written goes to the log instead."""
    try:
        trail.append(kind=AuditEntry.END, start=start, outcome=outcome, details=details, **fields)
    except DatabaseError as error:
        # The call is made; losing its end would be worse than a line. The trail shows it as unknown, with a check.
        log.error(json.dumps({"audit": "end", "start": start.pk, "outcome": outcome, "failed": type(error).__name__}))


def _first_outcome(key: str, idempotency_key: IdempotencyKey) -> Outcome:
    """Return the outcome of the first time this form was sent; raise its error."""
    start = AuditEntry.objects.select_related("end").get(key=key)
    if json.loads(start.details).get("content") != idempotency_key.content:
        raise Conflict(
            user_message=f"You already submitted this {idempotency_key.noun} with different values. Nothing was sent.",
            advice="Check the first one before you submit again.",
        )
    end: AuditEntry | None = getattr(start, "end", None)
    details = json.loads(end.details) if end else {}
    if "answer" in details:
        return Outcome(**details["answer"])
    error = AnsweredBefore("answered before", **details.get("error", _NOT_YET))
    error.audit_id = start.pk
    raise error


def was_gone(delete: Callable[[], object]) -> bool:
    """Make a call that deletes, and return whether there was nothing to delete any more.

    Raises the call's own errors, NotFound too where the API does not tell what is gone from what is not shared.
    """
    try:
        delete()
    except NotFound as error:
        if error.may_be_hidden:
            raise
        return True
    return False
