"""The operation on the schedule of an actor."""

from actors_app.actors.checks import actor_is_as_saved
from actors_app.actors.operations import UPDATE_ACTOR
from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE

UPDATE_SCHEDULE = Operation(
    "schedule.update",
    via=UPDATE_ACTOR,
    needs=UPDATE,
    doing="changing its schedule",
    purpose="Schedule messages to the actor (hourly resolution, UTC).",
    done="changed the schedule of",
    tried="change the schedule of",
    choice="Change a schedule",
    has_values=True,
    check=actor_is_as_saved,
    summary="Set the schedule of an actor",
)
