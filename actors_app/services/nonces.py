"""Nonces of an actor or of an alias: list, get, create, delete. The id of one is a secret and appears in no log."""

from actors_app.services.caller import Service, json_call
from actors_app.services.calls import Call
from actors_app.services.types import Nonce
from actors_app.services.urls import Segment, UpstreamPath, actor, alias, nonce


class Nonces(Service):
    """The nonces of actors."""

    def list(self, actor_id: str) -> tuple[Nonce, ...]:
        """Return an actor's nonces; whoever may read the actor sees them. `GET /actors/{id}/nonces`."""
        rows = self._caller.rows(Call("GET", self._path(actor_id)))
        return tuple(Nonce.from_api(row, self._caller.dialect) for row in rows)

    def get(self, actor_id: str, nonce_id: str) -> Nonce:
        """Return one nonce. `GET /actors/{id}/nonces/{nonce}`."""
        call = Call("GET", self._path(actor_id, nonce(nonce_id)))
        return Nonce.from_api(self._caller.object(call), self._caller.dialect)

    def create(self, actor_id: str, level: str = "EXECUTE", max_uses: int = 1, description: str = "") -> Nonce:
        """Create a nonce and return it; `max_uses` is -1 for unlimited. `POST /actors/{id}/nonces`."""
        sent = {"level": level, self._caller.dialect.name("max_uses"): max_uses, "description": description}
        call = json_call("POST", self._path(actor_id), sent)
        return Nonce.from_api(self._caller.object(call), self._caller.dialect)

    def delete(self, actor_id: str, nonce_id: str) -> str:
        """Delete a nonce, so that it opens nothing any more. `DELETE /actors/{id}/nonces/{nonce}`."""
        return self._caller.message(Call("DELETE", self._path(actor_id, nonce(nonce_id))))

    def _path(self, holder: str, *more: Segment) -> UpstreamPath:
        return self._caller.path(actor(holder), "nonces", *more)


class AliasNonces(Nonces):
    """The nonces of aliases, which open an actor only through the alias. `/actors/aliases/{alias}/nonces`."""

    def _path(self, holder: str, *more: Segment) -> UpstreamPath:
        return self._caller.path("aliases", alias(holder), "nonces", *more)
