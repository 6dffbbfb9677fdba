"""Encrypting what belongs to one person and one execution, so that it opens in no other row."""

import json
from typing import Protocol

from cryptography.fernet import InvalidToken

from actors_app.core.security.credentials import vault


class Row(Protocol):
    """A row that belongs to one person and one execution."""

    tenant: str
    username: str
    execution_id: str


def _binding(row: Row) -> bytes:
    """Name whose bytes these are, inside what is encrypted: a row copied to another owner does not open."""
    return json.dumps([row.tenant, row.username, row.execution_id]).encode() + b"\n"


def encrypt(row: Row, data: bytes) -> bytes:
    """Encrypt some bytes for a row."""
    return vault().encrypt(_binding(row) + data)


def decrypt(row: Row, encrypted: bytes) -> bytes:
    """Decrypt the bytes of a row; raise InvalidToken where they are another's or no key opens them."""
    binding, opened = _binding(row), vault().decrypt(encrypted)
    if not opened.startswith(binding):
        raise InvalidToken
    return opened[len(binding) :]
