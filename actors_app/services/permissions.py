"""Permissions on actors, aliases and configs: who may do what. None can be removed: it is taken back by granting NONE.

The API answers a map from user names to levels, sorted by name, so that the order in which they were stored, by which
it decides, is not to be seen (TACC/abaco actors/models.py, permission_process).
"""

import time
from collections.abc import Iterator, Mapping

from actors_app.services.caller import Service, json_call
from actors_app.services.calls import Call
from actors_app.services.observer import Kind
from actors_app.services.urls import UpstreamPath, actor, alias, config

LEVELS = ("NONE", "READ", "EXECUTE", "UPDATE")
WORLD = "ABACO_WORLD"  # everybody; its level is ignored by Abaco, so any of them grants everything, even NONE
_DEEPEST = 20  # dots in a user name that are followed


class Permissions(Service):
    """The permissions on actors, aliases and configs."""

    def get(self, name: str, kind: Kind = "actor") -> dict[str, str]:
        """Return each user's level, by the id of an actor or the name of an alias or config.

        `GET /actors/{id}/permissions`, `/actors/aliases/{alias}/permissions`, `/actors/configs/{name}/permissions`.
        """
        asked_at = time.monotonic()
        levels = levels_of(self._caller.levels(Call("GET", self._path(name, kind))))
        self._caller.observer.levels(kind, name, levels, asked_at)
        return levels

    def grant(self, name: str, user: str, level: str, kind: Kind = "actor") -> dict[str, str]:
        """Give a user a level of LEVELS and return everybody's; `POST` on the paths of `get`."""
        call = json_call("POST", self._path(name, kind), {"user": user, "level": level})
        try:
            return levels_of(self._caller.levels(call))
        finally:  # even where no answer came it may have been done
            self._caller.observer.changed(kind, name)

    def _path(self, name: str, kind: Kind) -> UpstreamPath:
        if kind == "alias":
            return self._caller.path("aliases", alias(name), "permissions")
        if kind == "config":
            return self._caller.path("configs", config(name), "permissions")
        return self._caller.path(actor(name), "permissions")


def level_of(levels: Mapping[str, str], user: str) -> str:
    """Return the level that an entry of somebody's own gives; one whose name has a dot gives none."""
    return "NONE" if "." in user else levels.get(user, "NONE")


def rank(level: str) -> int:
    """Return how much a level gives, from 0 for none; a word that is no level gives none."""
    return LEVELS.index(level) if level in LEVELS else 0


def levels_of(result: Mapping[str, object]) -> dict[str, str]:
    """Return a map of the API's by user name; one with a dot, which the API stores nested, has its dot again.

    Such an entry grants nothing. What is no level is left out.
    """
    return dict(_flat("", result, 0))


def _flat(before: str, levels: Mapping[str, object], depth: int) -> Iterator[tuple[str, str]]:
    for name, level in levels.items():
        if isinstance(level, str):
            yield before + name, level
        elif isinstance(level, dict) and depth < _DEEPEST:
            yield from _flat(f"{before}{name}.", level, depth + 1)
