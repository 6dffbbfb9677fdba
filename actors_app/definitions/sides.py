"""One side of a difference between definitions as a page shows it, its secrets hidden until asked for."""

from dataclasses import dataclass
from typing import Any

from actors_app.masking import may_hold_secret


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of an environment that differs, which is hidden where its name says that it is a secret."""

    name: str
    value: Any
    is_secret: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a difference as the page shows it: a value, or the variables of an environment that differ."""

    value: Any = None
    variables: tuple[Variable, ...] = ()
    is_environment: bool = False


def side_of(name: str, value: Any) -> Side:
    """Return the value of a field as a page shows it."""
    if name != "default_environment":
        return Side(value)
    variables = (Variable(key, one, may_hold_secret(key, one)) for key, one in (value or {}).items())
    return Side(variables=tuple(variables), is_environment=True)
