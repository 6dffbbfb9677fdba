"""How many messages wait in which mailbox, over all actors that have any: a part of the overview, and a page."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from actors_app.core.addresses import page_of
from actors_app.core.htmx import render_page, wants_fragment
from actors_app.core.pages.decorators import page
from actors_app.core.pages.formatting import visible
from actors_app.core.security.credentials import abaco_for
from actors_app.messages.mailboxes import mailboxes
from actors_app.services.errors import AbacoError


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """One mailbox as the page writes it."""

    actor: str
    url: str
    messages: int | None
    executions: int


@page("GET")
def mailbox_list(request: HttpRequest) -> HttpResponse:
    """Show the mailboxes of actors that have executions waiting (`GET /actors/search/executions`, `GET …/messages`)."""
    context: dict[str, Any] = {"section": "overview", "error": None}
    status = 200
    try:
        waiting = mailboxes(abaco_for(request))
    except AbacoError as failure:
        context["error"], status = failure, failure.status
    else:
        rows = [
            MailboxRow(
                visible(mailbox.label),
                page_of("message-create", mailbox.actor_id),
                mailbox.messages,
                mailbox.executions,
            )
            for mailbox in waiting.rows
        ]
        # On the overview only what somebody may want to do something about.
        visible_rows = [row for row in rows if row.messages != 0] if wants_fragment(request) else rows
        context |= {
            "rows": visible_rows,
            "purged": len(rows) - len(visible_rows),
            "more": waiting.not_asked,
            "is_cut": waiting.is_cut,
        }
    return render_page(
        request, "messages/mailboxes.html", context, partial="messages/_mailbox_table.html", status=status
    )
