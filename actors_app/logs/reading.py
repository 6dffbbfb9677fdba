"""A log's lines as they stream in: each whole, but for one that is too long, of which the beginning and end are kept.

Which of them a page shows is the business of `parts.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from actors_app.core.pages.formatting import as_written
from actors_app.logs.colours import NO_STYLE, Style
from actors_app.logs.controls import MOVES, open_at, without_controls
from actors_app.logs.levels import Level, level_of, worst
from actors_app.logs.lines import Span, plain, row_spans, spans_of, style_after, written_spans
from actors_app.logs.terminal import Row
from actors_app.masking import Masker
from actors_app.services.errors import AbacoError

# Of a line that is longer than both together only so much is shown.
LINE_BEGINNING = 8_000
LINE_END = 2_000
READ_AHEAD = 50_000  # characters of a log that are read before a page begins
SCREEN = 50_000  # characters of a very long line shown at once

LINE = LINE_BEGINNING + LINE_END
_OVERWRITES = re.compile(r"[\r\b]")


class Opening:
    """A log of which only the beginning has been read, so that it is known whether there is one and how long it is."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._rest = pieces
        self._read: list[str] = []
        self._broken: AbacoError | None = None
        size = 0
        try:
            for piece in pieces:
                self._read.append(piece)
                size += len(piece)
                if size >= READ_AHEAD:
                    break
        except AbacoError as error:
            if not self._read:
                raise
            self._broken = error
        self.goes_on = size >= READ_AHEAD

    def pieces(self) -> Iterator[str]:
        """Yield the whole log, from its beginning; once. Raises BadAnswer, while iterating, where it breaks off."""
        yield from self._read
        self._read = []
        if self._broken:
            raise self._broken
        yield from self._rest


Form = Literal["final", "overwritten", "written"]


@dataclass(slots=True)
class Raw:
    """A line as it was written, its number, and, where it is too long, its end and length.

    `form` is how it is shown: as a terminal leaves it, with what it wrote over, or with all sequences too. Of a line
    that is too long but whose last state is not, `spans` are that; its level is then found while it is read.
    """

    number: int
    beginning: str
    style: Style = NO_STYLE
    end: str = ""
    length: int = 0
    hit: int = 0
    form: Form = "final"
    spans: tuple[Span, ...] = ()
    level: Level | None = None
    is_context: bool = False

    @property
    def size(self) -> int:
        """Return how many characters of it are kept."""
        return len(self.beginning) + len(self.end)

    @property
    def display(self) -> tuple[Span, ...]:
        """Return the pieces of its beginning in its form."""
        if self.form == "final":
            return self.spans or spans_of(self.beginning, self.style)
        if self.form == "overwritten":
            return written_spans(self.beginning.rstrip("\r"), self.style)
        return (Span(as_written(self.beginning)),)

    @property
    def is_cut(self) -> bool:
        """Whether its middle is not shown."""
        return self.length > 0 and not (self.spans and self.form == "final")

    @property
    def display_end(self) -> tuple[Span, ...]:
        """Return the pieces of its end, where its middle is not shown."""
        return (Span(as_written(self.end)),) if self.is_cut else ()


TextMatch = tuple[str, re.Match[str]]  # a text, and where in it is what was looked for


def judged(raw: Raw) -> tuple[Level, Level]:
    """Return the level that a line names as a terminal leaves it, and the worst that was ever written in it."""
    if raw.level is not None:
        return level_of("".join(span.text for span in raw.display)), raw.level
    line = raw.beginning.rstrip("\r")
    if not MOVES.search(line):
        level = level_of(without_controls(line))
        return level, level
    level = level_of(plain(line))
    return level, worst(level, *map(level_of, _OVERWRITES.split(without_controls(line))))


def _find(raw: Raw, pattern: re.Pattern[str]) -> TextMatch | None:
    """Look for something in a line: as it is shown, in what it wrote over, and in the sequences; note its form."""
    line = raw.beginning.rstrip("\r")
    forms: dict[Form, str] = {"final": plain(line)}
    if MOVES.search(line):
        forms["overwritten"] = without_controls(line)
    if "\x1b" in line:
        forms["written"] = line
    for form, text in forms.items():
        if match := pattern.search(text):
            raw.form = form
            return text, match
    return None


