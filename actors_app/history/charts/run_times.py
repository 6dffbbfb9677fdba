"""Run time over time: a shape for each execution, which leads to it; the axis is logarithmic."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from django.utils.html import escape
from django.utils.safestring import SafeString

from actors_app.core.pages.formatting import address_time, thousands, visible
from actors_app.history.charts.drawing import (
    HEIGHT,
    ORDER,
    TABLE_END,
    TOP,
    WORDS,
    Panel,
    Sheet,
    count_words,
    frame,
    known_outcome,
    legend,
    nothing,
    table,
    x_axis,
    y_axis,
)
from actors_app.history.charts.durations import COARSE, FINE, log_share, words_of
from actors_app.history.charts.links import Links
from actors_app.history.charts.spans import LAST, MINUTE, choose_step, clock, day_words, local, spans, time_marks

# When it was received (milliseconds since 1970), how many milliseconds it ran or None, its outcome, the ids of its
# actor and its own, and what people call the actor.
Run = tuple[int, int | None, str, str, str, str]
DotURL = Callable[[str, str], str]  # the address of an execution by both ids; empty where it can have none

MOST = 250
_SHORT, _PARTS = 12 * MINUTE, 24  # a time too short for spans of the clock, and what it is cut into instead
# Around the middle, and as large as they look alike.
_SHAPES = {
    "succeeded": '<circle id="dot-succeeded" r="2.8"/>',
    "failed": '<path id="dot-failed" d="M0-4.4 4.4 3.4H-4.4z"/>',
    "error": '<path id="dot-error" d="M0-4.6 4.6 0 0 4.6-4.6 0z"/>',
    "oom": '<path id="dot-oom" d="M0 4.4-4.4-3.4H4.4z"/>',
    "halted": '<rect id="dot-halted" x="-3" y="-3" width="6" height="6"/>',
    "running": '<path id="dot-running" d="M-1-4H1V-1H4V1H1V4H-1V1H-4V-1H-1z"/>',
    "waiting": '<path id="dot-waiting" d="M-4-1.5H4V1.5H-4z"/>',
    "finished": '<circle id="dot-finished" r="2.4" class="hollow"/>',
    "unknown": '<path id="dot-unknown" d="M-4-1.2H4V1.2H-4zM-1.2-4H1.2V4H-1.2z" class="slanted"/>',
}


class _Dot:
    """One execution as it is drawn and as it stands in the table: what the API wrote is escaped, once for both."""

    __slots__ = ("at", "href", "id", "lasted", "name", "outcome", "ran", "received")

    def __init__(self, run: Run, name: SafeString, at: datetime, href: str) -> None:
        self.received, self.ran = run[0], run[1] or 0
        self.outcome = known_outcome(run[2])
        self.id, self.name, self.href = escape(visible(run[4])), name, escape(href)
        self.at, self.lasted = f"{day_words(at)}, {clock(at)}", words_of(self.ran)


def run_times(
    runs: Sequence[Run],
    window: tuple[Sequence[int], Sequence[str]],
    links: Links,
    dot_url: DotURL,
    zone: tzinfo,
    zone_name: str,
    of: int,
) -> Panel:
    """Draw how long each execution ran, by when it was received.

    `window` are the moments and the labels of the edges of the time shown; where `runs` are the newest of more
    (`of`), the axis shows only their time.
    """
    runs = runs[:MOST]
    ran = [run for run in runs if run[1] is not None and 0 < run[0] < LAST]
    title = "Run time over time"
    if not ran:
        return nothing(title, _nothing(runs))
    names = {name: escape(visible(name)) for name in {run[5] for run in ran}}
    dots = [
        _Dot(run, names[run[5]], at, dot_url(run[3], run[4]))
        for run, at in zip(ran, local([run[0] for run in ran], zone), strict=True)
    ]
    moments, labels = _domain(dots, *window, zone, is_part=of > len(runs))
    marks = _marks(min(dot.ran for dot in dots), max(dot.ran for dot in dots))
    outcomes = [outcome for outcome in ORDER if any(dot.outcome == outcome for dot in dots)]
    sheet = Sheet()
    label = f"{title}: each shape links to its execution, as does the table below."
    frame(sheet, "dots", label, (links.range, moments, labels))
    sheet.add(f"<defs>{''.join(_SHAPES[outcome] for outcome in outcomes)}</defs>")
    y_axis(sheet, ((_y(mark, marks), words_of(mark)) for mark in marks))
    x_axis(sheet, time_marks(moments[0], moments[-1], zone, 5))
    _draw(sheet, dots, moments, marks)
    sheet.add("</svg>")
    summary = _summary(len(dots), len(runs), of)
    return Panel(title, summary, legend(outcomes, links, shapes=True), sheet.done(), _table(dots, zone_name))


def _nothing(runs: Sequence[Run]) -> str:
    if not runs:
        return "No executions in this time range."
    return "No run times yet."


def _summary(dot_count: int, run_count: int, of: int) -> str:
    subject = f"The latest {thousands(run_count)} of {count_words(of, 'execution')}" if of > run_count else ""
    without = (
        f"{thousands(run_count - dot_count)} of them {'has' if run_count - dot_count == 1 else 'have'} no run time yet"
    )
    if not subject:
        subject = count_words(run_count, "execution")
    return f"{subject}; {without}." if run_count > dot_count else f"{subject}."


def _domain(
    dots: Sequence[_Dot], moments: Sequence[int], labels: Sequence[str], zone: tzinfo, *, is_part: bool
) -> tuple[Sequence[int], Sequence[str]]:
    """Return the edges of the spans on the axis and their words: those that the page shows, or just those of the dots.

    Between any two of them a part of the time can be selected.
    """
    first, last = min(dot.received for dot in dots), max(dot.received for dot in dots)
    if len(moments) > 1 and not is_part and moments[0] <= first and last <= moments[-1]:
        return moments, labels
    edge = max((last - first) // 50, 1_000)
    start, end = first - edge, last + edge
    if end - start < _SHORT:  # whole minutes would leave most of the drawing empty
        moments = [start + (end - start) * part // _PARTS for part in range(_PARTS + 1)]
    else:
        periods = spans(start, end, choose_step(start, end), zone)
        moments = [periods[0][0], *(stop for _, stop in periods)]
    return moments, [address_time(moment) for moment in local(moments, zone)]


def _marks(shortest: int, longest: int) -> tuple[int, ...]:
    """Return the marks of the axis: from the last that is no longer than any run to the first that is longer."""
    for marks in (COARSE, FINE):
        low, high = max(bisect_right(marks, shortest) - 1, 0), min(bisect_left(marks, longest), len(marks) - 1)
        if high - low >= 2:
            break
    low = min(low, high - 1) if high else 0
    return marks[low : max(high, low + 1) + 1]


def _y(value: int, marks: Sequence[int]) -> float:
    return HEIGHT - log_share(value, marks[0], marks[-1]) * (HEIGHT - TOP)


def _draw(sheet: Sheet, dots: Sequence[_Dot], moments: Sequence[int], marks: Sequence[int]) -> None:
    first, percent = moments[0], 100 / (moments[-1] - moments[0])
    # The failures are drawn last, so that nothing hides them.
    for dot in sorted(dots, key=lambda dot: dot.outcome != "succeeded"):
        sheet.add(
            f'<a href="{{}}" tabindex="-1"><title>{{}} {{}}: {WORDS[dot.outcome].lower()}, ran {dot.lasted}, received '
            f'{dot.at}</title><use class="o-{dot.outcome}" href="#dot-{dot.outcome}" '
            f'x="{(dot.received - first) * percent:.2f}%" y="{_y(dot.ran, marks):.1f}"/></a>',
            dot.href,
            dot.name,
            dot.id,
        )


def _table(dots: Sequence[_Dot], zone_name: str) -> SafeString:
    sheet = Sheet()
    table(
        sheet, [("Execution", ""), ("Duration", "r"), ("Outcome", ""), (f"Received ({zone_name})", ""), ("Actor", "")]
    )
    for dot in dots:
        link = ('<a class="mono" href="{}">{}</a>', dot.href, dot.id) if dot.href else ("{}", dot.id)
        sheet.add('<tr><th scope="row">')
        sheet.add(*link)
        sheet.add(
            f'</th><td class="r num">{dot.lasted}</td><td>{WORDS[dot.outcome]}</td><td class="num">{dot.at}</td>'
            "<td><bdi>{}</bdi></td></tr>",
            dot.name,
        )
    sheet.add(TABLE_END)
    return sheet.done()
