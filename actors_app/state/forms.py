"""What a visitor types about an actor's state: a JSON value, and whether to save over what moved meanwhile."""

import hashlib
import json
from typing import Any

from django import forms

from actors_app.core.pages.form_fields import StrictJSONField
from actors_app.core.pages.forms import PortalForm
from actors_app.core.security.crypto import sign, unsign
from actors_app.core.sizes import storage_problem
from actors_app.services.messages import privileged_key

_PURPOSE = "actors.state"


def mark_of(actor_id: str, state: Any) -> str:
    """Return a signed fingerprint of a state, by which a form knows the one it was opened with."""
    return sign(_PURPOSE, [actor_id, _digest(state)])


def _digest(state: Any) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


class StateForm(PortalForm):
    """The new state; `seen` is the mark of the state that the page was made from."""

    state = StrictJSONField(
        label="State (JSON)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "autocomplete": "off", "class": "mono"}),
        error_messages={"max_length": "Use at most 1,000,000 characters."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    over = forms.BooleanField(label="Overwrite the current state", required=False)

    def __init__(self, *args: Any, actor_id: str, is_plain: bool = True, **kwargs: Any) -> None:
        """Take whether the visitor is known to have neither the admin nor the privileged role."""
        super().__init__(*args, **kwargs)
        self._is_plain = is_plain
        self._actor_id = actor_id

    def clean_state(self) -> Any:
        """Refuse what the API takes for nothing, and what it takes for limits of the actor."""
        value = self.cleaned_data["state"]
        if not value:
            raise forms.ValidationError("The state cannot be empty. Use Reset instead.")
        # An actor's privilege check reads every body (TACC/abaco actors/auth.py).
        if self._is_plain and (name := privileged_key(value)):
            raise forms.ValidationError(
                "“%(name)s” is reserved at the top level. Nest it in another object.",
                params={"name": name},
            )
        if problem := storage_problem(value):
            raise forms.ValidationError(problem, code="too_large")
        return value

    def has_moved(self, now: Any) -> bool:
        """Whether the state is another one now than the page was made from."""
        return bool(unsign(_PURPOSE, self.data.get("seen", "")) != [self._actor_id, _digest(now)])
