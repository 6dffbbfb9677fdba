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
        "creator lost access",
        "The creator no longer has this access to the actor. The nonce grants no more access than its creator has, "
        "and works again if the access is restored.",
    ),
    "update": ("UPDATE", "Can edit and delete the actor."),
    "unlimited": ("unlimited", "Works until it is deleted."),
    "never": ("never used", "More than 30 days old and never used."),
    "stale": ("unused for 90 days", "Not used for more than 90 days."),
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
