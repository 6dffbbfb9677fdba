"""How many messages wait in which mailbox, over all actors that have executions waiting."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from actors_app.services import Abaco, Result
from actors_app.services.types import Execution, SearchPage

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
    not_asked: int
    is_cut: bool


def mailboxes(abaco: Abaco) -> Mailboxes:
    """Return the mailboxes of actors that have executions waiting; raise an AbacoError where those are not told.

    Two gathers: those actors, then the mailbox of each. An execution waits forever when its message
    was purged, so only the mailbox itself says how many messages there are.
    """
    answers = abaco.gather(
        waiting=lambda: abaco.search.find("executions", conditions=WAITING, limit=SEARCHED),
        actors=lambda: abaco.actors.list(),
    )
    page: SearchPage[Execution] = answers["waiting"].unwrap()
    labels = {actor.id: actor.label for actor in answers["actors"].value or ()}
    executions_by_actor = Counter(execution.actor_id for execution in page.rows if execution.actor_id)
    actor_ids = _newest_first(page.rows)[:ASKED]
    counts = abaco.gather(**{f"m{index}": _count(abaco, actor_id) for index, actor_id in enumerate(actor_ids)})
    rows = [
        Mailbox(actor_id, labels.get(actor_id, actor_id), _messages(answer), executions_by_actor[actor_id])
        for actor_id, answer in zip(actor_ids, counts.values(), strict=True)
    ]
    return Mailboxes(
        rows=sorted(rows, key=lambda row: -(row.messages or 0)),
        not_asked=len(executions_by_actor) - len(actor_ids),
        is_cut=(page.total or 0) > len(page.rows),
    )


def _newest_first(waiting: Sequence[Execution]) -> list[str]:
    """Return whose executions wait, those that came last first: of old ones the message is often gone."""
    newest: dict[str, datetime] = {}
    for execution in waiting:
        came = execution.message_received_time or datetime.min.replace(tzinfo=UTC)
        if execution.actor_id:
            newest[execution.actor_id] = max(came, newest.get(execution.actor_id, came))
    return sorted(newest, key=lambda actor_id: newest[actor_id], reverse=True)


def _count(abaco: Abaco, actor_id: str):  # type: ignore[no-untyped-def]  # a call of a gather
    return lambda: abaco.messages.count(actor_id)


def _messages(answer: Result) -> int | None:
    return answer.value.messages if answer.value else None
