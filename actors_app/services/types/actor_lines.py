"""The actor as a line of a list, of which there may be thousands: read straight from the JSON, and no more of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from actors_app.services.dialects import Dialect
from actors_app.services.times import parse_time
from actors_app.services.types.actors import Actor, Listed

# Our name, how the API must write it so that nothing has to be made of it first, and what stands for it where it is
# missing. Every actor has its times: without them the names are another dialect's, or else it is looked at closer.
_FIELDS = (
    ("id", str),
    ("created", str | None),
    ("updated", str | None),
    ("name", str | None, None),
    ("image", str, ""),
    ("owner", str, ""),
    ("status", str, ""),
    ("status_message", str, ""),
    ("stateless", bool, True),
    ("privileged", bool, False),
    ("cron_schedule", str | None, None),
    ("cron_on", bool, False),
    ("revision", int | None, None),
)


class _Times(Listed):
    __slots__ = ()
    created: str | None
    updated: str | None

    @property
    def saved(self) -> object:
        return self.updated

    @property
    def create_time(self) -> datetime | None:  # type: ignore[override]  # nobody writes it
        return parse_time(self.created)

    @property
    def last_update_time(self) -> datetime | None:  # type: ignore[override]  # the same
        return parse_time(self.updated)


class ActorLine(_Times, msgspec.Struct, frozen=True, gc=False):
    """An actor without what no list shows; its times are read when they are asked for."""


@dataclass(frozen=True, slots=True)
class ActorLines:
    """All actors of one answer: as lines, and whole for whoever needs more of them."""

    lines: tuple[Listed, ...]
    whole: Callable[[], tuple[Actor, ...]]


@cache
def envelope_of(dialect: type[Dialect]) -> Any:
    """Return the type of an envelope of lines, with a dialect's names of the fields."""
    api = dialect()
    ours = {field[0]: field[0] for field in _FIELDS} | {"created": "create_time", "updated": "last_update_time"}
    names = {field: api.name(name) for field, name in ours.items()}
    # What holds texts alone is in no cycle: without the collector thousands are made in half the time.
    line = msgspec.defstruct("Line", _FIELDS, bases=(ActorLine,), rename=names, frozen=True, gc=False)
    # What says neither is looked at again with more patience.
    fields: list[Any] = [("result", tuple[line, ...]), ("status", str), ("metadata", Any, msgspec.UNSET)]  # type: ignore[valid-type]
    return msgspec.defstruct("Envelope", fields)
