"""Who is signed in, their administrator role, and the aliases that people give to actors."""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from actors_app.services.dialects import Dialect
from actors_app.services.fields import Fields
from actors_app.services.names import problem_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person at the API."""

    username: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read a profile; the gateway writes its names with underscores, whatever Abaco does."""
        fields = data if isinstance(data, dict) else {}

        def text(*names: str) -> str:
            return next((fields[name] for name in names if isinstance(fields.get(name), str)), "")

        return cls(
            username=text("username"),
            email=text("email"),
            first_name=text("first_name", "firstName", "given_name"),
            last_name=text("last_name", "lastName", "family_name"),
        )

    @property
    def full_name(self) -> str:
        """Return the first and the last name, or the user name where there are none."""
        return f"{self.first_name} {self.last_name}".strip() or self.username


class AdminRole(Enum):
    """Whether the API calls somebody an administrator: it said yes, it said no, or it gave no answer that tells.

    An Enum and not `bool | None`, in which `if not role` takes "unknown" for "no". It has no truth value for the same
    reason: whoever asks names the answer that is meant.
    """

    ADMIN = "admin"
    OTHER = "other"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Raise TypeError: "unknown" is neither."""
        raise TypeError("an AdminRole is neither true nor false; compare it with one of its members")

    @property
    def is_admin(self) -> bool:
        """Whether the API said yes."""
        return self is AdminRole.ADMIN

    @property
    def is_unknown(self) -> bool:
        """Whether the API did not tell."""
        return self is AdminRole.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name of an actor; it stays when the actor is deleted."""

    alias: str
    actor_id: str = ""
    owner: str = ""

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read an alias."""
        fields = Fields(data, dialect)
        return cls(alias=fields.text("alias"), actor_id=fields.text("actor_id"), owner=fields.text("owner"))

    @property
    def name_problem(self) -> str | None:
        """What it suffers because of its name, and what can be done; None where it suffers nothing."""
        problem = problem_of("alias", self.alias)
        return (problem.explanation or None) if problem else None
