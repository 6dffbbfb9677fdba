"""What a visitor types about configs: a new one, what one becomes, and which the list shows."""

import re

from django import forms

from actors_app.aliases.forms import PLAIN, checked_name
from actors_app.core.pages.form_fields import PastedField, TextField
from actors_app.core.pages.forms import ListFilter, PortalForm
from actors_app.core.pages.forms_confirm import ConfirmForm
from actors_app.core.sizes import variable_excess
from actors_app.services.blanks import trimmed
from actors_app.services.names import FORM
from actors_app.services.types import Config

CONFIGS_VARIABLE = "_actor_configs"  # in which an execution finds all configs of its actor together
_NO_ACTOR = "Enter actor IDs or aliases, separated by commas or spaces."


class ConfigEditForm(PortalForm):
    """What a config becomes; the value of a secret cannot be read back, so it is typed again."""

    value = TextField(
        label="Value",
        widget=forms.Textarea(attrs={**PLAIN, "rows": 4}),
        help_text="Available in _actor_configs under the config's name.",
        error_messages={
            "required": "Enter a value.",
            "null_characters_not_allowed": "The value contains an invalid character.",
        },
    )
    is_secret = forms.BooleanField(label="Secret (encrypted; cannot be read back)", required=False)
    actors = PastedField(
        label="Actors",
        max_length=5000,
        widget=forms.Textarea(attrs={**PLAIN, "rows": 2}),
        help_text="Actor IDs or aliases, separated by commas or spaces.",
        error_messages={
            "required": _NO_ACTOR,
            "max_length": "Use at most 5,000 characters.",
            "null_characters_not_allowed": _NO_ACTOR,
        },
    )

    def clean_value(self) -> str:
        """Refuse a value with which no container would start."""
        value: str = self.cleaned_data["value"]
        if excess := variable_excess(CONFIGS_VARIABLE, {self.cleaned_data.get("name", ""): value}):
            raise forms.ValidationError(excess, code="too_large")
        return value

    @classmethod
    def of(cls, config: Config) -> "ConfigEditForm":
        """Return the form filled with a config, without the value of a secret."""
        value = "" if config.is_secret else config.value
        return cls(initial={"value": value, "is_secret": config.is_secret, "actors": ", ".join(config.actors)})

    def clean_actors(self) -> list[str]:
        """Take names one by one, each once."""
        names = list(dict.fromkeys(filter(None, map(trimmed, re.split(r"[\s,]+", self.cleaned_data["actors"])))))
        for name in names:
            if not FORM.fullmatch(name):
                raise forms.ValidationError("“%(name)s” is not an actor ID or alias.", params={"name": name})
        return names


class ConfigForm(ConfigEditForm):
    """A new config."""

    name = forms.CharField(
        label="Name",
        max_length=128,
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": "catalogue-url"}),
        help_text="Unique in the tenant; cannot be renamed.",
        error_messages={
            "required": "Enter a name.",
            "max_length": "Use at most 128 characters.",
            "null_characters_not_allowed": "Use letters, digits, dots, dashes, underscores and tildes.",
        },
    )
    field_order = ("name", "value", "is_secret", "actors")

    def clean_name(self) -> str:
        """Take a name that can be found again."""
        return checked_name("config", self.cleaned_data["name"])


class ConfigFilter(ListFilter):
    """Which configs are shown, and which page of them; a value that means nothing is read as none."""

    SHOW = (("", "All"), ("mine", "Accessible"), ("secret", "Secrets"))
    q = PastedField(required=False, max_length=128)
    show = forms.ChoiceField(choices=SHOW, required=False)


class ConfigDeleteForm(ConfirmForm):
    """The name of the config, typed to show that deleting it is meant."""

    purpose = "config-delete"
