"""Environment variables as they are typed, for an actor or for one message: rows of name and value, or JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django import forms

from actors_app.core.pages.form_fields import MAX_JSON, read_json, unix_lines
from actors_app.core.sizes import variable_excess
from actors_app.services.jsons import is_same

BLANK_ROWS = 3
MAX_IN_QUERY = 100
# The variables of a message travel in the request's line, of which web servers commonly take 4,094 bytes, path
# included.
MAX_QUERY = 3900

Pair = tuple[str, str]
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the page shows it."""

    name: str = ""
    value: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TypedEnvironment:
    """What was typed: `mode` is `rows` or `json`, `rows` are pairs of name and value, `text` is the JSON."""

    mode: str = "rows"
    rows: tuple[Pair, ...] = ()
    text: str = ""
    wants_more: bool = False  # whether more empty rows were asked for

    @property
    def is_json(self) -> bool:
        """Whether the JSON is what counts."""
        return self.mode == "json"

    @property
    def blanks(self) -> list[Row]:
        """Return the empty rows to type into: three where there is none yet, otherwise one, six when asked for."""
        return [Row()] * (2 * BLANK_ROWS if self.wants_more else 1 if self.rows else BLANK_ROWS)

    @classmethod
    def of(cls, environment: Mapping[str, Any]) -> "TypedEnvironment":
        """Write an environment as rows, or as JSON where rows could not say it: a number, a carriage return."""
        if all(_fits_a_row(name, value) for name, value in environment.items()):
            return cls(rows=tuple(environment.items()))
        return cls(mode="json", text=json.dumps(environment, indent=2, ensure_ascii=False))


def _fits_a_row(name: str, value: object) -> bool:
    is_plain = bool(name) and name == name.strip() and "\n" not in name
    return is_plain and isinstance(value, str) and "\r" not in name + value


class EnvironmentInput(forms.Widget):
    """Reads `env_name` and `env_value` (repeated); with `raw_json` also `environment_mode` and the field's own name.

    A page draws it.
    """

    raw_json = True

    def id_for_label(self, id_: str) -> str:
        """Return the id of the part of the page that holds its rows."""
        return "environment"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedEnvironment:
        """Return what was typed; text in the JSON box without any row counts as JSON, whatever was chosen."""
        pairs = zip_longest(data.getlist("env_name"), data.getlist("env_value"), fillvalue="")
        rows = tuple((key.strip(), unix_lines(value)) for key, value in pairs if key.strip() or value)
        wants_more = "more_rows" in data
        if not self.raw_json:
            return TypedEnvironment(rows=rows, wants_more=wants_more)
        text = unix_lines(data.get(name) or "")
        is_json = data.get("environment_mode") == "json" or (not rows and text.strip() != "")
        return TypedEnvironment("json" if is_json else "rows", rows, text, wants_more)


