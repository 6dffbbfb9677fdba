"""The mailbox of an actor: how many messages wait, sending one, and dropping them."""

import base64
import binascii
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import Problem, not_valid
from actors_app.core.api.schema import Done, operation
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.forms_environment import EnvironmentField, TypedEnvironment
from actors_app.core.security.capabilities import is_plain as known_as_plain
from actors_app.core.sizes import file_excess, message_excess
from actors_app.messages import commands, serializers
from actors_app.messages.archive import Sent
from actors_app.messages.forms import check_json_message
from actors_app.messages.mailboxes import ASKED, mailboxes
from actors_app.messages.operations import COUNT_MESSAGES, PURGE_MAILBOX, SEND_MESSAGE
from actors_app.messages.resending import original_of
from actors_app.services.jsons import dump_json
from actors_app.services.types import SentMessage

TAG = "Messages"


def sent_message_data(actor_id: str, sent_message: SentMessage, message: str) -> dict[str, Any]:
    """Return what a message became, as it goes out."""
    execution = sent_message.execution_id
    url = reverse("api:execution-detail", args=[actor_id, execution]) if is_id(execution) else None
    return {"actor_id": actor_id, "execution_id": execution, "message": message, "url": url}


class Messages(Resource):
    """`/actors/<actor>/messages/`."""

    @operation(COUNT_MESSAGES, tag=TAG, gives=serializers.Mailbox)
    def get(self, request: Request, actor_id: str) -> Response:
        """Answer with how many wait."""
        return Response(serializers.Mailbox(self.abaco.messages.count(actor_id)).data)

    @operation(
        SEND_MESSAGE,
        tag=TAG,
        takes=serializers.Message,
        example={"text": "one two three", "environment": {"LEVEL": "2"}},
        gives=serializers.SentMessage,
        status=201,
        about="Send an `Idempotency-Key` if you retry, since each message becomes an execution.",
    )
    def post(self, request: Request, actor_id: str) -> Response:
        """Send one; the API answers with the execution that it became."""
        data = self.request.data
        forms = [name for name in serializers.FORMS if isinstance(data, dict) and name in data]
        if len(forms) != 1:
            raise not_valid({"body": ["Send a JSON object with one of text, json and base64."]})
        sent = _parse(forms[0], self.body(serializers.FORMS[forms[0]]), is_plain=known_as_plain(self.user))
        result = commands.send_message(self.http, self.abaco, actor_id, sent)
        return self.command_response(
            result,
            lambda sent_message, message: sent_message_data(actor_id, sent_message, message),
            status=201,
            location=lambda sent_message: sent_message_data(actor_id, sent_message, "")["url"] or "",
        )

    @operation(
        PURGE_MAILBOX,
        tag=TAG,
        takes=False,
        gives=Done,
        about="Executions of purged messages stay SUBMITTED forever.",
    )
    def delete(self, request: Request, actor_id: str) -> Response:
        """Purge the mailbox."""
        purged = commands.purge(self.http, self.abaco, actor_id)
        return self.done(purged)


class SendAgain(Resource):
    """`/actors/<actor>/executions/<execution>/send-again/`."""

    @operation(
        "Resend the message of an execution",
        tag=TAG,
        upstream="message.send",
        takes=False,
        gives=serializers.SentMessage,
        status=201,
        about="The API stores no messages. The portal stores messages sent through it, for the sender and the owner "
        "of the actor. Without a stored message, the response is 409 with the reason.",
    )
    def post(self, request: Request, actor_id: str, execution_id: str) -> Response:
        """Send it as it was, with the same variables."""
        answers = self.abaco.gather(
            actor=lambda: self.abaco.actors.get(actor_id),
            execution=lambda: self.abaco.executions.get(actor_id, execution_id),
        )
        answers["execution"].unwrap()
        original = original_of(self.user, execution_id, answers["actor"], answers["execution"])
        if original.sent is None:
            raise Problem(409, "not-kept", original.why_not, advice="Send the message itself instead.")
        result = commands.send_message(self.http, self.abaco, actor_id, replace(original.sent, repeats=execution_id))
        return self.command_response(
            result,
            lambda sent_message, message: sent_message_data(actor_id, sent_message, message),
            status=201,
            location=lambda sent_message: sent_message_data(actor_id, sent_message, "")["url"] or "",
        )


def _parse(name: str, data: dict[str, Any], *, is_plain: bool) -> Sent:
    """Return the message that was sent, by the rules of the form."""
    environment = _environment(data.get("environment", {}))
    if name != "base64" and (excess := message_excess(name, data[name])):
        raise not_valid({name: [excess]})
    if name == "text":
        return Sent("text", data["text"].encode(), environment)
    if name == "json":
        try:
            check_json_message(data["json"], is_plain=is_plain)
        except ValidationError as problem:
            raise not_valid({"json": problem.messages}) from None
        return Sent("json", dump_json(data["json"]), environment)
    try:
        body = base64.b64decode(data["base64"], validate=True)
    except (binascii.Error, ValueError):
        raise not_valid({"base64": ["Invalid base64."]}) from None
    if not body:
        raise not_valid({"base64": ["The message is empty."]})
    if excess := file_excess(len(body)):
        raise not_valid({"base64": [excess]})
    return Sent("binary", body, environment)


def _environment(variables: dict[str, Any]) -> dict[str, str]:
    field = EnvironmentField(in_query=True)
    nested = [name for name, value in variables.items() if not isinstance(value, str)]
    if nested:
        raise not_valid({"environment": [f"The value of “{nested[0]}” must be text."]})
    rows = TypedEnvironment(rows=tuple(variables.items()))
    problems = [f"{row.name or row.value}: {row.problem}" for row in field.rows(rows) if row.problem]
    if problems:
        raise not_valid({"environment": problems})
    try:
        return field.clean(rows)
    except ValidationError as problem:
        raise not_valid({"environment": problem.messages}) from None


class MailboxList(Resource):
    """`/mailboxes/`."""

    @operation(
        "List mailboxes with queued messages",
        tag="Messages",
        upstream="search.executions actor.list mailbox.count",
        gives=serializers.Mailboxes,
        about=f"Covers the {ASKED} actors with the latest waiting executions. Executions of purged messages stay "
        "waiting forever, so the two numbers can differ.",
    )
    def get(self, request: Request) -> Response:
        """Answer with the mailboxes."""
        waiting = mailboxes(self.abaco)
        items = [
            {
                "actor_id": row.actor_id,
                "actor_name": row.label,
                "messages": row.messages,
                "executions": row.executions,
            }
            for row in waiting.rows
        ]
        return Response({"items": items, "not_asked": waiting.not_asked, "is_cut": waiting.is_cut})
