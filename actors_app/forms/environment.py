"""An actor's default environment as it is typed: rows of a name and a value, or one JSON object.

The environment of a message is another thing, with other rules: `message_environment.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django import forms

from actors_app.definitions import is_same
from actors_app.forms.fields import MAX_JSON, read_json, unix_lines

_NAMES_OF_THE_API = "MSG and names that begin with _abaco_ are set by the API itself"


@dataclass(frozen=True, slots=True)
class TypedEnvironment:
    """What was typed: `mode` is `rows` or `json`, `rows` are pairs of name and value, `text` is the JSON."""

    mode: str = "rows"
    rows: tuple[tuple[str, str], ...] = ()
    text: str = ""

    @property
    def is_json(self) -> bool:
        """Whether the JSON is what counts."""
        return self.mode == "json"

    @property
    def shown_rows(self) -> tuple[tuple[str, str], ...]:
        """Return the rows with an empty one at the end, to type into."""
        return (*self.rows, ("", ""))

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
    """Reads `env_name` and `env_value` (repeated), `environment_mode` and `default_environment`; a page draws it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedEnvironment:
        """Return what was typed; text in the JSON box without any row counts as JSON, whatever was chosen."""
        pairs = zip_longest(data.getlist("env_name"), data.getlist("env_value"), fillvalue="")
        rows = tuple((key.strip(), unix_lines(value)) for key, value in pairs if key.strip() or value)
        text = unix_lines(data.get(name) or "")
        is_json = data.get("environment_mode") == "json" or (not rows and text.strip() != "")
        return TypedEnvironment("json" if is_json else "rows", rows, text)


class EnvironmentField(forms.Field):
    """An environment; `cleaned_data` holds names and values. `kept` is the one that the actor has.

    New values are texts, since a container sees nothing else; what the actor has already is kept as it is, so long as
    it is not touched.
    """

    widget = EnvironmentInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
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

    def clean(self, value: TypedEnvironment) -> dict[str, Any]:
        """Return the environment; raise ValidationError with a sentence for each name or value that cannot be."""
        if value.is_json:
            return self._from_json(value)
        if value.text.strip():
            raise forms.ValidationError("There are rows and JSON. Empty one of them, or choose JSON.")
        names = [name for name, _ in value.rows]
        for name in names:
            if names.count(name) > 1:
                raise forms.ValidationError(f"The name “{name}” is given twice; keep one.")
        return self._checked(dict(value.rows))

    def _from_json(self, typed: TypedEnvironment) -> dict[str, Any]:
        if not typed.text.strip():
            if typed.rows:
                raise forms.ValidationError(
                    "The JSON is empty while there are rows. Choose rows, or type {} to have no variables."
                )
            return {}
        if len(typed.text) > MAX_JSON:
            raise forms.ValidationError("This is longer than 1,000,000 characters; make it shorter.")
        environment = read_json(typed.text)
        if not isinstance(environment, dict):
            raise forms.ValidationError('This must be a JSON object, such as {"name": "value"}.')
        return self._checked(environment)

    def _checked(self, environment: dict[str, Any]) -> dict[str, Any]:
        problems = []
        for name, value in environment.items():
            if name in self.kept and is_same(value, self.kept[name]):
                environment[name] = self.kept[name]
            elif problem := _problem(name, value):
                problems.append(problem)
        if problems:
            raise forms.ValidationError(problems[:5])
        return environment


def _problem(name: str, value: object) -> str:
    """Return a sentence about a name or value that no container can be given, or nothing."""
    if not name:
        return "A value has no name; type one, or empty the row."
    if "=" in name or "\x00" in name:
        return f"The name “{name}” holds = or NUL, which no variable's name can."
    if name == "MSG" or name.startswith("_abaco_"):
        return f"“{name}” cannot be used: {_NAMES_OF_THE_API}."
    if isinstance(value, str):
        return f"The value of “{name}” holds NUL, which no variable can." if "\x00" in value else ""
    if isinstance(value, dict | list):
        return f"The value of “{name}” is nested. A variable is a text: put quotes around the whole value."
    return f"The value of “{name}” is not a text. Put it in quotes: {json.dumps(json.dumps(value))}."
