"""The forms around executions: registering one, and the filter of an evidence pack."""

from django import forms

from actors_app.core.pages.forms import PortalForm
from actors_app.history.forms import HistoryForm

MAX_COUNT = 2**63 - 1


def _count(label: str, help_text: str) -> forms.IntegerField:
    name = label.lower() if label == "Run time" else label
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=MAX_COUNT,
        error_messages={
            "required": f"Enter the {name} as a whole number (0 if unknown).",
            "invalid": f"Enter the {name} as a whole number.",
            "min_value": f"The {name} cannot be negative.",
            "max_value": f"The {name} is too large.",
        },
    )


class ExecutionForm(PortalForm):
    """An execution that ran elsewhere; the units are those that the API itself measures in, not those it documents."""

    runtime = _count("Run time", "In seconds.")
    cpu = _count("CPU", "In nanoseconds.")
    io = _count("I/O", "In bytes.")


class EvidenceForm(HistoryForm):
    """The filter of a pack; `download=1` asks for the pack itself."""

    download = forms.ChoiceField(
        required=False,
        choices=[("1", "Download")],
        error_messages={"invalid_choice": "Only download=1 is supported."},
        widget=forms.HiddenInput,
    )
