"""Ids as the API writes them: thirteen letters and digits that can be told from an alias by their form."""

import re
import secrets
from collections.abc import Callable

LETTERS = "0123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 13
_FORM = re.compile(r"(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9]{12,13}")


def is_hashid(text: str) -> bool:
    """Say whether `text` has the form of an id and is therefore never looked up as an alias.

    Abaco decodes hashids (`TACC/abaco actors/models.py`); here the form decides: 12 or 13 letters and digits, with
    lower-case and upper-case letters among them.
    """
    return _FORM.fullmatch(text) is not None


def id_from(choose: Callable[[str], str]) -> str:
    """Make an id of thirteen characters that `is_hashid` recognises, from letters that `choose` picks."""
    while True:
        text = "".join(choose(LETTERS) for _ in range(LENGTH))
        if is_hashid(text):
            return text


def new_id() -> str:
    """Make a fresh id that nobody can guess."""
    return id_from(secrets.choice)
