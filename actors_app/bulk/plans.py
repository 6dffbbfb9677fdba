"""What a bulk act would do, before it is ordered: what every kind of plan shares.

A plan travels in the form, signed and bound to its maker: what is done is what was shown. Whether each thing may be
acted on is asked of the API again when its turn comes.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

from actors_app.core.security.credentials import Credentials
from actors_app.core.security.crypto import sign, unsign
from actors_app.services.permissions import WORLD
from actors_app.services.types import AdminRole

MAX_AGE = 60 * 60  # seconds that a preview stays good


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an act is done to, or that it leaves out for the reason in `why_not`.

    `object_id` is the execution or the worker; empty where it is the actor itself. `label` is the actor's name where
    the plan knows it.
    """

    actor_id: str
    object_id: str = ""
    label: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A bulk act before it is ordered: `place` and `query` are the list that it was chosen in, and its filter."""

    purpose: ClassVar[str]

    act: str
    place: str = ""
    query: str = ""
    items: tuple[Item, ...] = ()
    left: tuple[Item, ...] = ()

    @property
    def number(self) -> int:
        """Return to how many things it would be done."""
        return len(self.items)

    def signed(self, credentials: Credentials) -> str:
        """Return the plan for a form of this person's."""
        return sign(self.purpose, [credentials.tenant, credentials.username, asdict(self)])

    @classmethod
    def unsigned(cls, credentials: Credentials, text: str) -> Self | None:
        """Return the plan of a form; None where it is another person's, was changed, or is too old."""
        opened = unsign(cls.purpose, text, lifetime=MAX_AGE)
        if opened is None or opened[:2] != [credentials.tenant, credentials.username]:
            return None
        return cls._from_data(opened[2])

    @classmethod
    def _from_data(cls, data: Mapping[str, Any]) -> Self:
        """Make of plain values what they were; kinds of plans with more to make of them do so after this."""
        items = {name: tuple(Item(**item) for item in data[name]) for name in ("items", "left")}
        return cls(**{**data, **items})


class MayChange:
    """What the visitor may do; whether they are an administrator is asked once, and only where that decides."""

    def __init__(self, me: str, ask: Callable[[], AdminRole]) -> None:
        """Take the visitor's name, and how to ask the API whether it calls them an administrator."""
        self._me, self._ask = me, ask
        self._role: AdminRole | None = None

    def why_not(self, levels: Mapping[str, str]) -> str:
        """Return why the visitor may not change an actor with this map; nothing where they may, or might.

        Where the role is not known, the API decides about each actor.
        """
        if levels.get(self._me) == "UPDATE" or WORLD in levels:
            return ""
        if self._role is None:
            self._role = self._ask()
        if self._role is not AdminRole.OTHER:
            return ""
        level = levels.get(self._me, "NONE")
        has = "you have no access" if level == "NONE" else f"you have {level}"
        return f"Requires UPDATE on the actor; {has}."
