"""The bulk acts: the turn of each, what the trail calls it, and its words."""

from collections.abc import Callable
from dataclasses import dataclass

from actors_app.actors.operations import DELETE_ACTOR
from actors_app.bulk import turns
from actors_app.bulk.turns import Turn, TurnResult
from actors_app.core.operations.operation import Operation
from actors_app.core.pages.formatting import thousands
from actors_app.executions.operations import HALT_EXECUTION
from actors_app.messages.operations import PURGE_MAILBOX, SEND_MESSAGE
from actors_app.workers.operations import STOP_WORKER


@dataclass(frozen=True, slots=True)
class Act:
    """A bulk act: what one item's turn does, the operation in the trail, and its words.

    `things` are what it is about; `names` name the act, `confirmations` say that it was ordered, and `press` stands
    on the button that orders it: each for one and for many, with `{}` for their number.
    """

    do: Callable[[Turn], TurnResult]
    operation: Operation
    verb: str
    title: str
    things: tuple[str, str]
    confirmations: tuple[str, str]
    names: tuple[str, str]
    press: tuple[str, str]
    nothing: str
    consequences: tuple[str, ...]
    column: str = ""  # of what is not the actor itself
    icon: str = "circle-stop"
    style: str = "danger"
    after: str = ""
    names_object: bool = True  # whether the entry in the trail is about the execution or worker of the item

    def count_label(self, number: int) -> str:
        """Say how many things, such as `2 executions`."""
        return f"{thousands(number)} {self.things[number != 1]}"

    def confirmation(self, number: int) -> str:
        """Say that it was ordered."""
        return self.confirmations[number != 1].format(thousands(number))

    def question(self, number: int) -> str:
        """Ask whether to do it; say that there is nothing to do it to."""
        return f"{self.named(number)}?" if number else self.nothing

    def named(self, number: int) -> str:
        """Name the act with how many things it is about."""
        return self.names[number != 1].format(thousands(number))

    def button(self, number: int) -> str:
        """Say what the press that orders it does."""
        return self.press[number != 1].format(thousands(number))


ACTS: dict[str, Act] = {
    "halt": Act(
        do=turns.halt,
        operation=HALT_EXECUTION,
        verb="Halt",
        title="Halt executions",
        column="Execution",
        things=("execution", "executions"),
        confirmations=("Halting {} execution", "Halting {} executions"),
        names=("Halt {} execution", "Halt {} executions"),
        press=("Halt {} execution", "Halt {} executions"),
        nothing="Nothing to halt",
        consequences=(
            "Processes are killed immediately without cleanup. This cannot be undone.",
            "Executions usually end with exit code 137 or 143. Their logs so far are kept.",
            "Their workers exit and take no more messages, but stay listed as Busy. An actor without other workers "
            "then gets no new worker, unless autoscaling is on.",
            "To fix this, see each actor's Workers tab afterwards.",
        ),
        after="A halt can take a moment. The worker then takes no more messages.",
    ),
    "resend": Act(
        do=turns.resend,
        operation=SEND_MESSAGE,
        verb="Resend",
        title="Resend messages",
        column="Execution",
        things=("execution", "executions"),
        confirmations=("Resending {} message", "Resending {} messages"),
        names=("Resend {} message", "Resend {} messages"),
        press=("Resend {} message", "Resend {} messages"),
        nothing="Nothing to resend",
        consequences=(
            "Each message is sent again with its variables and becomes a new execution.",
            "All effects happen again, such as files written and notifications sent.",
            "Messages you can no longer access are skipped.",
        ),
        icon="send",
        style="primary",
        names_object=False,
    ),
    "stop": Act(
        do=turns.stop,
        operation=STOP_WORKER,
        verb="Stop workers",
        title="Stop workers",
        column="Worker",
        things=("worker", "workers"),
        confirmations=("Stopping {} worker", "Stopping {} workers"),
        names=("Stop {} worker", "Stop {} workers"),
        press=("Stop {} worker", "Stop {} workers"),
        nothing="No workers to stop",
        consequences=(
            "Workers stop within a second. In v2, a worker whose process has exited (as after a halt) stays listed for "
            "about 5 minutes.",
            "Running executions are interrupted: their outcomes may be lost, or their messages run twice.",
            "Queued messages are kept. If no worker is left, the next message sent starts one.",
        ),
        after="Workers disappear from the list once stopped.",
    ),
    "purge": Act(
        do=turns.purge,
        operation=PURGE_MAILBOX,
        verb="Purge mailboxes",
        title="Purge mailboxes",
        things=("mailbox", "mailboxes"),
        confirmations=("Purging {} mailbox", "Purging {} mailboxes"),
        names=("Purge {} mailbox", "Purge {} mailboxes"),
        press=("Purge {} mailbox", "Purge {} mailboxes"),
        nothing="No messages to delete",
        consequences=(
            "All queued messages are deleted permanently.",
            "Their executions stay Waiting permanently.",
            "Running executions are not affected.",
        ),
        icon="trash-2",
    ),
    "delete": Act(
        do=turns.delete,
        operation=DELETE_ACTOR,
        verb="Delete",
        title="Delete actors",
        things=("actor", "actors"),
        confirmations=("Deleting {} actor", "Deleting {} actors"),
        names=("Delete {} actor", "Delete {} actors"),
        press=("Delete {} actor permanently", "Delete {} actors permanently"),
        nothing="No actors to delete",
        consequences=(
            "This cannot be undone. Logs, permissions, nonces and states are deleted too.",
            "Execution records are kept, but only administrators can read them.",
            "Scripts that use these actor IDs will fail.",
            "Each can take up to 20 seconds.",
        ),
        icon="trash-2",
    ),
}
OF_EXECUTIONS = ("halt", "resend")
OF_ACTORS = ("stop", "purge", "delete")
