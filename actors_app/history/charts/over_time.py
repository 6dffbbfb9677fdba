"""Executions over time, stacked by outcome: each bar leads to its span of time, each part of it to its outcome too."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from django.utils.safestring import SafeString

from actors_app.core.pages.badges import FAILURES
from actors_app.core.pages.formatting import address_time, thousands
from actors_app.history.charts.drawing import (
    COLUMN_END,
    HEIGHT,
    ORDER,
    ROOM,
    TABLE_END,
    TOP,
    WORDS,
    Panel,
    Shade,
    Sheet,
    begin_column,
    count_words,
    frame,
    known_outcome,
    legend,
    mark_words,
    nice_scale,
    nothing,
    shade,
    table,
    x_axis,
    y_axis,
)
from actors_app.history.charts.links import Links, quoted
from actors_app.history.charts.spans import local, span_words, time_marks

Count = tuple[int, int, Mapping[str, int]]  # from, to (milliseconds since 1970) and how many of each outcome

_LEAST = 1.2  # pixels of a part, however small: one failure among thousands is what is looked for


class _Bar:
    """One span of time: what is in it, where it stands, how it is called, and where it leads."""

    __slots__ = ("counts", "href", "hrefs", "label", "offset", "total", "width")

    def __init__(self, offset: float, width: float, label: str, counts: dict[str, int]) -> None:
        self.offset, self.width, self.label, self.counts = offset, width, label, counts
        self.total = sum(counts.values())
        self.href, self.hrefs = "", dict.fromkeys(counts, "")


def over_time(
    buckets: Sequence[Count],
    links: Links,
    zone: tzinfo,
    zone_name: str,
    *,
    is_partial: bool = False,
    shades: Sequence[Shade] = (),
) -> Panel:
    """Draw how many executions were received in each span of time; the spans follow one another without gaps.

    Where not all of them were counted (`is_partial`) the summary says so; `shades` are spans that are not known whole.
    """
    title = "Executions over time"
    moments = [buckets[0][0], *(end for _, end, _ in buckets)] if buckets else []
    edges = [address_time(edge) for edge in local(moments, zone)]
    bars = list(_bars(buckets, moments, edges, links, zone))
    outcomes = [outcome for outcome in ORDER if any(outcome in bar.counts for bar in bars)]
    if not outcomes:
        return nothing(title, "No executions in this time range.")
    scale = nice_scale(max(bar.total for bar in bars))
    room = (HEIGHT - TOP) / scale[-1]
    sheet = Sheet()
    label = f"{title}: each bar links to its executions, as does the table below."
    frame(sheet, "bars", label, (links.range, moments, edges))
    shade(sheet, shades, moments[0], moments[-1], HEIGHT)
    y_axis(sheet, ((HEIGHT - mark * room, mark_words(mark)) for mark in scale))
    for bar in bars:
        if bar.total:
            _draw(sheet, bar, outcomes, room)
    x_axis(sheet, time_marks(moments[0], moments[-1], zone))
    sheet.add("</svg>")
    return Panel(
        title, _summary(bars, is_partial), legend(outcomes, links), sheet.done(), _table(bars, outcomes, zone_name)
    )


def _bars(
    buckets: Sequence[Count], moments: Sequence[int], edges: Sequence[str], links: Links, zone: tzinfo
) -> Iterator[_Bar]:
    clocks, addresses = local(moments, zone), [quoted(edge) for edge in edges]
    for number, (start, end, bucket) in enumerate(buckets):
        counts: dict[str, int] = {}
        for outcome, count in bucket.items():
            if count > 0:
                counts[known_outcome(outcome)] = counts.get(known_outcome(outcome), 0) + count
        percent = 100 / (moments[-1] - moments[0])
        label = span_words(clocks[number], clocks[number + 1])
        bar = _Bar((start - moments[0]) * percent, (end - start) * percent, label, counts)
        bar.href = links.between(addresses[number], addresses[number + 1])
        for outcome in counts:
            bar.hrefs[outcome] = links.between(addresses[number], addresses[number + 1], outcome)
        yield bar


def _summary(bars: Sequence[_Bar], is_partial: bool) -> str:
    total = sum(bar.total for bar in bars)
    failed = sum(count for bar in bars for outcome, count in bar.counts.items() if outcome in FAILURES)
    most = max(bars, key=lambda bar: bar.total)
    summary = f"{count_words(total, 'execution')}, {thousands(failed)} failed."
    if is_partial:
        summary = f"Based on some of the executions: {summary}"
    return f"{summary} Peak: {thousands(most.total)} on {most.label}." if total > 1 else summary


def _draw(sheet: Sheet, bar: _Bar, outcomes: Sequence[str], room: float) -> None:
    """Draw the column that a bar stands in, which leads to its time, and on it the parts of the bar."""
    begin_column(sheet, bar.offset, bar.width)
    title = f"{bar.label}: {count_words(bar.total, 'execution')}"
    sheet.add(f'<a href="{bar.href}" tabindex="-1"><title>{title}</title>{ROOM}</a>')
    y = float(HEIGHT)
    for outcome, tall in _heights(bar, outcomes, room):
        y -= tall
        sheet.add(
            f'<a href="{bar.hrefs[outcome]}" tabindex="-1"><title>{bar.label}: {thousands(bar.counts[outcome])} '
            f'{WORDS[outcome].lower()}</title><rect class="o-{outcome}" y="{y:.1f}" height="{tall:.1f}"/></a>'
        )
    sheet.add(COLUMN_END)


def _heights(bar: _Bar, outcomes: Sequence[str], room: float) -> list[tuple[str, float]]:
    """Return how tall each part is: in proportion, but never invisible; the tallest gives what the small ones take."""
    exact = [(outcome, bar.counts[outcome] * room) for outcome in outcomes if outcome in bar.counts]
    deficit = sum(max(_LEAST - tall, 0.0) for _, tall in exact)
    tallest = max(exact, key=lambda part: part[1])[0]
    return [
        (outcome, max(tall - deficit, _LEAST) if outcome == tallest else max(tall, _LEAST)) for outcome, tall in exact
    ]


def _table(bars: Sequence[_Bar], outcomes: Sequence[str], zone_name: str) -> SafeString:
    sheet = Sheet()
    table(sheet, [(f"Received ({zone_name})", ""), *((WORDS[outcome], "r") for outcome in outcomes), ("Total", "r")])
    for bar in bars:
        cells = "".join(
            f'<td class="r num"><a href="{bar.hrefs[outcome]}">{thousands(bar.counts[outcome])}</a></td>'
            if outcome in bar.counts
            else '<td class="r num">0</td>'
            for outcome in outcomes
        )
        sheet.add(
            f'<tr><th scope="row"><a href="{bar.href}">{bar.label}</a></th>{cells}'
            f'<td class="r num">{thousands(bar.total)}</td></tr>'
        )
    sheet.add(TABLE_END)
    return sheet.done()
