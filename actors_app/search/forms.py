"""What a visitor asks of the API's search: a kind, words, and conditions of fields that the kind has; never raw."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from actors_app.core.pages.form_fields import PastedField
from actors_app.core.pages.form_times import as_in_address, moment_of
from actors_app.core.pages.forms import PortalForm

KINDS = (("actors", "Actors"), ("executions", "Executions"), ("workers", "Workers"), ("logs", "Logs"))
PAGE_KINDS = tuple(kind for kind in KINDS if kind[0] != "executions")  # these have a list with filters of its own
CONDITIONS = 3
TEXT, NUMBER, TIME, TRUTH = "text", "number", "time", "truth"

# Our names of the fields that each kind can be searched by, with their words and what they hold. The ids of actors are
# left out: the store keeps them with the tenant before, so that they are never found. `finish_time` is too: the API
# compares it as a text (TACC/abaco actors/models.py, class Search).
FIELDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "actors": {
        "name": ("Name", TEXT),
        "image": ("Image", TEXT),
        "owner": ("Owner", TEXT),
        "status": ("Status", TEXT),
        "description": ("Description", TEXT),
        "link": ("Link", TEXT),
        "stateless": ("Stateless", TRUTH),
        "cron_on": ("Schedule enabled", TRUTH),
        "revision": ("Revision", NUMBER),
        "create_time": ("Created", TIME),
        "last_update_time": ("Updated", TIME),
    },
    "executions": {
        "status": ("Status", TEXT),
        "executor": ("Sent by", TEXT),
        "worker_id": ("Worker", TEXT),
        "exit_code": ("Exit code", NUMBER),
        "runtime": ("Run time (s)", NUMBER),
        "message_received_time": ("Received", TIME),
        "start_time": ("Started", TIME),
    },
    "workers": {
        "status": ("Status", TEXT),
        "image": ("Image", TEXT),
        "location": ("Location", TEXT),
        "create_time": ("Created", TIME),
        "last_execution_time": ("Last execution", TIME),
        "last_health_check_time": ("Last health check", TIME),
    },
    "logs": {"logs": ("Text", TEXT)},
}
# The API's operators by their words; nothing stands for equal.
OPERATORS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "is": ("is", "", (TEXT, NUMBER, TRUTH)),
    "not": ("is not", "neq", (TEXT, NUMBER)),
    "contains": ("contains", "like", (TEXT,)),
    "lacks": ("does not contain", "nlike", (TEXT,)),
    "one": ("is one of", "in", (TEXT, NUMBER)),
    "none": ("is none of", "nin", (TEXT, NUMBER)),
    "least": ("is at least", "gte", (NUMBER,)),
    "most": ("is at most", "lte", (NUMBER,)),
    "after": ("is after", "gt", (TIME,)),
    "before": ("is before", "lt", (TIME,)),
    "between": ("is between", "between", (NUMBER, TIME)),
}
_TRUTHS = {"yes": "true", "true": "true", "no": "false", "false": "false"}
_MOMENT = "Enter a date or a date and time (UTC), e.g. 2026-11-24 08:30."


class SearchForm(PortalForm):
    """A search as it stands in the address; `conditions` is what the API is asked, `kinds` what can be searched."""

    kind = forms.ChoiceField(
        error_messages={"invalid_choice": "Choose actors, workers or logs. Search executions under Executions."}
    )
    q = PastedField(
        label="Keywords",
        required=False,
        max_length=200,
        error_messages={
            "max_length": "Use at most 200 characters.",
            "null_characters_not_allowed": "The keywords contain an invalid character.",
        },
    )
    exact = forms.BooleanField(label="Exact phrase", required=False)
    page = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100_000,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Page not found."),
    )

    def __init__(self, data: Any, kinds: Sequence[tuple[str, str]] = KINDS) -> None:
        values = data.copy()
        values.setdefault("kind", "actors")
        super().__init__(values)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a ChoiceField
        kind = values["kind"] if values["kind"] in FIELDS else "actors"
        searchable = FIELDS[kind]
        for number in range(1, CONDITIONS + 1):
            self.fields[f"f{number}"] = forms.ChoiceField(
                label="Field",
                required=False,
                choices=[("", "any"), *((name, label) for name, (label, _) in searchable.items())],
                error_messages={"invalid_choice": "Field not available here."},
            )
            self.fields[f"o{number}"] = forms.ChoiceField(
                label="Operator",
                required=False,
                choices=[(name, label) for name, (label, _, _) in OPERATORS.items()],
                error_messages={"invalid_choice": "Unknown operator."},
            )
            self.fields[f"v{number}"] = PastedField(
                label="Value",
                required=False,
                max_length=500,
                error_messages={
                    "max_length": "Use at most 500 characters.",
                    "null_characters_not_allowed": "The value contains an invalid character.",
                },
            )

    def clean(self) -> dict[str, Any]:
        """Make the API's conditions of what was chosen."""
        cleaned: dict[str, Any] = super().clean() or {}
        conditions: list[tuple[str, str, str]] = []
        for number in range(1, CONDITIONS + 1):
            name, value = cleaned.get(f"f{number}"), cleaned.get(f"v{number}", "")
            if not name:
                if value and f"f{number}" in cleaned:
                    self.add_error(f"f{number}", "Choose a field for this value.")
                continue
            operator = cleaned.get(f"o{number}") or "is"
            if f"o{number}" not in cleaned or f"v{number}" not in cleaned:
                continue
            _, type_ = FIELDS[cleaned.get("kind", "actors")][name]
            label, sent, takes = OPERATORS[operator]
            if type_ not in takes:
                self.add_error(f"o{number}", f"“{label}” is not supported for this field.")
                continue
            if any((name, sent) == condition[:2] for condition in conditions):
                # The API reads the first of two equal parameters and no other.
                self.add_error(f"o{number}", "Duplicate condition.")
                continue
            try:
                conditions.append((name, sent, _value(type_, operator, value)))
            except forms.ValidationError as error:
                self.add_error(f"v{number}", error)
        cleaned["conditions"] = conditions
        return cleaned

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The conditions as the page shows them."""
        return [(self[f"f{number}"], self[f"o{number}"], self[f"v{number}"]) for number in range(1, CONDITIONS + 1)]


def _value(type_: str, operator: str, text: str) -> str:
    """Write a value so that the API reads it as what it is: it guesses at numbers, times and JSON."""
    if not text:
        raise forms.ValidationError("Enter a value.")
    if operator in ("contains", "lacks"):
        return re.escape(text)  # the API takes it for a pattern
    if operator in ("one", "none"):
        parts = [part for item in text.split(",") if (part := item.strip())]
        if not parts:
            raise forms.ValidationError("Separate values with commas.")
        return json.dumps([_number(part) if type_ == NUMBER else part for part in parts])
    if operator == "between":
        parts = [part.strip() for part in text.split("..")]
        if len(parts) != 2:
            raise forms.ValidationError("Enter a range, e.g. 1..10.")
        ends = [_moment(part) if type_ == TIME else json.dumps(_number(part)) for part in parts]
        return ",".join(ends)
    if type_ == TRUTH:
        if text.strip().lower() not in _TRUTHS:
            raise forms.ValidationError("Enter yes or no.")
        return _TRUTHS[text.strip().lower()]
    if type_ == NUMBER:
        return json.dumps(_number(text.strip()))
    return _moment(text.strip()) if type_ == TIME else json.dumps(text, ensure_ascii=False)


def _number(text: str) -> int | float:
    try:
        number = float(text) if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", text, re.ASCII) else math.nan
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise forms.ValidationError(f"“{text[:40]}” is not a number.")
    return int(number) if number.is_integer() else number


def _moment(text: str) -> str:
    try:
        moment = moment_of(as_in_address(text))
    except ValueError:
        raise forms.ValidationError(_MOMENT) from None
    return moment.isoformat().removesuffix("+00:00")
