"""What of the API's answers says something about the visitor's own rights, for whoever listens."""

from collections.abc import Mapping
from typing import Literal, Protocol

from actors_app.services.types import AdminRole

Kind = Literal["actor", "alias", "config"]


class Observer(Protocol):
    """Somebody who wants to know; called in the threads of gathers too. `asked_at` is a monotonic time."""

    def levels(self, kind: Kind, name: str, levels: Mapping[str, str], asked_at: float) -> None:
        """Hear a map of permissions."""
        ...

    def role(self, role: AdminRole, asked_at: float) -> None:
        """Hear whether the API calls the visitor an administrator, where it said so: never UNKNOWN."""
        ...

    def changed(self, kind: Kind, name: str) -> None:
        """Hear that a level was changed, or may have been."""
        ...


class NullObserver:
    """Nobody listens."""

    def levels(self, kind: Kind, name: str, levels: Mapping[str, str], asked_at: float) -> None:
        """Hear nothing."""

    def role(self, role: AdminRole, asked_at: float) -> None:
        """Hear nothing."""

    def changed(self, kind: Kind, name: str) -> None:
        """Hear nothing."""
