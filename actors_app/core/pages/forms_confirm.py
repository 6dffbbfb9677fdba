"""Typing a name before something that cannot be taken back.

What must be typed travels in the form, signed, so that a wrong name is refused without asking the API.
"""

import re
from typing import Any

from django import forms

from actors_app.core.pages.formatting import visible
from actors_app.core.pages.forms import ReasonForm
from actors_app.core.security.crypto import sign, unsign
from actors_app.services.blanks import collapsed, is_typeable, without_unseen

MAX_AGE = 24 * 60 * 60  # seconds that a confirmation page stays good
MAX_TYPED = 1000  # characters
_LINE_ENDS = re.compile(r"[\r\n]+")


def spellings(name: str) -> set[str]:
    """Return what counts as a name when it is typed: after NFKC, with one space for each run of blanks.

    Characters that are not seen may be typed, left out, or written as the page writes them; the input of a browser
    drops line ends.
    """
    variants = (name, visible(name), without_unseen(name), _LINE_ENDS.sub("", name))
    return {collapsed(text) for text in variants} - {""}


class ConfirmForm(ReasonForm):
    """One field for a name, or for the id where nobody can type the name; subclasses set `purpose`."""

    purpose = "confirm"

    confirm = forms.CharField(
        label="Confirmation",
        max_length=MAX_TYPED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={
            "required": "Type the name to confirm.",
            "max_length": "The name does not match.",
            "null_characters_not_allowed": "The name does not match.",
        },
    )
    expected = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("confirm", "reason", "expected")

    def __init__(self, *args: Any, actor_id: str, label: str = "", key: str = "", **kwargs: Any) -> None:
        """Take the word in the address and, where the form is shown for the first time, the name as `label`.

        `key` is the id that stands for a name which cannot be typed; without it the word in the address does.
        """
        self._actor_id = actor_id
        self.label, self._key = label, key or actor_id
        if label:
            kwargs["initial"] = {"expected": sign(self.purpose, [actor_id, label, self._key])}
        super().__init__(*args, **kwargs)
        if not label:
            self._read_signed()
        # An actor without a name that is seen has its id for a label.
        self.is_by_id = self.label != self._key and not (len(self.label) <= MAX_TYPED and is_typeable(self.label))
        if self.is_by_id:
            messages = self.fields["confirm"].error_messages
            messages |= {kind: message.replace("name", "ID") for kind, message in messages.items()}

    @property
    def wording(self) -> str:
        """What must be typed."""
        return self._key if self.is_by_id else self.label

    def _read_signed(self) -> None:
        opened = unsign(self.purpose, self.data.get("expected", ""), lifetime=MAX_AGE)
        if opened is None:
            return
        # A page that an older release made has no id in it; its word in the address stands for that.
        word, label, *key = opened
        if word == self._actor_id:
            self.label, self._key = str(label), str(key[0] if key else word)

    def clean(self) -> dict[str, Any]:
        """Compare what was typed with the name, in each of its spellings, and with the id where that is asked for."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.label:
            self.add_error(None, "This page is out of date. Reload it.")
        elif "confirm" in cleaned and collapsed(cleaned["confirm"]) not in self._accepted():
            noun = "ID" if self.is_by_id else "name"
            self.add_error("confirm", f"The {noun} does not match. Type it exactly as shown.")
        return cleaned

    def _accepted(self) -> set[str]:
        return spellings(self.label) | ({self._key} if self.is_by_id else set())
