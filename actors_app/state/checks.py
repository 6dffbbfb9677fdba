"""Whether a state was saved or emptied, of which the answer never came."""

from actors_app.core.operations.findings import Finding, Item, page_of_actor
from actors_app.core.operations.models import AuditEntry
from actors_app.services import Abaco


def state_is_saved(abaco: Abaco, entry: AuditEntry) -> Finding:
    """Show the way to the state, once the API has answered with it: what was saved is not on the trail."""
    abaco.state.get(entry.actor_id)
    items = [Item("State", page_of_actor(entry, "state-detail"))]
    return Finding("unknown", "The author of the state is unknown.", "Check whether it is the one you saved.", items)


def state_is_empty(abaco: Abaco, entry: AuditEntry) -> Finding:
    """See whether the state is empty (`GET /actors/{id}/state`)."""
    items = [Item("State", page_of_actor(entry, "state-detail"))]
    if not abaco.state.get(entry.actor_id):
        return Finding("yes", "The state is empty.", "No action needed.", items)
    return Finding("unknown", "The state is not empty; it may have been overwritten since.", "Check it.", items)
