"""The operations on the state of an actor."""

from actors_app.actors.operations import UPDATE_ACTOR
from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE
from actors_app.state.checks import state_is_empty, state_is_saved

READ_STATE = Operation(
    "state.get",
    "GET",
    "/actors/{actor_id}/state",
    summary="Get the state of an actor",
    title="Get state",
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
    choice="Edit state",
    check=state_is_saved,
    summary="Write the state of an actor",
    title="Replace state",
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
    choice="Reset state",
    check=state_is_empty,
    summary="Reset the state of an actor",
    takes_reason=True,
)
