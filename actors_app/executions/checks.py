"""Whether an execution was halted or registered, or a result taken, of which the answer never came."""

from actors_app.core.operations.findings import Finding, Item, page_of_actor
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.formatting import visible
from actors_app.services import Abaco


def execution_is_halted(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See how the execution stands (`GET /actors/{id}/executions/{execution}`)."""
    execution = abaco.executions.get(entry.actor_id, entry.object_id)
    page = page_of_actor(entry, "execution-detail", execution.id)
    items = [Item(execution.id, page, execution.finish_time, execution.outcome)]
    if not execution.is_finished:
        return Finding(
            "unknown", "The execution still runs.", "A halt takes a moment; then you can halt it again.", items
        )
    if execution.outcome == "halted":
        return Finding("yes", "The execution was halted.", "There is nothing left to do.", items)
    return Finding("no", "The execution has ended by itself.", "There is nothing left to do.", items)


def execution_is_registered(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Show the way to the list, since nothing in it says who registered what."""
    return Finding(
        "unknown",
        "An execution that was registered looks like any other.",
        "Look through the list of executions.",
        [Item("All executions", page_of_actor(entry, "execution-list"))],
    )


def result_is_taken(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Say that asking would take another; what was taken is with the execution."""
    return Finding(
        "unknown",
        "It cannot be known: the API forgets a result as it gives it out, and asking again would take the next one.",
        "What was taken is kept under the execution for a day.",
        [Item(visible(entry.object_id), page_of_actor(entry, "execution-detail", entry.object_id))],
    )
