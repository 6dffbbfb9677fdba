"""Answers of the API as they came, beside what the portal reads from them: evidence must leave nothing out.

But for addresses: what the API writes of itself may name another host (`https://localhost:5000//v3/…`), and is neither
followed nor shown.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from actors_app.services.caller import Service
from actors_app.services.calls import Call
from actors_app.services.types import Actor, Execution
from actors_app.services.urls import UpstreamPath, actor, execution

T = TypeVar("T")
_ADDRESSES = ("_links", "api_server", "apiServer")


@dataclass(frozen=True, slots=True)
class Original(Generic[T]):
    """What the portal reads from an answer, the answer's result itself, and the call that was made."""

    value: T
    result: dict[str, Any]
    source: str


class RawJSON(Service):
    """Some of what the API gives, as it gives it; the actor's environment is under its name in the API's dialect."""

    def actor(self, actor_id: str) -> Original[Actor]:
        """Return an actor. `GET /actors/{id}`."""
        path = self._caller.path(actor(actor_id))
        result = self._caller.object(Call("GET", path))
        return Original(Actor.from_api(result, self._caller.dialect), _without_addresses(result), _source(path))

    def permissions(self, actor_id: str) -> Original[None]:
        """Return the permissions on an actor. `GET /actors/{id}/permissions`."""
        path = self._caller.path(actor(actor_id), "permissions")
        return Original(None, self._caller.levels(Call("GET", path)), _source(path))

    def execution(self, actor_id: str, execution_id: str) -> Original[Execution]:
        """Return one execution. `GET /actors/{id}/executions/{execution}`."""
        path = self._caller.path(actor(actor_id), "executions", execution(execution_id))
        result = self._caller.object(Call("GET", path))
        return Original(Execution.from_api(result, self._caller.dialect), _without_addresses(result), _source(path))

    def log_source(self, actor_id: str, execution_id: str) -> str:
        """Return the call that reads a log. `GET /actors/{id}/executions/{execution}/logs`."""
        return _source(self._caller.path(actor(actor_id), "executions", execution(execution_id), "logs"))


def _without_addresses(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name not in _ADDRESSES}


def _source(path: UpstreamPath) -> str:
    return f"GET {path.path}"
