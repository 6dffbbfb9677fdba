"""A log's lines as they stream in: each whole, but for one that is too long, of which the beginning and end are kept.

Which of them a page shows is the business of `parts.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from actors_app.logs.lines import plain, without_controls
from actors_app.masking import Masker
from actors_app.services.errors import AbacoError
from actors_app.wording import visible

# Of a line that is longer than both together only so much is shown.
LINE_BEGINNING = 8_000
LINE_END = 2_000
READ_AHEAD = 50_000  # characters of a log that are read before a page begins
SCREEN = 50_000  # characters of a very long line shown at once

_BROKEN_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[()*+]|\][^\x07\x1b\n]{0,480}\x1b?)?$")
_LONGEST_CONTROL = 490  # characters


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


@dataclass(slots=True)
class Raw:
    """A line as it was written, its number, and, where it is too long, its end and length."""

    number: int
    beginning: str
    end: str = ""
    length: int = 0
    hit: int = 0

    @property
    def size(self) -> int:
        """Return how many characters of it are kept."""
        return len(self.beginning) + len(self.end)


class _LongLine:
    """A line that is too long to be kept: its beginning, its end, its length, and whether it holds what is sought."""

    def __init__(self, pattern: re.Pattern[str] | None, reach: int) -> None:
        self._pattern, self._reach = pattern, reach
        self._returned = False
        self._restart()

    def _restart(self) -> None:
        self.beginning = self.end = ""
        self._is_begun = False
        self.length = 0
        self.found: Found | None = None

    def add(self, text: str) -> None:
        """Take more of the line; what stands before a carriage return is gone, as on a terminal."""
        body = text.rstrip("\r")
        if body:
            if self._returned or "\r" in body:
                self._restart()
            self._take(body.rpartition("\r")[2])
        self._returned = body != text or (self._returned and not body)

    def _take(self, text: str) -> None:
        bare = without_controls(text)
        if self._pattern and not self.found:
            near = (self.end[-self._reach :] if self._reach else "") + bare
            match = self._pattern.search(near)
            self.found = (near, match) if match else None
        if not self._is_begun:
            self.beginning = (self.beginning + text)[:LINE_BEGINNING]
            self._is_begun = len(self.beginning) == LINE_BEGINNING
            if self._is_begun:
                self.beginning = _BROKEN_CONTROL.sub("", self.beginning)
        self.length += len(bare)
        self.end = (self.end + bare)[-(LINE_END + self._reach) :]

    def raw(self, number: int) -> Raw:
        """Return the line as it is kept: whole, where it turned out to be short."""
        more = self.length - len(without_controls(self.beginning))
        if more <= LINE_END:
            return Raw(number, self.beginning + (self.end[-more:] if more else ""))
        return Raw(number, self.beginning, self.end[-LINE_END:], self.length)


Found = tuple[str, re.Match[str]]  # a text, and where in it is what was looked for
Read = tuple[Raw, str, Found | None]


def lines_of(pieces: Iterator[str], pattern: re.Pattern[str] | None, reach: int) -> Iterator[Read]:
    """Yield each line with its text as it is read, and what was found in it.

    `reach` is how many characters of what is looked for may stand before a cut between two pieces.
    """
    limit = LINE_BEGINNING + LINE_END
    number, rest = 0, ""
    long: _LongLine | None = None

    def read(line: str) -> Read:
        nonlocal long
        if long is None and len(line) <= limit:
            text = plain(line)
            match = pattern.search(text) if pattern else None
            return Raw(number, line), text, (text, match) if match else None
        long = long or _LongLine(pattern, reach)
        long.add(line)
        raw, found = long.raw(number), long.found
        long = None
        return raw, plain(raw.beginning), found

    for piece in _unbroken(pieces):
        *whole, rest = (rest + piece).split("\n")
        for line in whole:
            number += 1
            yield read(line)
        if len(rest) > limit or (long and rest):
            long = long or _LongLine(pattern, reach)
            long.add(rest)
            rest = ""
    if rest or long:
        number += 1
        yield read(rest)


def _unbroken(pieces: Iterator[str]) -> Iterator[str]:
    """Yield the same text in pieces that cut none of the sequences which terminals obey."""
    rest = ""
    for piece in pieces:
        text = rest + piece
        cut = _BROKEN_CONTROL.search(text, max(0, len(text) - _LONGEST_CONTROL))
        rest = text[cut.start() :] if cut else ""
        if len(rest) < len(text):
            yield text[: len(text) - len(rest)]
    if rest:
        yield rest


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
    at, length, shown = 1, 0, ""
    for piece in _unbroken((masker or Masker()).pieces(pieces)):
        for index, text in enumerate(piece.split("\n")):
            at += bool(index)
            if at > number:
                break
            if at == number:
                bare = without_controls(text)
                shown += bare[max(0, start - length) :][: SCREEN - len(shown)] if length + len(bare) > start else ""
                length += len(bare)
    text = visible(shown.replace("\r", "\N{SYMBOL FOR CARRIAGE RETURN}"))
    return WholeLine(number, text, start, start + len(shown), length)
