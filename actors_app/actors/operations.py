"""The operations on actors."""

from actors_app.actors.checks import actor_is_as_saved, actor_is_gone, actor_is_registered
from actors_app.core.operations.operation import Operation
from actors_app.core.security.capabilities import UPDATE

LIST_ACTORS = Operation(
    "actor.list",
    "GET",
    "/actors",
    summary="List the actors that you may read",
    title="List the actors",
    agavepy="list",
)
CREATE_ACTOR = Operation(
    "actor.create",
    "POST",
    "/actors",
    purpose="Register an actor: a Docker image with a mailbox. Only the image is needed.",
    about="new actor",
    done="registered the actor",
    tried="register the actor",
    has_values=True,
    check=actor_is_registered,
    summary="Register an actor",
    title="Register the actor",
    example={"image": "abacosamples/test"},
    agavepy="add",
)
READ_ACTOR = Operation(
    "actor.get",
    "GET",
    "/actors/{actor_id}",
    summary="Read an actor",
    title="Read the actor",
    agavepy="get",
)
UPDATE_ACTOR = Operation(
    "actor.update",
    "PUT",
    "/actors/{actor_id}",
    needs=UPDATE,
    doing="editing it",
    purpose="Change an actor. Before anything is sent you see what changes, and what the API would reset.",
    done="edited the actor",
    tried="edit the actor",
    choice="Edit an actor",
    has_values=True,
    check=actor_is_as_saved,
    summary="Change an actor",
    title="Replace the actor's definition",
    agavepy="update",
)
RESTART_ACTOR = Operation(
    "actor.restart",
    via=UPDATE_ACTOR,
    recorded_as=UPDATE_ACTOR,
    needs=UPDATE,
    doing="starting its image again",
    purpose="Start an actor's image again as it is: a new worker takes the messages that wait.",
)
DELETE_ACTOR = Operation(
    "actor.delete",
    "DELETE",
    "/actors/{actor_id}",
    needs=UPDATE,
    doing="deleting it",
    purpose="Delete an actor, after seeing what depends on it.",
    done="deleted the actor",
    tried="delete the actor",
    check=actor_is_gone,
    summary="Delete an actor",
    title="Delete the actor",
    agavepy="delete",
)
