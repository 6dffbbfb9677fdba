"""Signed heads of the audit trail, which are kept outside the portal and compared with the trail of a later day.

The hashes of the trail are not keyed: anyone with write access to the store can rewrite the trail as a whole, with a
valid chain. A saved head is then missing from it.
"""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from actors_app.core.operations import trail
from actors_app.core.operations.models import GENESIS, AuditEntry
from actors_app.core.pages.formatting import now
from actors_app.core.security.signatures import PublicKey, current_key, signature_of, signer_of

TYPE = "actors-portal audit log head"
MAX_TEXT = 4000  # characters of a head
Place = Literal["same", "changed", "cut off", "pruned"]
_HASH = re.compile(r"[0-9a-f]{64}")
_MAX = 2**62


class NoHeadError(Exception):
    """A text is no head of an audit trail; the sentence says so."""


@dataclass(frozen=True, slots=True)
class Head:
    """How a trail ended: how many entries it had, the number of the last and its hash, and when that was."""

    time: str
    entries: int
    entry: int
    hash: str


def head_now() -> Head:
    """Return how the trail ends."""
    walk = trail.begin()
    return Head(now().isoformat(timespec="seconds"), walk.count, walk.newest, walk.head)


def as_file(head: Head) -> dict[str, Any]:
    """Return a head as it is kept, with its signature; both of its fields are null where the portal has no key."""
    key = current_key()
    signature = signature_of(_signed(head)) if key else None
    return {"type": TYPE, **asdict(head), "key": key.fingerprint if key else None, "signature": signature}


def read_head(text: str) -> tuple[Head, PublicKey | None]:
    """Return a head that somebody kept and the key of this portal that signed it, None where none did.

    Raises NoHeadError.
    """
    try:
        told = json.loads(text)
        head = Head(*(told[name] for name in ("time", "entries", "entry", "hash")))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoHeadError("This is not a head of an audit log.") from None
    numbers = (head.entries, head.entry)
    are_numbers = all(type(number) is int and 0 <= number < _MAX for number in numbers)
    if not (are_numbers and isinstance(head.time, str) and isinstance(head.hash, str) and _HASH.fullmatch(head.hash)):
        raise NoHeadError("This is not a head of an audit log.")
    signature = told.get("signature")
    return head, signer_of(_signed(head), signature) if isinstance(signature, str) else None


def place_of(head: Head) -> Place:
    """Return where a head is in today's trail, by the recorded hashes alone."""
    if not head.entry:
        return "same" if head.hash == GENESIS else "changed"
    recorded = AuditEntry.objects.filter(pk=head.entry).values_list("hash", flat=True).first()
    if recorded is not None:
        return "same" if recorded == head.hash else "changed"
    for cut in AuditEntry.objects.filter(kind=AuditEntry.PRUNED).order_by("pk").iterator():
        details = json.loads(cut.details)
        if details.get("through", 0) == head.entry:
            return "same" if details["hash"] == head.hash else "changed"
        if details.get("through", 0) > head.entry:
            return "pruned"
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return "cut off" if newest < head.entry else "changed"


def added_since(head: Head) -> int:
    """Return how many entries came after a head."""
    return AuditEntry.objects.filter(pk__gt=head.entry).count()


def _signed(head: Head) -> bytes:
    return json.dumps({"type": TYPE, **asdict(head)}, sort_keys=True, separators=(",", ":")).encode()
