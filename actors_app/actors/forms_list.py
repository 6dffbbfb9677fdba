"""What a visitor types about actors beside their definition: the filter of the list, and a name to delete by."""

from typing import Any

from django import forms

from actors_app.core.pages.form_fields import PastedField
from actors_app.core.pages.forms import PortalForm
from actors_app.core.pages.forms_confirm import ConfirmForm
from actors_app.core.pages.forms_slice import SliceForm


class ActorListForm(SliceForm, PortalForm):
    """The query string of the list; what it does not understand counts as not given, but for a slice of it."""

    own_paging = ("page",)

    q = PastedField(required=False, max_length=200)
    status = forms.CharField(required=False, max_length=40)
    sort = forms.CharField(required=False, max_length=20)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    def value_of(self, name: str) -> Any:
        """Return a parameter's value, or None."""
        self.full_clean()
        return self.cleaned_data.get(name) or None


class ActorDeleteForm(ConfirmForm):
    """The name of the actor, typed to show that deleting it is meant."""

    purpose = "actor-delete"
