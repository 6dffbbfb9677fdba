"""Sending a message, and purging a mailbox."""

from django.http import HttpRequest
from django.urls import reverse

from actors_app.core.operations.perform import CommandResult, Outcome, perform
from actors_app.core.pages.formatting import thousands
from actors_app.core.security.credentials import signed_in
from actors_app.messages.archive import Sent
from actors_app.messages.operations import PURGE_MAILBOX, SEND_MESSAGE
from actors_app.messages.sending import audit_details, execution_address, send
from actors_app.services import Abaco
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
        return "The mailbox was purged."
    if before.messages == 0:
        return "The mailbox was purged; no message was waiting in it."
    noun = "message was" if before.messages == 1 else "messages were"
    return f"The mailbox was purged; {thousands(before.messages)} {noun} waiting in it."
