"""The operations on actors."""

from actors_app.actors.checks import actor_is_as_saved, actor_is_gone, actor_is_registered
from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE

LIST_ACTORS = Operation(
    "actor.list",
    "GET",
    "/actors",
    summary="List actors",
    title="List actors",
    agavepy="list",
)
CREATE_ACTOR = Operation(
    "actor.create",
    "POST",
    "/actors",
    purpose="Register an actor from a Docker image. Only the image is required.",
    about="new actor",
    done="registered the actor",
    tried="register the actor",
    has_values=True,
    check=actor_is_registered,
    summary="Register an actor",
    title="Register actor",
    example={"image": "abacosamples/test"},
    agavepy="add",
)
READ_ACTOR = Operation(
    "actor.get",
    "GET",
    "/actors/{actor_id}",
    summary="Get an actor",
    title="Get actor",
    agavepy="get",
)
UPDATE_ACTOR = Operation(
    "actor.update",
    "PUT",
    "/actors/{actor_id}",
    needs=UPDATE,
    doing="editing it",
    purpose="Edit an actor and review the changes before you save.",
    done="edited the actor",
    tried="edit the actor",
    choice="Edit an actor",
    has_values=True,
    check=actor_is_as_saved,
    summary="Update an actor",
    title="Update actor",
    agavepy="update",
    takes_reason=True,
)
RESTART_ACTOR = Operation(
    "actor.restart",
    via=UPDATE_ACTOR,
    recorded_as=UPDATE_ACTOR,
    needs=UPDATE,
    doing="restarting it",
    purpose="Restart an actor: re-pull its image and process the queued messages.",
    takes_reason=True,
)
DELETE_ACTOR = Operation(
    "actor.delete",
    "DELETE",
    "/actors/{actor_id}",
    needs=UPDATE,
    doing="deleting it",
    purpose="Delete an actor after reviewing its dependents.",
    done="deleted the actor",
    tried="delete the actor",
    check=actor_is_gone,
    summary="Delete an actor",
    title="Delete actor",
    agavepy="delete",
    takes_reason=True,
)
