"""One page of an actor's executions, made of the API's listing, which is whole and in no order.

The rows are ready to be written, since a page has fifty of them: addresses, words and badges are made here.
Nothing is asked of the API here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.urls import reverse
from django.utils.safestring import SafeString

from actors_app.converters import is_id
from actors_app.endings import freshness, time_spent
from actors_app.services.types import Execution, ExecutionListing, ExecutionRow
from actors_app.templatetags.actors import ago_words, now, outcome_badge, status_badge, visible

PER_PAGE = 50
RECENT = 10  # on the actor's own page
NOT_KNOWN = "\N{EN DASH}"

# The filter's choices and the API's statuses that each stands for; anything else is under "all" only.
FILTERS: dict[str, tuple[str, frozenset[str]]] = {
    "all": ("All", frozenset()),
    "waiting": ("Waiting", frozenset({"SUBMITTED"})),
    "running": ("Running", frozenset({"RUNNING", "CREATING CONTAINER"})),
    "complete": ("Ended", frozenset({"COMPLETE"})),
    "error": ("Error", frozenset({"ERROR"})),
}

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Segment:
    """One choice of the status filter, with how many executions it holds."""

    name: str
    label: str
    count: int
    is_current: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One execution as the table writes it."""

    id: str
    url: str  # empty for an id that cannot be in an address
    badge: SafeString
    executor: str
    received: str
    received_exact: str
    received_iso: str
    waited: str
    ran: str


def _arrival(row: ExecutionRow) -> datetime:
    return row.message_received_time or _BEGINNING


class SortedListing:
    """All executions of an actor, newest first; those without a time of arrival last."""

    def __init__(self, listing: ExecutionListing, status: str = "all") -> None:
        self.listing = listing
        self.status = status
        # Times are to the second there, so the later of two in the same second is the one the API names later.
        self.rows = list(listing.executions[::-1])
        self.rows.sort(key=_arrival, reverse=True)
        self.is_live = any(not row.is_finished for row in self.rows)

    @property
    def freshness(self) -> int:
        """Return a number that changes while the newest unfinished execution is young; see `endings.freshness`."""
        return freshness(next((row.message_received_time for row in self.rows if not row.is_finished), None))

    @property
    def total(self) -> int:
        """Return how many there are; what the API counts where it counts, otherwise the rows it gave."""
        counted = self.listing.total_executions
        return len(self.rows) if counted is None else max(counted, len(self.rows))

    @property
    def newest(self) -> str:
        """Return the id of the newest, by which a page is brought up to date; empty where there is none."""
        return next((row.id for row in self.rows if is_id(row.id)), "")

    def chosen(self, rows: Sequence[ExecutionRow] | None = None) -> list[ExecutionRow]:
        """Return those that the status filter lets through."""
        statuses = FILTERS[self.status][1]
        return [row for row in (self.rows if rows is None else rows) if not statuses or row.status in statuses]

    def since(self, newest: str) -> tuple[int, list[ExecutionRow]]:
        """Return how many came after the one that was newest, and the first page as it stood then."""
        place = next((place for place, row in enumerate(self.rows) if row.id == newest), 0)
        return len(self.chosen(self.rows[:place])), self.chosen(self.rows[place:])[:PER_PAGE]

    def segments(self) -> list[Segment]:
        """Return the filter's choices with their exact counts."""
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[row.status] = counts.get(row.status, 0) + 1
        return [
            Segment(
                name,
                label,
                sum(counts.get(status, 0) for status in statuses) if statuses else len(self.rows),
                name == self.status,
                "Ended with any exit code; the API's listing does not tell success from failure."
                if name == "complete"
                else "",
            )
            for name, (label, statuses) in FILTERS.items()
        ]


def table_rows(actor_id: str, rows: Sequence[ExecutionRow], details: Mapping[str, Execution]) -> list[Row]:
    """Return rows to write; one without details says what the listing knows: that it is complete, at most."""
    prefix, at = reverse("actors:execution-list", args=[actor_id]), now()
    return [_table_row(prefix, at, row, details.get(row.id)) for row in rows]


def _table_row(prefix: str, at: datetime, row: ExecutionRow, detail: Execution | None) -> Row:
    whole = detail or Execution(
        id=row.id,
        status=row.status,
        message_received_time=row.message_received_time,
        start_time=row.start_time,
        finish_time=row.finish_time,
    )
    spent = time_spent(whole, at)
    received = row.message_received_time
    if whole.outcome == "finished":
        badge = status_badge(whole.status)
    else:
        badge = outcome_badge(whole.outcome, whole.exit_code, whole.status)
    return Row(
        id=visible(row.id),
        url=f"{prefix}{row.id}/" if is_id(row.id) else "",
        badge=badge,
        executor=visible(whole.executor),
        received=ago_words(received, at) if received else "not reported",
        received_exact=received.strftime("%Y-%m-%d %H:%M:%S UTC") if received else "",
        received_iso=received.isoformat() if received else "",
        waited=spent.waited if spent.waited and not whole.is_running else NOT_KNOWN,
        ran=spent.ran.removesuffix(" since its message arrived") or NOT_KNOWN,
    )
