"""What a visitor types to make a nonce, and which nonces the list shows."""

from typing import Any

from django import forms

from actors_app.core.pages.forms import ListFilter, PortalForm
from actors_app.services.types.nonces import LEVELS, UNLIMITED

MAX_USES = 1_000_000_000
MAX_DESCRIPTION = 500
MAX_NOTE = 2000
_WRONG_USES = "Enter a whole number from 1 to 1,000,000,000, or select “Unlimited”."
LEVEL_WORDS = {
    "READ": "READ: view actor, executions and logs",
    "EXECUTE": "EXECUTE: also send messages",
    "UPDATE": "UPDATE: full control",
}


class NonceForm(PortalForm):
    """A new nonce: one use and EXECUTE unless more is asked for, and more only by a tick."""

    level = forms.ChoiceField(
        label="Access",
        choices=[(level, LEVEL_WORDS[level]) for level in LEVELS],
        initial="EXECUTE",
        error_messages={"required": "Choose an access level.", "invalid_choice": "Choose READ, EXECUTE or UPDATE."},
    )
    confirm_update = forms.BooleanField(
        label="I understand that this nonce can edit and delete the actor.", required=False
    )
    max_uses = forms.IntegerField(
        label="Max uses",
        min_value=1,
        max_value=MAX_USES,
        initial=1,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text="Every request counts, including rejected ones.",
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _WRONG_USES),
    )
    unlimited = forms.BooleanField(label="Unlimited (until deleted)", required=False)
    description = forms.CharField(
        label="Description",
        max_length=MAX_DESCRIPTION,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "e.g. Kim's nightly import"}),
        error_messages={
            "max_length": "Use at most 500 characters.",
            "null_characters_not_allowed": "The description contains an invalid character.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            # What was not sent at all gets its careful default; what was sent empty is said to be empty.
            self.data = {"level": "EXECUTE", "max_uses": "1", **{name: self.data[name] for name in self.data}}

    def clean(self) -> dict[str, Any]:
        """Ask for the ticks that an UPDATE and an unlimited nonce need."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("level") == "UPDATE" and not cleaned.get("confirm_update"):
            self.add_error("confirm_update", "Confirm to create an UPDATE nonce, or choose another access level.")
        if cleaned.get("unlimited"):
            self.errors.pop("max_uses", None)
            cleaned["max_uses"] = UNLIMITED
        elif "max_uses" in cleaned and cleaned["max_uses"] is None:
            self.add_error("max_uses", _WRONG_USES)
        return cleaned


class AliasNonceForm(NonceForm):
    """A new nonce of an alias, which the API gives no level above EXECUTE."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        level.choices = [choice for choice in level.choices if choice[0] != "UPDATE"]  # type: ignore[attr-defined]
        level.error_messages["invalid_choice"] = "Choose READ or EXECUTE: nonces of an alias allow no more."
        del self.fields["confirm_update"]


class NonceNoteForm(PortalForm):
    """Where a nonce was handed out, one place on each line."""

    text = forms.CharField(
        label="Recipients",
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text="One per line, with the purpose. Visible to everyone who can view the nonce.",
        error_messages={
            "max_length": "Use at most 2,000 characters.",
            "null_characters_not_allowed": "This contains an invalid character.",
        },
    )


class NonceFilter(ListFilter):
    """Which nonces are shown, and which page of them; a value that means nothing is read as none."""

    SHOW = (("", "All"), ("usable", "Active"), ("unlimited", "Unlimited"), ("used-up", "Exhausted"))
    show = forms.ChoiceField(choices=SHOW, required=False)
