"""Who may see the former values of an actor's definition, and what everybody else is shown in place of them.

The API shows its readers the definition of now and no former one. A value that was taken out, perhaps because it is a
secret, is shown to the owner, to whoever has UPDATE and to administrators. Others see which fields changed and a digest
of each former value. The digest is an HMAC under a key derived from SECRET_KEY: a plain hash of a short value could be
guessed. It names the actor and the field too, so that nobody finds a value by trying values on an actor of their own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from actors_app.actors.definition import Definition, Difference, definition_of
from actors_app.core.security.credentials import Credentials
from actors_app.core.security.crypto import digest
from actors_app.permissions.access import PATIENCE
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Forbidden, NotFound
from actors_app.services.jsons import is_same
from actors_app.services.permissions import WORLD, level_of
from actors_app.services.types import Actor, AdminRole

_NOTHING: tuple[Any, ...] = (None, "", [], {})


class Sight(Enum):
    """Whether somebody sees former values; UNKNOWN where the API did not tell, which shows none."""

    SHOWN = "shown"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"

    @property
    def is_whole(self) -> bool:
        """Whether every former value is shown."""
        return self is Sight.SHOWN

    @property
    def reason(self) -> str:
        """Return why former values are not shown, as a sentence; nothing where they are."""
        return _REASONS[self]


_REASONS = {
    Sight.SHOWN: "",
    Sight.WITHHELD: "Earlier values are visible to the owner, users with UPDATE and administrators.",
    Sight.UNKNOWN: "Earlier values are hidden: your access could not be checked. Try again.",
}


@dataclass(frozen=True, slots=True)
class Withheld:
    """A value that is not shown: its field, the variable where the field is an environment, and its digest."""

    name: str
    variable: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class FormerReader:
    """Somebody who reads former definitions of one actor; `now` is the definition that the API shows them."""

    sight: Sight
    tenant: str
    actor_id: str
    now: Definition

    def value(self, name: str, value: Any) -> tuple[Any, list[Withheld]]:
        """Return what is shown of a field, and what is not; of an environment each variable is judged by itself."""
        if name == "default_environment" and isinstance(value, dict):
            now = self.now.get(name) or {}
            hidden = [Withheld(name, key, self._digest(name, key, content)) for key, content in value.items()]
            hidden = [item for item in hidden if not self._is_shown(now, str(item.variable), value[item.variable])]
            names = {item.variable for item in hidden}
            return {key: content for key, content in value.items() if key not in names}, hidden
        if self._is_shown(self.now, name, value):
            return value, []
        return None, [Withheld(name, None, self._digest(name, None, value))]

    def definition(self, definition: Definition) -> tuple[Definition, list[Withheld]]:
        """Return the fields that are shown whole, and what is not shown of the others.

        An environment without some of its variables is left out, so that nobody sends it back to the actor.
        """
        fields: Definition = {}
        withheld: list[Withheld] = []
        for name, value in definition.items():
            content, hidden = self.value(name, value)
            withheld += hidden
            if not hidden:
                fields[name] = content
        return fields, withheld

    def sides(self, difference: Difference) -> tuple[tuple[Any, list[Withheld]], tuple[Any, list[Withheld]]]:
        """Return both sides of a difference, of an environment only the variables that differ."""
        return self.value(difference.name, difference.shown_before), self.value(difference.name, difference.shown_after)

    def _is_shown(self, now: Mapping[str, Any], name: str, value: Any) -> bool:
        return self.sight.is_whole or value in _NOTHING or (name in now and is_same(now[name], value))

    def _digest(self, name: str, variable: str | None, value: Any) -> str:
        text = json.dumps([self.tenant, self.actor_id, name, variable, value], sort_keys=True)
        return digest("actors.former", text)[:32]


def reader_of(abaco: Abaco, credentials: Credentials, actor: Actor) -> FormerReader:
    """Return how somebody reads the former definitions of an actor that the API has just shown them."""
    sight = sight_of(abaco, credentials, actor.id, actor.owner)
    return FormerReader(sight, credentials.tenant, actor.id, definition_of(actor))


def reader_despite(credentials: Credentials, actor_id: str, owner: str, error: AbacoError) -> FormerReader:
    """Return the same for an actor that the API did not show; `visibility.remembered_actor` let them see it.

    An actor that is gone is shown to its owner and to administrators alone. While the API is silent, nothing tells who
    has UPDATE, or what it shows now.
    """
    is_gone = isinstance(error, NotFound)
    sight = Sight.SHOWN if is_gone or owner == credentials.username else Sight.UNKNOWN
    return FormerReader(sight, credentials.tenant, actor_id, {})


def sight_of(abaco: Abaco, credentials: Credentials, actor_id: str, owner: str) -> Sight:
    """Return whether somebody sees former values of an actor; the API is asked about all but the owner.

    The level of ABACO_WORLD counts as it was granted, although the API lets everybody do everything whatever it is: to
    give everybody READ is not to show them what was taken out. Raises SignedOut. `GET /actors/{id}/permissions`.
    """
    if owner == credentials.username:
        return Sight.SHOWN
    quick = abaco.hurried(PATIENCE)
    is_known = True
    try:
        levels = quick.permissions.get(actor_id)
    except AbacoError as error:
        levels, is_known = {}, isinstance(error, Forbidden)
    if "UPDATE" in (level_of(levels, credentials.username), levels.get(WORLD)):
        return Sight.SHOWN
    role = quick.roles.admin()
    if role.is_admin:
        return Sight.SHOWN
    return Sight.WITHHELD if is_known and role is AdminRole.OTHER else Sight.UNKNOWN
