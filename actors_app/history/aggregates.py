"""Exact counts of all that a filter selects, by actor, by user and by month: one pass each, in the store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from actors_app.core.clock import from_ms, to_ms
from actors_app.history.filters import FAILED, OUTCOMES, Filters
from actors_app.history.periods import months
from actors_app.history.plan import Question, Row, marks, questions, select

MOST_MONTHS = 120  # rows of a table by month


@dataclass(slots=True)
class Tally:
    """How many executions of each outcome, and their times in milliseconds; CPU in nanoseconds."""

    outcomes: dict[str, int] = field(default_factory=dict)
    ran: int = 0
    cpu: int = 0

    @property
    def total(self) -> int:
        """Return how many there are."""
        return sum(self.outcomes.values())

    @property
    def failed(self) -> int:
        """Return how many failed in any way."""
        return sum(self.outcomes.get(outcome, 0) for outcome in FAILED)

    @property
    def finished(self) -> int:
        """Return how many have finished."""
        return self.total - sum(self.outcomes.get(outcome, 0) for outcome in ("running", "waiting"))

    @property
    def failed_percent(self) -> float:
        """Return the share of failures among the finished executions, in percent."""
        return 100 * self.failed / self.finished if self.finished else 0.0

    def add(self, outcome: str, count: int, ran: int, cpu: int) -> None:
        """Add executions of one outcome."""
        known = outcome if outcome in OUTCOMES else "unknown"
        self.outcomes[known] = self.outcomes.get(known, 0) + count
        self.ran, self.cpu = self.ran + ran, self.cpu + cpu


def by_actor_and_user(
    filters: Filters, keys: Sequence[int], named: Sequence[int]
) -> tuple[Tally, dict[int, Tally], dict[str, Tally]]:
    """Return the counts of all, of each actor (by the history's keys) and of each user who sent the messages."""
    whole, actors, users = Tally(), dict[int, Tally](), dict[str, Tally]()
    for question in _questions(filters, keys, named):
        for actor, user, outcome, count, ran, cpu in _grouped(question, "s.actor_id, s.executor, s.outcome"):
            for tally in (whole, actors.setdefault(actor, Tally()), users.setdefault(user, Tally())):
                tally.add(outcome, int(count), int(ran or 0), int(cpu or 0))
    return whole, actors, users


def by_month(
    filters: Filters, keys: Sequence[int], named: Sequence[int], start: datetime, end: datetime
) -> list[tuple[datetime, datetime, Tally]]:
    """Return the counts of each month of a span on the reader's clock, the latest months where there are too many."""
    rows = []
    for first, last in list(months(start, end))[-MOST_MONTHS:]:
        tally = Tally()
        for question in _questions(replace(filters, since=to_ms(first), until=to_ms(last)), keys, named):
            for outcome, count, ran, cpu in _grouped(question, "s.outcome"):
                tally.add(outcome, int(count), int(ran or 0), int(cpu or 0))
        rows.append((first, last, tally))
    return rows


def first_received(filters: Filters, keys: Sequence[int]) -> datetime | None:
    """Return when the first known execution of actors was received, from the beginning of the filter on."""
    if not keys:
        return None
    least = max(filters.since or 0, 1)
    ((first,),) = select(
        f"SELECT MIN(s.received) FROM portal_execution s WHERE s.actor_id IN ({marks(keys)}) AND s.received >= %s",
        [*keys, least],
    )
    return from_ms(first)


def _questions(filters: Filters, keys: Sequence[int], named: Sequence[int]) -> Iterator[Question]:
    for question in questions(filters, keys, named, leading=False):
        if question.keys and not question.is_empty:
            yield question


def _grouped(question: Question, columns: str) -> list[Row]:
    text, params = question.where()
    rows, values = f"s.actor_id IN ({marks(question.keys)})", list(question.keys)
    if question.candidates is not None:
        rows, values = f"s.id IN ({question.candidates[0]})", list(question.candidates[1])
    return select(
        f"SELECT {columns}, COUNT(*), SUM(s.ran), SUM(s.cpu) FROM portal_execution s WHERE {rows} AND {text}"
        f" GROUP BY {columns}",
        [*values, *params],
    )
