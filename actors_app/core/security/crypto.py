"""Everything that the portal encrypts, signs or fingerprints with its keys, each for a purpose of its own.

`encrypt` hides what is stored (PORTAL_CREDENTIAL_KEYS), `sign` proves that what a browser brings back came from here
(SECRET_KEY), `digest` names something without telling it. What is made for one purpose is not valid for another. What
is stored is written as by all former releases, to which an operator may go back.
"""

import json
from functools import lru_cache
from typing import Any, Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

Purpose = Literal["definition", "draft", "first response", "log", "message", "result", "session", "sign-in"]

# What a row is bound to: its fields, named inside what is encrypted, so that a row copied to another owner, execution
# or place does not open. The rest is JSON that names what it belongs to, which its readers compare.
_BOUND: dict[Purpose, tuple[str, ...]] = {
    "definition": ("tenant", "actor_id", "sha256"),
    "log": ("tenant", "execution_id", "username", "number"),
    "message": ("tenant", "username", "execution_id"),
    "result": ("tenant", "username", "execution_id"),
}


class DecryptionError(Exception):
    """What was encrypted is another's, too old or changed, or no key opens it."""


def encrypt(purpose: Purpose, data: bytes, row: object = None, **more: object) -> bytes:
    """Encrypt some bytes for a row; `more` has what binds them and is no field of it."""
    return _keys().encrypt(_binding(purpose, row, more) + data)


def decrypt(
    purpose: Purpose, encrypted: bytes | str, row: object = None, *, lifetime: int | None = None, **more: object
) -> bytes:
    """Decrypt what was encrypted with the same arguments at most `lifetime` seconds ago; raise DecryptionError."""
    binding = _binding(purpose, row, more)
    try:
        opened = _keys().decrypt(encrypted.encode() if isinstance(encrypted, str) else encrypted, ttl=lifetime)
    except InvalidToken:
        raise DecryptionError(f"a {purpose} that no key opens") from None
    if not opened.startswith(binding):
        raise DecryptionError(f"a {purpose} of another row")
    return opened[len(binding) :]


def encrypted_at(encrypted: str) -> int:
    """Return when something was encrypted, in seconds since 1970."""
    return _keys().extract_timestamp(encrypted)


def encrypt_again(encrypted: bytes) -> bytes | None:
    """Encrypt something under the first key; None where it is so already. Raises DecryptionError."""
    try:
        _newest().decrypt(encrypted)
    except InvalidToken:
        try:
            return _keys().rotate(encrypted)
        except InvalidToken:
            raise DecryptionError("under none of the keys") from None
    return None


def sign(purpose: str, value: Any, *, is_dated: bool = True) -> str:
    """Return a value of JSON, signed; not dated, it is always the same text."""
    if is_dated:
        return signing.dumps(value, salt=purpose, compress=True)
    return signing.Signer(salt=purpose).sign_object(value)


def unsign(purpose: str, signed: str, *, lifetime: int | None = None, is_dated: bool = True) -> Any:
    """Return the value that was signed for a purpose at most `lifetime` seconds ago; None where it was not."""
    try:
        if is_dated:
            return signing.loads(signed, salt=purpose, max_age=lifetime)
        return signing.Signer(salt=purpose).unsign_object(signed)
    except (signing.BadSignature, ValueError):  # the second of text that cannot be one
        return None


def digest(purpose: str, text: str) -> str:
    """Return 64 hex digits that only this portal can make of a text, and nobody can turn back."""
    return salted_hmac(purpose, text, algorithm="sha256").hexdigest()


def _binding(purpose: Purpose, row: object, more: dict[str, object]) -> bytes:
    names = _BOUND.get(purpose)
    if names is None:
        return b""
    return json.dumps([more[name] if name in more else getattr(row, name) for name in names]).encode() + b"\n"


def _keys() -> MultiFernet:
    """Return what encrypts with the first key and decrypts with all."""
    return _multi_fernet(tuple(settings.CREDENTIAL_KEYS))


def _newest() -> Fernet:
    return Fernet(settings.CREDENTIAL_KEYS[0])


@lru_cache(maxsize=4)
def _multi_fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
