"""What an update of an actor would take away by leaving it out: the API replaces the whole definition.

From the API's own reading of `PUT /actors/{id}` (TACC/abaco, `ActorResource.validate_put`). Nothing here asks the API.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from actors_app.actors.definition import DEFAULTS, EDITABLE, LABELS, Definition, only_changed
from actors_app.actors.revision_values import Side, side_of
from actors_app.services.jsons import is_same
from actors_app.services.types.actor_fields import FIELD


@dataclass(frozen=True, slots=True)
class Column:
    """One field as the review shows it: now, after the change, and what leaving it out would do."""

    name: str
    label: str
    now: Any
    change: Any
    is_changed: bool
    left_out: str  # what the API would do; empty where it would do nothing
    is_lost: bool  # whether that would lose what is there

    @property
    def is_sent_along(self) -> bool:
        """Whether the portal sends it only so that the API does not reset it."""
        return self.is_lost and not self.is_changed

    @property
    def shown_now(self) -> Side:
        """Return the value now; of an environment that changes, only the variables that differ."""
        return side_of(self.name, only_changed(self.now, self.change) if self._is_part else self.now)

    @property
    def shown_change(self) -> Side:
        """Return the value after the change, likewise."""
        return side_of(self.name, only_changed(self.change, self.now) if self._is_part else self.change)

    @property
    def _is_part(self) -> bool:
        return self.is_changed and self.name == "default_environment"


def columns(now: Definition, after: Definition, reset_too: Collection[str] = ()) -> list[Column]:
    """Return the fields that change, then those that the API would reset without a word, in the order of the form.

    `reset_too` are fields that this version of the API resets, and others keep.
    """
    candidates = [
        _column(name, now[name], after[name], stateless=now["stateless"], is_reset=name in reset_too)
        for name in EDITABLE
    ]
    return [column for column in candidates if column.is_changed] + [
        column for column in candidates if column.is_sent_along
    ]


def _column(name: str, now: Any, change: Any, *, stateless: bool, is_reset: bool) -> Column:
    has_value = bool(now) and not is_same(now, DEFAULTS.get(name))
    left_out, is_lost = "", False
    if name == "stateless":
        left_out = "" if stateless else "Rejected: the API would read it as stateless."
    elif name in ("image", "token"):
        left_out, is_lost = FIELD[name].left_out, name == "token"
    elif has_value and is_reset and name == "cron_schedule":
        left_out, is_lost = "Schedule removed.", True
    elif has_value:
        left_out = FIELD[name].left_out
        is_lost = name != "cron_schedule"
    return Column(
        name=name,
        label=LABELS[name],
        now=now,
        change=change,
        is_changed=not is_same(now, change),
        left_out=left_out,
        is_lost=is_lost,
    )
