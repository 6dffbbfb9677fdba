"""What an actor's container receives for a message, worked out without sending it.

The rules are those of Abaco's workers (TACC/abaco actors/worker.py, actors/docker_utils.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actors_app.core.sizes import size_of

MAX_SHOWN = 20_000  # characters of MSG on the page


@dataclass(frozen=True, slots=True)
class Delivery:
    """`MSG` as the container finds it (None for a file), `_abaco_Content_Type`, and the variables sent along."""

    msg: str | None
    content_type: str
    environment: Mapping[str, str]

    @property
    def preview(self) -> str:
        """The message, cut where it is too long for a page."""
        return (self.msg or "")[:MAX_SHOWN]

    @property
    def size(self) -> int:
        """The bytes of the message."""
        return size_of(self.msg or "")

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning is shown."""
        return len(self.msg or "") > MAX_SHOWN


def delivery_of(kind: str, value: Any, environment: Mapping[str, str]) -> Delivery:
    """Return what arrives: a text as it is, a JSON object as Python writes it, a file at its own place."""
    if kind == "file":
        return Delivery(None, "application/octet-stream", environment)
    if kind == "json":
        return Delivery(str(value), "application/json" if value else "str", environment)
    return Delivery(value, "str", environment)
