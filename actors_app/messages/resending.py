"""Sending a message again: what the form is filled with, or why with nothing.

The form always opens first; sending is `commands.py`. What the API says of the execution is asked by the views.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from actors_app.core.pages.form_fields import unix_lines
from actors_app.core.pages.forms_environment import TypedEnvironment
from actors_app.core.security.credentials import Credentials
from actors_app.masking import MASK, Masker
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import OriginalMessage, Sent
from actors_app.messages.models import KeptMessage
from actors_app.services import Result
from actors_app.services.types import Actor

LEFT_IN = f"{MASK} hides a secret. Replace it, or leave the text unchanged to resend the original."


@dataclass(frozen=True, slots=True)
class ResendDraft:
    """The message of an execution, ready to be looked at and sent again; or a sentence that says why it is not."""

    execution_id: str
    initial: dict[str, Any] = field(default_factory=dict, repr=False)
    why_not: str = ""
    row: KeptMessage | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is bytes that are sent without being shown."""
        return self.initial.get("kind") == "file"


def original_of(credentials: Credentials, execution_id: str, actor: Result, execution: Result) -> OriginalMessage:
    """Return what somebody may know of a message, by what the API says of its actor and execution now."""
    if execution.error is not None:
        return OriginalMessage(why_not=f"Could not load the execution. {execution.error.user_message}")
    visible_actor: Actor | None = actor.value
    return message_archive.original_message(credentials, execution_id, visible_actor)


def resend_draft(execution_id: str, original: OriginalMessage) -> ResendDraft:
    """Return what the form opens with for an execution."""
    if original.sent is None:
        return ResendDraft(execution_id, why_not=original.why_not, row=original.row)
    masked = masked_of(execution_id, original.sent)
    return ResendDraft(execution_id, {**_initial(masked), "again": execution_id}, row=original.row)


def masked_of(execution_id: str, sent: Sent) -> Sent:
    """Return a message as the form shows it, without its secrets; what is sent is put together by `restored`."""
    return sent.masked(Masker(execution_id))


def restored(execution_id: str, typed: Mapping[str, Any], sent: Sent) -> tuple[str, dict[str, str]]:
    """Return the words and the variables that are meant by what was typed into a form with masks in it.

    What was left as it was shown is what was sent before. Raises ValidationError, by field, for a mask within something
    that was changed.
    """
    masked, text = masked_of(execution_id, sent), typed["message"]
    problems: dict[str, str] = {}
    if typed["kind"] != "file" and MASK in text:
        if typed["kind"] == sent.kind and text == unix_lines(words_of(masked)):
            text = words_of(sent)
        else:
            problems["message"] = LEFT_IN
    environment = dict(typed["environment"])
    for name, value in environment.items():
        if MASK in value:
            if value == masked.environment.get(name):
                environment[name] = sent.environment[name]
            else:
                problems["environment"] = f"{name}: {LEFT_IN}"
    if problems:
        raise ValidationError(problems)
    return text, environment


def _initial(sent: Sent) -> dict[str, Any]:
    environment = TypedEnvironment(rows=tuple(sent.environment.items()))
    if sent.kind == "binary":
        return {"kind": "file", "same_file": True, "environment": environment}
    return {"kind": sent.kind, "message": words_of(sent), "environment": environment}


def words_of(sent: Sent) -> str:
    """Return a message as it is typed: a text as it is, JSON with indents."""
    text = sent.body.decode(errors="replace")
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False) if sent.kind == "json" else text
