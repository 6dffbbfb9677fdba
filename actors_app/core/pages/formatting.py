"""How moments, lengths of time, sizes and untrusted texts are written, on pages, in files and for programs."""

import json
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

from actors_app.services.blanks import has_ink


def now() -> datetime:
    """Return the time against which ages are written."""
    return datetime.now(UTC)


def duration(seconds: float | None) -> str:
    """Write a number of seconds as people say it: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    if seconds is None:
        return ""
    if seconds < 0:
        return "0 s"
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    for size, name, small_size, small_name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            remainder = whole % size // small_size
            return f"{whole // size} {name} {remainder} {small_name}" if remainder else f"{whole // size} {name}"
    return f"{whole} s"


def ago_words(moment: datetime, at: datetime) -> str:
    """Write how long before `at` a moment was, in one unit."""
    seconds = (at - moment).total_seconds()
    if seconds < 0:
        return "in " + duration(-seconds) if seconds < -60 else "now"
    if seconds < 10:
        return "just now"
    count, name = int(seconds), "second"
    for size, longer in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count, name = int(seconds // size), longer
            break
    return f"{count} {name}{'' if count == 1 else 's'} ago"


def short_time_words(moment: datetime, at: datetime) -> str:
    """Write a moment of the last 24 hours as its age, `13 min ago`, and an earlier one as its date: `27 Nov, 23:07`.

    The date is that of the moment's own clock; the year stands there when it is not that of `at`.
    """
    seconds = (at - moment).total_seconds()
    if not -60 < seconds < 86_400:
        year = f" {moment.year}" if moment.year != at.astimezone(moment.tzinfo).year else ""
        return f"{moment.day} {moment:%b}{year}, {moment:%H:%M}"
    if seconds < 60:
        return "just now"
    return f"{int(seconds // 3600)} h ago" if seconds >= 3600 else f"{int(seconds // 60)} min ago"


def date_words(at: datetime, *, seconds: bool = False) -> str:
    """Write the date and the time of a moment on its own clock: `30 Nov 2026, 20:31`."""
    return f"{at.day} {at:%b %Y, %H:%M:%S}" if seconds else f"{at.day} {at:%b %Y, %H:%M}"


def size(count: int | None) -> str:
    """Write a number of bytes with a decimal unit."""
    if count is None:
        return ""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return ""


def thousands(count: int | None) -> str:
    """Write a count with thin gaps between thousands."""
    return "" if count is None else f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


# Untrusted text ---------------------------------------------------------------------------------------------

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


NO_NAME = "(empty name)"
OPEN, CLOSE = "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}", "\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"


def _mark(match: re.Match[str]) -> str:
    sign = match.group()
    code = ord(sign)
    if code < 32:
        return chr(0x2400 + code)  # the Unicode pictures of control characters
    return OPEN + unicodedata.name(sign, f"U+{code:04X}") + CLOSE


def visible(value: object) -> str:
    """Return a text of the API's with its invisible and direction-changing characters written out.

    The result is plain text: the template escapes it like any other.
    """
    return HIDDEN.sub(_mark, str(value))


def as_written(text: str) -> str:
    """Return a text like `visible`, its carriage returns written out too."""
    return visible(text).replace("\r", "\N{SYMBOL FOR CARRIAGE RETURN}")


def visible_name(name: object) -> str:
    """Return a name as `visible` does, never empty: where nothing of it is seen its blanks are written out too."""
    text = str(name)
    if has_ink(text):
        return visible(text)
    return "".join(OPEN + unicodedata.name(sign, f"U+{ord(sign):04X}") + CLOSE for sign in text) or NO_NAME


def shortened(value: object, length: int) -> str:
    """Return a text of at most so many characters, the last of which says that more was cut off."""
    text = str(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def storable(text: str) -> str:
    """Return a text without zero characters, which PostgreSQL cannot keep, each written as on every page."""
    return text.replace("\x00", visible("\x00"))


def pretty_json(value: Any) -> str:
    """Write a JSON value with indents, its keys in their order."""
    return visible(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def address_time(at: datetime) -> str:
    """Write a moment as the address has it, in UTC, so that it means the same to everybody: `2026-11-23T16:00`."""
    at = at.astimezone(UTC)
    if at.microsecond:
        return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}"
    return f"{at:%Y-%m-%dT%H:%M:%S}" if at.second else f"{at:%Y-%m-%dT%H:%M}"
