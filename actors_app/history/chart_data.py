"""What stands above the table of the history: counts, the strip and charts of a filter, kept until they change.

They cost more than the rows, and most looks at a page find nothing new: so a process remembers them, under the filter
and the state of every actor in it, for the minute that the window's edge stands still.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.cache import caches
from django.db.models import Max, Sum
from django.urls import reverse

from actors_app.core.clock import DAY, HOUR
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.timezones import zone_here
from actors_app.history import counts as history_counts
from actors_app.history import query
from actors_app.history.charts import Charts, Shade, charts_of, choose_step, spans
from actors_app.history.charts.over_time import Count as Spread
from actors_app.history.charts.strip import Strip, strip
from actors_app.history.filters import Count, Counts, Filters
from actors_app.history.models import ActorHistory, ExecutionTally
from actors_app.history.query_context import QueryContext

SAMPLE = 1000  # newest executions whose run times make the distribution
DOTS = 120  # of them that are drawn one by one
_REMEMBERED = 60  # seconds


@dataclass(frozen=True, slots=True)
class ChartData:
    """The counts of each outcome, and how they spread over time: the spans with their counts, all or only some."""

    counts: Counts
    over_time: Sequence[Spread]
    is_partial: bool
    shades: tuple[Shade, ...] = ()

    @property
    def strip(self) -> Strip | None:
        """Draw the spans as a strip of small bars; None where there is nothing to draw."""
        return strip(self.over_time, zone_here(), self.shades)


def chart_data(ctx: QueryContext) -> ChartData:
    """Return the counts of a context, from the cache where nothing has changed."""
    memory, key = caches["drawn"], _key("counts", ctx, ctx.filters, ctx.form.query())
    data: ChartData | None = memory.get(key)
    if data is None:
        data = ChartData(history_counts.counts(ctx.filters, ctx.keys, ctx.named), *_over_time(ctx), _shades(ctx))
        memory.set(key, data, timeout=_REMEMBERED)
    return data


def charts(ctx: QueryContext) -> Charts:
    """Return the charts of a context, from the cache where nothing has changed."""
    memory, key = caches["drawn"], _key("charts", ctx, ctx.filters, ctx.form.query())
    data: Charts | None = memory.get(key)
    if data is None:
        data = _charts(ctx, chart_data(ctx))
        memory.set(key, data, timeout=_REMEMBERED)
    return data


def cached_count(ctx: QueryContext, since: int | None) -> Count:
    """Return how many executions match from a moment on, from the cache where nothing has changed."""
    filters = replace(ctx.filters, since=since)
    memory, key = caches["drawn"], _key("counted", ctx, filters)
    count: Count | None = memory.get(key)
    if count is None:
        count = history_counts.counts(filters, ctx.keys, ctx.named).total(filters.outcomes)
        memory.set(key, count, timeout=_REMEMBERED)
    return count


def _key(kind: str, ctx: QueryContext, filters: Filters, extra: str = "") -> str:
    state = ActorHistory.objects.filter(pk__in=ctx.keys).aggregate(
        changed=Max("changed"), known=Sum("known"), deleted=Max("deleted"), since=Sum("since")
    )
    identity = repr((replace(filters, sort="", descending=True), ctx.keys, ctx.named, state, extra, str(zone_here())))
    return f"{kind}:{hashlib.sha256(identity.encode()).hexdigest()}"


def _over_time(ctx: QueryContext) -> tuple[Sequence[Spread], bool]:
    filters = replace(ctx.filters, sort="received", descending=True)
    end = filters.until or ctx.form.at
    start = filters.since if filters.since is not None else _first(ctx.keys, end)
    step = choose_step(start, end)
    return history_counts.in_spans(filters, ctx.keys, ctx.named, spans(start, end, step, zone_here()))


def _charts(ctx: QueryContext, data: ChartData) -> Charts:
    filters = replace(ctx.filters, sort="received", descending=True)
    rows = query.page(filters, ctx.keys, ctx.named, number=SAMPLE).rows
    zone = zone_here()
    prefix = reverse("actors:actor-list")
    actors = ctx.by_key
    return charts_of(
        data.over_time,
        [
            (row.received, row.ran, row.outcome, actors[row.actor].id, row.id, actors[row.actor].label)
            for row in rows[:DOTS]
        ],
        lambda **changes: "?" + ctx.form.query(**changes),
        lambda actor, id_: f"{prefix}{actor}/executions/{id_}/" if is_id(actor) and is_id(id_) else "",
        zone,
        total=None if len(rows) == SAMPLE else len(rows),
        durations=[row.ran for row in rows if row.ran is not None],
        are_newest=len(rows) == SAMPLE,
        is_partial=data.is_partial,
        shades=data.shades,
    )


def _shades(ctx: QueryContext) -> tuple[Shade, ...]:
    """Return the spans of time of which not all executions are known."""
    known = ctx.coverage()
    shades = [
        Shade(gap.start, gap.end, "gap", f"Gap in the history of {ctx.by_key[gap.actor].label}: {gap.reason_words}")
        for gap in known.gaps
    ]
    if known.back_to is not None:
        shades.append(Shade(0, known.back_to, "unsynced", "Not synced yet"))
    return tuple(shades)


def _first(keys: list[int], end: int) -> int:
    """Return the beginning of the day in which the history of some actors begins."""
    rows = ExecutionTally.objects.filter(actor__in=keys, span=DAY, count__gt=0, start__gt=0).order_by("start")
    start: int | None = rows.values_list("start", flat=True).first() if keys else None
    return end - DAY if start is None else min(start, end - HOUR)
