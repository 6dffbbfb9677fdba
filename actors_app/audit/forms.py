"""The filter of the audit trail, as it stands in the address."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from actors_app.audit import heads
from actors_app.audit.activity import LineFilters
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import recorded_operations
from actors_app.core.pages.form_fields import PastedField, TextField
from actors_app.core.pages.form_times import MAX_TEXT, as_in_address, moment_of
from actors_app.core.pages.formatting import now
from actors_app.core.pages.forms import PortalForm

WINDOWS = {
    "24h": ("24 hours", timedelta(hours=24)),
    "7d": ("7 days", timedelta(days=7)),
    "30d": ("30 days", timedelta(days=30)),
    "all": ("All", None),
}
DEFAULT_WINDOW = "30d"
FORMATS = ("csv", "jsonl")
OUTCOMES = [
    ("", "Any outcome"),
    (AuditEntry.DONE, "Success"),
    (AuditEntry.REFUSED, "Rejected"),
    (AuditEntry.UNKNOWN, "Unknown"),
]
YEARS = range(2000, 2100)
_NO_TIME = "Enter a date (YYYY-MM-DD) or a time."
_TOO_LONG = {"max_length": "Too long."}


class ActivityForm(PortalForm):
    """Which lines to show; what is not understood counts as not given, and is named beside its field."""

    who = PastedField(label="User", required=False, max_length=255, error_messages=_TOO_LONG)
    actor = PastedField(label="Actor", required=False, max_length=255, error_messages=_TOO_LONG)
    action = forms.ChoiceField(
        label="Action",
        required=False,
        choices=[
            ("", "Any action"),
            *((operation.name, operation.choice_words) for operation in recorded_operations()),
        ],
        error_messages={"invalid_choice": "Unknown action."},
    )
    outcome = forms.ChoiceField(
        label="Outcome",
        required=False,
        choices=OUTCOMES,
        error_messages={"invalid_choice": "Unknown outcome."},
    )
    window = forms.ChoiceField(
        required=False,
        choices=[(name, label) for name, (label, _) in WINDOWS.items()],
        error_messages={"invalid_choice": "Unknown period."},
        widget=forms.HiddenInput,
    )
    before = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**62,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Page not found."),
    )
    format = forms.ChoiceField(
        required=False,
        choices=[(name, name) for name in FORMATS],
        error_messages={"invalid_choice": "Unknown format. Choose csv or jsonl."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("from", "From"), ("to", "To")):  # `from` cannot be the name of an attribute
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=MAX_TEXT,
                error_messages={"max_length": _NO_TIME, "null_characters_not_allowed": _NO_TIME},
                widget=forms.TextInput(attrs={"placeholder": "2026-11-23"}),
            )
        self.full_clean()

    def clean(self) -> None:
        """Refuse times of which there is no trail, and a span of time that ends before it begins.

        A day as the end includes that day.
        """
        for name in ("from", "to"):
            if text := self.cleaned_data.get(name):
                self.cleaned_data[name] = self._moment(name, text)
        first, last = self.value_of("from"), self.value_of("to")
        if first and last and last <= first:
            self.add_error("to", "End must be after start.")

    def _moment(self, name: str, text: str) -> datetime | None:
        """Return what a text means as one end of the span; None, with a sentence beside it, where it means nothing."""
        try:
            text = as_in_address(text)
            if moment_of(text).year in YEARS:
                return moment_of(text, is_end=name == "to")
            self.add_error(name, "Enter a date in this century.")
        except ValueError:
            self.add_error(name, _NO_TIME)
        return None

    def value_of(self, name: str) -> Any:
        """Return a parameter's value, or None."""
        return self.cleaned_data.get(name) or None

    @property
    def has_exact_span(self) -> bool:
        """Whether the span is given by its ends, which go before the window."""
        return bool(self.value_of("from") or self.value_of("to"))

    @property
    def window_name(self) -> str:
        """Return the window in use; empty where its ends are given."""
        return "" if self.has_exact_span else self.value_of("window") or DEFAULT_WINDOW

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the window narrows what is shown."""
        return self.has_exact_span or any(self.value_of(name) for name in ("who", "actor", "action", "outcome"))

    @property
    def complaints(self) -> list[str]:
        """Return what was not understood and has no field on the page to stand beside."""
        return [str(text) for name in ("window", "before", "format") for text in self.errors.get(name, [])]

    def filters(self, actors: frozenset[str] = frozenset()) -> LineFilters:
        """Return the filters of the lines; `actors` are the ids behind what was typed."""
        since = self.value_of("from")
        if span := WINDOWS[self.window_name][1] if self.window_name else None:
            since = now() - span
        return LineFilters(
            username=self.value_of("who") or "",
            action=self.value_of("action") or "",
            actors=actors,
            outcome=self.value_of("outcome") or "",
            since=since,
            until=self.value_of("to"),
        )


class HeadForm(PortalForm):
    """A head of the trail that somebody kept, as a file or pasted; `cleaned_data["head"]` has it and its signer."""

    takes_draft = False

    file = forms.FileField(
        label="Head",
        required=False,
        help_text="The JSON file that you downloaded earlier with “Download head”.",
        error_messages=dict.fromkeys(("invalid", "missing", "empty"), "The file is empty or was not received."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    text = TextField(
        label="Or paste it",
        required=False,
        max_length=heads.MAX_TEXT,
        error_messages={"max_length": "This is not a head of an audit log."},
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Read the one that is there."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        file, text = data["file"], data["text"]
        name = "file" if file else "text"
        if file and text.strip():
            self.add_error("text", "Choose a file or paste text, not both.")
        elif not file and not text.strip():
            self.add_error("file", "Choose the file, or paste its text.")
        else:
            if file:
                text = file.read(heads.MAX_TEXT + 1)[: heads.MAX_TEXT].decode("utf-8", "replace")
            try:
                data["head"] = heads.read_head(text)
            except heads.NoHeadError as error:
                self.add_error(name, str(error))
        return data
