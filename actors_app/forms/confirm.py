"""Typing an actor's name before something that cannot be taken back.

What must be typed travels in the form, signed, so that a wrong name is refused without asking the API.
"""

from typing import Any

from django import forms
from django.core import signing

from actors_app.forms.base import PortalForm
from actors_app.wording import visible

MAX_AGE = 24 * 60 * 60  # seconds that a confirmation page stays good


class ConfirmForm(PortalForm):
    """One field for the actor's name, or its id where it has none; subclasses set `purpose`."""

    purpose = "confirm"

    confirm = forms.CharField(
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": "Type the name to confirm.",
            "max_length": "This is not the name.",
            "null_characters_not_allowed": "This is not the name.",
        },
    )
    expected = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor_id: str, label: str = "", **kwargs: Any) -> None:
        """Take the actor's id, and its name or id as `label` where the form is shown for the first time."""
        self._actor_id = actor_id
        if label:
            kwargs["initial"] = {"expected": signing.dumps([actor_id, label], salt=self.purpose)}
        super().__init__(*args, **kwargs)
        self.label = label or self._signed_label()

    def _signed_label(self) -> str:
        try:
            actor_id, label = signing.loads(self.data.get("expected", ""), salt=self.purpose, max_age=MAX_AGE)
        except (signing.BadSignature, ValueError, TypeError):
            return ""
        return str(label) if actor_id == self._actor_id else ""

    def clean(self) -> dict[str, Any]:
        """Compare what was typed with the name, or with the name as the page writes characters that are not seen."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.label:
            self.add_error(None, "This page is too old to be used. Open it again.")
        elif "confirm" in cleaned and cleaned["confirm"] not in (self.label.strip(), visible(self.label).strip()):
            self.add_error("confirm", "This is not the name. Type it exactly as it is shown.")
        return cleaned
