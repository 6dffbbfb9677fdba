"""What a visitor types to send a message or to purge a mailbox."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from actors_app.core.pages.converters import is_id
from actors_app.core.pages.form_fields import read_json
from actors_app.core.pages.forms import PortalForm
from actors_app.core.pages.forms_confirm import ConfirmForm
from actors_app.core.pages.forms_environment import EnvironmentField, Row, environment_rows
from actors_app.core.sizes import file_excess, message_excess, room
from actors_app.masking import MASK
from actors_app.services.messages import loses_keys, privileged_key

KINDS = (("text", "Text"), ("json", "JSON"), ("file", "File"))


def check_json_message(value: Any, *, is_plain: bool = True) -> None:
    """Raise ValidationError for JSON that the API refuses or changes (`POST /actors/{id}/messages`).

    `is_plain` says whether the sender has neither the admin nor the privileged role; settings of the actor at the top
    of an object are the API's business where that is not known.
    """
    if not isinstance(value, dict):
        raise ValidationError(
            'JSON messages must be objects. Wrap the value, e.g. {"items": …}, or send it as text.',
            code="no_object",
        )
    if loses_keys(value):
        raise ValidationError(
            "The key “message” is reserved: the API would drop everything else. Rename it.",
            code="message_key",
        )
    reserved = privileged_key(value) if is_plain else ""
    if reserved:
        raise ValidationError(
            f'The key “{reserved}” is reserved. Wrap the object, e.g. {{"data": …}}, or send it as text.',
            code="privileged_key",
        )


class MessageForm(PortalForm):
    """A message as text, JSON or file, with its environment."""

    kind = forms.ChoiceField(
        label="Message type",
        choices=KINDS,
        required=False,
        error_messages={"invalid_choice": "Choose text, JSON or file."},
    )
    message = forms.CharField(
        label="Message",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={
            "null_characters_not_allowed": "Text cannot contain NUL characters. Send a file instead.",
        },
    )
    file = forms.FileField(
        label="File",
        required=False,
        error_messages={
            "empty": "This file is empty.",
            "invalid": "The file was not received. Choose it again.",
            "missing": "The file was not received. Choose it again.",
        },
    )
    environment = EnvironmentField(label="Environment", in_query=True)
    again = forms.CharField(widget=forms.HiddenInput, required=False)
    same_file = forms.BooleanField(label="Resend the same file", required=False)

    def __init__(self, *args: Any, for_preview: bool = False, is_plain: bool = True, **kwargs: Any) -> None:
        """Take `for_preview` where the file itself is not needed, and whether the sender has no role of the API."""
        super().__init__(*args, **kwargs)
        self._is_plain = is_plain
        self._for_preview = for_preview
        limit = f"{settings.MAX_BINARY_BYTES:,}"
        self.fields["file"].help_text = f"At most {limit} bytes. The file name is not sent."

    @property
    def text_room(self) -> str:
        """The bytes that a text, or JSON as Python writes it, may have."""
        return f"{room('MSG'):,}"

    @property
    def chosen_kind(self) -> str:
        """The kind that is marked on the page: what was chosen, or what would be taken."""
        kind = self.data.get("kind") if self.is_bound else self.initial.get("kind")
        if kind in dict(KINDS):
            return str(kind)
        return "file" if self.files.get("file") else "text"

    @property
    def rows(self) -> list[Row]:
        """The environment as the page shows it, each row with what is wrong with it."""
        return environment_rows(self["environment"])

    @property
    def reasons(self) -> list[str]:
        """Why there is nothing to preview: every sentence beside a field, and those beside rows in place of theirs."""
        errors = [str(error) for field in self if field.name != "environment" for error in field.errors]
        beside_rows = [f"{row.name or row.value}: {row.problem}" for row in self.rows if row.problem]
        return errors + (beside_rows or [str(error) for error in self["environment"].errors])

    @property
    def repeats(self) -> str:
        """The id of the execution whose message this form was filled with; empty where it was not."""
        execution_id = (self.data if self.is_bound else self.initial).get("again") or ""
        return execution_id if is_id(execution_id) else ""

    @property
    def offers_file(self) -> bool:
        """Whether the bytes that were sent before can be sent again without being chosen."""
        return bool(self.repeats) and self.chosen_kind == "file"

    @property
    def has_masks(self) -> bool:
        """Whether what was typed holds a mask, which the form had in place of a secret."""
        text = "" if self.cleaned_data["kind"] == "file" else self.cleaned_data["message"]
        return MASK in text or any(MASK in value for value in self.cleaned_data["environment"].values())

    def clean_message(self) -> str:
        """Return the text with the line ends that were typed; browsers send each as CR and LF."""
        return str(self.cleaned_data["message"]).replace("\r\n", "\n")

    def clean_file(self) -> Any:
        """Refuse a file that would block the actor's worker."""
        file = self.cleaned_data["file"]
        if file and (excess := file_excess(file.size)):
            raise ValidationError(excess, code="too_large")
        return file

    def clean(self) -> dict[str, Any]:
        """Check the message as what it was chosen to be."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "kind" not in cleaned:
            return cleaned
        cleaned["kind"] = cleaned["kind"] or self.chosen_kind
        if cleaned["kind"] == "file":
            self._check_file(cleaned)
        elif "message" in cleaned:
            self._check_words(cleaned)
        return cleaned

    def _check_file(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("file") or (cleaned.get("same_file") and self.repeats):
            return
        if not self.has_error("file") and not self._for_preview:
            self.add_error("file", "Choose a file.")

    def _check_words(self, cleaned: dict[str, Any]) -> None:
        if not cleaned["message"]:
            self.add_error("message", "Enter a message.")
            return
        try:
            value = cleaned["message"]
            if cleaned["kind"] == "json":
                value = cleaned["value"] = read_json(value)
                check_json_message(value, is_plain=self._is_plain)
            if excess := message_excess(cleaned["kind"], value):
                raise ValidationError(excess, code="too_large")
        except ValidationError as problem:
            self.add_error("message", problem)


class PurgeForm(ConfirmForm):
    """The actor's name, typed before its waiting messages are dropped."""

    purpose = "purge"
