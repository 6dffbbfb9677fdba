"""What a visitor types to make a nonce, and which nonces the list shows."""

from typing import Any

from django import forms

from actors_app.core.pages.forms import ListFilter, PortalForm
from actors_app.services.types.nonces import LEVELS, UNLIMITED

MAX_USES = 1_000_000_000
MAX_DESCRIPTION = 500
MAX_NOTE = 2000
_WRONG_USES = "Type a whole number from 1 to 1,000,000,000, or tick “unlimited”."
LEVEL_WORDS = {
    "READ": "READ: look at the actor, its executions and logs",
    "EXECUTE": "EXECUTE: read, and send messages",
    "UPDATE": "UPDATE: everything, changing and deleting the actor included",
}


class NonceForm(PortalForm):
    """A new nonce: one use and EXECUTE unless more is asked for, and more only by a tick."""

    level = forms.ChoiceField(
        label="Level",
        choices=[(level, LEVEL_WORDS[level]) for level in LEVELS],
        initial="EXECUTE",
        error_messages={"required": "Choose a level.", "invalid_choice": "Choose READ, EXECUTE or UPDATE."},
    )
    confirm_update = forms.BooleanField(
        label="I mean UPDATE: whoever holds this nonce can change and delete the actor.", required=False
    )
    max_uses = forms.IntegerField(
        label="Uses",
        min_value=1,
        max_value=MAX_USES,
        initial=1,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text="How many requests it opens; each one counts, even one that is refused afterwards.",
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _WRONG_USES),
    )
    unlimited = forms.BooleanField(label="Unlimited: it works until somebody deletes it.", required=False)
    description = forms.CharField(
        label="Description",
        max_length=MAX_DESCRIPTION,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "who gets it, and what for"}),
        error_messages={
            "max_length": "At most 500 characters; make it shorter.",
            "null_characters_not_allowed": "The description holds a zero character; type it again.",
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
            self.add_error("confirm_update", "Tick this to make a nonce of the level UPDATE, or choose another level.")
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
        level.error_messages["invalid_choice"] = "Choose READ or EXECUTE: a nonce of an alias can have no more."
        del self.fields["confirm_update"]


class NonceNoteForm(PortalForm):
    """Where a nonce was handed out, one place on each line."""

    text = forms.CharField(
        label="Handed out to",
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text="One person or place on each line, and what for. Everybody who may read the nonce sees it.",
        error_messages={
            "max_length": "At most 2,000 characters; make it shorter.",
            "null_characters_not_allowed": "The note holds a zero character; type it again.",
        },
    )


class NonceFilter(ListFilter):
    """Which nonces are shown, and which page of them; a value that means nothing is read as none."""

    SHOW = (("", "All"), ("usable", "Usable"), ("unlimited", "Unlimited"), ("used-up", "Used up"))
    show = forms.ChoiceField(choices=SHOW, required=False)
