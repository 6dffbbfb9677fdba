"""How many messages wait in which mailbox, over all actors that have executions waiting."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from actors_app.services import Abaco, Answer
from actors_app.services.errors import SignedOut
from actors_app.services.types import Execution, FoundPage

ASKED = 12  # mailboxes that are asked for
SEARCHED = 1000
WAITING = (("status", "in", json.dumps(["SUBMITTED"])),)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox: its actor, how many messages wait there (None where the API did not say), how many executions do."""

    actor_id: str
    label: str
    messages: int | None
    executions: int


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """Those that were asked for, the fullest first; how many more there are, and whether not all executions were read.

    Where they were not, `executions` of a mailbox is the least there are.
    """

    rows: list[Mailbox]
    more: int
    is_cut: bool


def mailboxes(abaco: Abaco) -> Mailboxes:
    """Return the mailboxes of actors that have executions waiting; raise an AbacoError where those are not told.

    Two waves: which actors those are, and what is in the mailbox of each. An execution waits for ever when its message
    was purged, so only the mailbox itself says how many messages there are.
    """
    answers = abaco.wave(
        waiting=lambda: abaco.search.find("executions", conditions=WAITING, limit=SEARCHED),
        actors=lambda: abaco.actors.list(),
    )
    for answer in answers.values():
        if isinstance(answer.error, SignedOut):
            raise answer.error
    found: FoundPage[Execution] = answers["waiting"].need()
    labels = {actor.id: actor.label for actor in answers["actors"].value or ()}
    counted = Counter(one.actor_id for one in found.rows if one.actor_id)
    asked = _newest_first(found.rows)[:ASKED]
    counts = abaco.wave(**{f"m{place}": _count(abaco, actor_id) for place, actor_id in enumerate(asked)})
    rows = [
        Mailbox(actor_id, labels.get(actor_id, actor_id), _messages(answer), counted[actor_id])
        for actor_id, answer in zip(asked, counts.values(), strict=True)
    ]
    return Mailboxes(
        rows=sorted(rows, key=lambda row: -(row.messages or 0)),
        more=len(counted) - len(asked),
        is_cut=(found.total or 0) > len(found.rows),
    )


def _newest_first(waiting: Sequence[Execution]) -> list[str]:
    """Return whose executions wait, those that came last first: of old ones the message is often gone."""
    newest: dict[str, datetime] = {}
    for one in waiting:
        came = one.message_received_time or datetime.min.replace(tzinfo=UTC)
        if one.actor_id:
            newest[one.actor_id] = max(came, newest.get(one.actor_id, came))
    return sorted(newest, key=lambda actor_id: newest[actor_id], reverse=True)


def _count(abaco: Abaco, actor_id: str):  # type: ignore[no-untyped-def]  # a call for a wave
    return lambda: abaco.messages.count(actor_id)


def _messages(answer: Answer) -> int | None:
    if isinstance(answer.error, SignedOut):
        raise answer.error
    return answer.value.messages if answer.value else None
