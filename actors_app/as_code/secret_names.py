"""Names whose values are likely secrets, which are shown to nobody who did not ask for them."""

from collections.abc import Mapping
from typing import Any

MASK = "…"
_WORDS = ("key", "token", "secret", "password", "passwd", "credential")


def is_secret_name(name: str) -> bool:
    """Whether the value under this name is likely a secret, which a page shows only when it is asked to."""
    return any(word in name.casefold() for word in _WORDS)


def masked(environment: Mapping[str, Any]) -> dict[str, Any]:
    """Return an environment with a mask in place of each value whose name says that it is a secret."""
    return {name: MASK if is_secret_name(name) else value for name, value in environment.items()}
