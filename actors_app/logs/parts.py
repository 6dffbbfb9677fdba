"""Which lines of a log are shown: one pass over a log as it streams in, in bounded memory however long it is.

A log is cut into parts, each a page of lines. The pass counts everything, finds everything, and keeps one part. How a
line looks is the business of `lines.py`, how the lines are told apart that of `reading.py`.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from actors_app.core.pages.formatting import as_written
from actors_app.logs.levels import LEVELS, Level
from actors_app.logs.lines import Line, Role, marked, plain, stamped
from actors_app.logs.multiline import Message
from actors_app.logs.reading import Raw, TextMatch, judged, lines_of
from actors_app.masking import Masker
from actors_app.services.errors import AbacoError
from actors_app.services.types import LOG_CUT

# A part ends at the first of these; a log that reaches neither is in the page whole.
PART_LINES = 5_000
PART_CHARACTERS = 500_000
TAIL_LINES = 200
TAIL_CHARACTERS = 100_000
HITS_LISTED = 200
CONTEXT = 3  # lines before and after those of a level
LAST = 20  # lines that are shown where none has the level that was asked for
_NEAR = 60  # characters of a line that are listed before and after what was found in it


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What somebody wants to see of a log: the part with a line, what to look for, the least level, or only its end."""

    line: int = 0
    find: str = ""
    level: Level = ""
    tail: bool = False

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """Return what to look for, in capitals or not; None where nothing is looked for."""
        return re.compile(re.escape(self.find), re.IGNORECASE) if self.find else None


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that holds what was looked for: its number, and the text around the first place."""

    number: int
    before: str
    match: str
    after: str


@dataclass(slots=True)
class Hits:
    """The lines that hold what was looked for: how many there are, and those around the one that is shown."""

    total: int = 0
    listed: list[Hit] = field(default_factory=list)
    first: int = 0
    last: int = 0
    previous: int = 0
    current: int = 0
    following: int = 0
    position: int = 0  # of the one that is shown, among all

    def add(self, number: int, match: TextMatch, line: int) -> None:
        """Take a further line; `line` is the one that was asked for, or 0 for the first that is found."""
        self.total += 1
        self.first = self.first or number
        self.last = number
        if number < line:
            self.previous = number
        elif not self.current and (number == line or not line):
            self.current, self.position = number, self.total
        elif not self.following:
            self.following = number
        if len(self.listed) < HITS_LISTED:
            text, (begin, end) = match[0], match[1].span()
            end = min(end, begin + 2 * _NEAR)
            near = text[max(0, begin - _NEAR) : begin], text[begin:end], text[end : end + _NEAR]
            self.listed.append(Hit(number, *(as_written(piece) for piece in near)))

    @property
    def up(self) -> int:
        """Return the line to which one step back leads: round to the last one from the first."""
        return self.previous or self.last

    @property
    def down(self) -> int:
        """Return the line to which one step on leads: round to the first one from the last."""
        return self.following or self.first


@dataclass(frozen=True, slots=True)
class LogPart:
    """A part of a log as a page shows it, and what is known of the whole."""

    lines: tuple[Line, ...] = ()
    total: int = 0  # lines of the whole log
    characters: int = 0  # of the whole log
    of_level: int = 0  # lines that have the level that was asked for
    before: int = 0  # the last line of the part before this one, 0 where there is none
    has_before: bool = False
    has_after: bool = False
    is_cut: bool = False  # the API kept only its beginning
    ending: str = ""  # the last characters, by which a change is seen
    line: int = 0  # that was asked for
    beyond_up: int = 0  # the nearest line before this part that holds what is looked for, round to the last
    beyond_down: int = 0  # the nearest after it, round to the first
    hits: Hits = field(default_factory=Hits)
    broken: AbacoError | None = None  # why there is no more of it
    masked: int = 0  # secrets of the whole log that are hidden
    live: int = 0  # of them tokens and nonces

    @property
    def first(self) -> int:
        """Return the number of the first line shown."""
        return self.lines[0].number if self.lines else 0

    @property
    def last(self) -> int:
        """Return the number of the last line shown."""
        return self.lines[-1].number if self.lines else 0

    @property
    def reason(self) -> Line | None:
        """Return the line that most likely says why a run failed: the last error shown, or else the last text."""
        with_text = [line for line in self.lines if line.text]
        errors = [line for line in with_text if line.level == "error"]
        return next(reversed(errors or with_text), None)

    @property
    def after(self) -> int:
        """Return the number by which the part after this one is asked for."""
        return self.last + 1

    @property
    def current(self) -> int:
        """Return the line that is the reason why this part is shown; 0 where there is none."""
        return self.hits.current or self.line

    @property
    def is_whole(self) -> bool:
        """Whether nothing stands before or after what is shown."""
        return not self.has_before and not self.has_after

    @property
    def kept_characters(self) -> int:
        """Return how many characters of the log the API kept where it cut the rest."""
        if not self.is_cut:
            return self.characters
        end = self.ending.rstrip()
        added = len(self.ending) - len(end) + len(LOG_CUT)
        return (
            self.characters - added - end.removesuffix(LOG_CUT).endswith(" ")
        )  # the API puts a space before its words


@dataclass(slots=True)
class _Part:
    before: int = 0  # the last line of the part before
    hit_before: int = 0  # the last line before it that holds what is looked for
    lines: list[Raw] = field(default_factory=list)
    size: int = 0

    def add(self, line: Raw) -> None:
        self.lines.append(line)
        self.size += line.size

    @property
    def is_full(self) -> bool:
        return len(self.lines) >= PART_LINES or self.size >= PART_CHARACTERS

    @property
    def is_short(self) -> bool:
        return len(self.lines) < PART_LINES // 2 and self.size < PART_CHARACTERS // 2

    def joined(self, after: "_Part") -> "_Part":
        return _Part(self.before, self.hit_before, self.lines + after.lines, self.size + after.size)

    def as_lines(self, pattern: re.Pattern[str] | None, last: int = 0, characters: int = 0) -> tuple[Line, ...]:
        """Return its lines, or only the last of them, as a page writes them."""
        skip = max(0, len(self.lines) - last) if last else 0
        if characters:
            sizes = 0
            for index in range(len(self.lines) - 1, skip, -1):
                sizes += self.lines[index].size
                if sizes > characters:
                    skip = min(index + 1, len(self.lines) - 1)
                    break
        lines: list[Line] = []
        message = Message()
        for raw in self.lines[skip:]:
            is_apart = bool(lines) and lines[-1].number + 1 < raw.number
            if is_apart:
                message = Message()
            level, is_more = message.take(plain(raw.beginning), judged(raw)[1])
            spans, end = raw.display, raw.display_end
            if pattern and raw.hit:
                spans, end = marked(spans, pattern), marked(end, pattern)
            role: Role = "context" if raw.is_context else "more" if is_more and message.level == "error" else ""
            length = raw.length * raw.is_cut
            lines.append(
                Line(
                    number=raw.number,
                    level=level,
                    spans=stamped(spans),
                    end=end,
                    length=length,
                    hit=raw.hit,
                    role=role,
                    is_apart=is_apart,
                )
            )
        return tuple(lines)


class _Pass:
    """One pass over a log: what is counted, what was found, and the part that was asked for."""

    def __init__(self, log_query: LogQuery) -> None:
        self.log_query = log_query
        self.least = LEVELS[log_query.level]
        self.hits = Hits()
        self.total = self.of_level = self.characters = self.hit_after = 0
        self.ending = ""
        self.broken: AbacoError | None = None
        self.before: _Part | None = None  # the part before the one that is filled
        self.part = _Part()
        self.chosen: tuple[_Part | None, _Part] | None = None
        self.is_wanted = False  # the part that is filled is the one
        self.message = Message()
        self.recent: deque[Raw] = deque(maxlen=LAST)  # lines that have it not, and are not shown yet
        self.context = 0  # lines that still come after one that has it

    def count(self, pieces: Iterator[str]) -> Iterator[str]:
        """Pass the pieces on and count them; where the log breaks off it ends, unless nothing of it came."""
        try:
            for piece in pieces:
                self.characters += len(piece)
                self.ending = (self.ending + piece)[-200:]
                yield piece
        except AbacoError as error:
            if not self.characters:
                raise
            self.broken = error

    def take(self, raw: Raw, match: TextMatch | None) -> None:
        """Take the next line."""
        self.total = raw.number
        if self.least and not self._has_level(raw):
            if self.context:
                self.context -= 1
                self._put_context(raw)
            else:
                self.recent.append(raw)
            return
        for before in list(self.recent)[-CONTEXT:]:
            self._put_context(before)
        self.recent.clear()
        self.context = CONTEXT if self.least else 0
        self.of_level += 1
        last_hit = self.hits.last
        if match:
            self.hits.add(raw.number, match, self.log_query.line)
            raw.hit = self.hits.total
        self._put(raw, last_hit)

    def _put_context(self, raw: Raw) -> None:
        raw.is_context = True
        self._put(raw, self.hits.last)

    def _put(self, raw: Raw, last_hit: int) -> None:
        """Add a line to the part that is filled, unless the part that was asked for is full."""
        is_hit = raw.hit > 0
        if self.chosen:
            self.hit_after = self.hit_after or raw.number * is_hit
            return
        if self.part.is_full:
            self._close()
            if self.chosen:
                self.hit_after = raw.number * is_hit
                return
        if not self.part.lines:
            self.part.hit_before = last_hit
        self.part.add(raw)
        line = self.log_query.line or self.hits.current
        self.is_wanted = self.is_wanted or bool(line and raw.number >= line)

    def _has_level(self, raw: Raw) -> bool:
        final, ever = judged(raw)
        level, is_more = self.message.take(plain(raw.beginning), ever)
        if LEVELS[final] < self.least <= LEVELS[ever] and raw.form == "final":
            raw.form = "overwritten"
        return LEVELS[self.message.level if is_more else level] >= self.least

    def _close(self) -> None:
        if self.is_wanted:
            self.chosen = self.before, self.part
            return
        self.before, self.part = self.part, _Part(self.part.lines[-1].number)

    def result(self, masker: Masker) -> LogPart:
        """Return what is shown, when there is no more to come."""
        if self.least and not self.of_level:
            for raw in self.recent:
                self._put_context(raw)
        before, part = self.chosen or (self.before, self.part)
        if not self.chosen and before and part.is_short:
            part = before.joined(part)
        tail = self.log_query.tail
        lines = part.as_lines(self.log_query.pattern, *((TAIL_LINES, TAIL_CHARACTERS) if tail else ()))
        is_empty = self.total == 0 or (self.total == 1 and not self.ending.strip("\r\n"))
        return LogPart(
            lines=() if is_empty else lines,
            total=0 if is_empty else self.total,
            characters=self.characters,
            of_level=self.of_level,
            before=part.before,
            has_before=part.before > 0 or len(lines) < len(part.lines),
            has_after=self.chosen is not None,
            is_cut=self.ending.rstrip().endswith(LOG_CUT),
            ending=self.ending,
            line=self.log_query.line,
            beyond_up=part.hit_before or self.hits.last,
            beyond_down=self.hit_after or self.hits.first,
            hits=self.hits,
            broken=self.broken,
            masked=masker.count,
            live=masker.live,
        )


def read_part(pieces: Iterator[str], log_query: LogQuery, masker: Masker | None = None) -> LogPart:
    """Read a log to its end and return the part that was asked for: its last one where none was.

    What is looked for is looked for in the log as it is shown, without its secrets. A log that breaks off shows what
    came of it, and `broken`; one that breaks off before anything came raises that.
    """
    masker, log_pass = masker or Masker(), _Pass(log_query)
    masked = masker.pieces(log_pass.count(pieces))
    for raw, match in lines_of(masked, log_query.pattern, max(0, len(log_query.find) - 1)):
        log_pass.take(raw, match)
    return log_pass.result(masker)
