"""How executions fared under each definition of an actor: the share that succeeded, and the median run time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from actors_app.core.pages.formatting import address_time, date_words, duration
from actors_app.core.pages.timezones import zone_words
from actors_app.history.charts.drawing import (
    COLUMN_END,
    HEIGHT,
    ROOM,
    TABLE_END,
    TOP,
    Panel,
    Sheet,
    begin_column,
    count_words,
    frame,
    nothing,
    x_axis,
    y_axis,
)
from actors_app.history.charts.drawing import table as begin_table
from actors_app.history.charts.links import Links, quoted
from actors_app.history.charts.spans import local

_LEAST = 1.5  # pixels of a bar, however small


@dataclass(frozen=True, slots=True)
class Span:
    """The executions that were received while one definition stood; moments in milliseconds since 1970."""

    label: str
    start: int
    end: int
    succeeded: int
    failed: int
    p50: float | None  # seconds
    is_sample: bool = False  # there are more, which were not counted

    @property
    def ended(self) -> int:
        """How many succeeded or failed; those that were halted or still run say nothing of the definition."""
        return self.succeeded + self.failed

    @property
    def rate(self) -> float | None:
        """The share that succeeded."""
        return self.succeeded / self.ended if self.ended else None

    @property
    def sample_label(self) -> str:
        """How many were counted, in words."""
        return (
            f"latest {count_words(self.ended, 'execution')}" if self.is_sample else count_words(self.ended, "execution")
        )


@dataclass(frozen=True, slots=True)
class _Bar:
    span: Span
    href: str
    since: str


def over_revisions(spans: Sequence[Span], links: Links, zone: tzinfo) -> tuple[Panel, Panel]:
    """Draw both charts; `spans` from the oldest to the newest, each bar leads to the executions it stands for."""
    starts, ends = local([span.start for span in spans], zone), local([span.end for span in spans], zone)
    bars = [
        _Bar(span, links.between(quoted(address_time(start)), quoted(address_time(end))), date_words(start))
        for span, start, end in zip(spans, starts, ends, strict=True)
    ]
    zone_name = zone_words(starts[-1]) if starts else "UTC"
    return _rates(bars, zone_name), _times(bars, zone_name)


def _rates(bars: Sequence[_Bar], zone_name: str) -> Panel:
    title = "Success rate by revision"
    if all(bar.span.rate is None for bar in bars):
        return nothing(title, "No finished executions of these revisions.")
    marks = [(share, f"{share}%") for share in (0, 25, 50, 75, 100)]
    summary = (
        f"Latest: {_percent(bars[-1].span.rate)} success" if bars[-1].span.ended else ("Latest: no finished executions")
    )
    return _panel(
        title,
        f"{summary} (halted excluded)",
        bars=bars,
        zone_name=zone_name,
        marks=marks,
        most=100,
        value=lambda span: None if span.rate is None else span.rate * 100,
        describe=lambda span: (
            f"{_percent(span.rate)} of {span.sample_label}" if span.ended else ("no finished executions")
        ),
    )


def _times(bars: Sequence[_Bar], zone_name: str) -> Panel:
    title = "Run time by revision (median)"
    times = [bar.span.p50 for bar in bars if bar.span.p50 is not None]
    if not times:
        return nothing(title, "No run times of these revisions.")
    most = max([*times, 0.001])
    marks = [(most * share / 4, _time(most * share / 4) if share else "0") for share in range(5)]
    now = bars[-1].span.p50
    summary = f"Latest: median {_time(now)}" if now is not None else ("Latest: no run times")
    return _panel(
        title,
        summary,
        bars=bars,
        zone_name=zone_name,
        marks=marks,
        most=most,
        value=lambda span: span.p50,
        describe=lambda span: f"median {_time(span.p50)}" if span.p50 is not None else "no run times",
    )


def _panel(
    title: str,
    summary: str,
    *,
    bars: Sequence[_Bar],
    zone_name: str,
    marks: Sequence[tuple[float, str]],
    most: float,
    value: Callable[[Span], float | None],
    describe: Callable[[Span], str],
) -> Panel:
    sheet = Sheet()
    room, width = (HEIGHT - TOP) / most, 100 / len(bars)
    frame(sheet, "bars", f"{title}. Bars link to executions, as in the table below.")
    y_axis(sheet, ((HEIGHT - mark * room, text) for mark, text in marks))
    for position, bar in enumerate(bars):
        amount = value(bar.span)
        tall = 0.0 if amount is None else max(amount * room, _LEAST)
        begin_column(sheet, position * width, width)
        sheet.add(
            f'<a href="{bar.href}" tabindex="-1"><title>{{}}</title>{ROOM}'
            f'<rect class="runs" y="{HEIGHT - tall:.1f}" height="{tall:.1f}"/></a>{COLUMN_END}',
            f"{bar.span.label}, since {bar.since}: {describe(bar.span)}",
        )
    x_axis(
        sheet,
        [((position + 0.5) / len(bars), _short(bar.span.label), False) for position, bar in enumerate(bars)],
        lines=False,
    )
    sheet.add("</svg>")
    return Panel(title, summary, format_html_join("", "", ()), sheet.done(), _table(bars, zone_name))


def _table(bars: Sequence[_Bar], zone_name: str) -> SafeString:
    sheet = Sheet()
    begin_table(
        sheet, [("Revision", ""), (f"Since ({zone_name})", ""), ("Ended", "r"), ("Succeeded", "r"), ("Run time", "r")]
    )
    for bar in reversed(bars):
        span = bar.span
        sheet.add(
            f'<tr><th scope="row"><a href="{bar.href}">{{}}</a></th><td class="num">{bar.since}</td>'
            '<td class="r num">{}</td><td class="r num">{}</td><td class="r num">{}</td></tr>',
            span.label,
            f"latest {span.ended}" if span.is_sample else str(span.ended),
            _percent(span.rate) if span.ended else "none",
            _time(span.p50) if span.p50 is not None else "none",
        )
    sheet.add(TABLE_END)
    return sheet.done()


def _time(seconds: float | None) -> str:
    """Write a run time; a short one with its two leading digits, which is where such times differ."""
    if seconds is not None and 0 < seconds < 10:
        return f"{float(f'{seconds:.2g}'):g} s"
    return duration(seconds)


def _percent(rate: float | None) -> str:
    """Write a share so that only all is 100% and only none is 0%."""
    if rate is None:
        return "none"
    if 0 < rate < 1:
        return f"{min(max(rate * 100, 0.1), 99.9):.1f}%"
    return f"{rate:.0%}"


def _short(label: str) -> str:
    number = label.rpartition(" ")[2]
    return number if number.lstrip("-").isdecimal() else "?"
