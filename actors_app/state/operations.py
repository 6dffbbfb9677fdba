"""The operations on the state of an actor."""

from actors_app.actors.operations import UPDATE_ACTOR
from actors_app.core.operations.findings import Finding, Item, page_of_actor
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE
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
        return Finding("yes", "The state is empty.", "There is nothing left to do.", items)
    return Finding("unknown", "The state is not empty; it may have been overwritten since.", "Check it.", items)


READ_STATE = Operation(
    "state.get",
    "GET",
    "/actors/{actor_id}/state",
    summary="Read the state of an actor",
    title="Read the state",
    agavepy="getState",
)
UPDATE_STATE = Operation(
    "state.update",
    "POST",
    "/actors/{actor_id}/state",
    needs=UPDATE,
    doing="editing the state",
    done="edited the state of",
    tried="edit the state of",
    choice="Edit a state",
    check=state_is_saved,
    summary="Write the state of an actor",
    title="Replace the state",
    example={"count": 1},
    has_raw_body=True,
    agavepy="updateState",
)
RESET_STATE = Operation(
    "state.reset",
    via=UPDATE_ACTOR,
    needs=UPDATE,
    doing="resetting the state",
    done="reset the state of",
    tried="reset the state of",
    choice="Reset a state",
    check=state_is_empty,
    summary="Reset the state of an actor",
)
