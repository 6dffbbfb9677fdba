"""Sending a message so that it can be sent again: the call, what is kept of it, and what the trail says."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from actors_app.core.security.credentials import Credentials
from actors_app.core.sizes import file_excess, message_excess
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from actors_app.services import Abaco
from actors_app.services.errors import InvalidRequest
from actors_app.services.jsons import load_json
from actors_app.services.types import SentMessage


def send(credentials: Credentials, abaco: Abaco, actor_id: str, sent: Sent) -> SentMessage:
    """Send a message, then keep it: the API does not. `POST /actors/{id}/messages`.

    Raises InvalidRequest, without a call, for a message that would block a worker or break the actor: one that was kept
    under other limits comes here without a form.
    """
    value = load_json(sent.body) if sent.kind == "json" else sent.body.decode() if sent.kind == "text" else None
    if excess := file_excess(len(sent.body)) if sent.kind == "binary" else message_excess(sent.kind, value):
        raise InvalidRequest("a message is too large", user_message=excess, field="message")
    if sent.kind == "binary":
        result = abaco.messages.send_binary(actor_id, sent.body, sent.environment)
    elif sent.kind == "json":
        result = abaco.messages.send_json(actor_id, value, sent.environment)
    else:
        result = abaco.messages.send_text(actor_id, str(value), sent.environment)
    message_archive.keep(credentials, actor_id, result.execution_id, sent)
    return result


def audit_details(sent: Sent) -> dict[str, Any]:
    """Return what the trail keeps of a message: its form and size and the names of its variables, not its words."""
    kind = "file" if sent.kind == "binary" else sent.kind
    details: dict[str, Any] = {"kind": kind, "environment": sorted(sent.environment), "bytes": len(sent.body)}
    return details | {"repeats": sent.repeats} if sent.repeats else details


def execution_address(actor_id: str, execution_id: str) -> str:
    """Return the page of the execution, or of the list where the API did not name it in a form we know."""
    try:
        return reverse("actors:execution-detail", args=[actor_id, execution_id])
    except NoReverseMatch:
        return reverse("actors:execution-list", args=[actor_id])
