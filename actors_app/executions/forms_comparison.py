"""Which two executions are compared: as their links, as actor and execution, or by id alone."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from actors_app.core.pages.converters import AbacoId, is_id
from actors_app.core.pages.form_fields import PastedField
from actors_app.core.pages.forms import PortalForm
from actors_app.services.blanks import trimmed

SUCCESS, PREVIOUS = "success", "previous"  # in place of the second: the one of that kind before the first
_PAIR = re.compile(rf"({AbacoId.regex})/([A-Za-z0-9]{{1,64}})/?", re.ASCII)
_LINK = re.compile(rf"/actors/(?:v\d/)?({AbacoId.regex})/executions/([A-Za-z0-9]{{1,64}})(?:[/?#]|\Z)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Named:
    """An execution as it was named; the actor may be left open, as that of the other."""

    actor_id: str
    execution_id: str

    def of(self, actor_id: str) -> "Named":
        """Return it with an actor, where it was left open."""
        return Named(self.actor_id or actor_id, self.execution_id)

    def __str__(self) -> str:
        return f"{self.actor_id}/{self.execution_id}"


def named(text: str) -> Named | None:
    """Return the execution that a text names; None where it names none."""
    text = trimmed(text)
    if is_id(text):
        return Named("", text)
    match = _PAIR.fullmatch(text) or _LINK.search(text)
    return Named(match[1], match[2]) if match and match[1] not in (".", "..") else None


class ExecutionNameField(PastedField):
    """One execution, by its link, by actor and execution, or by its id."""

    def __init__(self, words: tuple[str, ...] = (), **options: Any) -> None:
        """Take words that stand for an execution too."""
        widget = forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "mono"}
        )
        super().__init__(max_length=1000, widget=widget, **options)
        self._words = words

    def clean(self, value: Any) -> Named | str:
        """Return what is named, or the word."""
        text = super().clean(value)
        if text in self._words:
            return str(text)
        execution = named(text)
        if execution is None:
            raise ValidationError("Not an execution. Enter its URL, actor/execution or ID.")
        return execution


class ComparisonForm(PortalForm):
    """Two executions; the second may be the one, or the success, before the first."""

    a = ExecutionNameField(label="First execution", error_messages={"required": "Enter the first execution."})
    b = ExecutionNameField(
        words=(SUCCESS, PREVIOUS),
        label="Second execution",
        help_text="URL, actor/execution, ID, “previous” or “success”.",
        error_messages={"required": "Enter the second execution."},
    )

    def clean(self) -> dict[str, Any]:
        """Fill in the actor of one that was named by its id alone; refuse one execution twice."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, second = cleaned.get("a"), cleaned.get("b")
        if isinstance(first, Named) and isinstance(second, Named):
            first, second = first.of(second.actor_id), second.of(first.actor_id)
            cleaned |= {"a": first, "b": second}
        if isinstance(first, Named) and not first.actor_id:
            self.add_error("a", "Unknown actor. Enter the execution as actor/execution.")
        elif first is not None and first == second:
            self.add_error("b", "Choose two different executions.")
        return cleaned
