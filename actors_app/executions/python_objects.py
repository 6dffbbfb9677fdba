"""Telling Python's own serialised objects from text, by their look: loading one would run whatever it says.

From the second protocol on they begin with a mark. The first two have none, so their steps are read, one after another
and without doing any of them: only such an object fits to its end.
"""

import re

MAX_STEPS = 20_000

_MARK = re.compile(rb"\x80[\x02-\x05]")
_NUMBER = re.compile(rb"-?[0-9.eE+-]+L?|nan|-?inf")
# How many bytes follow a step: so many, one line, two lines, or as many as the first 1 or 4 bytes say.
_FIXED = {b"J": 4, b"K": 1, b"M": 2, b"h": 1, b"j": 4, b"q": 1, b"r": 4, b"G": 8}
_LINES = {b"F": 1, b"I": 1, b"L": 1, b"P": 1, b"S": 1, b"V": 1, b"g": 1, b"p": 1, b"c": 2, b"i": 2}
_COUNTED = {b"U": 1, b"T": 4, b"X": 4}
_NUMBERS = b"FILgp"

# What a step takes from the pile and puts on it; those of _TO_THE_MARK take everything down to the last mark.
_TAKES = {b"0": 1, b"a": 2, b"s": 3, b"b": 2, b"R": 2, b"Q": 1, b"2": 1, b"p": 1, b"q": 1, b"r": 1}
_PUTS = {
    **dict.fromkeys((b"N", b"}", b"]", b")", b"c", b"I", b"L", b"F", b"S", b"V", b"P", b"g"), 1),
    **dict.fromkeys((b"J", b"K", b"M", b"G", b"U", b"T", b"X", b"h", b"j"), 1),
    **{b"a": 1, b"s": 1, b"b": 1, b"R": 1, b"Q": 1, b"2": 2, b"p": 1, b"q": 1, b"r": 1, b"0": 0},
}
_TO_THE_MARK = {b"t": 1, b"l": 1, b"d": 1, b"o": 1, b"i": 1, b"1": 0, b"e": 0, b"u": 0}


def is_python_object(data: bytes) -> bool:
    """Whether bytes are, or look like, a Python object in any of the protocols 0 to 5."""
    if _MARK.match(data):
        return data.endswith(b".")
    return data.endswith(b".") and _fits(data)


def begins_python_object(data: bytes) -> bool:
    """Whether the beginning of bytes is that of a Python object; of the first two protocols it cannot be told."""
    return bool(_MARK.match(data))


def _fits(data: bytes) -> bool:
    piles = [0]  # how much lies below the first mark, above it, above the second, and so on
    offset = 0
    for _ in range(MAX_STEPS):
        step = data[offset : offset + 1]
        offset += 1
        if step == b".":
            return piles == [1] and offset == len(data)
        if step == b"(":
            piles.append(0)
            continue
        offset = _after(data, step, offset)
        if offset < 0 or not _done(piles, step):
            return False
    return True  # so long, and nothing that did not fit


def _after(data: bytes, step: bytes, offset: int) -> int:
    """Return where the next step begins; -1 where this is no step, or what must follow it does not."""
    if step in _FIXED:
        offset += _FIXED[step]
    elif step in _COUNTED:
        start = offset + _COUNTED[step]
        offset = start + int.from_bytes(data[offset:start], "little")
    else:
        for _ in range(_LINES.get(step, 0)):
            end = data.find(b"\n", offset)
            line = data[offset:end]
            if end < 0 or (step in _NUMBERS and not _NUMBER.fullmatch(line)):
                return -1
            if step == b"S" and line[:1] not in (b"'", b'"'):
                return -1
            offset = end + 1
    return offset if offset <= len(data) else -1


def _done(piles: list[int], step: bytes) -> bool:
    """Change the piles as the step would; return False where it could not be taken."""
    if step in _TO_THE_MARK:
        if len(piles) == 1:
            return False
        piles.pop()
        piles[-1] += _TO_THE_MARK[step]
        return piles != [0] or step == b"1"
    if step not in _PUTS or piles[-1] < _TAKES.get(step, 0):
        return False
    piles[-1] += _PUTS[step] - _TAKES.get(step, 0)
    return True
