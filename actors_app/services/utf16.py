"""Lines of UTF-16 in a text that was read as if each byte were a character.

The API reads what a container writes as UTF-8; a program that writes UTF-16 leaves a zero beside each letter. A byte
that is no UTF-8 was lost at the API, and stays a replacement character.
"""

import re
from collections.abc import Iterator
from typing import Literal

from actors_app.services.errors import AbacoError
from actors_app.services.jsons import clean_text
from actors_app.services.types import LOG_CUT

Order = Literal["", "little", "big"]  # of the two bytes of a character; empty where a line is no UTF-16

_ZERO, _LOST = "\x00", "\N{REPLACEMENT CHARACTER}"
_MARK = re.compile(f"{_LOST}{_LOST}|\xff\xfe|\xfe\xff")  # how the mark at the beginning of such a text arrives
_LITTLE, _BIG = re.compile(r"(?:[^\x00]\x00){2}"), re.compile(r"(?:\x00[^\x00]){2}")
_SINGLE = re.compile(r"[\t\r\n\x1b -~]{1,4}")  # what begins a line that is no UTF-16, after others that were
_LEAST = 6  # characters: a mark and what `_LITTLE` needs
_HEAD = 64  # characters after a mark by which the order is judged
_HELD = 128  # characters at the end of a line that goes on; an even number, and more than `_CUT`
_CUT = f" {LOG_CUT}"  # which the API adds in single bytes


def decoded(pieces: Iterator[str]) -> Iterator[str]:
    """Yield the same text, its lines of UTF-16 decoded; what holds no zero characters passes as it is.

    Raises what the pieces raise, after what came before it.
    """
    lines = _Lines()
    broken: AbacoError | None = None
    try:
        for piece in pieces:
            if text := lines.feed(piece):
                yield text
    except AbacoError as error:
        broken = error
    if text := lines.feed("", is_end=True):
        yield text
    if broken:
        raise broken


class _Lines:
    """The line that is read: whether it is UTF-16, and what waits for more of it."""

    def __init__(self) -> None:
        self._held = ""
        self._is_start = True
        self._order: Order = ""

    def feed(self, piece: str, *, is_end: bool = False) -> str:
        """Take a piece; return all of the text that is sure."""
        text, start, parts = self._held + piece, 0, []
        if not self._order and _ZERO not in text and not (self._is_start and _MARK.match(text)):
            start = text.rfind("\n") + 1
            self._is_start = (self._is_start or start > 0) and len(text) - start < _LEAST
            start = start if self._is_start and not is_end else len(text)
            parts.append(text[:start])
        while start < len(text) and (is_end or not self._is_start or len(text) - start >= _LEAST):
            if self._is_start:
                start = self._begin(text, start)
            stop, waits = text.find("\n", start), bool(self._order) and not is_end
            if stop < 0 or (waits and stop + 1 == len(text)):
                stop = max(start, len(text) - _HELD - (len(text) - start) % 2) if waits else len(text)
                parts.append(self._of(text[start:stop]))
                self._is_start, start = False, stop
                break
            parts.append(self._of(text[start:stop]) + "\n")
            start = stop + 1
            if self._order == "little" and text[start : start + 1] == _ZERO:
                start += 1
            self._is_start = True
        self._held = text[start:]
        return "".join(parts)

    def _begin(self, text: str, position: int) -> int:
        """Judge the line that begins at a place; return where its text begins."""
        mark = _MARK.match(text, position)
        at = mark.end() if mark else position
        head = text[at : at + _HEAD]
        if _LITTLE.match(head):
            self._order = "little"
        elif _BIG.match(head):
            self._order = "big"
        elif mark:  # of most alphabets the first bytes are small numbers
            head = head.partition("\n")[0]
            little, big = (sum(sign < " " for sign in head[start::2]) for start in (1, 0))
            is_so = little != big and 4 * max(little, big) >= len(head)
            self._order = "" if not is_so else "little" if little > big else "big"
        elif _SINGLE.fullmatch(head[:4]):
            self._order = ""
        return at if self._order else position

    def _of(self, text: str) -> str:
        """Return a line, or a part of it, decoded."""
        if not self._order:
            return text
        if text.endswith(_CUT):
            return self._of(text.removesuffix(_CUT)) + _CUT
        if self._order == "little":
            low, high = text[::2], text[1::2]
        else:  # the first byte of the line's end is no part of the line
            low, high = text[1::2], text[::2]
        if high.strip(_ZERO):
            low = "".join(map(_character, low, high))
        return clean_text(low)


def _character(low: str, high: str) -> str:
    return _LOST if max(low, high) > "\xff" else chr(ord(low) | ord(high) << 8)
