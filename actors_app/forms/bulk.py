"""The forms around bulk acts: what is to be done to which executions, and the confirmation with its reason."""

from typing import Any

from django import forms

from actors_app.converters import is_id
from actors_app.forms.base import PortalForm

ACTS = ("halt", "resend")
SCOPES = ("picked", "page", "all")
MAX_PICKED = 50  # rows of a page
_NO_ACT = "There is no such act; there are halt and resend."
_NO_SCOPE = "There is no such choice; there are picked, page and all."


class PicksField(forms.Field):
    """Executions that were ticked, each as its actor's id, a slash and its own."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[tuple[str, str], ...]:
        """Return the ids, each execution once."""
        found: dict[tuple[str, str], None] = {}
        for text in value or ():
            actor_id, _, execution_id = text.partition("/")
            if not (is_id(actor_id) and is_id(execution_id)):
                raise forms.ValidationError("What was picked is no execution. Go back and pick again.")
            found[actor_id, execution_id] = None
        if len(found) > MAX_PICKED:
            raise forms.ValidationError(f"At most {MAX_PICKED} can be picked; choose all that match instead.")
        return tuple(found)


class PickedForm(PortalForm):
    """Which executions: those that were picked, those on the page, or all that the filter lets through."""

    scope = forms.ChoiceField(
        required=False,
        choices=[(name, name) for name in SCOPES],
        error_messages={"invalid_choice": _NO_SCOPE},
    )
    pick = PicksField(required=False)

    def clean(self) -> None:
        """Take what was picked where nothing else is said, or else all; refuse where nothing was picked."""
        picks = self.cleaned_data.get("pick")
        scope = self.cleaned_data.get("scope") or ("picked" if picks else "all")
        if scope == "picked" and picks == ():
            self.add_error("pick", "Nothing is picked. Tick executions in the list, or choose all that match.")
        self.cleaned_data["scope"] = scope

    @property
    def complaints(self) -> list[str]:
        """Return all that is wrong; nothing of it has a field that somebody typed into."""
        return [str(text) for texts in self.errors.values() for text in texts]


class BulkForm(PickedForm):
    """What is to be done to executions."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in ACTS],
        error_messages={"required": _NO_ACT, "invalid_choice": _NO_ACT},
    )


class OrderForm(PortalForm):
    """The confirmation of a bulk act: why, and the signed plan that its page showed."""

    reason = forms.CharField(
        label="Why",
        max_length=500,
        help_text="Kept in the activity, with each execution.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Say why; whoever reads the activity will want to know.",
            "max_length": "Say it in 500 characters.",
            "null_characters_not_allowed": "This holds a character that cannot be kept; type it again.",
        },
    )
    plan = forms.CharField(required=False, widget=forms.HiddenInput)
