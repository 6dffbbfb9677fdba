"""What may stand in an address in place of an id: only what the API itself could have made."""


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
