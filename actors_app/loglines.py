"""A log as lines to show: numbered, coloured by a closed set of classes, its control characters written out.

A log is hostile text. Nothing here makes HTML; the template escapes every piece. Nothing is fetched here.
"""

import re
from dataclasses import dataclass
from typing import Literal

from actors_app.templatetags.actors import visible

MAX_LINES = 2_000
MAX_CHARACTERS = 200_000
TAIL_LINES = 200

Level = Literal["", "debug", "info", "warn", "error"]

# What terminals obey: colours are read, the moving of a cursor is left out. Other sequences stay visible.
_CONTROL = re.compile(r"\x1b\[([0-?]*)[ -/]*([@-~])")
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_WEIGHTS = {1: "bold", 2: "faint", 3: "italic", 4: "underline"}
_WEIGHTS_OFF = {22: ("bold", "faint"), 23: ("italic",), 24: ("underline",)}

_LEVEL = re.compile(
    r"\b(?:(TRACE|DEBUG)|(INFO|NOTICE)|(WARN(?:ING)?)|(ERROR|CRITICAL|FATAL|PANIC))\b"
    r"|\blevel\W{1,4}(?i:(trace|debug)|(info|notice)|(warn(?:ing)?)|(error|critical|fatal|panic))\b"
)
_FAULT = re.compile(r"Traceback \(most recent call last\)|[\w.]{1,80}(?:Error|Exception): ")
_LEVELS: tuple[Level, ...] = ("debug", "info", "warn", "error")
_LEVEL_IS_NEAR = 100  # characters from the start of a line in which its level is looked for


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one style; `style` holds only class names of ours."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the whole log, its level where it names one, its pieces."""

    number: int
    level: Level
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class LogView:
    """The end of a log as a page shows it, and how much there is in all."""

    lines: tuple[Line, ...] = ()
    total: int = 0
    is_tail: bool = False  # lines, or a part of a long line, were left out at the beginning

    @property
    def first(self) -> int:
        """Return the number of the first line shown."""
        return self.lines[0].number if self.lines else 0


def log_view(text: str, max_lines: int = MAX_LINES, max_characters: int = MAX_CHARACTERS) -> LogView:
    """Return the last lines of a log, at most so many lines and so many characters of them."""
    body = text[:-1] if text.endswith("\n") else text
    if not body:
        return LogView()
    total = body.count("\n") + 1
    kept = body[-max_characters:].split("\n")
    is_tail = len(body) > max_characters or len(kept) > max_lines
    kept = kept[-max_lines:]
    style: frozenset[str] = frozenset()
    lines = []
    for number, line in enumerate(kept, start=total - len(kept) + 1):
        spans, style = _spans(line, style)
        lines.append(Line(number, _level("".join(span.text for span in spans)), spans))
    return LogView(tuple(lines), total, is_tail)


def _level(line: str) -> Level:
    if _FAULT.match(line):
        return "error"
    found = _LEVEL.search(line[:_LEVEL_IS_NEAR])
    return _LEVELS[(found.lastindex - 1) % 4] if found and found.lastindex else ""


def _spans(line: str, style: frozenset[str]) -> tuple[tuple[Span, ...], frozenset[str]]:
    """Return a line's pieces and the style that the next line begins with."""
    spans: list[Span] = []

    def add(text: str) -> None:
        if "\r" in text:  # the line was written again from its start: what stood before is gone on a terminal too
            spans.clear()
            text = text.rpartition("\r")[2]
        if text:
            spans.append(Span(visible(text), " ".join(sorted(style))))

    line = line.rstrip("\r")
    position = 0
    for match in _CONTROL.finditer(line):
        add(line[position : match.start()])
        position = match.end()
        if match[2] == "m":
            style = _styled(style, match[1])
    add(line[position:])
    return tuple(spans), style


def _styled(style: frozenset[str], codes: str) -> frozenset[str]:
    """Return a style changed by the codes of one `ESC [ … m`; codes that are not known change nothing."""
    numbers = [int(code) if code.isdecimal() and len(code) < 4 else 0 for code in re.split("[;:]", codes)]
    colours = {name for name in style if name.startswith("ansi-")}
    position = 0
    while position < len(numbers):
        number = numbers[position]
        position += 1
        if number == 0:
            style, colours = frozenset(), set()
        elif number in _WEIGHTS:
            style |= {_WEIGHTS[number]}
        elif number in _WEIGHTS_OFF:
            style -= set(_WEIGHTS_OFF[number])
        elif 30 <= number <= 37 or 90 <= number <= 97 or number == 39:
            style -= colours
            colours = {f"ansi-{_COLOURS[number % 10]}"} if number != 39 else set()
            style |= colours
        elif number in (38, 48):  # one of 256 colours (two more numbers) or of 16 million (four): read over
            position += 2 if numbers[position : position + 1] == [5] else 4
    return style
