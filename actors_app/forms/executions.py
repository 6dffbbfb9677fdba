"""The forms around executions: the list's filter, registering one, halting one."""

from django import forms

from actors_app.forms.base import PortalForm
from actors_app.listing import FILTERS

MAX_COUNT = 2**63 - 1


class ExecutionFilterForm(PortalForm):
    """What part of an actor's executions to show; a value that does not exist shows all, and says so."""

    status = forms.ChoiceField(choices=[(name, label) for name, (label, _) in FILTERS.items()], required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)

    def clean_status(self) -> str:
        """Return the filter; all when none is given."""
        return str(self.cleaned_data["status"] or "all")

    @property
    def chosen_status(self) -> str:
        """Return the filter to use, whatever was typed."""
        return "all" if "status" in self.errors else str(self.cleaned_data["status"])

    @property
    def chosen_page(self) -> int:
        """Return the page to show, whatever was typed."""
        return 1 if "page" in self.errors else int(self.cleaned_data["page"] or 1)

    @property
    def note(self) -> str:
        """Say what was not understood; empty when all was."""
        if "status" in self.errors:
            return "There is no such status to filter by, so all are shown."
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
    """An execution that ran elsewhere; the units are those that the API documents."""

    runtime = _count("Runtime", "Milliseconds, as the API documents it.")
    cpu = _count("CPU", "Jiffies, as the API documents it.")
    io = _count("I/O", "Sectors of 512 bytes, as the API documents it.")


class HaltForm(PortalForm):
    """The confirmation of a halt; it asks nothing, and holds the API's refusal."""
