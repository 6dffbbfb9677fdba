"""What the charts have in common as SVG: the frame, its axes, the legend and the table of the numbers.

Along the drawing places are shares of its width and upwards they are pixels, so it fits any width and its words keep
their size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actors_app.core.pages.badges import OUTCOMES, UNKNOWN
from actors_app.core.pages.formatting import thousands
from actors_app.history.charts.links import Links

HEIGHT, TOP, AXIS = 150, 12, 20  # pixels: of the drawing, above the highest mark, and below for the words of the axis
ORDER = ("succeeded", "failed", "error", "oom", "halted", "running", "waiting", "finished", "unknown")
WORDS = {outcome: OUTCOMES.get(outcome, UNKNOWN)[0] for outcome in ORDER}

Mark = tuple[float, str, bool]  # where on the axis (a share of it), its words, and whether it matters more than others


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart with all that belongs to it; `drawing` is empty where there is nothing to draw; `summary` says so."""

    title: str
    summary: str
    legend: SafeString
    drawing: SafeString
    table: SafeString


def nothing(title: str, summary: str) -> Panel:
    """Return a panel without a drawing, and the sentence that stands in its place."""
    empty = format_html_join("", "", ())
    return Panel(title, summary, empty, empty, empty)


@dataclass(frozen=True, slots=True)
class Shade:
    """A span of time (milliseconds) behind the bars of which not all is known, and why: `gap` is lost for good."""

    start: int
    end: int
    kind: Literal["gap", "unsynced"]
    words: str


def shade(sheet: "Sheet", shades: Sequence[Shade], start: int, end: int, height: int) -> None:
    """Draw the spans of which not all is known; at least a pixel or two of each."""
    whole, hatch = max(end - start, 1), f"hatch-{height}"
    if any(item.kind == "gap" for item in shades):
        sheet.add(
            f'<defs><pattern id="{hatch}" class="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
            'patternTransform="rotate(45)"><line y2="6"/></pattern></defs>'
        )
    for item in shades:
        first, last = max(item.start, start), min(item.end, end)
        if first < last:
            sheet.add(
                f'<rect class="shade {item.kind}" fill="url(#{hatch})" x="{100 * (first - start) / whole:.2f}%" '
                f'width="{max(100 * (last - first) / whole, 0.25):.2f}%" height="{height}"><title>{{}}</title></rect>',
                item.words,
            )


class Sheet:
    """Markup in the making.

    Numbers and words of our own are part of it, which is quick; all other text is put in the place of a `{}` by
    `format_html`, which escapes it.
    """

    def __init__(self) -> None:
        self._markup: list[str] = []
        self._texts: list[str] = []

    def add(self, markup: str, *texts: str) -> None:
        """Add markup, and the texts that its places hold."""
        self._markup.append(markup)
        self._texts.extend(texts)

    def done(self) -> SafeString:
        """Return the whole."""
        return format_html("".join(self._markup), *self._texts)


def known_outcome(outcome: str) -> str:
    """Return the outcome, or `unknown` for one that this portal does not know."""
    return outcome if outcome in WORDS else "unknown"


def count_words(count: int, noun: str) -> str:
    """Write a count of things: `1 execution`, `1 284 executions`."""
    return f"{thousands(count)} {noun}{'' if count == 1 else 's'}"


def mark_words(count: int) -> str:
    """Write a count at an axis: thousands and millions in short, where there is little room."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:g}M"
    return f"{count / 1_000:g}k" if count >= 10_000 else thousands(count)


def nice_scale(most: int) -> list[int]:
    """Return the marks of an axis of counts: from 0 to at least this many, at most six, a nice number apart."""
    size = 1
    while True:
        for digit in (1, 2, 5):
            step = digit * size
            if most <= step * 5:
                return list(range(0, max(-(-most // step), 1) * step + 1, step))
        size *= 10


def frame(
    sheet: Sheet, kind: str, label: str, range_of: tuple[str, Sequence[int], Sequence[str]] | None = None
) -> None:
    """Begin a drawing; `range_of` lets a script select a span: its address, the places and the words of the edges."""
    sheet.add(f'<svg class="plot {kind}" role="group" aria-label="{{}}" width="100%" height="{HEIGHT + AXIS}"', label)
    if range_of:
        address, moments, labels = range_of
        first, whole = moments[0], moments[-1] - moments[0]
        places = " ".join(f"{(moment - first) / whole:.5f}" for moment in moments)
        sheet.add(f' data-from="{first}" data-to="{moments[-1]}" data-places="{places}"')
        sheet.add(' data-range="{}" data-edges="{}"', address, " ".join(labels))
    sheet.add(">")


def begin_column(sheet: Sheet, offset: float, width: float) -> None:
    """Begin the room of a bar, in percent of the drawing; the style sheet places bars in it, at most 28 pixels wide."""
    sheet.add(f'<svg class="column" x="{offset:.2f}%" width="{width:.2f}%" height="{HEIGHT}">')


ROOM, COLUMN_END = f'<rect class="room" width="100%" height="{HEIGHT}"/>', "</svg>"


def y_axis(sheet: Sheet, marks: Iterable[tuple[float, str]]) -> None:
    """Draw the marks of the axis upwards: pixels from the top, and words of our own."""
    sheet.add('<g aria-hidden="true">')
    for y, label in marks:
        sheet.add(
            f'<line x2="100%" y1="{y:.1f}" y2="{y:.1f}"/><text class="up" x="-8" y="{y:.1f}" dy="4">{label}</text>'
        )
    sheet.add("</g>")


def x_axis(sheet: Sheet, marks: Sequence[Mark], *, lines: bool = True) -> None:
    """Draw the marks along the axis; where the drawing is narrow only every other has its words."""
    first = next((number for number, mark in enumerate(marks) if mark[2]), 0)
    sheet.add('<g aria-hidden="true">')
    for number, (share, label, strong) in enumerate(marks):
        x, kind = f"{100 * share:.2f}%", " day" if strong else ""
        if lines:
            above, below = (TOP, HEIGHT) if strong else (HEIGHT, HEIGHT + 4)
            sheet.add(f'<line class="tick{kind}" x1="{x}" x2="{x}" y1="{above}" y2="{below}"/>')
        wide = " wide" if (number - first) % 2 else ""
        sheet.add(f'<text class="along{kind}{wide}" x="{x}" y="{HEIGHT + 16}">{label}</text>')
    sheet.add("</g>")


def legend(outcomes: Sequence[str], links: Links, *, shapes: bool = False) -> SafeString:
    """Write what each colour, or each shape, stands for; each leads to its outcome alone."""
    sheet = Sheet()
    for outcome in outcomes:
        shape = (
            f'<use href="#dot-{outcome}" x="5" y="5"/>' if shapes else '<rect x="1" y="1" width="8" height="8" rx="2"/>'
        )
        picture = f'<svg aria-hidden="true" width="10" height="10">{shape}</svg>'
        sheet.add(f'<li><a class="o-{outcome}" href="{{}}">{picture}{WORDS[outcome]}</a></li>', links.outcome(outcome))
    return sheet.done()


def table(sheet: Sheet, heads: Sequence[tuple[str, str]]) -> None:
    """Begin a table: its heads, each with a class. Its rows follow, and `TABLE_END`."""
    sheet.add('<table class="table"><thead><tr>')
    for head, kind in heads:
        sheet.add(f'<th scope="col" class="{kind}">{{}}</th>', head)
    sheet.add("</tr></thead><tbody>")


TABLE_END = "</tbody></table>"
