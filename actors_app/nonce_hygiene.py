"""What is worth a look at nonces: what each finding means, and which of them a nonce has. It asks nobody."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from actors_app.services.permissions import WORLD
from actors_app.services.types import Actor, Nonce

NEVER = timedelta(days=30)  # after which a nonce that was never used is worth a look
LONG = timedelta(days=90)  # for which one that was used before was not
_ORDER = {"NONE": 0, "READ": 1, "EXECUTE": 2, "UPDATE": 3}

# Each finding: its word on the page, and what it means.
FINDINGS: Mapping[str, tuple[str, str]] = {
    "orphan": (
        "maker without rights",
        "Whoever made it has no such right on the actor any more, and the nonce still acts in that name.",
    ),
    "update": ("UPDATE", "Whoever holds it can change and delete the actor."),
    "unlimited": ("unlimited", "It works until somebody deletes it."),
    "never": ("never used", "It is more than 30 days old, and nobody has used it."),
    "stale": ("long unused", "Nobody has used it for more than 90 days."),
}


def findings(nonce: Nonce, actor: Actor, levels: Mapping[str, str] | None, at: datetime) -> tuple[str, ...]:
    """Return what is worth a look at a nonce, the worst first; one that is used up opens nothing.

    `levels` are the actor's permissions, or None where the API did not say.
    """
    if nonce.is_exhausted:
        return ()
    found = []
    if levels is not None and not _may_still(nonce, actor, levels):
        found.append("orphan")
    if nonce.level == "UPDATE":
        found.append("update")
    if nonce.is_unlimited:
        found.append("unlimited")
    if nonce.last_use_time is None and nonce.create_time and at - nonce.create_time > NEVER:
        found.append("never")
    if nonce.last_use_time and at - nonce.last_use_time > LONG:
        found.append("stale")
    return tuple(found)


def _may_still(nonce: Nonce, actor: Actor, levels: Mapping[str, str]) -> bool:
    """Whether the maker may still do by themselves what the nonce does; an administrator's role is not known."""
    if nonce.owner == actor.owner or WORLD in levels or any("admin" in role.lower() for role in nonce.roles):
        return True
    return _ORDER.get(levels.get(nonce.owner, "NONE"), 0) >= _ORDER.get(nonce.level, 0)
