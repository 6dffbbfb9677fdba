"""What an edit of an actor changes, as its review shows it: each value before and after, the changed part marked.

Nothing here asks the API.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from actors_app.actors.definition import EDITABLE, LABELS, Definition
from actors_app.actors.revision_values import Side, side_of
from actors_app.core.pages.formatting import pretty_json, visible
from actors_app.masking import may_hold_secret
from actors_app.services.jsons import is_same

_TOKEN = re.compile(r"[\w.-]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Text:
    """A value, or the part of it that differs, in three parts of which the middle one is marked."""

    start: str = ""
    marked: str = ""
    end: str = ""
    is_secret: bool = False  # whether it may be one by its name or content, and is hidden until it is asked for


@dataclass(frozen=True, slots=True)
class Pair:
    """A value before and after, None where it is not there; `name` is that of a variable."""

    before: Text | None
    after: Text | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that changes; `note` counts the variables of an environment."""

    label: str
    pairs: tuple[Pair, ...]
    note: str = ""


def changes_between(before: Definition, after: Definition) -> list[Change]:
    """Return the fields that change, in the order of the form."""
    return [
        _environment(before[name], after[name])
        if name == "default_environment"
        else Change(LABELS[name], (_pair(_words(before[name]), _words(after[name])),))
        for name in EDITABLE
        if not is_same(before[name], after[name])
    ]


def unchanged(before: Definition, after: Definition) -> list[tuple[str, Side]]:
    """Return the label and the value of each field that stays as it is."""
    return [(LABELS[name], side_of(name, before[name])) for name in EDITABLE if is_same(before[name], after[name])]


def _environment(before: dict[str, Any], after: dict[str, Any]) -> Change:
    names = [name for name in sorted({*before, *after}) if not _is_kept(name, before, after)]
    counts = {
        "changed": sum(name in before and name in after for name in names),
        "added": sum(name not in before for name in names),
        "removed": sum(name not in after for name in names),
    }
    note = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return Change(LABELS["default_environment"], tuple(_variables(names, before, after)), note)


def _is_kept(name: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    return name in before and name in after and is_same(before[name], after[name])


def _variables(names: Sequence[str], before: dict[str, Any], after: dict[str, Any]) -> Iterator[Pair]:
    for name in names:
        is_secret = any(may_hold_secret(name, side[name]) for side in (before, after) if name in side)
        if name in before and name in after:
            yield _pair(_value(before[name]), _value(after[name]), visible(name), is_secret=is_secret)
        else:
            text = Text(_value(before.get(name, after.get(name))), is_secret=is_secret)
            yield Pair(text, None, visible(name)) if name in before else Pair(None, text, visible(name))


def _value(value: Any) -> str:
    """Return the value of a variable as text."""
    return visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _words(value: Any) -> str:
    """Return a value as text: a list with commas, an object as indented JSON."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value in (None, "", [], {}):
        return "None"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return visible(", ".join(value))
    return pretty_json(value) if isinstance(value, dict | list) else visible(str(value))


def _pair(before: str, after: str, name: str = "", *, is_secret: bool = False) -> Pair:
    """Mark the part that differs, between equal words at both ends; of several lines, show only those that differ.

    Where nothing is the same, all of a variable is marked, and nothing of another field.
    """
    lines = [before.split("\n"), after.split("\n")]
    is_long = max(map(len, lines)) > 1
    if is_long:
        start, end = _common(*lines)
        before, after = ("\n".join(side[start : len(side) - end]) for side in lines)
    sides = [_TOKEN.findall(before), _TOKEN.findall(after)]
    start, end = _common(*sides)
    texts: list[Text | None] = []
    for tokens in sides:
        last = len(tokens) - end
        if is_long and not tokens:  # lines that are on the other side alone
            texts.append(None)
        elif start or end or name:
            first, middle, rest = ("".join(part) for part in (tokens[:start], tokens[start:last], tokens[last:]))
            texts.append(Text(first, middle, rest, is_secret))
        else:
            texts.append(Text("".join(tokens), is_secret=is_secret))
    return Pair(texts[0], texts[1], name)


def _common(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many items are the same from the start on, and then from the end back."""
    start = _same(before, after)
    return start, _same(before[start:][::-1], after[start:][::-1])


def _same(before: Sequence[str], after: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
