"""The config: a value, or a secret, for the environment of the actors that it names."""

from dataclasses import dataclass, field
from typing import Self

from actors_app.services.dialects import Dialect
from actors_app.services.fields import Fields
from actors_app.services.names import problem_of


@dataclass(frozen=True, slots=True)
class Config:
    """A value that the API puts into the environment of the actors it names; a secret's value is ciphertext."""

    name: str
    value: str = field(default="", repr=False)
    is_secret: bool = False
    actors: tuple[str, ...] = ()
    named: str = ""  # the actors as the API keeps them, joined by commas

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read a config."""
        fields = Fields(data, dialect)
        named = fields.text("actors")
        return cls(
            name=fields.text("name"),
            value=fields.text("value"),
            is_secret=fields.flag("is_secret"),
            actors=tuple(part for name in named.split(",") if (part := name.strip())),
            named=named,
        )

    @property
    def name_problem(self) -> str | None:
        """What it suffers because of its name, and what can be done; None where it suffers nothing."""
        problem = problem_of("config", self.name)
        return (problem.explanation or None) if problem else None

    def is_for(self, *names: str) -> bool:
        """Whether an actor with one of these names, its id and its aliases, receives it.

        The API looks for the name anywhere in the text of all names (TACC/abaco actors/worker.py), so that `wc` is
        found in `wc-large` too.
        """
        return any(name and name in self.named for name in names)
