"""Workers: list, get, make sure there are so many, stop one."""

from actors_app.services.caller import Service, json_call
from actors_app.services.calls import Call
from actors_app.services.types import Worker
from actors_app.services.urls import actor, worker


class Workers(Service):
    """The workers of actors."""

    def list(self, actor_id: str) -> tuple[Worker, ...]:
        """Return an actor's workers, starting and stopping ones included. `GET /actors/{id}/workers`."""
        rows = self._caller.rows(Call("GET", self._caller.path(actor(actor_id), "workers")))
        return tuple(Worker.from_api(row, self._caller.dialect) for row in rows)

    def get(self, actor_id: str, worker_id: str) -> Worker:
        """Return one worker. `GET /actors/{id}/workers/{worker}`."""
        path = self._caller.path(actor(actor_id), "workers", worker(worker_id))
        return Worker.from_api(self._caller.object(Call("GET", path)), self._caller.dialect)

    def ensure(self, actor_id: str, num: int) -> str:
        """Ask for at least `num` workers, never fewer than there are; for administrators.

        Returns the API's message, whose numbers are what was asked for. `POST /actors/{id}/workers`.
        """
        path = self._caller.path(actor(actor_id), "workers")
        return self._caller.message(json_call("POST", path, {"num": num}))

    def stop(self, actor_id: str, worker_id: str) -> str:
        """Ask a worker to stop, which it does later. `DELETE /actors/{id}/workers/{worker}`."""
        path = self._caller.path(actor(actor_id), "workers", worker(worker_id))
        return self._caller.message(Call("DELETE", path))
