"""Sending a message again: what the form is filled with, or why with nothing.

The form always opens first; sending is `sending.py`. What the API says of the execution is asked by the views.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from actors_app.credentials import Credentials
from actors_app.forms.environment import TypedEnvironment
from actors_app.kept import messages as kept_messages
from actors_app.kept.messages import Known, Sent
from actors_app.models import KeptMessage
from actors_app.services import Answer
from actors_app.services.errors import SignedOut
from actors_app.services.types import Actor


@dataclass(frozen=True, slots=True)
class Again:
    """The message of an execution, ready to be looked at and sent again; or a sentence that says why it is not."""

    execution_id: str
    initial: dict[str, Any] = field(default_factory=dict, repr=False)
    why_not: str = ""
    row: KeptMessage | None = None

    @property
    def is_file(self) -> bool:
        """Whether it is bytes that are sent without being shown."""
        return self.initial.get("kind") == "file"


def known_of(who: Credentials, execution_id: str, actor: Answer, execution: Answer) -> Known:
    """Return what somebody may know of a message, by what the API says of its actor and execution now."""
    for answer in (execution, actor):
        if isinstance(answer.error, SignedOut):
            raise answer.error
    if execution.error is not None:
        return Known(why_not=f"Its execution could not be read. {execution.error.user_message}")
    found: Actor | None = actor.value
    return kept_messages.known(who, execution_id, found)


def again_of(execution_id: str, known: Known) -> Again:
    """Return what the form opens with for an execution."""
    if known.sent is None:
        return Again(execution_id, why_not=known.why_not, row=known.row)
    return Again(execution_id, {**_initial(known.sent), "again": execution_id}, row=known.row)


def _initial(sent: Sent) -> dict[str, Any]:
    environment = TypedEnvironment(rows=tuple(sent.environment.items()))
    if sent.kind == "binary":
        return {"kind": "file", "same_file": True, "environment": environment}
    return {"kind": sent.kind, "message": words_of(sent), "environment": environment}


def words_of(sent: Sent) -> str:
    """Return a message as it is typed: a text as it is, JSON with indents."""
    text = sent.body.decode(errors="replace")
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False) if sent.kind == "json" else text
