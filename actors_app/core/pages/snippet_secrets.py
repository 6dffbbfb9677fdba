"""Values that stand in code as variables: what may be a secret, wherever it is in a body or an address."""

import re
import secrets
from collections.abc import Collection, Mapping
from typing import Any

from actors_app.masking import is_secret_name, may_hold_secret

_OTHER = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 40  # characters of a variable's name that come from the secret's
_SETTING = "token"  # sounds like a secret, and is a setting of an actor
_READ = {"s": "{}", "i": "int({})", "f": "float({})"}  # how Python makes of a variable what stood there


class Hidden:
    """The secrets of one call. Each is first a mark that no quoting changes, and in the text a variable.

    A mark is letters and digits that nobody can foresee, so that nothing that was typed passes for one.
    """

    def __init__(self) -> None:
        self._mark = f"h{secrets.token_hex(12)}"
        self._names: list[str] = []

    def of(self, value: Mapping[str, Any], always: Collection[str] = ()) -> dict[str, Any]:
        """Return a body or a query with a mark in place of each secret, at any depth; `always` are secrets too."""
        return {
            name: member
            if name == _SETTING and isinstance(member, bool)
            else self._masked(member, is_secret=is_secret_name(name) or name.casefold() in always, name=name)
            for name, member in value.items()
        }

    def in_shell(self, line: str) -> tuple[str, tuple[str, ...]]:
        """Return a line with its variables, and their names; a shell runs no line of which one is not set.

        A mark stands in single quotes, as everything that was typed: they are closed before it, and opened after it.
        """
        if not self._names:
            return line, ()
        variables: list[str] = []

        def variable(mark: re.Match[str]) -> str:
            variables.append(self._names[int(mark[2] or mark[4])])
            return f"'\"${{{variables[-1]}:?}}\"'"

        text = re.sub(rf'"{self._mark}([if])(\d+)z"|{self._mark}(s)(\d+)z', variable, line)
        return text, tuple(dict.fromkeys(variables))

    def in_python(self, text: str) -> str:
        """Return a text in Python with its variables; it stops where one of them is not set."""
        if not self._names:
            return text

        def variable(mark: re.Match[str]) -> str:
            return _READ[mark[1]].format(f'os.environ["{self._names[int(mark[2])]}"]')

        return re.sub(rf"'{self._mark}([sif])(\d+)z'", variable, text)

    def _masked(self, value: Any, *, is_secret: bool, name: str) -> Any:
        if isinstance(value, Mapping):
            return {
                str(key): self._masked(member, is_secret=is_secret or is_secret_name(str(key)), name=str(key))
                for key, member in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._masked(member, is_secret=is_secret, name=name) for member in value]
        # A switch is no secret, and neither is nothing.
        if value is None or isinstance(value, bool) or value == "" or not (is_secret or may_hold_secret("", value)):
            return value
        return self._hidden(name, "f" if isinstance(value, float) else "i" if isinstance(value, int) else "s")

    def _hidden(self, name: str, kind: str) -> str:
        stem = "SECRET_" + (_OTHER.sub("_", name)[:_LONGEST].strip("_").upper() or "VALUE")
        number = len(self._names)
        self._names.append(stem if stem not in self._names else f"{stem}_{number}")
        return f"{self._mark}{kind}{number}z"
