"""What may stand in an address in place of an id: only what the API itself could have made."""

import re

from django.urls import register_converter

_MADE = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)


def is_id(text: str) -> bool:
    """Whether a text is an id as the API makes them, so that it may be in an address; no alias is."""
    return _MADE.fullmatch(text) is not None


class AbacoId:
    """An id or alias: ASCII letters, digits, dot, dash, underscore and tilde, never `.` or `..`."""

    regex = r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,127}"

    def to_python(self, value: str) -> str:
        """Take the id as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Write the id as it stands."""
        return str(value)


class Handle:
    """The keyed stand-in for a nonce, which is a secret and must not be in an address."""

    regex = r"[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        """Take the handle as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Write the handle as it stands."""
        return value


register_converter(AbacoId, "abaco")
register_converter(Handle, "handle")
