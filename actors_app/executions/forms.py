"""The forms around executions: registering one, and the filter of an evidence pack."""

from typing import Any

from django import forms

from actors_app.core.pages.form_fields import PastedField, TextField
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


class VerifyForm(PortalForm):
    """A pack to verify: its ZIP, or what proves it, pasted, where the ZIP is too large."""

    takes_draft = False

    pack = forms.FileField(
        label="Evidence pack",
        required=False,
        error_messages=dict.fromkeys(("invalid", "missing", "empty"), "The file is empty or was not received."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    sums = TextField(
        label="SHA256SUMS",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
    )
    signature = PastedField(
        label="SIGNATURE",
        required=False,
        max_length=200,
        error_messages={"max_length": "Paste the contents of the file SIGNATURE."},
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    key = TextField(
        label="public-key.pem",
        required=False,
        max_length=4000,
        help_text="Optional. Identifies the signing key if this portal has never used it.",
        error_messages={"max_length": "Paste the contents of the file public-key.pem."},
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Take a file, or both texts."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        is_pasted = bool(data["sums"].strip() or data["signature"])
        if data["pack"] and is_pasted:
            self.add_error("pack", "Choose a file or paste text, not both.")
        elif not data["pack"] and not is_pasted:
            self.add_error("pack", "Choose the ZIP file, or paste its checksums and signature.")
        elif is_pasted:
            for name in ("sums", "signature"):
                if not data[name].strip():
                    self.add_error(name, f"Paste the contents of the file {self.fields[name].label}.")
        return data