class EnvironmentField(forms.Field):
    """An environment; `cleaned_data` holds names and values.

    `raw_json` lets it be typed as JSON too. `in_query` is for variables that travel in an address, where some names
    are taken and little room is. New names are such as a shell takes, and new values are texts, since a container sees
    nothing else; what is in `kept`, which the actor has already, stays as it is, so long as it is not touched, and its
    names may have other values.
    """

    widget = EnvironmentInput

    def __init__(self, *, raw_json: bool = False, in_query: bool = False, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.widget.raw_json = raw_json
        self.in_query = in_query
        self.kept: Mapping[str, Any] = {}

    def prepare_value(self, value: Any) -> TypedEnvironment:
        """Return what the page shows."""
        return value if isinstance(value, TypedEnvironment) else TypedEnvironment.of(value or {})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether it differs from what the page held; what cannot be read differs."""
        try:
            return not is_same(self.clean(data), initial or {})
        except forms.ValidationError:
            return True

    def rows(self, typed: TypedEnvironment) -> list[Row]:
        """Return the rows that were typed, each with what is wrong with it."""
        rows: list[Row] = []
        above: set[str] = set()
        for name, value in typed.rows:
            is_again = name in above
            problem = "Duplicate name." if is_again and name else self._problem(name, value)
            rows.append(Row(name, value, problem))
            above.add(name)
        return rows

    def clean(self, value: TypedEnvironment) -> dict[str, Any]:
        """Return the environment; raise ValidationError where a name or a value cannot be, or there is too much."""
        if value.is_json:
            return self._from_json(value)
        if value.text.strip():
            raise forms.ValidationError("Use either rows or JSON.")
        if any(row.problem for row in self.rows(value)):
            raise forms.ValidationError("Fix the highlighted rows.", code="rows")
        environment = self._as_kept(dict(value.rows))
        if self.in_query:
            _check_room(environment)
        return environment

    def _from_json(self, typed: TypedEnvironment) -> dict[str, Any]:
        if not typed.text.strip():
            if typed.rows:
                raise forms.ValidationError(
                    "The JSON is empty but there are rows. Choose rows, or enter {} for no variables."
                )
            return {}
        if len(typed.text) > MAX_JSON:
            raise forms.ValidationError("Use at most 1,000,000 characters.")
        environment = read_json(typed.text)
        if not isinstance(environment, dict):
            raise forms.ValidationError('Enter a JSON object, e.g. {"name": "value"}.')
        problems = [
            f"“{name}”: {problem}" for name, value in environment.items() if (problem := self._problem(name, value))
        ]
        if problems:
            raise forms.ValidationError(problems[:5])
        return self._as_kept(environment)

    def _is_kept(self, name: str, value: object) -> bool:
        return name in self.kept and is_same(value, self.kept[name])

    def _as_kept(self, environment: dict[str, Any]) -> dict[str, Any]:
        """Return it with the very values that the actor has, so that 1 and 1.0 stay what they were."""
        return {name: self.kept[name] if self._is_kept(name, value) else value for name, value in environment.items()}

    def _problem(self, name: str, value: object) -> str:
        if self._is_kept(name, value):
            return ""
        return problem(name, value, in_query=self.in_query, is_new=name not in self.kept)


def environment_rows(bound: forms.BoundField) -> list[Row]:
    """Return the rows of a form's environment as the page shows them: what was typed, then empty ones."""
    typed: TypedEnvironment = bound.value()
    field: EnvironmentField = bound.field  # type: ignore[assignment]
    rows = field.rows(typed) if bound.form.is_bound else [Row(name, value) for name, value in typed.rows]
    return [*rows, *typed.blanks]


def problem(name: str, value: object, *, in_query: bool = False, is_new: bool = True) -> str:
    """Return a sentence about a variable that no container can be given, or an empty text.

    `in_query` adds the names that the API takes for itself in an address (`POST /actors/{id}/messages`); a name that is
    not new need be none that a shell takes (POSIX.1-2017, 3.235 Name).
    """
    if not name.strip() and (is_new or not name):
        return "Enter a name for this value."
    if name.lower().startswith("_abaco_"):
        return "Names starting with _abaco_ are reserved by the API."
    if name == "MSG":
        return "MSG is reserved for the message. Choose another name."
    if in_query and name.lower() == "x-nonce":
        return "The API reads x-nonce as a nonce. Choose another name."
    if in_query and name.lower() == "message":
        return "The name “message” is reserved. Choose another name."
    if "=" in name:
        return "Names cannot contain an equals sign."
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in name):
        return "Names cannot contain control characters."
    if is_new and not _NAME.fullmatch(name):
        return "Use letters, digits and underscores only, starting with a letter or underscore."
    if isinstance(value, dict | list):
        return "Nested values are not supported. Put quotes around the whole value."
    if not isinstance(value, str):
        return f"Values must be text. Put it in quotes: {json.dumps(json.dumps(value))}."
    if "\x00" in value:
        return "Values cannot contain NUL characters."
    return variable_excess(name, value)


def _check_room(environment: Mapping[str, str]) -> None:
    if len(environment) > MAX_IN_QUERY:
        raise forms.ValidationError(f"Use at most {MAX_IN_QUERY} variables per message.", code="too_many")
    if len(urlencode(environment)) > MAX_QUERY:
        raise forms.ValidationError(
            "Variables are too long in total (max. about 4,000 characters). Put long values in the message.",
            code="too_long",
        )
