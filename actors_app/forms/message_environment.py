"""The environment of one message as rows of name and value (`env_name` and `env_value`, repeated)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError

BLANK_ROWS = 3
MAX_ROWS = 100
# The variables travel in the request's line, of which web servers commonly take 4,094 bytes, path included.
MAX_QUERY = 3900

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the page shows it."""

    name: str = ""
    value: str = ""
    problem: str = ""


def _problem(name: str, value: str, earlier: set[str]) -> str:
    """Return what is wrong with one row, as a sentence, or an empty text."""
    if not name:
        return "Give this value a name, or clear it."
    lowered = name.strip().lower()
    if lowered.startswith("_abaco_"):
        return "Names that begin with _abaco_ are set by the API itself and would be overwritten."
    if lowered == "x-nonce":
        return "The API takes x-nonce for a nonce, and hands it on to the container. Choose another name."
    if lowered == "message":
        return "The API takes message for the message itself. Choose another name."
    if name == "MSG":
        return "MSG is where the container finds the message itself. Choose another name."
    if "=" in name:
        return "A variable's name cannot hold an equals sign."
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in name):
        return "A variable's name cannot hold control characters."
    if "\0" in value:
        return "A variable's value cannot hold a zero character."
    if name in earlier:
        return "This name stands above already; the API would keep only the first."
    return ""


def check_rows(pairs: Sequence[Pair]) -> list[Row]:
    """Return the rows that are not blank, each with what is wrong with it."""
    rows: list[Row] = []
    earlier: set[str] = set()
    for name, value in pairs:
        if name or value:
            rows.append(Row(name, value, _problem(name, value, earlier)))
            earlier.add(name)
    return rows


def with_blanks(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with blank ones after them: three where there is none yet, otherwise one."""
    return [*rows, *[Row()] * (1 if rows else BLANK_ROWS)]


class RowsWidget(forms.Widget):
    """Reads the rows; the page draws them itself."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Pair]:
        """Return the pairs in their order; a missing half is an empty text."""
        names, values = data.getlist("env_name"), data.getlist("env_value")
        return [(key, value) for key, value in zip_longest(names, values, fillvalue="")]


class EnvironmentField(forms.Field):
    """Rows of name and value; the cleaned value is a dict."""

    widget = RowsWidget

    def clean(self, value: Sequence[Pair] | None) -> Mapping[str, str]:
        """Return the variables; raise ValidationError when a row is wrong or there is too much of them."""
        rows = check_rows(value or [])
        if any(row.problem for row in rows):
            raise ValidationError("Look at the marked rows.", code="rows")
        if len(rows) > MAX_ROWS:
            raise ValidationError(f"At most {MAX_ROWS} variables go with one message.", code="too_many")
        environment = {row.name: row.value for row in rows}
        if len(urlencode(environment)) > MAX_QUERY:
            raise ValidationError(
                "Together these are too long: they travel in the address of the request, which may have about 4,000 "
                "characters. Put long values into the message.",
                code="too_long",
            )
        return environment
