"""The forms around saved views: a name and the filter that it stands for."""

from typing import Any

from django import forms
from django.http import QueryDict

from actors_app.core.pages.form_fields import has_unseen
from actors_app.core.pages.forms import PortalForm
from actors_app.history.forms import HistoryForm

MAX_QUERY = 2000  # characters of an address
_NAME = {
    "required": "Enter a name.",
    "max_length": "Use at most 80 characters.",
    "null_characters_not_allowed": "Names cannot contain invisible characters.",
}


class ViewNameForm(PortalForm):
    """The name of a view."""

    takes_draft = False

    name = forms.CharField(
        label="Name",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=_NAME,
    )

    def clean_name(self) -> str:
        """Refuse what nobody would see in the list."""
        name: str = self.cleaned_data["name"]
        if has_unseen(name):
            raise forms.ValidationError(_NAME["null_characters_not_allowed"])
        return name


class SavedViewForm(ViewNameForm):
    """A name, and the filter as it stands in the address of the list."""

    takes_draft = True

    query = forms.CharField(
        label="Filter",
        required=False,
        max_length=MAX_QUERY,
        widget=forms.HiddenInput,
        error_messages={
            "max_length": "This filter is too long to save.",
            "null_characters_not_allowed": "Not an execution filter.",
        },
    )

    def clean_query(self) -> str:
        """Return the filter with nothing in it but what the list knows; refuse one that the list would refuse."""
        text: str = self.cleaned_data["query"]
        try:
            params = QueryDict(text.removeprefix("?"))
        except ValueError:
            raise forms.ValidationError("Not an execution filter.") from None
        filters = HistoryForm(params)
        if filters.errors:
            messages: list[Any] = [str(text) for texts in filters.errors.values() for text in texts]
            raise forms.ValidationError(messages)
        return filters.query()
