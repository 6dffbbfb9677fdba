"""What a visitor types to get more workers."""

from typing import Any

from django import forms
from django.core import signing

from actors_app.forms.base import PortalForm

MAX_AGE = 24 * 60 * 60  # seconds that what the page knew of the actor counts
_WRONG = "Type a whole number from 1 to 100."


class ScaleForm(PortalForm):
    """At least how many workers; what the page knew of the actor travels along, signed."""

    num = forms.IntegerField(
        label="At least",
        min_value=1,
        max_value=100,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _WRONG),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor_id: str, stateless: bool | None = None, **kwargs: Any) -> None:
        """Take whether the actor is stateless where the form is shown for the first time and the API said so."""
        self._actor_id = actor_id
        if stateless is not None:
            kwargs["initial"] = {"num": 1, "seen": signing.dumps([actor_id, stateless], salt="scale")}
        super().__init__(*args, **kwargs)

    def clean_num(self) -> int:
        """Refuse a second worker of an actor that keeps state, where the page knew that it does."""
        num: int = self.cleaned_data["num"]
        if num > 1 and self._keeps_state():
            raise forms.ValidationError(
                "This actor keeps state, so only one worker may run it: two would overwrite each other's state."
            )
        return num

    def _keeps_state(self) -> bool:
        try:
            actor_id, stateless = signing.loads(self.data.get("seen", ""), salt="scale", max_age=MAX_AGE)
        except (signing.BadSignature, ValueError, TypeError):
            return False
        return actor_id == self._actor_id and stateless is False
