"""The last 24 hours of all executions in numbers and a chart, made of one search's answer. It asks nobody."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from actors_app.core.clock import HOUR
from actors_app.core.pages.badges import outcome_badge
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import ago_words, duration, visible
from actors_app.core.pages.timezones import exact, to_local, zone_here, zone_words
from actors_app.history.charts import Links, Panel, over_time, percentile, spans
from actors_app.services.types import Execution, ExecutionPage

SPAN = timedelta(hours=24)
RECENT = 8
BLAMED = 5  # actors whose failures are counted
FAILED = ("failed", "error", "oom")


@dataclass(frozen=True, slots=True)
class Run:
    """One execution as the page writes it."""

    url: str  # empty where an id cannot be in an address
    id: str
    actor_url: str
    actor: str
    executor: str
    badge: SafeString
    ago: str
    exact: str
    lasted: str


@dataclass(frozen=True, slots=True)
class ActorFailures:
    """How many executions of an actor failed, of how many that finished, and where they are listed."""

    actor: str
    url: str
    failed: int
    finished: int

    @property
    def percent(self) -> int:
        """Return the share of failures, in percent."""
        return round(100 * self.failed / self.finished)


@dataclass(frozen=True, slots=True)
class Day:
    """What there is to say of a day: `loaded` of `total` executions were read."""

    total: int
    loaded: int
    failed: int
    failed_share: float
    median: float | None
    p95: float | None
    per_hour: Panel
    recent: list[Run]
    failures: list[Run]
    failures_by_actor: list[ActorFailures]

    @property
    def is_drawn_from_some(self) -> bool:
        """Whether there were more executions than were read."""
        return self.total > self.loaded


def seconds_of(execution: Execution) -> float | None:
    """Return how long an execution ran, or None while that is not known."""
    if not execution.is_finished:
        return None
    return execution.run_seconds if execution.run_seconds is not None else execution.runtime


def is_failure(execution: Execution) -> bool:
    """Whether an execution failed; a halt was meant, so it is no failure."""
    return execution.outcome in FAILED


def day_of(page: ExecutionPage, names: dict[str, str], now: datetime) -> Day:
    """Return the day up to now; `names` maps actor ids to what people call them."""
    executions = page.executions
    finished = [execution for execution in executions if execution.is_finished]
    failures = [execution for execution in finished if is_failure(execution)]
    seconds = [value for execution in finished if (value := seconds_of(execution)) is not None]
    total = len(executions) if page.total is None else page.total
    return Day(
        total=total,
        loaded=len(executions),
        failed=len(failures),
        failed_share=100 * len(failures) / len(finished) if finished else 0.0,
        median=percentile(seconds, 0.5),
        p95=percentile(seconds, 0.95),
        per_hour=_per_hour(executions, now, is_partial=total > len(executions)),
        recent=_runs(_newest(executions), names, now),
        failures=_runs(_newest(failures), names, now),
        failures_by_actor=_failures_by_actor(finished, names),
    )


def _per_hour(executions: Sequence[Execution], now: datetime, *, is_partial: bool) -> Panel:
    """Draw the executions of each hour; a bar leads to the list of its hour."""
    zone, until = zone_here(), round(now.timestamp() * 1000)
    hours = spans(until - 24 * HOUR, until, HOUR, zone)
    counts: list[Counter[str]] = [Counter() for _ in hours]
    for execution in executions:
        if received := execution.message_received_time:
            index = (round(received.timestamp() * 1000) - hours[0][0]) // HOUR
            if 0 <= index < len(hours):
                counts[index][execution.outcome] += 1
    history = reverse("actors:history")
    links = Links(lambda **changes: f"{history}?{urlencode({key: value for key, value in changes.items() if value})}")
    buckets = [(start, end, count) for (start, end), count in zip(hours, counts, strict=True)]
    return over_time(buckets, links, zone, zone_words(to_local(now)), is_partial=is_partial)


def _failures_by_actor(finished: Sequence[Execution], names: dict[str, str]) -> list[ActorFailures]:
    """Return the actors with the most failures."""
    every = Counter(execution.actor_id for execution in finished)
    failed = Counter(execution.actor_id for execution in finished if is_failure(execution))
    prefix = reverse("actors:actor-list")
    return [
        ActorFailures(
            visible(names.get(actor_id, actor_id)),
            f"{prefix}{actor_id}/executions/?outcome={','.join(FAILED)}" if is_id(actor_id) else "",
            count,
            every[actor_id],
        )
        for actor_id, count in failed.most_common(BLAMED)
    ]


def _newest(executions: Sequence[Execution]) -> list[Execution]:
    received = [execution for execution in executions if execution.message_received_time]
    return sorted(received, key=lambda execution: execution.message_received_time, reverse=True)[:RECENT]  # type: ignore[arg-type, return-value]


def _runs(executions: Sequence[Execution], names: dict[str, str], now: datetime) -> list[Run]:
    prefix = reverse("actors:actor-list")
    return [
        Run(
            url=_url(prefix, execution),
            id=visible(execution.id),
            actor_url=f"{prefix}{execution.actor_id}/" if is_id(execution.actor_id) else "",
            actor=visible(names.get(execution.actor_id, execution.actor_id)),
            executor=visible(execution.executor),
            badge=outcome_badge(execution.outcome, execution.exit_code, execution.status),
            ago=ago_words(execution.message_received_time, now) if execution.message_received_time else "",
            exact=exact(execution.message_received_time) if execution.message_received_time else "",
            lasted=duration(seconds_of(execution)),
        )
        for execution in executions
    ]


def _url(prefix: str, execution: Execution) -> str:
    if not is_id(execution.actor_id) or not is_id(execution.id):
        return ""
    return f"{prefix}{execution.actor_id}/executions/{execution.id}/"
