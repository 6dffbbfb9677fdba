"""How run times are distributed: a bar for each class of run times, which leads to them, with p50 and p95."""

from bisect import bisect_right
from collections.abc import Sequence

from django.utils.safestring import SafeString

from actors_app.core.pages.formatting import thousands
from actors_app.history.charts.drawing import (
    COLUMN_END,
    HEIGHT,
    ROOM,
    TABLE_END,
    Mark,
    Panel,
    Sheet,
    begin_column,
    count_words,
    frame,
    mark_words,
    nice_scale,
    nothing,
    table,
    x_axis,
    y_axis,
)
from actors_app.history.charts.durations import class_value, class_words, edges_for, position, words_of
from actors_app.history.charts.links import Links

_TOP = 30  # pixels: the words of p50 and p95 stand above the bars


def distribution(values: Sequence[int], links: Links, *, are_newest: bool) -> Panel:
    """Draw how many executions ran how long; `values` are milliseconds, of the newest or of all executions."""
    title = "Run time distribution"
    if not values:
        return nothing(title, "No run times.")
    edges = edges_for(min(values), max(values))
    counts = [0] * (len(edges) + 1)
    for value in values:
        counts[bisect_right(edges, value)] += 1
    bounds = [None, *edges, None]
    classes = [
        (number, count, links.duration(class_value(start, end)), class_words(start, end))
        for number, (count, start, end) in enumerate(zip(counts, bounds, bounds[1:], strict=False))
    ]
    half, most = percentile(values, 0.5) or 0, percentile(values, 0.95) or 0
    summary = _summary(len(values), are_newest, words_of(round(half)), words_of(round(most)))
    scale = nice_scale(max(counts))
    room = (HEIGHT - _TOP) / scale[-1]
    sheet = Sheet()
    label = f"{title}: each bar links to its executions, as does the table below."
    frame(sheet, "classes", label)
    y_axis(sheet, ((HEIGHT - mark * room, mark_words(mark)) for mark in scale))
    _draw(sheet, classes, room)
    _line(sheet, "p95", round(most), edges, 10, is_before=position(round(most), edges) > 0.5)
    # Its words stand below and to the left, so that they never meet those of p95.
    _line(sheet, "p50", round(half), edges, 23, is_before=position(round(half), edges) > 0.1)
    x_axis(sheet, _marks(edges), lines=False)
    sheet.add("</svg>")
    return Panel(title, summary, nothing("", "").legend, sheet.done(), _table(classes, len(values)))


def _summary(count: int, are_newest: bool, half: str, most: str) -> str:
    newest = "the latest " if are_newest else ""
    return f"Median (p50) {half}, 95th percentile (p95) {most}, based on {newest}{count_words(count, 'run time')}."


def _marks(edges: Sequence[int]) -> list[Mark]:
    return [(number / (len(edges) + 1), words_of(edge), False) for number, edge in enumerate(edges, 1)]


def _draw(sheet: Sheet, classes: Sequence[tuple[int, int, str, str]], room: float) -> None:
    width = 100 / len(classes)
    for number, count, href, label in classes:
        if not count:
            continue
        tall = max(count * room, 1.2)
        begin_column(sheet, number * width, width)
        sheet.add(
            f'<a href="{{}}" tabindex="-1"><title>{label}: {count_words(count, "execution")}</title>{ROOM}'
            f'<rect class="runs" y="{HEIGHT - tall:.1f}" height="{tall:.1f}"/></a>{COLUMN_END}',
            href,
        )


def _line(sheet: Sheet, name: str, value: int, edges: Sequence[int], y: int, *, is_before: bool) -> None:
    """Draw a line at a run time, from the height of its words down."""
    x = f"{100 * position(value, edges):.2f}%"
    side, away = ("before", -5) if is_before else ("after", 5)
    sheet.add(
        f'<g class="share {name}" aria-hidden="true"><line x1="{x}" x2="{x}" y1="{y - 8}" y2="{HEIGHT}"/>'
        f'<text class="{side}" x="{x}" dx="{away}" y="{y}">{name} {words_of(value)}</text></g>'
    )


def _table(classes: Sequence[tuple[int, int, str, str]], total: int) -> SafeString:
    sheet = Sheet()
    table(sheet, [("Duration", ""), ("Executions", "r"), ("Share", "r")])
    for _, count, href, label in classes:
        sheet.add(
            f'<tr><th scope="row"><a href="{{}}">{label}</a></th><td class="r num">{thousands(count)}</td>'
            f'<td class="r num">{100 * count / total:.1f} %</td></tr>',
            href,
        )
    sheet.add(TABLE_END)
    return sheet.done()


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which this share of the values lies (nearest rank), or None of none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]
