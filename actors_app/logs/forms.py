"""What to show of a log, as the address says it."""

from django import forms

from actors_app.core.pages.forms import PortalForm
from actors_app.logs.parts import LogQuery

LONGEST = 200  # characters that can be looked for


class LogForm(PortalForm):
    """What to look for in a log, which lines to show, and where in a long one."""

    find = forms.CharField(
        required=False,
        strip=False,
        max_length=LONGEST,
        error_messages={
            "max_length": f"Use at most {LONGEST} characters.",
            "null_characters_not_allowed": "This contains a character that cannot be searched.",
        },
    )
    level = forms.ChoiceField(
        required=False,
        choices=[("info", "Info and above"), ("warn", "Warnings and errors"), ("error", "Errors")],
        error_messages={"invalid_choice": "Unknown level. Choose info, warn or error."},
    )
    line = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10**9,
        error_messages={
            "invalid": "Enter a line number.",
            "min_value": "Line numbers start at 1.",
            "max_value": "Too large for a line number.",
        },
    )
    at = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=10**9,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter a character position."),
    )

    @property
    def log_query(self) -> LogQuery:
        """Return what is wanted of the log."""
        cleaned = self.cleaned_data
        return LogQuery(line=cleaned["line"] or 0, find=cleaned["find"], level=cleaned["level"])

    @property
    def is_streamed(self) -> bool:
        """Whether the page can begin before the log is read: what was found stands above it, and a kept one is ours."""
        return not self.cleaned_data["find"] and "kept" not in self.data

    @property
    def is_line(self) -> bool:
        """Whether one whole line was asked for."""
        return bool(self.cleaned_data["line"]) and self.cleaned_data["at"] is not None
