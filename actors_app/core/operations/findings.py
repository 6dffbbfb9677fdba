"""What a check of an unknown outcome finds at the API; the checks stand with the operations of each subject.

A check compares what the API shows now with what the trail has. It asks by GET alone, decides nothing, changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse

from actors_app.core.operations.models import AuditEntry

EARLIER = timedelta(seconds=1)  # the API's clock and its times without fractions may be behind by that


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that the API shows: its name, its page with us (or nothing), and when it came to be."""

    name: str
    url: str = ""
    time: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: whether it was done, as far as can be said, the sentence, the next step, and the evidence."""

    done: str  # "yes", "no" or "unknown"
    words: str
    advice: str
    items: Sequence[Item] = field(default_factory=tuple)


def is_since(moment: datetime | None, entry: AuditEntry) -> bool:
    """Whether a time of the API's is not before a write."""
    return moment is not None and moment >= (entry.time - EARLIER).replace(microsecond=0)


def page_of_actor(entry: AuditEntry, name: str, *more: str) -> str:
    """Return the address of a page of the actor that a write was about."""
    return reverse(f"actors:{name}", args=[entry.actor_id, *more])
