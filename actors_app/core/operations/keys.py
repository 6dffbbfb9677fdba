"""The one-time key of a form that changes something: how it is made, named and recognised."""

import re
import secrets

FIELD = "write_key"
_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    """Return a key for a form that is shown now."""
    return secrets.token_hex(16)


def is_key(text: str) -> bool:
    """Whether a text can be a key that the portal made."""
    return bool(_KEY.fullmatch(text))
