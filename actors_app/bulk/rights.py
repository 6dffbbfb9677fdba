"""Whether a visitor may change actors, as the API says: by its map of permissions, and by whom it calls an admin."""

from collections.abc import Callable, Mapping

from actors_app.services.errors import AbacoError, SignedOut
from actors_app.services.permissions import WORLD


class MayChange:
    """What the visitor may do; whether they are an administrator is asked once, and only where that decides."""

    def __init__(self, me: str, is_admin: Callable[[], bool]) -> None:
        """Take the visitor's name, and how to ask the API whether it calls them an administrator."""
        self._me, self._ask = me, is_admin
        self._is_admin: bool | None = None
        self._unknown = ""  # why that could not be known

    def why_not(self, levels: Mapping[str, str]) -> str:
        """Return why the visitor may not change an actor with this map; nothing where they may, or might."""
        if levels.get(self._me) == "UPDATE" or WORLD in levels:
            return ""
        if self._is_admin is None:
            try:
                self._is_admin = self._ask()
            except SignedOut:
                raise
            except AbacoError as error:
                self._is_admin = False
                self._unknown = f" Whether you are an administrator is not known: {error.user_message}"
        if self._is_admin:
            return ""
        level = levels.get(self._me, "NONE")
        has = "you have no level of your own" if level == "NONE" else f"your level is {level}"
        return f"It needs UPDATE on the actor, and {has}.{self._unknown}"
