"""Results of an execution. Reading one removes it at the API, so it is asked for once and never again."""

from actors_app.services.caller import Service
from actors_app.services.calls import Call
from actors_app.services.urls import actor, execution


class Results(Service):
    """What executions hand back as bytes."""

    def take(self, actor_id: str, execution_id: str) -> bytes:
        """Take the oldest result out of the API and return it, at most 50 MB.

        Nothing means that no result waits, or an empty one: the API does not say which, nor whether the
        execution exists. `GET /actors/{id}/executions/{execution}/results`.
        """
        path = self._caller.path(actor(actor_id), "executions", execution(execution_id), "results")
        call = Call("GET", path, accept="application/octet-stream", repeatable=False, is_large=True)
        return self._caller.reply(call).body
