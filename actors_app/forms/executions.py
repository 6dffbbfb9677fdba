"""The forms around executions: the list's filter, registering one, halting one."""

from django import forms
from django.utils.text import Truncator

from actors_app.forms.base import PortalForm
from actors_app.listing import FILTERS, PER_PAGE, RECENT
from actors_app.templatetags.actors import visible

MAX_COUNT = 2**63 - 1


class ExecutionFilterForm(PortalForm):
    """What part of an actor's executions to show; a value that does not exist shows all, and says so."""

    status = forms.CharField(required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
    recent = forms.IntegerField(min_value=1, max_value=PER_PAGE, required=False)

    def clean_status(self) -> str:
        """Return the filter, named in any case by its own name or by a status of the API's; all when none is given."""
        asked = self.cleaned_data["status"].casefold()
        for name, (_, statuses) in FILTERS.items():
            if asked == name or asked.upper() in statuses:
                return name
        if asked:
            raise forms.ValidationError("There is no such status.")
        return "all"

    @property
    def chosen_status(self) -> str:
        """Return the filter to use, whatever was typed."""
        return "all" if "status" in self.errors else str(self.cleaned_data["status"])

    @property
    def chosen_page(self) -> int:
        """Return the page to show, whatever was typed."""
        return 1 if "page" in self.errors else int(self.cleaned_data["page"] or 1)

    @property
    def chosen_recent(self) -> int:
        """Return how many of the newest to show, whatever was typed."""
        return RECENT if "recent" in self.errors else int(self.cleaned_data["recent"] or RECENT)

    @property
    def note(self) -> str:
        """Say what was not understood; empty when all was."""
        if "status" in self.errors:
            return f"There is no status “{visible(Truncator(self.data['status']).chars(40))}”; this shows all."
        if "page" in self.errors:
            return "There is no such page, so this is the first."
        return ""


def _count(label: str, help_text: str) -> forms.IntegerField:
    name = label.lower() if label == "Runtime" else label
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=MAX_COUNT,
        error_messages={
            "required": f"Give the {name}, as a whole number; 0 when it is not known.",
            "invalid": f"The {name} must be a whole number, in digits only.",
            "min_value": f"The {name} cannot be less than 0.",
            "max_value": f"The {name} is larger than the API can keep.",
        },
    )


class ExecutionForm(PortalForm):
    """An execution that ran elsewhere; the units are those that the API itself measures in, not those it documents."""

    runtime = _count("Runtime", "In seconds, as these pages show it; the API's documentation says milliseconds.")
    cpu = _count("CPU", "In nanoseconds, as these pages show it; the API's documentation says jiffies.")
    io = _count("I/O", "In bytes, as these pages show it; the API's documentation says sectors of 512 bytes.")


class HaltForm(PortalForm):
    """The confirmation of a halt; it asks nothing, and holds the API's refusal."""
