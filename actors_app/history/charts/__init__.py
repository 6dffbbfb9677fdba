"""The charts of the execution history, drawn from numbers alone: no database, no API, no request.

What goes in:

- `buckets`: spans of time that follow one another, each `(start, end, {outcome: count})`, in milliseconds since 1970;
  `choose_step` and `spans` say which, for a time and a zone;
- `runs`: up to 250 executions, newest first, each `(received, ran or None, outcome, actor id, execution id, actor's
  name)`, with `received` in milliseconds since 1970 and `ran` in milliseconds;
- `link(**changes)`: the address of the page with some parameters changed, where an empty value takes one away; the
  charts change `from`, `to`, `window`, `outcome` and `duration`;
- `dot_url(actor id, execution id)`: the address of an execution, or "" where it can have none.

What comes out is three panels, ready to be written by `history/_charts.html`: SVG whose shapes are links, what it
says in a sentence, and the same numbers and links as a table. What comes from the API is escaped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from actors_app.core.pages.formatting import address_time
from actors_app.core.pages.timezones import zone_words
from actors_app.history.charts.distribution import distribution, percentile
from actors_app.history.charts.drawing import Panel, Shade
from actors_app.history.charts.links import Link, Links
from actors_app.history.charts.over_time import Count, over_time
from actors_app.history.charts.run_times import DotURL, Run, run_times
from actors_app.history.charts.spans import choose_step, local, spans
from actors_app.history.charts.sparkline import sparkline

__all__ = [
    "Charts",
    "Links",
    "Panel",
    "Shade",
    "charts_of",
    "choose_step",
    "over_time",
    "percentile",
    "spans",
    "sparkline",
]


@dataclass(frozen=True, slots=True)
class Charts:
    """The charts of one page of executions."""

    over_time: Panel
    run_times: Panel
    distribution: Panel

    @property
    def panels(self) -> tuple[Panel, Panel, Panel]:
        """Return them in the order of the page."""
        return self.over_time, self.run_times, self.distribution


def charts_of(
    buckets: Sequence[Count],
    runs: Sequence[Run],
    link: Link,
    dot_url: DotURL,
    zone: tzinfo = UTC,
    *,
    total: int | None = None,
    durations: Sequence[int] | None = None,
    are_newest: bool = False,
    is_partial: bool = False,
    shades: Sequence[Shade] = (),
) -> Charts:
    """Draw the charts of a filter's executions.

    `total` is how many the filter finds, where `runs` are only the newest of them; by default all that the buckets
    hold. `durations` are the run times (milliseconds) for the distribution, by default those of `runs`; where they are
    those of the newest alone, `are_newest` says so. Where the buckets do not count all that there are, they are said to
    be `is_partial`; `shades` are spans of time that are not known whole.
    """
    links = Links(link)
    if total is None:
        total = max(sum(sum(counts.values()) for _, _, counts in buckets), len(runs))
    are_newest = are_newest or (durations is None and total > len(runs))
    if durations is None:
        durations = [ran for _, ran, *_ in runs if ran is not None]
    moments = [buckets[0][0], *(end for _, end, _ in buckets)] if buckets else []
    window = (moments, [address_time(moment) for moment in local(moments, zone)])
    zone_name = zone_words(datetime.fromtimestamp((moments[-1] if moments else 0) / 1000, zone))
    return Charts(
        over_time=over_time(buckets, links, zone, zone_name, is_partial=is_partial, shades=shades),
        run_times=run_times(runs, window, links, dot_url, zone, zone_name, total),
        distribution=distribution(durations, links, are_newest=are_newest),
    )