class _LongLine:
    """A line that is too long to be kept: its beginning, its end, its length, its level, what is sought in it.

    Its last state is kept as long as that is short: a progress bar is one line of any length.
    """

    def __init__(self, pattern: re.Pattern[str] | None, reach: int, style: Style) -> None:
        self._pattern, self._reach = pattern, reach
        self._first_style = self.style = style
        self._row: Row | None = Row(style)
        self._beginning = self._end = self._state = self._return = ""
        self._is_begun = False
        self._length = 0
        self._level: Level = ""
        self._match: TextMatch | None = None

    def add(self, text: str) -> None:
        """Take more of the line; a carriage return belongs to it only if something follows."""
        body = text.rstrip("\r")
        if body:
            self._take(self._return + body)
            self._return = ""
        if len(body) < len(text):
            self._return = "\r"

    def _take(self, text: str) -> None:
        bare = without_controls(text)
        if self._pattern and not self._match:
            near = (self._end[-self._reach :] if self._reach else "") + bare
            match = self._pattern.search(near)
            self._match = (near, match) if match else None
        if self._row is not None:
            self._row.feed(text)
            if len(self._row) > LINE:
                self._row = None
        if not self._is_begun:
            self._beginning = (self._beginning + text)[:LINE_BEGINNING]
            self._is_begun = len(self._beginning) == LINE_BEGINNING
            if self._is_begun:
                self._beginning = self._beginning[: open_at(self._beginning)]
        self._judge(bare)
        self.style = style_after(text, self.style)
        self._length += len(bare)
        self._end = (self._end + bare)[-(LINE_END + self._reach) :]

    def _judge(self, bare: str) -> None:
        """Judge each state of the line by its beginning."""
        first, *states = _OVERWRITES.split(bare)
        self._state += first[: LINE_BEGINNING - len(self._state)]
        for state in states:
            self._level = worst(self._level, level_of(self._state))
            self._state = state[:LINE_BEGINNING]

    def finish(self, number: int) -> tuple[Raw, TextMatch | None]:
        """Return the line as it is kept, and what was looked for: its last state, where that is short and holds it."""
        raw = Raw(number, self._beginning, self._first_style, form="overwritten")
        raw.level = worst(self._level, level_of(self._state))
        omitted = self._length - len(without_controls(self._beginning))
        if omitted > LINE_END:
            raw.end, raw.length = self._end[-LINE_END:], self._length
        elif omitted > 0:
            raw.beginning += self._end[-omitted:]
        if self._row is not None:
            text, raw.spans = self._row.text, row_spans(self._row)
            match = self._pattern.search(text) if self._pattern else None
            if match or not self._match:
                raw.form = "final"
                return raw, (text, match) if match else None
        return raw, self._match


def lines_of(
    pieces: Iterator[str], pattern: re.Pattern[str] | None, reach: int
) -> Iterator[tuple[Raw, TextMatch | None]]:
    """Yield each line as it is read, and what was found in it.

    `reach` is how many characters of what is looked for may stand before a cut between two pieces.
    """
    number, remainder, style = 0, "", NO_STYLE
    long: _LongLine | None = None

    def parse(line: str) -> tuple[Raw, TextMatch | None]:
        nonlocal long, style
        if long is None and len(line) <= LINE:
            raw = Raw(number, line, style)
            if "\x1b" in line:
                style = style_after(line, style)
            return raw, _find(raw, pattern) if pattern else None
        long = long or _LongLine(pattern, reach, style)
        long.add(line)
        style, result, long = long.style, long.finish(number), None
        return result

    for piece in _unbroken(pieces):
        *whole, remainder = (remainder + piece).split("\n")
        for line in whole:
            number += 1
            yield parse(line)
        if len(remainder) > LINE or (long and remainder):
            long = long or _LongLine(pattern, reach, style)
            long.add(remainder)
            remainder = ""
    if remainder or long:
        number += 1
        yield parse(remainder)


def _unbroken(pieces: Iterator[str]) -> Iterator[str]:
    """Yield the same text in pieces that cut none of the sequences which terminals obey."""
    buffer: list[str] = []
    size, least = 0, 0
    for piece in pieces:
        buffer.append(piece)
        size += len(piece)
        if size < least and "\n" not in piece:
            continue
        text = "".join(buffer)
        cut = open_at(text)
        if cut:
            yield text[:cut]
        buffer, size = [text[cut:]], len(text) - cut
        least = 2 * size  # so that a long sequence is not looked at again with every piece
    if remainder := "".join(buffer):
        yield remainder


@dataclass(frozen=True, slots=True)
class WholeLine:
    """A piece of one very long line: its text, from where to where it goes, and how long the line is."""

    number: int
    text: str
    start: int
    stop: int
    length: int

    @property
    def shown_from(self) -> int:
        """Return the place of the first character shown, counted from 1."""
        return self.start + 1

    @property
    def before(self) -> int | None:
        """Return where the screen before this one begins; None for the first."""
        return max(0, self.start - SCREEN) if self.start else None

    @property
    def after(self) -> int | None:
        """Return where the screen after this one begins; None for the last."""
        return self.stop if self.stop < self.length else None


def read_line(pieces: Iterator[str], number: int, start: int, masker: Masker | None = None) -> WholeLine:
    """Return a screen of one line as it is shown, with nothing collapsed but its colours, wherever it lies."""
    at, length, screen = 1, 0, ""
    for piece in _unbroken((masker or Masker()).pieces(pieces)):
        for index, text in enumerate(piece.split("\n")):
            at += bool(index)
            if at > number:
                break
            if at == number:
                bare = without_controls(text)
                screen += bare[max(0, start - length) :][: SCREEN - len(screen)] if length + len(bare) > start else ""
                length += len(bare)
    return WholeLine(number, as_written(screen), start, start + len(screen), length)
