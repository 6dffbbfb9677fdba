"""How many messages wait in which mailbox, over all actors that have any: a part of the overview, and a page."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from actors_app.alias_rows import page_of
from actors_app.credentials import abaco_for
from actors_app.decorators import credentials_required
from actors_app.htmx import render_page, wants_fragment
from actors_app.services import Abaco, Answer
from actors_app.services.errors import AbacoError, SignedOut
from actors_app.services.types import Execution, FoundPage
from actors_app.wording import visible

ASKED = 12  # mailboxes that are asked for
SEARCHED = 1000
WAITING = (("status", "in", json.dumps(["SUBMITTED"])),)


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """One mailbox: its actor, how many messages wait there (None where the API did not say), how many executions do."""

    actor: str
    url: str
    messages: int | None
    executions: int


@require_http_methods(["GET", "HEAD"])
@credentials_required
def mailbox_list(request: HttpRequest) -> HttpResponse:
    """Show the mailboxes of actors that have executions waiting (`GET /actors/search/executions`, `GET …/messages`).

    Two waves: which actors those are, and what is in the mailbox of each. An execution waits for ever when its message
    was purged, so only the mailbox itself says how many messages there are.
    """
    abaco = abaco_for(request)
    answers = abaco.wave(
        waiting=lambda: abaco.search.find("executions", conditions=WAITING, limit=SEARCHED),
        actors=lambda: abaco.actors.list(),
    )
    for answer in answers.values():
        if isinstance(answer.error, SignedOut):
            raise answer.error
    context: dict[str, Any] = {"section": "overview", "error": answers["waiting"].error}
    failure: AbacoError | None = answers["waiting"].error
    if failure is None:
        found: FoundPage[Execution] = answers["waiting"].value
        labels = {actor.id: actor.label for actor in answers["actors"].value or ()}
        counted = Counter(one.actor_id for one in found.rows if one.actor_id)
        asked = [(actor_id, counted[actor_id]) for actor_id in _newest_first(found.rows)[:ASKED]]
        rows = _rows(abaco, asked, labels)
        # On the overview only what somebody may want to do something about.
        shown = [row for row in rows if row.messages != 0] if wants_fragment(request) else rows
        context |= {
            "rows": shown,
            "purged": len(rows) - len(shown),
            "more": len(counted) - len(asked),
            "is_cut": (found.total or 0) > len(found.rows),
        }
    status = failure.status if failure else 200
    return render_page(request, "mailboxes/list.html", context, partial="mailboxes/_table.html", status=status)


def _newest_first(waiting: Sequence[Execution]) -> list[str]:
    """Return whose executions wait, those that came last first: of old ones the message is often gone."""
    newest: dict[str, datetime] = {}
    for one in waiting:
        came = one.message_received_time or datetime.min.replace(tzinfo=UTC)
        if one.actor_id:
            newest[one.actor_id] = max(came, newest.get(one.actor_id, came))
    return sorted(newest, key=lambda actor_id: newest[actor_id], reverse=True)


def _rows(abaco: Abaco, asked: list[tuple[str, int]], labels: dict[str, str]) -> list[MailboxRow]:
    answers = abaco.wave(**{f"m{place}": _count(abaco, actor_id) for place, (actor_id, _) in enumerate(asked)})
    rows = [
        MailboxRow(
            visible(labels.get(actor_id, actor_id)), page_of("message-create", actor_id), _messages(answer), executions
        )
        for (actor_id, executions), answer in zip(asked, answers.values(), strict=True)
    ]
    return sorted(rows, key=lambda row: -(row.messages or 0))


def _count(abaco: Abaco, actor_id: str):  # type: ignore[no-untyped-def]  # a call for a wave
    return lambda: abaco.messages.count(actor_id)


def _messages(answer: Answer) -> int | None:
    if isinstance(answer.error, SignedOut):
        raise answer.error
    return answer.value.messages if answer.value else None
