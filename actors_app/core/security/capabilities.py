"""What a visitor is known to have of what an operation needs: why a control is disabled.

What somebody may do is learnt only from what the API answers anyway: a map of permissions that a page asked for,
whether it called them an administrator, and what it has just refused. That is remembered for a short time, in memory.
Where it is not known, nothing is disabled, and the API decides: no call is made for a button's sake.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from django.core.cache import cache

from actors_app.core.clock import SECOND, now_ms
from actors_app.core.security.models import Readable
from actors_app.services.errors import CallError, Forbidden, OnlyAdmins
from actors_app.services.observer import Kind
from actors_app.services.permissions import WORLD, level_of
from actors_app.services.types import AdminRole

Level = Literal["READ", "EXECUTE", "UPDATE", "ADMIN"]
EXECUTE: Final = "EXECUTE"
UPDATE: Final = "UPDATE"
ADMIN: Final = "ADMIN"  # stands for the admin role among the levels that an operation may need

REMEMBERED = 60  # seconds that a level is
ROLE_REMEMBERED = 10 * 60  # seconds that it is that the API calls somebody no administrator, which changes rarely
ADMIN_REMEMBERED = 24 * 60 * 60  # seconds that it is that it calls them one: that disables nothing
LEVELS = ("READ", "EXECUTE", "UPDATE")
# The refusals that are about the level or the role of who asks, not about what was sent.
_OF_LEVEL = "Not authorized -- you do not have access to this "
_OF_PRIVILEGE = "Not authorized -- only admins and privileged users can "
_OF_ROLE = "Not authorized -- only admins are authorized to update workers"


class Person(Protocol):
    """Somebody at a tenant."""

    @property
    def tenant(self) -> str:
        """The tenant's name."""

    @property
    def username(self) -> str:
        """Their name there."""


class Need(Protocol):
    """What an operation needs, as its record in `core/operations` declares it."""

    @property
    def needs(self) -> Level | None:
        """The level; None where it needs no more than the page that leads to it."""

    @property
    def kind(self) -> Kind:
        """On what."""

    @property
    def doing(self) -> str:
        """The operation in words, as in "stopping its workers"."""

    @property
    def checks_admins(self) -> bool:
        """Whether the API asks for the level of administrators too."""


_MAY: Mapping[tuple[str, str], str] = {
    ("actor", "READ"): "You have read access to this actor",
    ("actor", "EXECUTE"): "You have execute access to this actor",
    ("alias", "READ"): "You have read access to this alias",
    ("alias", "EXECUTE"): "You have execute access to this alias",
}


@dataclass(frozen=True, slots=True)
class _CachedLevel:
    """A level that the API showed, or the highest that somebody can have whom it has just refused something."""

    level: str
    is_exact: bool
    asked_at: float  # the monotonic time when the API was asked


