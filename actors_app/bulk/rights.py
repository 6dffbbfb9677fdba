"""Whether a visitor may change actors, as the API says: by its map of permissions, and by whom it calls an admin."""

from collections.abc import Callable, Mapping

from actors_app.services.permissions import WORLD
from actors_app.services.types import AdminRole


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
        has = "you have no level of your own" if level == "NONE" else f"your level is {level}"
        return f"It needs UPDATE on the actor, and {has}."
