"""Permissions on an actor: who may do what. There is no removal: one is taken back by granting NONE."""

from actors_app.services.caller import Caller, json_call
from actors_app.services.calls import Call
from actors_app.services.urls import actor

LEVELS = ("NONE", "READ", "EXECUTE", "UPDATE")
WORLD = "ABACO_WORLD"  # everybody; its level is ignored by Abaco, so any of them grants everything


class Permissions:
    """The permissions on actors."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get(self, actor_id: str) -> dict[str, str]:
        """Return each user's level. `GET /actors/{id}/permissions`."""
        return _levels(self._caller.object(Call("GET", self._caller.path(actor(actor_id), "permissions"))))

    def grant(self, actor_id: str, user: str, level: str) -> dict[str, str]:
        """Give a user a level of LEVELS and return everybody's. `POST /actors/{id}/permissions`."""
        path = self._caller.path(actor(actor_id), "permissions")
        return _levels(self._caller.object(json_call("POST", path, {"user": user, "level": level})))


def _levels(result: dict[str, object]) -> dict[str, str]:
    # A user name with a dot is stored as an object in an object, and grants nothing.
    return {user: level for user, level in result.items() if isinstance(level, str)}
