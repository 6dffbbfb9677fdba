"""What is worth a look at nonces: what each finding means, and which of them a nonce has. It asks nobody."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from actors_app.services.permissions import WORLD, level_of, rank
from actors_app.services.types import Nonce

NEVER = timedelta(days=30)  # after which a nonce that was never used is worth a look
LONG = timedelta(days=90)  # for which one that was used before was not

# Each finding: its word on the page, and what it means.
FINDINGS: Mapping[str, tuple[str, str]] = {
    "orphan": (
        "maker without rights",
        "Whoever made it has no such right on the actor any more. It opens no more than they may, and all of it again "
        "once somebody gives them the right back.",
    ),
    "update": ("UPDATE", "Whoever holds it can change and delete the actor."),
    "unlimited": ("unlimited", "It works until somebody deletes it."),
    "never": ("never used", "It is more than 30 days old, and nobody has used it."),
    "stale": ("long unused", "Nobody has used it for more than 90 days."),
}


def findings(nonce: Nonce, levels: Mapping[str, str] | None, at: datetime) -> tuple[str, ...]:
    """Return what is worth a look at a nonce, the worst first; one that is used up opens nothing.

    `levels` are the actor's permissions, or None where the API did not say.
    """
    if nonce.is_exhausted:
        return ()
    names = []
    if levels is not None and not _may_still(nonce, levels):
        names.append("orphan")
    if nonce.level == "UPDATE":
        names.append("update")
    if nonce.is_unlimited:
        names.append("unlimited")
    if nonce.last_use_time is None and nonce.create_time and at - nonce.create_time > NEVER:
        names.append("never")
    if nonce.last_use_time and at - nonce.last_use_time > LONG:
        names.append("stale")
    return tuple(names)


def _may_still(nonce: Nonce, levels: Mapping[str, str]) -> bool:
    """Whether the maker may still do by themselves what the nonce does; an administrator's role is not known."""
    if WORLD in levels or nonce.made_by_admin:
        return True
    return rank(level_of(levels, nonce.owner)) >= rank(nonce.level)
