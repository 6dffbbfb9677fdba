"""The colours of a log: each of the millions that terminals know as one of eight, which both themes can show legibly.

Which codes mean a colour is here; all else of a line is the business of `lines.py`.
"""

from collections.abc import Sequence
from functools import lru_cache

Style = frozenset[str]  # names of classes of ours
NO_STYLE: Style = frozenset()

COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
EXTENDED = {38: "ansi-", 48: "on-"}  # the codes that more numbers follow, and whether letters or their ground are meant

_CUBE = (0, 95, 135, 175, 215, 255)  # the shares of the 216 colours in the middle of the 256
_HUES = ((25, "red"), (80, "yellow"), (160, "green"), (200, "cyan"), (262, "blue"), (335, "magenta"), (361, "red"))
_GREY = 40  # between the largest and the least share, below which there is no hue
_LIGHT = 150  # of 255, from which on a grey is a white


_WEIGHTS = {1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 9: "struck"}
_WEIGHTS_OFF = {22: ("bold", "faint"), 23: ("italic",), 24: ("underline",), 27: ("inverse",), 29: ("struck",)}


@lru_cache(maxsize=512)
def styled(style: Style, codes: str) -> Style:
    """Return a style changed by the codes of one `ESC [ … m`; codes that are not known change nothing."""
    parts = codes.split(";")[::-1]
    while parts:
        first, *of_it = [int(code) if code.isdecimal() and len(code) < 4 else 0 for code in parts.pop().split(":")]
        if first in EXTENDED and not of_it:  # its numbers are parts of their own: one of 256 colours, or three shares
            count = 2 if parts[-1:] == ["5"] else 4
            of_it = [int(code) if code.isdecimal() and len(code) < 4 else 0 for code in reversed(parts[-count:])]
            del parts[-count:]
        if first == 0:
            style = NO_STYLE
        elif first == 4 and of_it == [0]:
            style -= {"underline"}
        elif first in _WEIGHTS:
            style |= {_WEIGHTS[first]}
        elif first in _WEIGHTS_OFF:
            style -= set(_WEIGHTS_OFF[first])
        else:
            style = coloured(style, first, of_it)
    return style


def coloured(style: Style, code: int, parameters: Sequence[int] = ()) -> Style:
    """Return a style with the colour of a code; one that means none changes nothing. `parameters` follow 38 and 48."""
    if code in EXTENDED:
        name = _extended(parameters)
        return _changed(style, EXTENDED[code], name) if name else style
    if 30 <= code <= 37 or 90 <= code <= 97:
        return _changed(style, "ansi-", COLOURS[code % 10])
    if 40 <= code <= 47 or 100 <= code <= 107:
        return _changed(style, "on-", COLOURS[code % 10])
    return _changed(style, EXTENDED[code - 1], "") if code - 1 in EXTENDED else style


def _changed(style: Style, prefix: str, name: str) -> Style:
    return frozenset(part for part in style if not part.startswith(prefix)) | ({prefix + name} if name else set())


def _extended(parameters: Sequence[int]) -> str:
    """Return the colour that the numbers after 38 or 48 mean; empty where they mean none."""
    if parameters[:1] == [5] and len(parameters) > 1 and parameters[1] < 256:
        return _of_256(parameters[1])
    # Between the 2 and the three shares a colour space may stand.
    return _nearest(*parameters[-3:]) if parameters[:1] == [2] and len(parameters) > 3 else ""


def _of_256(number: int) -> str:
    if number < 16:
        return COLOURS[number % 8]
    if number >= 232:
        return _nearest(*[8 + 10 * (number - 232)] * 3)
    index = number - 16
    return _nearest(_CUBE[index // 36], _CUBE[index // 6 % 6], _CUBE[index % 6])


def _nearest(red: int, green: int, blue: int) -> str:
    """Return which of the eight is nearest to a colour: by its hue, or by its light where it has none."""
    most, least = max(red, green, blue), min(red, green, blue)
    width = most - least
    if width < _GREY:
        return "white" if most >= _LIGHT else "black"
    if most == red:
        hue = 60 * (green - blue) / width % 360
    elif most == green:
        hue = 60 * (blue - red) / width + 120
    else:
        hue = 60 * (red - green) / width + 240
    return next(name for end, name in _HUES if hue < end)
