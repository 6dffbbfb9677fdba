"""The vault: how the values of secret configs are encrypted, with a key that never leaves the store."""

from cryptography.fernet import Fernet, InvalidToken

from sandbox.models import Key


def _cipher() -> Fernet:
    row, _ = Key.objects.get_or_create(id=1, defaults={"value": Fernet.generate_key().decode()})
    return Fernet(row.value)


def encrypt(text: str) -> str:
    """Return a value as it is kept and shown."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(text: str) -> str | None:
    """Return what was encrypted, or None where this store's key does not open it."""
    try:
        return _cipher().decrypt(text.encode()).decode()
    except InvalidToken:
        return None
