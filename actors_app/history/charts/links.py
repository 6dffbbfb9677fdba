"""The addresses that the shapes of a chart lead to, made from a few addresses instead of one for each shape."""

from collections.abc import Callable
from urllib.parse import quote

from django.utils.html import escape

Link = Callable[..., str]  # the page's own address with some parameters changed; an empty value takes one away


class Links:
    """The page's address with one thing changed."""

    def __init__(self, link: Link) -> None:
        self._link = link
        bare = link()
        self._from, self._to = "0from0", "0to0"
        while self._from in bare or self._to in bare:
            self._from, self._to = self._from + "0", self._to + "0"
        self._patterns: dict[str, str] = {}

    def _narrowed(self, outcome: str) -> str:
        changes = {"from": self._from, "to": self._to, "window": ""}
        return self._link(**changes, **({"outcome": outcome} if outcome else {}))

    def between(self, start: str, end: str, outcome: str = "") -> str:
        """Return the address of what was received from `start` to just before `end`, both already quoted.

        It is escaped and holds no braces, so it may be part of markup as it is.
        """
        pattern = self._patterns.get(outcome)
        if pattern is None:
            pattern = str(escape(self._narrowed(outcome))).replace("{", "%7B").replace("}", "%7D")
            self._patterns[outcome] = pattern
        return pattern.replace(self._from, start).replace(self._to, end)

    @property
    def range(self) -> str:
        """Return the address of any span: a script puts moments in the places of `{from}` and `{to}`."""
        return self._narrowed("").replace(self._from, "{from}").replace(self._to, "{to}")

    def outcome(self, outcome: str) -> str:
        """Return the address of one outcome."""
        return self._link(outcome=outcome)

    def duration(self, value: str) -> str:
        """Return the address of what ran this long."""
        return self._link(duration=value)


def quoted(moment: str) -> str:
    """Return a moment as it stands in an address."""
    return quote(moment, safe="")
