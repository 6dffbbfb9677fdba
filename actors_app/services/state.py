"""The state of an actor: any JSON that a stateful actor keeps between its executions."""

from typing import Any

from actors_app.services.caller import Service, json_call, unreadable
from actors_app.services.calls import Call
from actors_app.services.errors import BadAnswer, InvalidRequest
from actors_app.services.jsons import clean_text
from actors_app.services.types import Actor
from actors_app.services.urls import actor


class State(Service):
    """The states of actors."""

    def get(self, actor_id: str) -> Any:
        """Return the state, any JSON value. `GET /actors/{id}/state`.

        Raises BadAnswer with the text of the answer as its `raw` where that is no JSON: Python's own writer puts NaN
        and Infinity into a state, and an execution may nest it deeper than is read.
        """
        call = Call("GET", self._caller.path(actor(actor_id), "state"))
        reply = self._caller.reply(call)
        try:
            result = self._caller.envelope(call, reply).get("result")
            if not isinstance(result, dict) or "state" not in result:
                raise unreadable(call, "no state")  # which is not the same as an empty one
        except BadAnswer as error:
            error.raw = clean_text(reply.body.decode("utf-8", "replace"))
            raise
        return result["state"]

    def set(self, actor_id: str, value: object) -> Actor:
        """Replace the state, last writer wins; return the actor. `POST /actors/{id}/state`.

        Raises InvalidRequest for an empty value, which Abaco does not take, and Conflict for a stateless
        actor.
        """
        if not value:
            raise InvalidRequest(
                "an empty state",
                user_message="The Actors API does not accept an empty state. Reset the state instead.",
                field="state",
            )
        call = json_call("POST", self._caller.path(actor(actor_id), "state"), value)
        return Actor.from_api(self._caller.object(call), self._caller.dialect)
