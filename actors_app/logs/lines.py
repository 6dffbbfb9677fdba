"""A log as lines to show: numbered, coloured by a closed set of classes, its control characters written out.

A log is hostile text. Nothing here makes HTML; the template escapes every piece. Nothing is fetched here, and which
lines of a long log are shown is the business of `parts.py`.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from actors_app.core.pages.formatting import as_written
from actors_app.logs.colours import NO_STYLE, Style, styled
from actors_app.logs.controls import CONTROL, MOVES, without_controls
from actors_app.logs.levels import Level
from actors_app.logs.terminal import Row

_DATE = r"\d{4}[-/](?:0\d|1[0-2])[-/][0-3]\d"
_CLOCK = r"[0-2]\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?"
STAMP = re.compile(
    rf"\[?(?:({_DATE}[T ]{_CLOCK}) ?(Z|UTC|[+-]\d\d:?\d\d)?"
    rf"|[A-Z][a-z]{{2}} [ \d]\d {_CLOCK}|[0-2]\d:[0-5]\d:[0-6]\d(?:[.,]\d{{1,9}})?)\]?(?![\w:])"
)


Role = Literal["", "more", "context"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one style; `style` holds only class names of ours, `moment` a time that HTML can read."""

    text: str
    style: str = ""
    moment: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the whole log, its level where it names one, its pieces.

    Of a line that is too long only the beginning and the `end` are shown; `length` is then how long it is. `hit` is its
    place among the lines that hold what was looked for. `role` says that it goes on with an error before it (`more`)
    or only stands beside lines of the level that was asked for (`context`); `is_apart`: lines before it are left out.
    """

    number: int
    level: Level
    spans: tuple[Span, ...]
    end: tuple[Span, ...] = ()
    length: int = 0
    hit: int = 0
    role: Role = ""
    is_apart: bool = False

    @property
    def text(self) -> str:
        """Return its beginning as it is shown, without styles."""
        return "".join(span.text for span in self.spans).strip()


def plain(line: str) -> str:
    """Return a line as a terminal shows it in the end, without colours."""
    line = line.rstrip("\r")
    if not MOVES.search(line):
        return without_controls(line)
    row = Row(NO_STYLE)
    row.feed(line)
    return row.text


def style_after(line: str, style: Style) -> Style:
    """Return the style that the next line begins with."""
    for match in CONTROL.finditer(line):
        if match[2] == "m":
            style = styled(style, match[1])
    return style


def stamped(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return a line's pieces with the time at its beginning, where there is one, as a piece of its own."""
    match = STAMP.match(spans[0].text) if spans else None
    if not match:
        return spans
    first = spans[0]
    stamp = Span(match[0], f"{first.style} stamp".strip(), _moment(match[1], match[2]) if match[1] else "")
    remainder = replace(first, text=first.text[match.end() :])
    return (stamp, remainder, *spans[1:]) if remainder.text else (stamp, *spans[1:])


def _moment(local: str, zone: str | None) -> str:
    """Return a time stamp as the `datetime` of an element takes it: at most three digits below the second."""
    whole, _, fraction = local.replace("/", "-").replace(",", ".").partition(".")
    zone = "Z" if zone == "UTC" else zone or ""
    return whole + (f".{fraction[:3]}" if fraction else "") + zone


def marked(spans: tuple[Span, ...], pattern: re.Pattern[str]) -> tuple[Span, ...]:
    """Return a line's pieces with what was looked for as pieces of their own, also where it crosses styles."""
    places = [match.span() for match in pattern.finditer("".join(span.text for span in spans)) if match[0]]
    if not places:
        return spans
    pieces: list[Span] = []
    start = first = 0  # the span's place in the line, and the first of the places that may reach into it
    for span in spans:
        position, stop = start, start + len(span.text)
        while first < len(places) and places[first][0] < stop:
            begin, end = places[first]
            cut, past = max(begin, position), min(end, stop)
            if cut > position:
                pieces.append(replace(span, text=span.text[position - start : cut - start]))
            pieces.append(
                replace(span, text=span.text[cut - start : past - start], style=f"{span.style} found".strip())
            )
            position = past
            if end > stop:
                break  # it goes on in the next span
            first += 1
        if position < stop:
            pieces.append(replace(span, text=span.text[position - start :]))
        start = stop
    return tuple(pieces)


def spans_of(line: str, style: Style) -> tuple[Span, ...]:
    """Return the pieces of a line as a terminal shows it; `style` is the one that it begins with."""
    line = line.rstrip("\r")
    if not MOVES.search(line):
        return written_spans(line, style)
    row = Row(style)
    row.feed(line)
    return row_spans(row)


def row_spans(row: Row) -> tuple[Span, ...]:
    """Return the pieces of a line that a terminal has built."""
    return tuple(_span(text, style) for text, style in row.runs)


def written_spans(line: str, style: Style) -> tuple[Span, ...]:
    """Return the pieces of a line with all that was written, also what a terminal writes over."""
    spans: list[Span] = []
    position = 0
    for match in CONTROL.finditer(line):
        if match.start() > position:
            spans.append(_span(line[position : match.start()], style))
        position = match.end()
        if match[2] == "m":
            style = styled(style, match[1])
    if position < len(line):
        spans.append(_span(line[position:], style))
    return tuple(spans)


def _span(text: str, style: Style) -> Span:
    return Span(as_written(text), " ".join(sorted(style)))
