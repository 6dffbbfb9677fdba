"""Idempotency keys of callers, with the promise of a form's one-time key.

The same key with the same body gets the first response again and makes no second call; with another body it is refused.
A key is bound to the person, the operation and its object. That the write was done is in the audit trail for as long as
the trail is kept; the first response, encrypted and without secrets, is stored for a day.
"""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from actors_app.core.api.exceptions import not_valid
from actors_app.core.operations.models import KeptAnswer
from actors_app.core.operations.perform import IdempotencyKey, new_key
from actors_app.core.security.crypto import DecryptionError, decrypt, digest, encrypt

HEADER = "Idempotency-Key"
STORED_FOR = timedelta(days=1)
MAX_STORED = 1_000_000  # bytes of a response
_LONGEST = 255  # characters of a key
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FirstResponse:
    """The first response to a request."""

    status: int
    body: Mapping[str, Any]
    location: str


def key_of(request: HttpRequest, data: object) -> IdempotencyKey:
    """Return the key of a request; `data` is its body. Raises the problem of a key that is not valid."""
    key = request.headers.get(HEADER)
    if key is None:
        return IdempotencyKey(new_key(), "", HEADER)
    if not 0 < len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
        raise not_valid({HEADER: [f"Use 1 to {_LONGEST} printable ASCII characters."]})
    text = json.dumps(data, sort_keys=True, default=str)
    # The content keyed by the portal: a short body could be guessed from a bare hash of it.
    content = digest("actors.idempotency", f"{request.method} {request.path}\n{text}")
    return IdempotencyKey(hashlib.sha256(f"{HEADER}\n{key}".encode()).hexdigest(), content, HEADER)


def store(key: str, first: FirstResponse) -> None:
    """Store the first response under a key of the trail; the write is recorded already, so nothing here may fail."""
    content = json.dumps([key, first.status, first.body, first.location], default=str).encode()
    if len(content) > MAX_STORED:
        return
    at = timezone.now()
    try:
        with transaction.atomic():
            KeptAnswer.objects.filter(expires_at__lte=at).delete()
            KeptAnswer.objects.create(key=key, content=encrypt("first response", content), expires_at=at + STORED_FOR)
    except DatabaseError as error:
        log.warning("The response for an Idempotency-Key could not be stored: %s", type(error).__name__)


def stored(key: str) -> FirstResponse | None:
    """Return the first response under a key of the trail, or None where it is not stored, or not any more."""
    row = KeptAnswer.objects.filter(key=key, expires_at__gt=timezone.now()).first()
    if row is None:
        return None
    try:
        bound, status, body, location = json.loads(decrypt("first response", bytes(row.content)))
    except DecryptionError:
        return None
    return FirstResponse(status, body, location) if bound == key else None
