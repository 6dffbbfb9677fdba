"""Whether a message was sent or a mailbox emptied, of which the answer never came."""

from collections.abc import Sequence

from actors_app.audit.activity import execution_of
from actors_app.core.operations.findings import Finding, Item, is_since, page_of_actor
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import visible
from actors_app.services import Abaco
from actors_app.services.errors import NotFound
from actors_app.services.types import Execution

MOST = 20  # executions looked at


def message_is_sent(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Look for executions by this person that began after it was sent (`GET /actors/{id}/executions`)."""
    listing = abaco.executions.list(entry.actor_id)
    other_ids = _executions_of_others(entry)
    ids = [
        row.id
        for row in sorted(
            (row for row in listing.executions if is_since(row.message_received_time, entry)),
            key=lambda row: row.message_received_time or entry.time,
        )
        if is_id(row.id) and row.id not in other_ids
    ]
    items = [
        Item(
            execution.id,
            page_of_actor(entry, "execution-detail", execution.id),
            execution.message_received_time,
            visible(execution.status.lower()),
        )
        for execution in _executions(abaco, entry.actor_id, ids[:MOST])
        if execution.executor == entry.username
    ]
    if items:
        return Finding(
            "yes" if len(items) == 1 else "unknown",
            "One later execution was not started by another message from this portal."
            if len(items) == 1
            else f"{len(items)} later executions were not started by other messages from this portal.",
            "The message was most likely accepted: check the execution instead of sending it again.",
            items,
        )
    if len(ids) > MOST:
        return Finding(
            "unknown",
            f"{len(ids)} executions were received after this message; the first {MOST} are from other users.",
            "Check the list of executions.",
            [Item("All executions", page_of_actor(entry, "execution-list"))],
        )
    return Finding(
        "no",
        "No matching execution: the message was most likely not accepted.",
        "You can send the message again.",
    )


def mailbox_is_empty(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Count the messages that wait (`GET /actors/{id}/messages`)."""
    waiting = abaco.messages.count(entry.actor_id).messages
    items = [Item("The mailbox", page_of_actor(entry, "message-create"))]
    if waiting == 0:
        return Finding("yes", "The mailbox is empty.", "No action needed.", items)
    return Finding(
        "unknown",
        f"{waiting} message{' is' if waiting == 1 else 's are'} queued, possibly sent since then."
        if waiting is not None
        else "Queue size unknown.",
        "You can purge the mailbox again.",
        items,
    )


def _executions_of_others(entry: AuditEntry) -> set[str]:
    """Return the executions that other messages of this trail became."""
    messages = AuditEntry.objects.filter(
        tenant=entry.tenant, actor_id=entry.actor_id, action=entry.action, start__isnull=True, pk__gte=entry.pk
    )
    return {execution_of(message) for message in messages.select_related("end")[:1000]}


def _executions(abaco: Abaco, actor_id: str, ids: Sequence[str]) -> list[Execution]:
    """Return executions with who started them; one that is not given is left out."""
    calls = {key: lambda key=key: abaco.executions.get(actor_id, key) for key in ids}
    answers = abaco.gather(**calls) if calls else {}
    return [answer.unwrap() for answer in answers.values() if not isinstance(answer.error, NotFound)]
