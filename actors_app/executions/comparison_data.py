"""The data for comparing two executions, also of different actors; `comparison.py` finds the differences."""

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from actors_app.core.pages.formatting import visible
from actors_app.core.security.credentials import Credentials
from actors_app.executions import archive as result_archive
from actors_app.executions.comparison import Diff, FieldRow, Tail, difference, field_rows, fields_of, tail_of
from actors_app.executions.forms_comparison import Named
from actors_app.executions.models import KeptResult
from actors_app.executions.neighbours import earlier
from actors_app.logs import archive as log_archive
from actors_app.logs.archive import visible_kept
from actors_app.masking import Masker
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import OriginalMessage
from actors_app.messages.resending import words_of
from actors_app.services import Abaco, Result
from actors_app.services.errors import AbacoError
from actors_app.services.types import Actor, Execution

MAX_RESULT = 1_000_000  # bytes up to which a result that is text is compared line by line
MAX_TEXTS = 5  # pairs of them that are compared line by line; templates/executions/comparison.html names it

NONE_BEFORE = {
    True: "No earlier successful execution. Choose another.",
    False: "No earlier execution. Choose another.",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what was asked for, and what came."""

    letter: str
    named: Named
    actor: Actor | None
    execution: Execution | None
    error: AbacoError | None
    log: Tail | None
    log_error: AbacoError | None
    message: OriginalMessage

    @property
    def masker(self) -> Masker:
        """Return what hides the secrets of this side."""
        return _masker(self.named, self.execution)

    @property
    def names(self) -> list[str]:
        """Return the ids that stand in its log and say nothing about what it did."""
        names = [self.named.actor_id, self.named.execution_id]
        if self.execution:
            names += [self.execution.actor_id, self.execution.worker_id or ""]
        return [name for name in names if name]


@dataclass(frozen=True, slots=True)
class ResultPair:
    """A result of each side, in the order in which they were taken; None where a side has fewer."""

    left: KeptResult | None
    right: KeptResult | None
    diff: Diff | None

    @property
    def is_same(self) -> bool:
        """Whether they are the same to the byte."""
        return self.left is not None and self.right is not None and self.left.sha256 == self.right.sha256


@dataclass
class Compared:
    """What differs; None where it is not known of both."""

    fields: list[FieldRow]
    equal_fields: int
    results: list[ResultPair]
    log: Diff | None = None
    environment: list[FieldRow] | None = None
    is_same_message: bool | None = None
    message: Diff | None = None


def before(abaco: Abaco, credentials: Credentials, first: Named, *, success: bool) -> Named | None:
    """Return the execution, or the success, before another."""
    execution = abaco.executions.get(first.actor_id, first.execution_id)
    earlier_id = earlier(abaco, credentials.tenant, execution, success=success)
    return Named(first.actor_id, earlier_id) if earlier_id else None


def sides(abaco: Abaco, credentials: Credentials, first: Named, second: Named) -> tuple[Side, Side]:
    """Ask for both at once; each side keeps its own errors."""
    calls: dict[str, Any] = {}
    for named in (first, second):
        calls[f"actor {named.actor_id}"] = lambda named=named: abaco.actors.get(named.actor_id)
        calls[f"execution {named}"] = lambda named=named: abaco.executions.get(named.actor_id, named.execution_id)
        calls[f"log {named}"] = lambda named=named: tail_of(
            _masker(named).pieces(abaco.logs.stream(named.actor_id, named.execution_id))
        )
    answers = abaco.gather(**calls)
    return _side(credentials, "A", first, answers), _side(credentials, "B", second, answers)


def _masker(named: Named, execution: Execution | None = None) -> Masker:
    return Masker(named.actor_id, named.execution_id, execution.actor_id if execution else "")


def _side(credentials: Credentials, letter: str, named: Named, answers: dict[str, Result]) -> Side:
    actor, execution = answers[f"actor {named.actor_id}"], answers[f"execution {named}"]
    log = answers[f"log {named}"]
    if log.error or not log.value.lines:
        archived = visible_kept(
            credentials, named.actor_id, named.execution_id, {"actor": actor, "execution": execution}
        )
        with suppress(log_archive.Unreadable):
            log = Result(tail_of(_masker(named).pieces(log_archive.pieces(archived)))) if archived else log
    return Side(
        letter=letter,
        named=named,
        actor=actor.value,
        execution=execution.value,
        error=execution.error,
        log=log.value,
        log_error=log.error,
        message=message_archive.original_message(credentials, named.execution_id, actor.value)
        if execution.value
        else OriginalMessage(),
    )


def compared(credentials: Credentials, left: Side, right: Side) -> Compared:
    """Return what differs between two executions that are both there."""
    names = left.names + right.names
    rows = field_rows(_fields(left), _fields(right))
    result = Compared(
        # Of the container's final state only what differs is worth a line.
        fields=[row for row in rows if not (row.is_same and row.is_final)],
        equal_fields=sum(row.is_same and row.is_final for row in rows),
        results=_results(credentials, left, right, names),
    )
    if left.log is not None and right.log is not None:
        result.log = difference(left.log, right.log, names)
    left_sent, right_sent = left.message.sent, right.message.sent
    if left_sent and right_sent:
        result.is_same_message = (left_sent.kind, left_sent.body) == (right_sent.kind, right_sent.body)
        result.environment = _environments(left, right)
        if "binary" not in (left_sent.kind, right_sent.kind):
            # What somebody typed is compared to the letter: no time or id in it passes for another.
            left_sent, right_sent = left_sent.masked(left.masker), right_sent.masked(right.masker)
            result.message = difference(tail_of([words_of(left_sent)]), tail_of([words_of(right_sent)]), exact=True)
    return result


def _environments(left: Side, right: Side) -> list[FieldRow]:
    """Put the variables of two messages beside each other; secrets that differ are said to, and not shown."""
    left_variables, right_variables = (
        (side.message.sent.environment if side.message.sent else {}) for side in (left, right)
    )
    rows = field_rows(
        left.masker.environment(left_variables), right.masker.environment(right_variables), absent="Not set"
    )
    differ = {
        visible(name)
        for name in {*left_variables} & {*right_variables}
        if left_variables[name] != right_variables[name]
    }
    return [
        replace(row, right=f"{row.right}, different value") if row.is_same and row.name in differ else row
        for row in rows
    ]


def _fields(side: Side) -> dict[str, str]:
    return fields_of(side.execution, side.actor) if side.execution else {}


def _results(credentials: Credentials, left: Side, right: Side, names: list[str]) -> list[ResultPair]:
    """Put the results that this person has taken of both beside each other."""
    left_texts, right_texts = (
        result_archive.texts(credentials, side.named.execution_id, MAX_RESULT, MAX_TEXTS, side.masker)
        for side in (left, right)
    )
    pairs = []
    for left_pair, right_pair in zip_longest(left_texts, right_texts):
        (left_row, left_text), (right_row, right_text) = left_pair or (None, None), right_pair or (None, None)
        is_text = left_text is not None and right_text is not None
        diff = difference(tail_of([left_text or ""]), tail_of([right_text or ""]), names) if is_text else None
        pairs.append(ResultPair(left_row, right_row, diff))
    return pairs
