"""The last 24 hours of all executions in numbers and charts, made of one search's answer. It asks nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.safestring import SafeString

from actors_app.core.pages.badges import outcome_badge
from actors_app.core.pages.charts import HOUR, Bucket, Chart, Point, bars, buckets, percentile, scatter
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import ago_words, duration, visible
from actors_app.core.pages.timezones import exact, to_local
from actors_app.services.types import Execution, ExecutionPage

SPAN = timedelta(hours=24)
KINDS = {"complete": "Succeeded", "error": "Failed", "running": "Not finished"}
RECENT = 8
LONGEST = 20
_FAILED = ("failed", "error", "oom")


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
class Day:
    """What there is to say of a day: `loaded` of `total` executions were read."""

    total: int
    loaded: int
    failed: int
    failed_share: float
    median: float | None
    p95: float | None
    hours: list[Bucket]
    per_hour: Chart
    run_times: Chart
    longest: list[Run]
    recent: list[Run]
    failures: list[Run]

    @property
    def is_drawn_from_some(self) -> bool:
        """Whether there were more executions than were read."""
        return self.total > self.loaded


def seconds_of(execution: Execution) -> float | None:
    """Return how long an execution ran, or None while that is not known."""
    if not execution.is_finished:
        return None
    return execution.run_seconds if execution.run_seconds is not None else execution.runtime


def kind_of(execution: Execution) -> str:
    """Return which of KINDS an execution is drawn as; a halt was meant, so it is no failure."""
    if execution.outcome in _FAILED:
        return "error"
    return "complete" if execution.is_finished else "running"


def day_of(page: ExecutionPage, names: dict[str, str], now: datetime) -> Day:
    """Return the day up to now; `names` maps actor ids to what people call them."""
    executions = page.executions
    finished = [execution for execution in executions if execution.is_finished]
    failed = sum(kind_of(execution) == "error" for execution in finished)
    spent = [seconds for execution in finished if (seconds := seconds_of(execution)) is not None]
    hours = buckets(
        ((execution.message_received_time, kind_of(execution)) for execution in executions),
        kinds=tuple(KINDS),
        until=now,
        step=HOUR,
        number=24,
        label=lambda hour: f"{to_local(hour):%H:%M}",
    )
    return Day(
        total=len(executions) if page.total is None else page.total,
        loaded=len(executions),
        failed=failed,
        failed_share=100 * failed / len(finished) if finished else 0.0,
        median=percentile(spent, 0.5),
        p95=percentile(spent, 0.95),
        hours=hours,
        per_hour=bars(hours, names=KINDS, label_every=4),
        run_times=scatter(_points(finished, names), since=now - SPAN, until=now),
        longest=_runs(sorted(finished, key=lambda execution: -(seconds_of(execution) or 0))[:LONGEST], names, now),
        recent=_runs(_newest(executions), names, now),
        failures=_runs(_newest([execution for execution in finished if kind_of(execution) == "error"]), names, now),
    )


def _newest(executions: Sequence[Execution]) -> list[Execution]:
    received = [execution for execution in executions if execution.message_received_time]
    return sorted(received, key=lambda execution: execution.message_received_time, reverse=True)[:RECENT]  # type: ignore[arg-type, return-value]


def _points(finished: Sequence[Execution], names: dict[str, str]) -> list[Point]:
    prefix = reverse("actors:actor-list")
    return [
        Point(
            execution.message_received_time,
            seconds,
            kind_of(execution),
            f"{visible(names.get(execution.actor_id, execution.actor_id))}: {duration(seconds)}",
            _url(prefix, execution),
        )
        for execution in finished
        if (seconds := seconds_of(execution)) is not None and execution.message_received_time
    ]


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
