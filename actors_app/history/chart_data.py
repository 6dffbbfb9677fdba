"""What stands above the table of the history: counts and charts of a filter, kept until anything in them changes.

They cost more than the rows, and most looks at a page find nothing new: so a process remembers them, under the filter
and the state of every actor in it, for the minute that the window's edge stands still.
"""

import hashlib
from dataclasses import dataclass, replace

from django.core.cache import caches
from django.db.models import Max, Sum
from django.urls import reverse

from actors_app.core.clock import DAY, HOUR
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.timezones import zone_here
from actors_app.history import counts as history_counts
from actors_app.history import query
from actors_app.history.charts import Charts, charts_of, choose_step, spans
from actors_app.history.filters import Count, Counts, Wanted
from actors_app.history.models import ActorHistory, ExecutionTally
from actors_app.history.query_context import Asked

SAMPLE = 1000  # newest executions whose run times make the distribution
DOTS = 120  # of them that are drawn one by one
_REMEMBERED = 60  # seconds


@dataclass(frozen=True, slots=True)
class Drawn:
    """The counts of each outcome, and the charts."""

    counts: Counts
    charts: Charts


def drawn(asked: Asked) -> Drawn:
    """Return the counts and charts of what is asked, remembered where nothing has changed."""
    memory, key = caches["drawn"], _key("drawn", asked, asked.wanted, asked.form.query())
    found: Drawn | None = memory.get(key)
    if found is None:
        found = Drawn(history_counts.counts(asked.wanted, asked.keys, asked.named), _charts(asked))
        memory.set(key, found, timeout=_REMEMBERED)
    return found


def counted(asked: Asked, since: int | None) -> Count:
    """Return how many there are of what is asked, from a moment on; remembered where nothing has changed."""
    wanted = replace(asked.wanted, since=since)
    memory, key = caches["drawn"], _key("counted", asked, wanted)
    found: Count | None = memory.get(key)
    if found is None:
        found = history_counts.counts(wanted, asked.keys, asked.named).total(wanted.outcomes)
        memory.set(key, found, timeout=_REMEMBERED)
    return found


def _key(kind: str, asked: Asked, wanted: Wanted, more: str = "") -> str:
    state = ActorHistory.objects.filter(pk__in=asked.keys).aggregate(changed=Max("changed"), known=Sum("known"))
    said = repr((replace(wanted, sort="", descending=True), asked.keys, asked.named, state, more, str(zone_here())))
    return f"{kind}:{hashlib.sha256(said.encode()).hexdigest()}"


def _charts(asked: Asked) -> Charts:
    wanted = replace(asked.wanted, sort="received", descending=True)
    rows = query.page(wanted, asked.keys, asked.named, number=SAMPLE).rows
    end = wanted.until or asked.form.at
    start = wanted.since if wanted.since is not None else _first(asked.keys, end)
    zone = zone_here()
    over_time, is_partial = history_counts.in_spans(
        wanted, asked.keys, asked.named, spans(start, end, choose_step(start, end), zone)
    )
    prefix = reverse("actors:actor-list")
    actors = asked.by_key
    return charts_of(
        over_time,
        [
            (row.received, row.ran, row.outcome, actors[row.actor].id, row.id, actors[row.actor].label)
            for row in rows[:DOTS]
        ],
        lambda **changes: "?" + asked.form.query(**changes),
        lambda actor, id_: f"{prefix}{actor}/executions/{id_}/" if is_id(actor) and is_id(id_) else "",
        zone,
        total=None if len(rows) == SAMPLE else len(rows),
        durations=[row.ran for row in rows if row.ran is not None],
        are_newest=len(rows) == SAMPLE,
        is_partial=is_partial,
    )


def _first(keys: list[int], end: int) -> int:
    """Return the beginning of the day in which the history of some actors begins."""
    rows = ExecutionTally.objects.filter(actor__in=keys, span=DAY, count__gt=0, start__gt=0).order_by("start")
    found: int | None = rows.values_list("start", flat=True).first() if keys else None
    return end - DAY if found is None else min(found, end - HOUR)
