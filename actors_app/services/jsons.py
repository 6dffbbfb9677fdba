"""Reading JSON from the network without being hurt by it; what the JSON means is not decided here.

Python's own reader raises RecursionError on deep nesting and a bare ValueError on a number of 5,000 digits,
and it accepts NaN, Infinity and halves of surrogate pairs. All four end here.
"""

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 64
MAX_NUMBER = 64  # characters
# An answer of 10 MB may hold this many, and each takes far more memory than it takes bytes to write.
MAX_OBJECTS = 50_000
MAX_VALUES = 500_000

# Possessive, and the closing quote is optional: so the scan is linear whatever the text is.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
# A thousand strings and what stands before each: removing all strings of an answer at once would make a piece of
# each first, in ten times the memory.
_STRETCH = re.compile(rb'(?:[^"]*+"[^"\\]*+(?:\\.[^"\\]*+)*+"?){1,1000}+', re.DOTALL)
_LONG_NUMBER = re.compile(rb"[-+.0-9eE]{%d}" % (MAX_NUMBER + 1))
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class UnreadableJSON(ValueError):  # noqa: N818 - as in errors.py
    """The text is not JSON, or of a kind we refuse; the message says which and quotes nothing of it."""


class TooMuchJSON(UnreadableJSON):
    """The text holds more values than we are willing to keep in memory."""


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadableJSON("a constant that JSON does not have")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise UnreadableJSON("a number that is too large")
    return value


def load_json(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8; halves of surrogate pairs become replacement characters.

    Raises UnreadableJSON for anything else, for nesting deeper than 64 and for numbers longer than 64
    characters, and TooMuchJSON for more than 50,000 objects or 500,000 values.
    """
    check_shape(body)
    try:
        value = json.loads(
            body.decode("utf-8-sig", errors="replace"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            strict=False,  # a raw tab or newline in a log is no reason to lose the log
        )
    except json.JSONDecodeError:
        raise UnreadableJSON("not JSON") from None
    # Only an escape can bring a surrogate in, since decoding UTF-8 has replaced all others.
    return _without_surrogates(value) if b"\\ud" in body or b"\\uD" in body else value


def dump_json(value: object) -> bytes:
    """Return a value as JSON; raise UnreadableJSON for what JSON cannot hold, NaN and Infinity included."""
    try:
        return json.dumps(value, allow_nan=False).encode("ascii")
    except (TypeError, ValueError, RecursionError):
        raise UnreadableJSON("a value that JSON cannot hold") from None


def check_shape(body: bytes) -> None:
    """Raise UnreadableJSON, or TooMuchJSON, for what `load_json` refuses before it reads any value."""
    bare = _without_strings(body)
    if bare.count(b"{") > MAX_OBJECTS or bare.count(b",") > MAX_VALUES:
        raise TooMuchJSON("too many values")
    if _LONG_NUMBER.search(bare):
        raise UnreadableJSON("a number that is too long")
    brackets = bare.translate(None, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return
        peeled = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if peeled == brackets:
            break
        brackets = peeled
    if brackets:
        raise UnreadableJSON("nested too deeply, or not closed")


def _without_strings(body: bytes) -> bytes:
    parts, start = [], 0
    while stretch := _STRETCH.match(body, start):
        parts.append(_STRING.sub(b"", stretch[0]))
        start = stretch.end()
    return b"".join([*parts, body[start:]])


def clean_text(text: str) -> str:
    """Return the text with each half of a surrogate pair replaced, so that it can be encoded."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(key): _without_surrogates(item) for key, item in value.items()}
    return value


def is_same(first: object, second: object) -> bool:
    """Whether two JSON values are the same and of the same type: 1 and true are not, and neither are 1 and 1.0."""
    return json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
