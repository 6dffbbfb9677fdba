"""What is typed to grant a level to somebody, and to change or take back the level of a name in the list."""

from collections.abc import Mapping
from typing import Any

from django import forms

from actors_app.core.pages.form_fields import PastedField
from actors_app.core.pages.forms import ListFilter, ReasonForm
from actors_app.permissions.access import NEVER_BACK, unusable
from actors_app.permissions.likeness import AGAIN, by_drawing, doubt, is_several
from actors_app.services.blanks import normal_form
from actors_app.services.observer import Kind
from actors_app.services.permissions import LEVELS, WORLD

MAX_USER = 64
GRANTED = ("READ", "EXECUTE", "UPDATE")
LEVEL_WORDS: Mapping[Kind, Mapping[str, str]] = {
    "actor": {
        "NONE": "no access",
        "READ": "view everything, including nonces",
        "EXECUTE": "also send messages",
        "UPDATE": "full control",
    },
    "alias": {
        "NONE": "no access",
        "READ": "view permissions",
        "EXECUTE": "same as READ",
        "UPDATE": "change target, delete, grant access",
    },
    "config": {
        "NONE": "no access",
        "READ": "view (administrators only)",
        "EXECUTE": "same as READ",
        "UPDATE": "edit (administrators only)",
    },
}
_WORLD_AGAIN = f"Type {WORLD} exactly as shown."
_WRONG_LEVEL = {"required": "Choose an access level.", "invalid_choice": "Choose one of the listed access levels."}


class _LevelForm(ReasonForm):
    """A name and a level; whoever lowers themselves must tick that they mean it, and type again a name in doubt."""

    confirm_self = forms.BooleanField(label="I understand that I cannot restore my own access.", required=False)
    confirm = forms.CharField(
        label="Type the username again to confirm",
        max_length=MAX_USER,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages=dict.fromkeys(
            ("max_length", "null_characters_not_allowed"), "Type the username exactly as shown."
        ),
    )

    levels: tuple[str, ...] = LEVELS

    def __init__(self, *args: Any, kind: Kind, me: str, **kwargs: Any) -> None:
        """Take what the permission is on, and the visitor's own user name as `me`."""
        super().__init__(*args, **kwargs)
        self._me = me
        choices = [(level, f"{level}: {LEVEL_WORDS[kind][level]}") for level in self.levels]
        self.fields["level"].choices = choices  # type: ignore[attr-defined]

    @property
    def is_oneself(self) -> bool:
        """Whether the level that is asked for is the visitor's own, and less than UPDATE."""
        cleaned = getattr(self, "cleaned_data", {})
        return cleaned.get("user") == self._me and cleaned.get("level", "UPDATE") != "UPDATE"

    @property
    def doubt(self) -> str:
        """Why the name must be typed again, as far as the form alone can tell; nothing where it is plain."""
        user = str(self["user"].value() or "").strip()
        return "" if user == self._me else doubt(user, by_drawing([self._me]))

    @property
    def is_confirmed(self) -> bool:
        """Whether the name was typed again: to the letter, be its marks composed with their letters or apart."""
        typed, user = (normal_form("NFC", self.cleaned_data[name]) for name in ("confirm", "user"))
        return typed == user

    def clean_user(self) -> str:
        """Refuse several names, and one that could never let anybody in."""
        user: str = self.cleaned_data["user"]
        if is_several(user):
            raise forms.ValidationError("Enter one username; usernames cannot contain commas.")
        if problem := unusable(user):
            raise forms.ValidationError(problem)
        return user

    def clean(self) -> dict[str, Any]:
        """Ask for the tick, and for a name in doubt again.

        Only who has UPDATE can grant, so any other level for oneself is less.
        """
        cleaned: dict[str, Any] = super().clean() or {}
        if self.is_oneself and not cleaned.get("confirm_self"):
            self.add_error("confirm_self", "Confirm to lower your own access.")
        lets_in = "user" in cleaned and cleaned.get("level") in GRANTED
        if lets_in and "confirm" in cleaned and self.doubt and not self.is_confirmed:
            self.add_error("confirm", f"{self.doubt} {AGAIN}")
        return cleaned


def _user_field(**options: Any) -> forms.CharField:
    return forms.CharField(
        max_length=MAX_USER,
        error_messages={
            "required": "Enter a username.",
            "max_length": f"Use at most {MAX_USER} characters.",
            "null_characters_not_allowed": "Usernames cannot contain spaces, $ or invisible characters.",
        },
        **options,
    )


class GrantForm(_LevelForm):
    """A level for one person; sharing with everybody has a page of its own."""

    levels = GRANTED

    user = _user_field(
        label="Username",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "placeholder": "jdoe"}
        ),
        help_text="Case-sensitive; not verified by the API.",
    )
    level = forms.ChoiceField(label="Access", initial="READ", error_messages=_WRONG_LEVEL)
    field_order = ("user", "confirm", "level", "confirm_self")

    def clean_user(self) -> str:
        """Refuse everybody's name too."""
        if self.cleaned_data["user"].upper() == WORLD:
            raise forms.ValidationError("Use “Share with everyone” instead.")
        return super().clean_user()


class ChangeForm(_LevelForm):
    """Another level for a name of the list; for everybody, the name must be typed again."""

    user = _user_field(widget=forms.HiddenInput)
    level = forms.ChoiceField(label="Access", error_messages=_WRONG_LEVEL)
    field_order = ("user", "level", "confirm_self", "confirm")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self["user"].value() == WORLD:
            confirm = self.fields["confirm"]
            confirm.label = f"Type {WORLD} to confirm"
            confirm.error_messages.update(dict.fromkeys(("max_length", "null_characters_not_allowed"), _WORLD_AGAIN))

    def clean(self) -> dict[str, Any]:
        """Ask for everybody's name; sharing with everybody cannot be lowered, since the level says nothing."""
        cleaned = super().clean()
        if cleaned.get("user") != WORLD:
            return cleaned
        if cleaned.get("level") not in ("UPDATE", None):
            self.add_error("level", f"Everyone gets full control, whatever level you choose. {NEVER_BACK}")
        if "confirm" in cleaned and cleaned["confirm"] != WORLD:
            self.add_error("confirm", _WORLD_AGAIN)
        return cleaned


class EntryFilter(ListFilter):
    """Which names of the list are shown, and which page of them; a value that means nothing is read as none."""

    SHOW = (("", "All"), ("access", "With access"), ("none", "No access"))
    q = PastedField(max_length=MAX_USER, required=False)
    show = forms.ChoiceField(choices=SHOW, required=False)
