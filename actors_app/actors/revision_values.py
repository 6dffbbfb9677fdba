"""One side of a difference between definitions as a page shows it, what may be a secret hidden until asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actors_app.masking import may_hold_secret


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of an environment that differs, which is hidden where it may be a secret by its name or its value.

    Where its value is not shown to the visitor, `digest` stands for it.
    """

    name: str
    value: Any
    is_secret: bool
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a difference as the page shows it: a value, or the variables of an environment that differ."""

    value: Any = None
    variables: tuple[Variable, ...] = ()
    is_environment: bool = False
    digest: str = ""  # of a value that is not shown to the visitor


def side_of(name: str, value: Any, digests: Mapping[str | None, str] | None = None) -> Side:
    """Return the value of a field as a page shows it.

    `digests` stand for what is not shown, by variable of an environment; that of another field is under None.
    """
    digests = digests or {}
    if name != "default_environment":
        return Side(value, digest=digests.get(None, ""))
    variables = [Variable(key, content, may_hold_secret(key, content)) for key, content in (value or {}).items()]
    variables += [Variable(str(key), None, False, digest) for key, digest in digests.items()]
    return Side(variables=tuple(sorted(variables, key=lambda variable: variable.name)), is_environment=True)
