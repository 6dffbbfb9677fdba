"""`/actors/{actor}/messages`: how many wait, send one (in any of its body forms), purge the mailbox."""

import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from sandbox import engine, times
from sandbox.answers import Crash, Refusal
from sandbox.bodies import coerce, load_json, read_json, read_values
from sandbox.dialect import V2, V2_DIALECT
from sandbox.endpoint import Call, of_actor
from sandbox.ids import new_id
from sandbox.models import Actor, Execution, Message
from sandbox.views.results import take_result

BINARY = "application/octet-stream"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SUCCESS = "The request was successful"
UNREADABLE = "message POST body could not be serialized. Pass JSON data or use the message attribute."


@dataclass(frozen=True)
class Sent:
    """A message as it came: what is kept, under which content type, and what the answer echoes."""

    body: Any
    content_type: str
    binary: bytes | None = field(default=None, repr=False)

    @property
    def echo(self) -> Any:
        """Return what the answer shows as `msg`."""
        return self.body if self.binary is None else "binary - omitted"


def read_message(request: HttpRequest, dialect: V2) -> Sent:
    """Read a message in one of its forms; raise the 400 or 500 of one that cannot be read.

    The field `message` is a text in any case: zero and false are sent as `0` and `False`, an empty list is absent.
    """
    messages = read_values(request, dialect).get("message")
    if messages and (message := coerce(messages[0], "str")):
        return Sent(message, "str")
    if request.headers.get("Content-Type") == BINARY:
        if len(request.body) > settings.SANDBOX_MESSAGE_BYTES:
            raise Refusal(f"Message exceeds max content length of: {settings.SANDBOX_MESSAGE_BYTES}")
        return Sent(None, BINARY, request.body)
    if value := read_json(request, dialect):
        return Sent(value, "application/json")
    if request.content_type in FORMS:
        raise Refusal(UNREADABLE)
    try:
        return Sent(load_json(request.body), "str")
    except ValueError:
        raise Refusal(UNREADABLE) from None


def queue_message(
    actor: Actor, sent: Sent, executor: str, environment: dict[str, Any], dialect: V2 = V2_DIALECT
) -> Execution:
    """Put a message into an actor's mailbox and return the execution that will run it.

    `environment` is what the sender adds to the actor's own; the engine adds the rest when it runs, as `dialect` does.
    """
    execution = Execution(
        id=new_id(), actor_id=actor.id, executor=executor, message_received_time=times.stored(times.now())
    )
    own = {"_abaco_Content_Type": sent.content_type, "_abaco_actor_revision": str(actor.revision)}
    with transaction.atomic():
        execution.save(force_insert=True)
        Message.objects.create(
            actor_id=actor.id,
            execution_id=execution.id,
            body=sent.body,
            binary=sent.binary,
            environment=environment | own,
            version=dialect.prefix,
        )
        engine.ensure_worker(actor)
    engine.wake()
    return execution


def message_count(call: Call) -> HttpResponse:
    """Answer how many messages wait; one being run does not count."""
    actor = call.actor()
    waiting = Message.objects.filter(actor_id=actor.id, taken=False).count()
    return call.answer(SUCCESS, {"messages": waiting, "_links": _links(call, actor)})


def message_send(call: Call) -> HttpResponse:
    """Queue a message and answer its execution; with `_abaco_synchronous=true`, wait for what comes of it."""
    actor = call.actor()
    sent = read_message(call.request, call.dialect)
    query = {name: call.request.GET.getlist(name)[0] for name in call.request.GET if name != "message"}
    by_nonce = call.caller.nonce is not None
    if by_nonce and call.dialect.runs_as_executor and actor.run_as_executor:
        raise Crash("AttributeError", "'_AppCtxGlobals' object has no attribute 'tenant_id'")
    environment = query | call.dialect.sender(call.caller.user, by_nonce)
    execution = queue_message(actor, sent, call.caller.user, environment, call.dialect)
    if query.get("_abaco_synchronous", "").lower() == "true":
        return _wait_for(execution)
    links = _links(call, actor) | {"self": call.dialect.link(actor.id, "executions", execution.id)}
    links["messages"] = call.dialect.link(actor.id, "messages")
    result = {call.dialect.name("execution_id"): execution.id, "msg": sent.echo, "_links": links}
    return call.answer(SUCCESS, result)


def message_purge(call: Call) -> HttpResponse:
    """Empty the mailbox; the executions of what waited stay SUBMITTED for ever."""
    actor = call.actor()
    Message.objects.filter(actor_id=actor.id, taken=False).delete()
    return call.answer(SUCCESS, {"msg": "Actor mailbox purged.", "_links": _links(call, actor)})


def _links(call: Call, actor: Actor) -> dict[str, str]:
    return {"self": call.dialect.link(actor.id, "messages"), "owner": call.dialect.owner_link(actor.owner)}


def _wait_for(execution: Execution) -> HttpResponse:
    until = time.monotonic() + settings.SANDBOX_SYNC_SECONDS
    while time.monotonic() < until:
        status = Execution.objects.filter(id=execution.id).values_list("status", flat=True).first()
        result = take_result(execution.id)
        if result is not None:
            return HttpResponse(result, BINARY)
        if status in ("COMPLETE", "ERROR", None):
            return HttpResponse(engine.log_of(execution.id), "text/html; charset=utf-8")
        time.sleep(0.05)
    return HttpResponse("<h1>504 Gateway Time-out</h1>\n", "text/html", 504)


item = of_actor("messages", GET=message_count, POST=message_send, DELETE=message_purge)
