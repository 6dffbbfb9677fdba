"""The state of an actor: reading it, writing it where it has not moved, and emptying it."""

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource, require_match
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.schema import Done, operation
from actors_app.core.operations.perform import answered
from actors_app.core.security.capabilities import is_plain
from actors_app.services.jsons import dump_json
from actors_app.state import commands, serializers
from actors_app.state.forms import StateForm
from actors_app.state.operations import READ_STATE, RESET_STATE, UPDATE_STATE

TAG = "State"


class ActorState(Resource):
    """`/actors/<actor>/state/`."""

    secret = True  # its values are often keys to other services

    @operation(
        READ_STATE,
        tag=TAG,
        gives=serializers.State,
        about="Returns 409 for stateless actors.",
        may=(409,),
    )
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with the state."""
        return Response({"state": self.abaco.state.get(actor_id)})

    @operation(
        UPDATE_STATE,
        tag=TAG,
        takes=serializers.NewState,
        example={"state": {"count": 1}},
        gives=Done,
        about="The last write wins. With `If-Match` and the ETag of a GET, a state that has changed since is not "
        "overwritten (412), except by an execution that finishes at the same moment.",
        may=(412,),
    )
    def put(self, request: Request, actor_id: str) -> Response:
        """Replace the state."""
        state = self.body(serializers.NewState)["state"]
        data = typed([("state", dump_json(state).decode())])
        form = checked(StateForm(data, actor_id=actor_id, is_plain=is_plain(self.user)))
        if earlier := answered(self.http, UPDATE_STATE, actor_id=actor_id):
            return self.done(earlier)
        now = self.abaco.state.get(actor_id)
        require_match(self.http, {"state": now}, "state")
        return self.done(commands.save(self.http, self.abaco, actor_id, now, form.cleaned_data["state"], over=False))

    @operation(
        RESET_STATE,
        tag=TAG,
        takes=False,
        gives=Done,
        about="Sends the unchanged definition of the actor, as the API requires. Supports `If-Match`, as PUT does.",
        may=(412,),
    )
    def delete(self, request: Request, actor_id: str) -> Response:
        """Make it empty."""
        if earlier := answered(self.http, RESET_STATE, actor_id=actor_id):
            return self.done(earlier)
        actor = self.abaco.actors.get(actor_id)
        require_match(self.http, {"state": actor.state}, "state")
        return self.done(commands.reset(self.http, self.abaco, actor_id, actor))
