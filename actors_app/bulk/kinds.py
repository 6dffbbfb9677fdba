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
        confirmations=("Ordered: {} execution to halt.", "Ordered: {} executions to halt."),
        names=("Halt {} execution", "Halt {} executions"),
        press=("Halt {} execution and lose its work", "Halt {} executions and lose their work"),
        nothing="There is nothing to halt",
        consequences=(
            "What runs is killed at once and cannot clean up. This cannot be taken back.",
            "Each then ends with the status COMPLETE and, as a rule, exit code 137 or 143. What it wrote to its log so "
            "far stays.",
            "A worker that runs one of them takes no more messages: it ends its work, while its record stays Busy. "
            "Where an actor has no other worker, the API starts none while the record exists, unless its autoscaler "
            "does, and the actor's messages wait.",
            "Afterwards the page of workers of each actor says what ends this, with a button for each way.",
        ),
        after="A halt takes a moment until the execution has ended. Its worker then takes no more messages.",
    ),
    "resend": Act(
        do=turns.resend,
        operation=SEND_MESSAGE,
        verb="Send again",
        title="Send messages again",
        column="Execution",
        things=("execution", "executions"),
        confirmations=("Ordered: {} message to send again.", "Ordered: {} messages to send again."),
        names=("Send {} message again", "Send {} messages again"),
        press=("Send {} message again", "Send {} messages again"),
        nothing="There is nothing to send again",
        consequences=(
            "Each message is sent once more, as it was, with the variables that went along. It becomes a new "
            "execution.",
            "What the actors do with it happens again: files are written again, others are told again.",
            "Each is looked up again before it is sent; where it may no longer be read, nothing is sent.",
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
        confirmations=("Ordered: {} worker to stop.", "Ordered: {} workers to stop."),
        names=("Stop {} worker", "Stop {} workers"),
        press=("Stop {} worker", "Stop {} workers"),
        nothing="There is no worker to stop",
        consequences=(
            "A worker with a living process is gone within a second. The record of one whose process has exited, as "
            "after a halt, goes as fast in v3, and stays as Shutdown requested for some 5 minutes in v2.",
            "An execution that one of them runs now is cut off: its outcome may never be recorded, or its message "
            "may be run again by another worker.",
            "Messages that wait stay in the mailbox. Where no worker is left, the next message that is sent starts "
            "one.",
        ),
        after="A worker that was asked to stop goes when it has; its row goes then.",
    ),
    "purge": Act(
        do=turns.purge,
        operation=PURGE_MAILBOX,
        verb="Purge mailboxes",
        title="Purge mailboxes",
        things=("mailbox", "mailboxes"),
        confirmations=("Ordered: {} mailbox to purge.", "Ordered: {} mailboxes to purge."),
        names=("Purge {} mailbox", "Purge {} mailboxes"),
        press=("Drop all messages in {} mailbox", "Drop all messages in {} mailboxes"),
        nothing="There is no message to drop",
        consequences=(
            "All messages that wait when a mailbox has its turn are dropped unread. This cannot be taken back.",
            "Their executions stay Submitted for ever: nothing will run them.",
            "What workers are running now goes on.",
        ),
        icon="trash-2",
    ),
    "delete": Act(
        do=turns.delete,
        operation=DELETE_ACTOR,
        verb="Delete",
        title="Delete actors",
        things=("actor", "actors"),
        confirmations=("Ordered: {} actor to delete.", "Ordered: {} actors to delete."),
        names=("Delete {} actor", "Delete {} actors"),
        press=("Delete {} actor for good", "Delete {} actors for good"),
        nothing="There is no actor to delete",
        consequences=(
            "This cannot be taken back. Logs, permissions, nonces and states go too.",
            "The records of the executions stay, but only administrators can read them.",
            "Scripts that use an id fail from then on; nobody can count them.",
            "The API may take up to 20 seconds for each.",
        ),
        icon="trash-2",
    ),
}
OF_EXECUTIONS = ("halt", "resend")
OF_ACTORS = ("stop", "purge", "delete")
