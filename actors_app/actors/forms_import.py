"""A definition that somebody brings as a file or as text, to fill the form of a new actor; nothing of it is sent."""

from typing import Any

from django import forms

from actors_app.actors.definition_files import Imported, NoDefinition, parse_definition
from actors_app.core.pages.form_fields import MAX_JSON, TextField, read_json
from actors_app.core.pages.forms import PortalForm

_TOO_LONG = "Use at most 1,000,000 characters."


class ImportForm(PortalForm):
    """JSON by the API's names; `cleaned_data["imported"]` holds what it says.

    A file that cannot be read stays on the page as text, so that it can be mended there. Its fields are sent with the
    form of the actor, so that a failed import loses nothing of that.
    """

    definition_file = forms.FileField(
        label="Definition file",
        required=False,
        help_text="JSON exported from an actor's Configuration tab, or an API response with one actor.",
        error_messages=dict.fromkeys(("invalid", "missing", "empty"), "The file is empty or was not received."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json", "form": "actor-form"}),
    )
    definition_text = TextField(
        label="Or paste JSON",
        max_length=MAX_JSON,
        required=False,
        widget=forms.Textarea(
            attrs={
                "rows": 6,
                "spellcheck": "false",
                "placeholder": '{"image": "abacosamples/test", "name": "…"}',
                "form": "actor-form",
            }
        ),
        error_messages={"max_length": _TOO_LONG},
    )

    def clean(self) -> dict[str, Any]:
        """Read the one that is there."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        file, text = data.get("definition_file"), data["definition_text"]
        if file and text.strip():
            self.add_error("definition_text", "Choose a file or paste text, not both.")
            return data
        name = "definition_file" if file else "definition_text"
        if file:
            if file.size > 4 * MAX_JSON:
                self.add_error(name, _TOO_LONG)
                return data
            try:
                text = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error(name, "This file is not UTF-8 text.")
                return data
            if len(text) > MAX_JSON:
                self.add_error(name, _TOO_LONG)
                return data
        try:
            if not text.strip():
                raise forms.ValidationError("Choose a file or paste a definition.")
            data["imported"] = self._parse(text)
        except forms.ValidationError as problem:
            if file:
                self.data = {**self.data.dict(), "definition_text": text}  # type: ignore[attr-defined]
            self.add_error("definition_text", problem)
        return data

    def _parse(self, text: str) -> Imported:
        try:
            return parse_definition(read_json(text))
        except NoDefinition as error:
            raise forms.ValidationError(list(error.sentences[:5])) from None
        except RecursionError:
            raise forms.ValidationError("Invalid JSON: nested too deeply.") from None
