"""What a visitor types to get more workers."""

from typing import Any

from django import forms

from actors_app.core.pages.forms import PortalForm
from actors_app.services.types import Actor

_WRONG = "Enter a whole number from 1 to 100."


class ScaleForm(PortalForm):
    """At least how many workers."""

    num = forms.IntegerField(
        label="Minimum",
        min_value=1,
        max_value=100,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _WRONG),
    )

    def __init__(self, *args: Any, actor: Actor | None = None, **kwargs: Any) -> None:
        """Take the actor as the API has just described it, which more than one worker needs."""
        self._actor = actor
        super().__init__(*args, **kwargs)

    def clean_num(self) -> int:
        """Refuse more workers than the actor may have; the API looks neither at its state nor at its most workers."""
        num: int = self.cleaned_data["num"]
        if self._actor is None or num == 1:
            return num
        if not self._actor.stateless:
            raise forms.ValidationError("Stateful actors can have only one worker.")
        most = self._actor.max_workers
        if most is not None and num > max(most, 1):
            raise forms.ValidationError(
                f"This actor's maximum is {most} worker{'' if most == 1 else 's'}. Enter a lower number, or edit "
                "the actor to raise the maximum."
            )
        return num
