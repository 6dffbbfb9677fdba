"""What a visitor types about aliases: a new one, where one points, and which the list shows."""

from django import forms

from actors_app.core.pages.converters import is_id
from actors_app.core.pages.form_fields import PastedField
from actors_app.core.pages.forms import ListFilter, PortalForm
from actors_app.core.pages.forms_confirm import ConfirmForm
from actors_app.services.names import Kind, problem_of

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def checked_name(kind: Kind, value: str) -> str:
    """Return a name for a new alias or config; refuse what the API refuses, or takes and can then never find."""
    if problem := problem_of(kind, value):
        raise forms.ValidationError(problem.reason)
    return value


class PointForm(PortalForm):
    """The actor that an alias is for."""

    actor_id = PastedField(
        label="Actor",
        max_length=128,
        widget=forms.TextInput(attrs={**PLAIN, "list": "actors-known"}),
        help_text="Actor ID (UPDATE required)",
        error_messages={
            "required": "Enter an actor ID.",
            "max_length": "Not an actor ID.",
            "null_characters_not_allowed": "Not an actor ID.",
        },
    )

    def clean_actor_id(self) -> str:
        """Take an id alone: the API resolves no alias here."""
        value: str = self.cleaned_data["actor_id"]
        if not is_id(value):
            raise forms.ValidationError("Not an actor ID. Aliases and names are not allowed here.")
        return value


class AliasForm(PointForm):
    """A new alias and the actor that it is for."""

    alias = forms.CharField(
        label="Alias",
        max_length=128,
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "rnaseq-production"}),
        help_text="Unique in the tenant; cannot be renamed.",
        error_messages={
            "required": "Enter an alias.",
            "max_length": "Use at most 128 characters.",
            "null_characters_not_allowed": "Use letters, digits, dots, dashes, underscores and tildes.",
        },
    )
    field_order = ("alias", "actor_id")

    def clean_alias(self) -> str:
        """Take a name that can be found again."""
        return checked_name("alias", self.cleaned_data["alias"])


class AliasFilter(ListFilter):
    """Which aliases are shown, and which page of them; a value that means nothing is read as none."""

    SHOW = (("", "All"), ("mine", "Mine"), ("readable", "Accessible"), ("dead", "Broken"))
    q = PastedField(required=False, max_length=128)
    show = forms.ChoiceField(choices=SHOW, required=False)


class AliasDeleteForm(ConfirmForm):
    """The alias, typed to show that deleting it is meant."""

    purpose = "alias-delete"