class Capabilities:
    """What one visitor may do, learnt from what the API answers them (`services/observer.py`)."""

    def __init__(self, tenant: str, username: str, role_then: AdminRole = AdminRole.UNKNOWN) -> None:
        """Take whose it is, and whether the API called them an administrator when they signed in."""
        self._tenant, self._me, self._role_then = tenant, username, role_then
        self._looked = False  # in the store, which is done once

    # Learning -----------------------------------------------------------------------------------------------

    def levels(self, kind: Kind, name: str, levels: Mapping[str, str], asked_at: float) -> None:
        """Learn the visitor's level from a map of permissions that was asked for at a monotonic time."""
        level = "UPDATE" if WORLD in levels else level_of(levels, self._me)
        # Who is shown a map in which they have nothing gets in by something else, as administrators do.
        self._keep(kind, name, level if level in LEVELS else "", asked_at)

    def role(self, role: AdminRole, asked_at: float) -> None:
        """Learn whether the API calls the visitor an administrator; nothing is learnt from UNKNOWN."""
        timeout = (ADMIN_REMEMBERED if role.is_admin else ROLE_REMEMBERED) - (time.monotonic() - asked_at)
        if timeout > 0 and not role.is_unknown:
            cache.set(self._role_memory, role, timeout=timeout)

    def changed(self, kind: Kind, name: str) -> None:
        """Forget what everybody's level on something was: a level was changed, or may have been."""
        cache.set(self._change_memory(kind, name), time.monotonic(), timeout=2 * REMEMBERED)

    def refused(self, operation: Need, name: str, error: CallError) -> None:
        """Learn from a refusal, where it is about the level or the role; `name` is of the actor, alias or config.

        An administrator passes every check but those of operations that check administrators too.
        """
        if isinstance(error, Forbidden) and (error.reason or "").startswith(_OF_PRIVILEGE):
            cache.set(self._plain_memory, True, timeout=ROLE_REMEMBERED)
            self.role(AdminRole.OTHER, time.monotonic())
        if operation.needs is None or operation.checks_admins or not isinstance(error, Forbidden):
            return
        if operation.needs == ADMIN:
            if isinstance(error, OnlyAdmins) or (error.reason or "").startswith(_OF_ROLE):
                self.role(AdminRole.OTHER, time.monotonic())
        elif (error.reason or "").startswith(f"{_OF_LEVEL}{operation.kind}."):
            below = LEVELS[LEVELS.index(operation.needs) - 1]
            self.role(AdminRole.OTHER, time.monotonic())
            self._keep(operation.kind, name, below, time.monotonic(), is_exact=False)

    @property
    def is_plain(self) -> bool:
        """Whether the visitor is known to have neither the admin nor the privileged role, by what was refused them."""
        return bool(cache.get(self._plain_memory)) and self._role() is not AdminRole.ADMIN

    # Judging ------------------------------------------------------------------------------------------------

    def why_not(self, operation: Need, name: str, owner: str = "") -> str:
        """Return why the visitor may not do something, and who can help; nothing where they may, or might."""
        if operation.needs is None:
            return ""
        if operation.needs == ADMIN:
            return self._only_for_admins(operation) if self._role() is AdminRole.OTHER else ""
        cached = self._level(operation.kind, name)
        if cached is None or LEVELS.index(cached.level) >= LEVELS.index(operation.needs):
            return ""
        if not operation.checks_admins and self._role() is not AdminRole.OTHER:
            return ""
        refused = f"The API denied a further request for this {operation.kind}"
        may = _MAY[operation.kind, cached.level] if cached.is_exact else refused
        return f"{may}; {operation.doing} requires {operation.needs}. {self._ask(owner)}"

    def in_short(self, kind: Kind, name: str, owner: str = "") -> str:
        """Say what the visitor may do with an actor or an alias, where that is known not to be all."""
        cached = self._level(kind, name)
        if cached is None or not cached.is_exact or cached.level == "UPDATE" or self._role() is not AdminRole.OTHER:
            return ""
        sending = "sending messages requires EXECUTE, " if (kind, cached.level) == ("actor", "READ") else ""
        return f"{_MAY[kind, cached.level]}; {sending}editing requires UPDATE. {self._ask(owner)}"

    def _ask(self, owner: str) -> str:
        if owner == self._me:
            return "You own it, but the API checks only the access level: ask someone with UPDATE."
        return f"Ask the owner ({owner})." if owner else "Ask the owner or someone with UPDATE."

    def _only_for_admins(self, operation: Need) -> str:
        return f"{operation.doing.capitalize()} is limited to API administrators, whatever your access level."

    def _role(self) -> AdminRole:
        """Return whether the visitor is an administrator, as the API said last.

        Another process may have asked, for the history; and it was asked when they signed in.
        """
        cached: AdminRole | None = cache.get(self._role_memory)
        if cached is None and not self._looked:
            self._looked = True
            since = now_ms() - ROLE_REMEMBERED * SECOND
            row = Readable.objects.filter(tenant=self._tenant, username=self._me, checked__gt=since)
            is_admin = row.values_list("is_admin", flat=True).first()
            if is_admin is not None:
                self._role_then = AdminRole.ADMIN if is_admin else AdminRole.OTHER
        return self._role_then if cached is None else cached

    # Memory -------------------------------------------------------------------------------------------------

    def _level(self, kind: Kind, name: str) -> _CachedLevel | None:
        cached: _CachedLevel | None = cache.get(self._memory(kind, name))
        # What was asked before a change may be what was before it, though its answer came later.
        return cached if cached and cached.asked_at > cache.get(self._change_memory(kind, name), 0.0) else None

    def _keep(self, kind: Kind, name: str, level: str, asked_at: float, *, is_exact: bool = True) -> None:
        timeout = REMEMBERED - (time.monotonic() - asked_at)  # an answer may have been long on its way
        if not level or timeout <= 0:
            cache.delete(self._memory(kind, name))
            return
        cache.set(self._memory(kind, name), _CachedLevel(level, is_exact, asked_at), timeout=timeout)

    def _memory(self, kind: Kind, name: str) -> str:
        return _memory("level", self._tenant, self._me, kind, name)

    def _change_memory(self, kind: Kind, name: str) -> str:
        return _memory("change", self._tenant, kind, name)

    @property
    def _plain_memory(self) -> str:
        return _memory("plain", self._tenant, self._me)

    @property
    def _role_memory(self) -> str:
        return _memory("role", self._tenant, self._me)


def is_plain(person: Person) -> bool:
    """Whether somebody is known to have neither the admin nor the privileged role at the API."""
    return Capabilities(person.tenant, person.username).is_plain


def _memory(*parts: str) -> str:
    return "own:" + hashlib.sha256(repr(parts).encode()).hexdigest()
