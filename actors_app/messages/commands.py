"""Sending a message, which is archived so that it can be sent again, and purging a mailbox."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from actors_app.core.operations.perform import CommandResult, Outcome, perform
from actors_app.core.pages.formatting import thousands
from actors_app.core.security.credentials import Credentials, signed_in
from actors_app.core.sizes import file_excess, message_excess
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from actors_app.messages.operations import PURGE_MAILBOX, SEND_MESSAGE
from actors_app.services import Abaco
from actors_app.services.errors import InvalidRequest
from actors_app.services.jsons import load_json
from actors_app.services.types import Mailbox, SentMessage


def send_message(request: HttpRequest, abaco: Abaco, actor_id: str, sent: Sent) -> CommandResult[SentMessage]:
    """Send a message and keep it, since the API does not. `POST /actors/{id}/messages`."""
    return perform(
        request,
        SEND_MESSAGE,
        lambda: send(signed_in(request), abaco, actor_id, sent),
        lambda sent_message: Outcome("Message sent.", execution_address(actor_id, sent_message.execution_id)),
        actor_id=actor_id,
        details=audit_details(sent),
    )


def purge(request: HttpRequest, abaco: Abaco, actor_id: str) -> CommandResult[str]:
    """Drop all messages that wait; how many they were is asked before. `DELETE /actors/{id}/messages`."""
    before: Mailbox | None = abaco.gather(mailbox=lambda: abaco.messages.count(actor_id))["mailbox"].value
    return perform(
        request,
        PURGE_MAILBOX,
        lambda: abaco.messages.purge(actor_id),
        lambda _: Outcome(_purged(before), reverse("actors:message-create", args=[actor_id])),
        actor_id=actor_id,
        details={"before": {"waiting": before.messages if before else None}},
    )


def _purged(before: Mailbox | None) -> str:
    """Say what was dropped, as far as it is known."""
    if before is None or before.messages is None:
        return "Mailbox purged."
    if before.messages == 0:
        return "Mailbox purged (it was empty)."
    noun = "message" if before.messages == 1 else "messages"
    return f"Mailbox purged ({thousands(before.messages)} {noun} deleted)."


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
