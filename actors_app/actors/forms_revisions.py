"""Which definitions of an actor a page shows and compares, as it stands in the address."""

from collections.abc import Sequence
from typing import Any

from django import forms

from actors_app.actors.revisions import Revision
from actors_app.core.pages.forms import PortalForm

WHO = (("", "All"), ("here", "Saved here"), ("elsewhere", "Changed outside"))
_GONE = "Revision not found. Choose another."


class RevisionsForm(PortalForm):
    """Two definitions of the line, and which of it are listed; `from` is no name that Python would take."""

    def __init__(self, data: Any, revisions: Sequence[Revision]) -> None:
        super().__init__(data)
        choices = [("", "Previous")] + [(str(revision.key), revision.choice) for revision in revisions]
        errors = {"invalid_choice": _GONE}
        self.fields["from"] = forms.ChoiceField(label="From", choices=choices, required=False, error_messages=errors)
        newest = [("", "Latest"), *choices[1:]]
        self.fields["to"] = forms.ChoiceField(label="To", choices=newest, required=False, error_messages=errors)
        self.fields["by"] = forms.ChoiceField(choices=WHO, required=False, widget=forms.HiddenInput)
        self.fields["page"] = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    def value_of(self, name: str) -> Any:
        """Return a value that is right, or nothing."""
        return None if name in self.errors else self.cleaned_data.get(name) or None

    def chosen(self, revisions: Sequence[Revision]) -> tuple[Revision | None, Revision | None]:
        """Return the two that are compared; where one is not given, the newest with the one before it."""
        if {"from", "to"} & set(self.errors):
            return None, None
        by_key = {str(revision.key): position for position, revision in enumerate(revisions)}
        to = by_key.get(self.value_of("to") or "", 0)
        before = by_key.get(self.value_of("from") or "", to + 1)
        return (revisions[before] if before < len(revisions) else None), (revisions[to] if revisions else None)
