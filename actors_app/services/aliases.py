"""Aliases: other names of actors; listing and getting them."""

from actors_app.services.caller import Caller
from actors_app.services.calls import Call
from actors_app.services.types import Alias
from actors_app.services.urls import alias


class Aliases:
    """The aliases of the whole tenant."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list(self) -> tuple[Alias, ...]:
        """Return every alias in the tenant, whoever owns it. `GET /actors/aliases`."""
        rows = self._caller.rows(Call("GET", self._caller.path("aliases")))
        return tuple(Alias.from_api(row, self._caller.dialect) for row in rows)

    def get(self, name: str) -> Alias:
        """Return one alias. `GET /actors/aliases/{alias}`."""
        call = Call("GET", self._caller.path("aliases", alias(name)))
        return Alias.from_api(self._caller.object(call), self._caller.dialect)
