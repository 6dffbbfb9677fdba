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
            "unknown",
            "The execution is still running.",
            ("A halt can take a moment. If it keeps running, halt it again."),
            items,
        )
    if execution.outcome == "halted":
        return Finding("yes", "The execution was halted.", "No action needed.", items)
    return Finding("no", "The execution finished on its own.", "No action needed.", items)


def execution_is_registered(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Show the way to the list, since nothing in it says who registered what."""
    return Finding(
        "unknown",
        "A registered execution cannot be told apart from others.",
        "Check the list of executions.",
        [Item("All executions", page_of_actor(entry, "execution-list"))],
    )


def result_is_taken(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Say that asking would take another; what was taken is with the execution."""
    return Finding(
        "unknown",
        "Unknown: the API deletes a result when it is fetched, and fetching again would return the next one.",
        "Fetched results are saved with the execution for 24 hours.",
        [Item(visible(entry.object_id), page_of_actor(entry, "execution-detail", entry.object_id))],
    )
