"""The forms around bulk acts: what is to be done to which things, and the confirmation with its reason."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms

from actors_app.bulk.kinds import OF_ACTORS, OF_EXECUTIONS
from actors_app.core.operations.reasons import reason_field
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.forms import PortalForm
from actors_app.core.pages.preferences import PAGE_SIZES
from actors_app.services.blanks import collapsed

SCOPES = ("picked", "page", "all")
MAX_PICKED = max(PAGE_SIZES)  # all rows of a page
_NO_ACT = "Unknown action. Choose halt or resend."
_NO_SCOPE = "Unknown selection. Choose picked, page or all."


class PicksField(forms.Field):
    """Executions that were ticked, each as its actor's id, a slash and its own."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[tuple[str, str], ...]:
        """Return the ids, each execution once."""
        picks: dict[tuple[str, str], None] = {}
        for text in value or ():
            actor_id, _, execution_id = text.partition("/")
            if not (is_id(actor_id) and is_id(execution_id)):
                raise forms.ValidationError("The selection contains an invalid execution. Go back and select again.")
            picks[actor_id, execution_id] = None
        if len(picks) > MAX_PICKED:
            raise forms.ValidationError(f"Select at most {MAX_PICKED}, or choose all matching.")
        return tuple(picks)


class PicksForm(PortalForm):
    """What was picked of a list: its errors belong to no field that somebody typed into."""

    @property
    def complaints(self) -> list[str]:
        """Return all that is wrong."""
        return [str(text) for texts in self.errors.values() for text in texts]


class PickedForm(PicksForm):
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
            self.add_error("pick", "Nothing selected. Select executions, or choose all matching.")
        self.cleaned_data["scope"] = scope


class BulkForm(PickedForm):
    """What is to be done to executions."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in OF_EXECUTIONS],
        error_messages={"required": _NO_ACT, "invalid_choice": _NO_ACT},
    )


class OrderForm(PortalForm):
    """The confirmation of a bulk act: why, and the signed plan that its page showed."""

    reason = reason_field(required=True)
    plan = forms.CharField(required=False, widget=forms.HiddenInput)


# Actors and their workers -----------------------------------------------------------------------------------

_NO_ACTOR_ACT = "Unknown action. Choose stop, purge or delete."
ACTOR_PLACES = ("actor-list", "administration", "all-workers")


class ActorPicksField(forms.Field):
    """Actors that were ticked, each as its id; or workers, each as its actor's id, a slash and its own."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[tuple[str, str], ...]:
        """Return the ids, each actor or worker once; that of an actor itself with an empty second one."""
        picks: dict[tuple[str, str], None] = {}
        for text in value or ():
            actor_id, slash, worker_id = text.partition("/")
            if not is_id(actor_id) or (slash and not is_id(worker_id)):
                raise forms.ValidationError(
                    "The selection contains an invalid actor or worker. Go back and select again."
                )
            picks[actor_id, worker_id] = None
        if not picks:
            raise forms.ValidationError("Nothing selected. Select rows first.")
        if len(picks) > MAX_PICKED:
            raise forms.ValidationError(f"Select at most {MAX_PICKED}.")
        return tuple(picks)


class ActorBulkForm(PicksForm):
    """What is to be done to which actors, or to which of their workers; and the list where they were picked."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in OF_ACTORS],
        error_messages={"required": _NO_ACTOR_ACT, "invalid_choice": _NO_ACTOR_ACT},
    )
    pick = ActorPicksField(required=False)
    place = forms.CharField(required=False)
    query = forms.CharField(required=False)

    def clean_place(self) -> str:
        """Take the list of actors for a list that is not known."""
        name: str = self.cleaned_data["place"]
        return name if name in ACTOR_PLACES else ACTOR_PLACES[0]

    def clean_query(self) -> str:
        """Return the list's filter, without the wish to read it again; one too long for an address is none."""
        query: str = self.cleaned_data["query"]
        filters = parse_qsl(query) if len(query) <= 1000 else []
        return urlencode([(name, value) for name, value in filters if name != "read"])

    def clean(self) -> None:
        """Refuse to do to a single worker what is done to actors."""
        picks = self.cleaned_data.get("pick") or ()
        if self.cleaned_data.get("act") in ("purge", "delete") and any(worker for _, worker in picks):
            self.add_error("pick", "Workers can only be stopped.")


class ActorOrderForm(OrderForm):
    """The confirmation of an act on actors: its number typed, and why."""

    number = forms.CharField(
        label="Number",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={
            "required": "Type the number to confirm.",
            "max_length": "The number does not match.",
            "null_characters_not_allowed": "The number does not match.",
        },
    )
    field_order = ("number", "reason", "plan")

    def __init__(self, *args: Any, expected: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_number(self) -> str:
        """Compare what was typed with how many there are."""
        number = collapsed(self.cleaned_data["number"])
        if number != str(self.expected):
            raise forms.ValidationError(f"The number does not match. Type {self.expected}.")
        return number
