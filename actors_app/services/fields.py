"""Reading one object of the API field by field; whatever the JSON holds, reading it never raises."""

from datetime import datetime
from functools import cache
from typing import Any

from actors_app.services.dialects import Dialect
from actors_app.services.times import parse_time


@cache
def _in_dialect(names: tuple[str, ...], dialect: type[Dialect]) -> frozenset[str]:
    """Return names as a dialect writes them."""
    return frozenset(map(dialect().name, names))


class Fields:
    """The fields of one object, asked for by our snake_case names; what is no object has no fields."""

    __slots__ = ("_data", "_dialect")

    def __init__(self, data: object, dialect: Dialect) -> None:
        self._data: dict[str, Any] = data if isinstance(data, dict) else {}
        self._dialect = dialect

    def any(self, name: str) -> Any:
        """Return the value as it came, or None."""
        return self._data.get(self._dialect.name(name))

    def lacks(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return which of these names it does not have, not even with a null, as the API writes them."""
        # Asked of each of thousands of rows, so it is one difference of two sets.
        return tuple(sorted(_in_dialect(names, type(self._dialect)).difference(self._data)))

    def text(self, name: str) -> str:
        """Return a text, or an empty one; a number becomes its text, as Abaco does the same."""
        return self.text_or_none(name) or ""

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or None."""
        value = self.any(name)
        if isinstance(value, str):
            return value
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def number(self, name: str) -> int | None:
        """Return a whole number, also from its text, or None."""
        value = self.any(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value if abs(value) < 2**63 else None  # beyond what the API itself can store
        if isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) <= 20:
            return int(value)
        return None

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a truth; Abaco writes `token` now as a boolean and now as the text `"false"`."""
        value = self.any(name)
        if isinstance(value, str):
            return {"true": True, "false": False}.get(value.strip().lower(), default)
        return value if isinstance(value, bool) else default

    def time(self, name: str) -> datetime | None:
        """Return a time in UTC, or None."""
        return parse_time(self.any(name))

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object, or an empty one."""
        value = self.any(name)
        return value if isinstance(value, dict) else {}

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list; what is no text in it is left out."""
        return tuple(item for item in self.items(name) if isinstance(item, str))

    def items(self, name: str) -> list[Any]:
        """Return a list, or an empty one."""
        value = self.any(name)
        return value if isinstance(value, list) else []
