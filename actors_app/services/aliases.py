"""Aliases: other names of actors; list, get, create, point elsewhere, delete."""

from actors_app.services.caller import Service, json_call
from actors_app.services.calls import Call
from actors_app.services.types import Alias
from actors_app.services.urls import alias


class Aliases(Service):
    """The aliases of the whole tenant."""

    def list(self) -> tuple[Alias, ...]:
        """Return every alias in the tenant, whoever owns it. `GET /actors/aliases`."""
        rows = self._caller.rows(Call("GET", self._caller.path("aliases")))
        return tuple(Alias.from_api(row, self._caller.dialect) for row in rows)

    def get(self, name: str) -> Alias:
        """Return one alias. `GET /actors/aliases/{alias}`."""
        call = Call("GET", self._caller.path("aliases", alias(name)))
        return Alias.from_api(self._caller.object(call), self._caller.dialect)

    def create(self, name: str, actor_id: str) -> Alias:
        """Make an alias of an actor, given by its id, that the visitor may update. `POST /actors/aliases`."""
        sent = {"alias": name, self._caller.dialect.name("actor_id"): actor_id}
        call = json_call("POST", self._caller.path("aliases"), sent)
        return Alias.from_api(self._caller.object(call), self._caller.dialect)

    def update(self, name: str, actor_id: str) -> Alias:
        """Point an alias at another actor, given by its id. `PUT /actors/aliases/{alias}`."""
        call = json_call(
            "PUT", self._caller.path("aliases", alias(name)), {self._caller.dialect.name("actor_id"): actor_id}
        )
        return Alias.from_api(self._caller.object(call), self._caller.dialect)

    def delete(self, name: str) -> None:
        """Delete an alias; the API's words on it hold an internal record, which is of no use. `DELETE …/{alias}`."""
        self._caller.message(Call("DELETE", self._caller.path("aliases", alias(name))))
