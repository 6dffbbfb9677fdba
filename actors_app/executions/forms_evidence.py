"""Which executions go into an evidence pack: the filter of the history, and whether the pack is wanted now."""

from django import forms

from actors_app.history.forms import HistoryForm


class EvidenceForm(HistoryForm):
    """The filter of a pack; `download=1` asks for the pack itself."""

    download = forms.ChoiceField(
        required=False,
        choices=[("1", "Download")],
        error_messages={"invalid_choice": "There is only download=1."},
        widget=forms.HiddenInput,
    )
