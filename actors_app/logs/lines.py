"""A log as lines to show: numbered, coloured by a closed set of classes, its control characters written out.

A log is hostile text. Nothing here makes HTML; the template escapes every piece. Nothing is fetched here, and which
lines of a long log are shown is the business of `parts.py`.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from actors_app.logs.colours import EXTENDED, coloured
from actors_app.wording import visible

Level = Literal["", "debug", "info", "warn", "error"]

# What terminals obey: colours are read; the moving of a cursor, the choice of an alphabet (`tput sgr0` writes one), a
# window's title and the address of a link are left out. Other sequences stay visible.
_CONTROL = re.compile(r"\x1b(?:\[([0-?]*)[ -/]*([@-~])|[()*+][0-9A-Z]|\][0128];[^\x07\x1b\n]{0,480}(?:\x07|\x1b\\))")
_WEIGHTS = {1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 9: "struck"}
_WEIGHTS_OFF = {22: ("bold", "faint"), 23: ("italic",), 24: ("underline",), 27: ("inverse",), 29: ("struck",)}

_LEVEL = re.compile(
    r"\b(?:(TRACE|DEBUG)|(INFO|NOTICE)|(WARN(?:ING)?)|(ERROR|CRITICAL|FATAL|PANIC))\b"
    r"|\blevel\W{1,4}(?i:(trace|debug)|(info|notice)|(warn(?:ing)?)|(error|critical|fatal|panic))\b"
)
_FAULT = re.compile(r"Traceback \(most recent call last\)|[\w.]{1,80}(?:Error|Exception): ")
_LEVELS: tuple[Level, ...] = ("debug", "info", "warn", "error")
_LEVEL_IS_NEAR = 100  # characters from the start of a line in which its level is looked for
_DATE = r"\d{4}[-/](?:0\d|1[0-2])[-/][0-3]\d"
_CLOCK = r"[0-2]\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?"
_STAMP = re.compile(
    rf"\[?(?:({_DATE}[T ]{_CLOCK}) ?(Z|UTC|[+-]\d\d:?\d\d)?"
    rf"|[A-Z][a-z]{{2}} [ \d]\d {_CLOCK}|[0-2]\d:[0-5]\d:[0-6]\d(?:[.,]\d{{1,9}})?)\]?(?![\w:])"
)


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
    place among the lines that hold what was looked for.
    """

    number: int
    level: Level
    spans: tuple[Span, ...]
    end: tuple[Span, ...] = ()
    length: int = 0
    hit: int = 0


def plain(line: str) -> str:
    """Return a line as a terminal shows it in the end, without colours."""
    line = line.rstrip("\r")
    if "\r" in line:
        line = line.rpartition("\r")[2]
    return overwritten(without_controls(line))


def without_controls(text: str) -> str:
    """Return a text without what terminals obey."""
    return _CONTROL.sub("", text) if "\x1b" in text else text


def overwritten(text: str) -> str:
    """Return a text as it stands when what follows a backspace has been written over what it went back to."""
    if "\b" not in text:
        return text
    signs: list[str] = []
    place = 0
    for sign in text:
        if sign == "\b":
            place = max(0, place - 1)
        else:
            signs[place : place + 1] = [sign]
            place += 1
    return "".join(signs)


def level_of(line: str) -> Level:
    """Return the level that a line names near its beginning; empty where it names none."""
    if _FAULT.match(line):
        return "error"
    found = _LEVEL.search(line[:_LEVEL_IS_NEAR])
    return _LEVELS[(found.lastindex - 1) % 4] if found and found.lastindex else ""


def style_after(line: str, style: frozenset[str]) -> frozenset[str]:
    """Return the style that the next line begins with."""
    for match in _CONTROL.finditer(line):
        if match[2] == "m":
            style = _styled(style, match[1])
    return style


def stamped(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return a line's pieces with the time at its beginning, where there is one, as a piece of its own."""
    found = _STAMP.match(spans[0].text) if spans else None
    if not found:
        return spans
    first = spans[0]
    stamp = Span(found[0], f"{first.style} stamp".strip(), _moment(found[1], found[2]) if found[1] else "")
    rest = replace(first, text=first.text[found.end() :])
    return (stamp, rest, *spans[1:]) if rest.text else (stamp, *spans[1:])


def _moment(local: str, zone: str | None) -> str:
    """Return a time stamp as the `datetime` of an element takes it: at most three digits below the second."""
    whole, _, fraction = local.replace("/", "-").replace(",", ".").partition(".")
    zone = "Z" if zone == "UTC" else zone or ""
    return whole + (f".{fraction[:3]}" if fraction else "") + zone


def marked(spans: tuple[Span, ...], wanted: re.Pattern[str]) -> tuple[Span, ...]:
    """Return a line's pieces with what was looked for as pieces of their own, also where it crosses styles."""
    places = [found.span() for found in wanted.finditer("".join(span.text for span in spans)) if found[0]]
    if not places:
        return spans
    pieces: list[Span] = []
    start = first = 0  # the span's place in the line, and the first of the places that may reach into it
    for span in spans:
        position, stop = start, start + len(span.text)
        while first < len(places) and places[first][0] < stop:
            left, right = places[first]
            cut, past = max(left, position), min(right, stop)
            if cut > position:
                pieces.append(replace(span, text=span.text[position - start : cut - start]))
            pieces.append(
                replace(span, text=span.text[cut - start : past - start], style=f"{span.style} found".strip())
            )
            position = past
            if right > stop:
                break  # it goes on in the next span
            first += 1
        if position < stop:
            pieces.append(replace(span, text=span.text[position - start :]))
        start = stop
    return tuple(pieces)


def spans_of(line: str, style: frozenset[str]) -> tuple[tuple[Span, ...], frozenset[str]]:
    """Return a line's pieces and the style that the next line begins with."""
    spans: list[Span] = []

    def add(text: str) -> None:
        if "\r" in text:  # the line was written again from its start: what stood before is gone on a terminal too
            spans.clear()
            text = text.rpartition("\r")[2]
        if text:
            spans.append(Span(visible(overwritten(text)), " ".join(sorted(style))))

    line = line.rstrip("\r")
    position = 0
    for match in _CONTROL.finditer(line):
        add(line[position : match.start()])
        position = match.end()
        if match[2] == "m":
            style = _styled(style, match[1])
    add(line[position:])
    return tuple(spans), style


@lru_cache(maxsize=512)
def _styled(style: frozenset[str], codes: str) -> frozenset[str]:
    """Return a style changed by the codes of one `ESC [ … m`; codes that are not known change nothing."""
    parts = codes.split(";")
    while parts:
        first, *of_it = [int(code) if code.isdecimal() and len(code) < 4 else 0 for code in parts.pop(0).split(":")]
        if first in EXTENDED and not of_it:  # its numbers are parts of their own: one of 256 colours, or three shares
            many = 2 if parts[:1] == ["5"] else 4
            of_it = [int(code) if code.isdecimal() and len(code) < 4 else 0 for code in parts[:many]]
            del parts[:many]
        if first == 0:
            style = frozenset()
        elif first == 4 and of_it == [0]:
            style -= {"underline"}
        elif first in _WEIGHTS:
            style |= {_WEIGHTS[first]}
        elif first in _WEIGHTS_OFF:
            style -= set(_WEIGHTS_OFF[first])
        else:
            style = coloured(style, first, of_it)
    return style
