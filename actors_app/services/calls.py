"""What a call and its answer are, as the resources and the client speak of them; nothing is sent here."""

from dataclasses import dataclass
from typing import Literal

from actors_app.services.urls import UpstreamPath

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two reads, for a whole answer, to delete, for a token, before a retry; then bytes.

    `body` is what nginx takes where its `client_max_body_size` is not set, as in Abaco's own site.
    """

    connect: float = 3.0
    gap: float = 10.0
    answer: float = 15.0
    delete: float = 25.0
    token: float = 7.0  # to renew one; below the lease of a renewal, in `actors_app/core/security/credentials.py`
    pause: float = 0.5
    body: int = MEGABYTE
    whole: int = 10 * MEGABYTE
    streamed: int = 50 * MEGABYTE


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """One call: where, with what, and by which limits. Only a GET is repeated, and only when `repeatable`."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: UpstreamPath
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str | None = None
    accept: str = "application/json"
    repeatable: bool = True
    is_slow: bool = False  # may take the time for deleting an actor
    is_brief: bool = False  # has only the time for renewing a token
    is_for_tokens: bool = False  # asks the token endpoint, which may fail while everything else works
    is_large: bool = False  # may be as large as a streamed answer
    within: float | None = None  # seconds that whoever asks is willing to wait, where that is less than usual

    @property
    def is_write(self) -> bool:
        """Whether the call may change something; taking a result counts as reading, though it removes it."""
        return self.method != "GET"

    @property
    def goes_once(self) -> bool:
        """Whether the call may not be sent a second time."""
        return self.is_write or not self.repeatable

    def __str__(self) -> str:
        return f"{self.method} {self.path.label}"

    __repr__ = __str__


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """A whole answer with a status of success."""

    status: int
    body: bytes

    def __repr__(self) -> str:
        return f"Reply({self.status}, {len(self.body)} bytes)"
