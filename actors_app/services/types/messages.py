"""The mailbox of an actor, and what sending to it gives back."""

from dataclasses import dataclass
from typing import Any, Self

from actors_app.services.dialects import Dialect
from actors_app.services.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """How many messages wait, without the one that a worker is running; None when not reported."""

    messages: int | None = None

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read a mailbox."""
        return cls(messages=Fields(data, dialect).number("messages"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """The execution that a message was queued as, and the API's echo of the message."""

    execution_id: str = ""
    msg: Any = None

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read the answer to a message."""
        fields = Fields(data, dialect)
        return cls(execution_id=fields.text("execution_id"), msg=fields.any("msg"))
