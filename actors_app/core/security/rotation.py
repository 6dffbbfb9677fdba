"""Encrypting what is kept again under the first key, so that an older key can be taken away.

Safe beside a running portal: a row is written only where it still holds what was read, so that a sign-in that was
renewed meanwhile is not overwritten but looked at again.
"""

from collections import Counter
from typing import Any, Literal

from django.apps import apps
from django.db.models import Model

from actors_app.core.security.crypto import DecryptionError, encrypt_again

TRIES = 5  # for one row that the portal writes at the same time

Outcome = Literal["rotated", "current", "unreadable", "busy"]


def encrypted_columns() -> list[tuple[type[Model], tuple[str, ...]]]:
    """Return each model that holds something encrypted, with those of its columns: its `ENCRYPTED`."""
    models = apps.get_app_config("actors_app").get_models()
    return [(model, model.ENCRYPTED) for model in models if hasattr(model, "ENCRYPTED")]


def rotate() -> Counter[Outcome]:
    """Encrypt every row under the first key; count what became of them.

    rotated: encrypted again. current: were under the first key already. unreadable: no key opens them; they are left
    alone. busy: written by the portal each time they were tried.
    """
    outcomes: Counter[Outcome] = Counter()
    for model, columns in encrypted_columns():
        # One row at a time: a kept result may be 50 MB.
        for key in list(model._default_manager.values_list("pk", flat=True)):
            if outcome := _rotate_row(model, columns, key):
                outcomes[outcome] += 1
    return outcomes


def _rotate_row(model: type[Model], columns: tuple[str, ...], key: Any) -> Outcome | None:
    """Encrypt one row again; None where it is gone or holds nothing."""
    for _ in range(TRIES):
        row = model._default_manager.filter(pk=key).values(*columns).first()
        if row is None or not any(row.values()):
            return None
        try:
            new = {column: text for column, encrypted in row.items() if (text := _encrypted_again(encrypted))}
        except DecryptionError:
            return "unreadable"
        if not new:
            return "current"
        if model._default_manager.filter(pk=key, **row).update(**new):
            return "rotated"
    return "busy"


def _encrypted_again(encrypted: str | bytes) -> str | bytes | None:
    if isinstance(encrypted, str):
        return new.decode() if (new := encrypt_again(encrypted.encode())) else None
    return encrypt_again(bytes(encrypted))
