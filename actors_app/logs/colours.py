"""The colours of a log: each of the millions that terminals know as one of eight, which both themes can show legibly.

Which codes mean a colour is here; all else of a line is the business of `lines.py`.
"""

from collections.abc import Sequence

COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
EXTENDED = {38: "ansi-", 48: "on-"}  # the codes that more numbers follow, and whether letters or their ground are meant

_CUBE = (0, 95, 135, 175, 215, 255)  # the shares of the 216 colours in the middle of the 256
_HUES = ((25, "red"), (80, "yellow"), (160, "green"), (200, "cyan"), (262, "blue"), (335, "magenta"), (361, "red"))
_GREY = 40  # between the largest and the least share, below which there is no hue
_LIGHT = 150  # of 255, from which on a grey is a white


def coloured(style: frozenset[str], code: int, more: Sequence[int] = ()) -> frozenset[str]:
    """Return a style with the colour of a code; one that means none changes nothing. `more` follows 38 and 48."""
    if code in EXTENDED:
        name = _extended(more)
        return _changed(style, EXTENDED[code], name) if name else style
    if 30 <= code <= 37 or 90 <= code <= 97:
        return _changed(style, "ansi-", COLOURS[code % 10])
    if 40 <= code <= 47 or 100 <= code <= 107:
        return _changed(style, "on-", COLOURS[code % 10])
    return _changed(style, EXTENDED[code - 1], "") if code - 1 in EXTENDED else style


def _changed(style: frozenset[str], prefix: str, name: str) -> frozenset[str]:
    return frozenset(one for one in style if not one.startswith(prefix)) | ({prefix + name} if name else set())


def _extended(more: Sequence[int]) -> str:
    """Return the colour that the numbers after 38 or 48 mean; empty where they mean none."""
    if more[:1] == [5] and len(more) > 1 and more[1] < 256:
        return _of_256(more[1])
    # Between the 2 and the three shares a colour space may stand.
    return _nearest(*more[-3:]) if more[:1] == [2] and len(more) > 3 else ""


def _of_256(number: int) -> str:
    if number < 16:
        return COLOURS[number % 8]
    if number >= 232:
        return _nearest(*[8 + 10 * (number - 232)] * 3)
    place = number - 16
    return _nearest(_CUBE[place // 36], _CUBE[place // 6 % 6], _CUBE[place % 6])


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
