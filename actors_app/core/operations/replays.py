"""First answers of the JSON API to writes with a key of the caller's, encrypted, without secrets, for a day."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import DatabaseError, transaction
from django.utils import timezone

from actors_app.core.operations.models import KeptAnswer
from actors_app.core.security.credentials import vault

KEPT_FOR = timedelta(days=1)
MAX_KEPT = 1_000_000  # bytes of an answer
log = logging.getLogger("actors_app.core.operations.replays")


@dataclass(frozen=True, slots=True)
class First:
    """The first answer to a request."""

    status: int
    body: Mapping[str, Any]
    location: str


def keep(key: str, first: First) -> None:
    """Keep the first answer to a write; that it was done is recorded already, so nothing here may fail any more."""
    content = json.dumps([key, first.status, first.body, first.location], default=str).encode()
    if len(content) > MAX_KEPT:
        return
    at = timezone.now()
    try:
        with transaction.atomic():
            KeptAnswer.objects.filter(expires_at__lte=at).delete()
            KeptAnswer.objects.create(key=key, content=vault().encrypt(content), expires_at=at + KEPT_FOR)
    except DatabaseError as error:
        log.warning("An answer could not be kept: %s", type(error).__name__)


def first_answer(key: str) -> First | None:
    """Return the first answer under a key of the trail, or None where it is not kept, or not any more."""
    row = KeptAnswer.objects.filter(key=key, expires_at__gt=timezone.now()).first()
    if row is None:
        return None
    try:
        bound, status, body, location = json.loads(vault().decrypt(bytes(row.content)))
    except InvalidToken:
        return None
    return First(status, body, location) if bound == key else None
