"""Actors: list, get, create, update, delete."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from actors_app.services.caller import Service, json_call
from actors_app.services.calls import Call, Reply
from actors_app.services.errors import AbacoError, Forbidden, InvalidRequest, NotFound
from actors_app.services.jsons import MAX_OBJECTS
from actors_app.services.types import Actor, ActorLine, ActorLines, Listed
from actors_app.services.types.actor_fields import FIELD
from actors_app.services.types.actors import envelope_of, is_no_queue
from actors_app.services.urls import UpstreamPath, actor

# What `POST /actors` reads; everything else in it would be ignored without a word.
ACTOR_FIELDS = frozenset(FIELD)


class Actors(Service):
    """The actors that the visitor may see."""

    def list(self) -> tuple[Actor, ...]:
        """Return all actors the visitor may read, in no particular order. `GET /actors`."""
        call = Call("GET", self._caller.path())
        return self._whole(call, self._caller.reply(call))

    def lines(self) -> ActorLines:
        """Return the same as lines of a list, at a tenth of the cost. `GET /actors`."""
        call = Call("GET", self._caller.path())
        reply = self._caller.reply(call)
        lines: tuple[Listed, ...] = self._lines(reply)
        if lines:
            self._caller.confirm_names()
        else:  # where anything is not as it should be, all are read with patience
            lines = self._whole(call, reply)
        return ActorLines(lines, lambda: self._whole(call, reply))

    @property
    def lists_world(self) -> bool:
        """Whether the list holds the actors that are shared with everybody; each can be got by its id."""
        return self._caller.dialect.lists_world

    def get(self, actor_id: str) -> Actor:
        """Return one actor by its id or alias. `GET /actors/{id}`.

        Where the API refuses one that is not there as it refuses somebody else's, its search tells: that shows whatever
        the visitor has a permission entry for, at any level. `GET /actors?id={id}&limit=1`.
        """
        call = Call("GET", self._caller.path(actor(actor_id)))
        try:
            return self._actor(call)
        except Forbidden as refusal:
            if not self._caller.dialect.hides_missing or self._has_entry(actor_id):
                raise
            detail = refusal.detail
        raise NotFound.or_hidden(detail)

    def create(self, definition: Mapping[str, object]) -> Actor:
        """Register an actor and return it, SUBMITTED; fields by our names, of ACTOR_FIELDS. `POST /actors`.

        Fields that are None are left out, and so is an empty queue, with which Abaco fails halfway.
        Raises InvalidRequest for an unknown field.
        """
        return self._actor(self._write("POST", self._caller.path(), definition, ACTOR_FIELDS))

    def update(self, actor_id: str, definition: Mapping[str, object]) -> Actor:
        """Replace an actor's definition and return the actor. `PUT /actors/{id}`.

        What is left out goes back to its default, the state included: start from `Actor.definition()`. With
        `force` the image is pulled again even when it is the same. Raises InvalidRequest for an unknown
        field.
        """
        changeable = {name for name, field in FIELD.items() if field.can_change}
        fields = frozenset(changeable) | {"force"} | set(self._caller.dialect.reset_by_put)
        call = self._write("PUT", self._caller.path(actor(actor_id)), definition, fields)
        try:
            return self._actor(call)
        finally:  # the API gives UPDATE with it to anybody but the owner
            self._caller.observer.changed("actor", actor_id)

    def delete(self, actor_id: str) -> str:
        """Delete an actor, which may take 20 seconds; return the API's message. `DELETE /actors/{id}`."""
        return self._caller.message(Call("DELETE", self._caller.path(actor(actor_id)), is_slow=True))

    def _has_entry(self, actor_id: str) -> bool:
        query = ((self._caller.dialect.name("id"), actor(actor_id).text), ("limit", "1"))
        try:
            return bool(self._caller.object(Call("GET", self._caller.path(), query=query)).get("search"))
        except AbacoError:
            return True  # nothing was learned, so the refusal stands as it was said

    def _whole(self, call: Call, reply: Reply) -> tuple[Actor, ...]:
        return tuple(Actor.from_api(row, self._caller.dialect) for row in self._caller.rows_of(call, reply))

    def _lines(self, reply: Reply) -> tuple[ActorLine, ...]:
        """Return the actors of an answer in which all is as it should be; otherwise none."""
        if reply.body.count(b"{") > MAX_OBJECTS:
            return ()
        try:
            # Nothing is built of what is not declared, so this needs no look at the shape first.
            envelope = msgspec.json.decode(reply.body, type=envelope_of(type(self._caller.dialect)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return ()
        lines: tuple[ActorLine, ...] = envelope.result
        has_metadata = envelope.metadata is not msgspec.UNSET
        return lines if (envelope.status, has_metadata) == ("success", self._caller.dialect.has_metadata) else ()

    def _write(
        self,
        method: Literal["POST", "PUT"],
        path: UpstreamPath,
        definition: Mapping[str, object],
        fields: frozenset[str],
    ) -> Call:
        for name in definition:
            if name not in fields:
                raise InvalidRequest(
                    f"{method} of an actor with an unknown field",
                    user_message="Unknown field, or a field that cannot be changed.",
                    field=name,
                )
        sent = {
            self._caller.dialect.name(name): value
            for name, value in definition.items()
            if value is not None and not is_no_queue(name, value)
        }
        return json_call(method, path, sent)

    def _actor(self, call: Call) -> Actor:
        return Actor.from_api(self._caller.object(call), self._caller.dialect)
