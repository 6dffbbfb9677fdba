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

    def __init__(
        self,
        *args: Any,
        actor_id: str,
        stateless: bool | None = None,
        max_workers: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Take whether the actor is stateless, and its most workers, where the form is shown and the API said so."""
        self._actor_id = actor_id
        if stateless is not None:
            kwargs["initial"] = {"num": 1, "seen": sealed(actor_id, stateless, max_workers)}
        super().__init__(*args, **kwargs)

    def clean_num(self) -> int:
        """Refuse more workers than the actor may have, as far as the page knew."""
        num: int = self.cleaned_data["num"]
        stateless, most = self._known()
        if num > 1 and stateless is False:
            raise forms.ValidationError(
                "This actor keeps state, so only one worker may run it: two would overwrite each other's state."
            )
        if most is not None and num > max(most, 1):
            raise forms.ValidationError(
                f"This actor may have at most {most} worker{'' if most == 1 else 's'}, by its “Most workers”. Ask for "
                "no more, or raise that first: an edit of the actor does."
            )
        return num

    def _known(self) -> tuple[bool | None, int | None]:
        """Return whether the actor is stateless and its most workers, None for what the page did not know."""
        try:
            opened = signing.loads(self.data.get("seen", ""), salt="scale", max_age=MAX_AGE)
            actor_id, stateless, most = opened
        except (signing.BadSignature, ValueError, TypeError):
            return None, None
        return (stateless, most) if actor_id == self._actor_id else (None, None)


def sealed(actor_id: str, stateless: bool, max_workers: int | None) -> str:
    """Return what is known of an actor as the form carries it, signed."""
    return signing.dumps([actor_id, stateless, max_workers], salt="scale")
