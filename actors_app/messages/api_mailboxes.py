"""The mailboxes of actors that have executions waiting."""

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.schema import operation
from actors_app.messages import serializers_mailboxes
from actors_app.messages.mailboxes import ASKED, mailboxes


class MailboxList(Resource):
    """`/mailboxes/`."""

    @operation(
        "Which mailboxes hold messages that wait",
        tag="Messages",
        upstream="search.executions actor.list mailbox.count",
        gives=serializers_mailboxes.Mailboxes,
        about=f"Of the {ASKED} actors whose waiting executions came last. An execution whose message was purged waits "
        "for ever, so the two numbers may differ.",
    )
    def get(self, request: Request) -> Response:
        """Answer with the mailboxes."""
        found = mailboxes(self.abaco)
        items = [
            {
                "actor_id": one.actor_id,
                "actor_name": one.label,
                "messages": one.messages,
                "executions": one.executions,
            }
            for one in found.rows
        ]
        return Response({"items": items, "not_asked": found.more, "is_cut": found.is_cut})
