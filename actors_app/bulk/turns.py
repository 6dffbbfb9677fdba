"""What each bulk act does to one thing when its turn comes.

Each act first asks how the thing stands, and leaves it alone where there is nothing left to do; then it writes through
`perform_item`, whose key lets it be done once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from actors_app.bulk.jobs import reason_of
from actors_app.bulk.models import BulkItem, BulkJob
from actors_app.core.operations.operation import Operation
from actors_app.core.operations.perform import CommandResult, NotRecorded, Outcome, perform_item
from actors_app.core.pages.formatting import thousands, visible
from actors_app.core.security.credentials import signed_in
from actors_app.history import visibility
from actors_app.history.forms import outcome_label
from actors_app.messages import archive as message_archive
from actors_app.messages.commands import audit_details, execution_address, send
from actors_app.messages.resending import original_of
from actors_app.services import Abaco
from actors_app.services.errors import Busy, CallError, NotFound, RateLimited, SignedOut, Unreachable
from actors_app.services.types import Actor, Execution, Mailbox, Worker


def may_pass(error: CallError) -> bool:
    """Whether an error may soon be over: then an item keeps its turn, and the job waits for somebody to go on."""
    return isinstance(error, SignedOut | Unreachable | Busy | RateLimited | NotRecorded) or bool(error.retry_after)


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What came of one item."""

    outcome: str
    message: str
    execution_id: str = ""


class Later(Exception):  # noqa: N818  it ends a step and is no error
    """Nothing was begun for an item, which keeps its turn."""

    def __init__(self, error: CallError) -> None:
        super().__init__()
        self.error = error


@dataclass(frozen=True, slots=True)
class Turn:
    """The turn of one item: who asks, by which API, of which job it is, and the operation."""

    request: HttpRequest
    abaco: Abaco
    job: BulkJob
    item: BulkItem
    operation: Operation

    @property
    def actor_id(self) -> str:
        """Return the actor that it is about."""
        return self.item.actor_id

    @property
    def object_id(self) -> str:
        """Return the execution or worker that it is about; empty where it is the actor itself."""
        return self.item.object_id

    def ask(self, call: Callable[[], Any]) -> Any:
        """Ask what must be known before anything is done; put the item off where that cannot be had now."""
        try:
            return call()
        except CallError as error:
            if may_pass(error):
                raise Later(error) from None
            raise

    def write(
        self,
        call: Callable[[], Any],
        answer: Callable[[Any], Outcome],
        *,
        names_object: bool = True,
        details: Mapping[str, Any] | None = None,
    ) -> CommandResult[Any]:
        """Do it, once, under the item's own key; put the item off where that cannot be recorded."""
        try:
            return perform_item(
                self.request,
                self.operation,
                call,
                answer,
                job=self.job.handle,
                item=str(self.item.number),
                actor_id=self.actor_id,
                object_id=self.object_id if names_object else "",
                details={**(details or {}), "reason": reason_of(self.job)},
            )
        except NotRecorded as error:  # then nothing was sent either
            raise Later(error) from None


def _skipped(reason: str) -> TurnResult:
    return TurnResult(BulkItem.SKIPPED, f"{reason} Nothing was sent.")


# Executions -------------------------------------------------------------------------------------------------


def halt(turn: Turn) -> TurnResult:
    """Halt an execution that runs."""
    execution: Execution = turn.ask(lambda: turn.abaco.executions.get(turn.actor_id, turn.object_id))
    if execution.status != "RUNNING":
        return _skipped(f"No longer running: {outcome_label(execution.outcome).lower()}.")
    message = "Halt requested."
    turn.write(
        lambda: turn.abaco.executions.halt(turn.actor_id, turn.object_id),
        lambda _: Outcome(message, execution_address(turn.actor_id, turn.object_id)),
    )
    return TurnResult(BulkItem.DONE, message)


def resend(turn: Turn) -> TurnResult:
    """Send the message of an execution once more, as it was."""
    credentials = turn.ask(lambda: signed_in(turn.request))
    answers = turn.ask(
        lambda: turn.abaco.gather(
            actor=lambda: turn.abaco.actors.get(turn.actor_id),
            execution=lambda: turn.abaco.executions.get(turn.actor_id, turn.object_id),
        )
    )
    for answer in answers.values():
        if answer.error and may_pass(answer.error):
            raise Later(answer.error)
    original = original_of(credentials, turn.object_id, answers["actor"], answers["execution"])
    if original.sent is None:
        return _skipped(original.why_not)
    sent = message_archive.Sent(original.sent.kind, original.sent.body, original.sent.environment, turn.object_id)
    result = turn.write(
        lambda: send(credentials, turn.abaco, turn.actor_id, sent),
        lambda execution: Outcome("Message sent.", execution_address(turn.actor_id, execution.execution_id)),
        names_object=False,
        details=audit_details(sent),
    )
    execution_id = result.value.execution_id if result.value else ""
    return TurnResult(BulkItem.DONE, "Resent.", visible(execution_id)[:128])


# Actors and their workers -----------------------------------------------------------------------------------


def stop(turn: Turn) -> TurnResult:
    """Ask a worker to stop."""
    try:
        worker: Worker = turn.ask(lambda: turn.abaco.workers.get(turn.actor_id, turn.object_id))
    except NotFound:
        return _skipped("Already stopped.")
    if worker.is_stopping:
        return _skipped("Already stopping.")
    message = "Stopping."
    turn.write(
        lambda: turn.abaco.workers.stop(turn.actor_id, turn.object_id),
        lambda _: Outcome(message, reverse("actors:worker-list", args=[turn.actor_id])),
        details={"before": {"status": worker.status}},
    )
    return TurnResult(BulkItem.DONE, f"{message} It was running an execution." if worker.is_busy else message)


def purge(turn: Turn) -> TurnResult:
    """Drop the messages that wait in a mailbox."""
    mailbox: Mailbox = turn.ask(lambda: turn.abaco.messages.count(turn.actor_id))
    number = mailbox.messages
    if number == 0:
        return _skipped("No queued messages left.")
    if number is None:
        message = "Mailbox purged."
    else:
        message = f"Mailbox purged ({thousands(number)} {'message' if number == 1 else 'messages'} deleted)."
    turn.write(
        lambda: turn.abaco.messages.purge(turn.actor_id),
        lambda _: Outcome(message, reverse("actors:message-create", args=[turn.actor_id])),
        details={"before": {"waiting": number}},
    )
    return TurnResult(BulkItem.DONE, message)


def delete(turn: Turn) -> TurnResult:
    """Delete an actor."""
    # An administrator is told of success even for an actor that is not there, so it is looked for first.
    try:
        actor: Actor = turn.ask(lambda: turn.abaco.actors.get(turn.actor_id))
    except NotFound as error:
        if error.may_be_hidden:
            raise
        return _skipped("Already deleted.")
    if actor.is_shutting_down:
        return _skipped("Already being deleted.")

    def done() -> str:
        message = turn.abaco.actors.delete(turn.actor_id)
        visibility.forget_actor(turn.request, turn.actor_id)
        return message

    def answer(message: str) -> Outcome:
        suffix = " The API is still cleaning up." if "cleaning up" in message else ""
        return Outcome(f"Deleted.{suffix}", reverse("actors:actor-list"))

    result = turn.write(done, answer, details={"name": actor.label})
    return TurnResult(BulkItem.DONE, result.outcome.message)
