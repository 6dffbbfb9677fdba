"""Reading a time in any form that a page, a file, a log or the Actors API writes, for the filters that ask for one.

A day, or a moment, comes out as addresses have it, in UTC, so that a link means the same to everybody and at any time.
A text that has a year and no zone is in UTC; one without a year is on the reader's clock, as pages write it.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from actors_app.core.pages.formatting import address_time, now
from actors_app.core.pages.timezones import zone_here, zone_names
from actors_app.services.blanks import collapsed, without_unseen
from actors_app.services.times import parse_time

MAX_TEXT = 64  # characters of the longest form, with blanks around it
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = r"(?P<day>\d{1,2})"
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_YEAR = r"(?P<year>\d{4})"
# `+` may have become a space on its way through an address.
_ZONE = (
    r"(?: ?(?:(?P<utc>UTC|GMT|Z)(?:(?P<sign>[+ -]) ?(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?)?"
    r"|(?P<sign2>[+-])(?P<hours2>\d\d)(?::?(?P<minutes2>\d\d))?| (?P<hours3>\d\d):(?P<minutes3>\d\d)"
    r"|(?P<named>[a-z]{3,6})))?"
)
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?: ?(?P<half>[ap]m))?"
    + _ZONE
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? )?"
_ISO_DAY = r"(?P<year>\d{4})(?:-(?P<number>\d\d)-|/(?P<number2>\d\d)/)(?P<day>\d\d)"
# What stands between the day and the time of it: `23 Nov 2026, 15:51`, `23/Nov/2026:15:51:39`.
_JOINT = r"(?:,? at |, | |:)"
_FORMS = [
    re.compile(form + r"\Z", re.ASCII | re.IGNORECASE)
    for form in (
        rf"{_ISO_DAY}(?:(?:[T ]|, ){_CLOCK})?",
        rf"{_YEAR}(?P<number>\d\d)(?P<day>\d\d)",
        rf"(?P<day>\d\d)\.(?P<number>\d\d)\.{_YEAR}(?:,? {_CLOCK})?",
        rf"{_WEEKDAY}{_MONTH} {_DAY} {_CLOCK} {_YEAR}",
        rf"{_WEEKDAY}{_DAY}[ /-]{_MONTH}(?:,?[ /-]{_YEAR})?(?:{_JOINT}{_CLOCK})?",
        rf"{_WEEKDAY}{_MONTH} {_DAY}(?:,? {_YEAR})?(?:{_JOINT}{_CLOCK})?",
        _CLOCK,
    )
]
_BOTH_NAMES = re.compile(r" [A-Za-z]{2,6} \((UTC[^()]*)\)\Z", re.ASCII)  # `CET (UTC+1)`
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?", re.ASCII)  # as addresses have it
_EPOCH = re.compile(r"(\d{10})(\d{3})?(?:\.\d{1,9})?", re.ASCII)
_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400}
_UNITS |= {"day": 86400, "week": 7 * 86400}
_LENGTH = r"\d{1,6}(?:\.\d)? ?(?:s|sec|m|min|h|d|(?:second|minute|hour|day|week)s?)"
_AGO = re.compile(rf"(?P<ahead>in )?(?P<length>{_LENGTH}(?:,? {_LENGTH})?)(?: ago)?", re.ASCII | re.IGNORECASE)
_PART = re.compile(r"(\d+(?:\.\d)?) ?([a-z]+?)s?(?![a-z])", re.ASCII | re.IGNORECASE)


def as_in_address(text: str) -> str:
    """Return a time as addresses have it in UTC, `2026-11-23` or `2026-11-23T15:51`; raise ValueError for no time."""
    plain = collapsed(without_unseen(text)).replace("\N{MINUS SIGN}", "-")
    plain = _BOTH_NAMES.sub(r" \1", plain).strip("\"'`[](),;. ")
    if _PLAIN.fullmatch(plain):
        return plain
    for reader in _READERS:
        try:
            value = reader(plain)
        except OverflowError:
            break
        if value is not None:
            return value.isoformat() if not isinstance(value, datetime) else address_time(value)
    raise ValueError(text)


def moment_of(text: str, *, is_end: bool = False) -> datetime:
    """Return the moment of a text that `as_in_address` wrote: of a day its first, or as an end the next day's first.

    Raises ValueError where there is no such day or time.
    """
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return moment + timedelta(days=1) if is_end and is_day(text) else moment


def is_day(text: str) -> bool:
    """Whether a text that `as_in_address` wrote is a day without a time."""
    return len(text) == len("2026-11-23")


def _as_api(text: str) -> datetime | None:
    return parse_time(text)


def _iso(text: str) -> datetime | None:
    """Read what Python and logs write, with an offset or without: `20261123T155139Z`, `15:51:39,123`."""
    if not re.match(r"\d{8}T\d|\d{4}-\d\d-\d\d[T ]\d", text, re.ASCII):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _relative(text: str) -> datetime | None:
    if text.casefold() in ("now", "just now"):
        return now()
    match = _AGO.fullmatch(text)
    if not match:
        return None
    seconds = sum(float(number) * _UNITS[unit.casefold()] for number, unit in _PART.findall(match["length"]))
    return now() + timedelta(seconds=seconds if match["ahead"] else -seconds)


def _epoch(text: str) -> datetime | None:
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(float(text) / (1000 if match[2] else 1), UTC) if match else None


def _worded(text: str) -> date | datetime | None:
    for form in _FORMS:
        if match := form.match(text):
            return _from_parts({name: value for name, value in match.groupdict().items() if value is not None})
    return None


def _from_parts(parts: dict[str, str]) -> date | datetime:
    """Return what a form's parts name: a day where they have no time of the day. Raises ValueError."""
    clock, zone = (_clock(parts), _zone(parts)) if "hour" in parts else (None, None)
    if "day" not in parts:
        return _latest(clock or time(), zone or zone_here())
    name = parts.get("month", "")[:3].casefold()
    month = _MONTHS.index(name) + 1 if name else int(parts.get("number") or parts["number2"])
    if "year" in parts:
        day = date(int(parts["year"]), month, int(parts["day"]))
        if clock is None:
            return day
        local = datetime.combine(day, clock)
        return local.replace(tzinfo=_by_short_name(parts["named"], local) if "named" in parts else zone or UTC)
    if "named" in parts:
        raise ValueError("a short name of a zone means something only on a day")
    local_zone = zone or zone_here()
    tomorrow = now().astimezone(local_zone).date() + timedelta(days=1)  # clocks differ
    day = _latest_day(month, int(parts["day"]), tomorrow)
    return day if clock is None else datetime.combine(day, clock, local_zone)


def _latest_day(month: int, number: int, until: date) -> date:
    """Return the last such day of a year, up to another day; 29 February may be eight years ago. Raises ValueError."""
    for year in range(until.year, until.year - 9, -1):
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day <= until:
            return day
    raise ValueError("no such day")


def _by_short_name(name: str, moment: datetime) -> tzinfo:
    """Return the zone of a clock by a name such as CET: the reader's, else what all that have this name agree on."""
    local_zone = zone_here()
    if (moment.replace(tzinfo=local_zone).tzname() or "").casefold() == name.casefold():
        return local_zone
    aware = (moment.replace(tzinfo=ZoneInfo(zone)) for zone in zone_names())
    offsets = {clock.utcoffset() for clock in aware if (clock.tzname() or "").casefold() == name.casefold()}
    if len(offsets) != 1:
        raise ValueError("no zone, or several")
    return timezone(offsets.pop() or timedelta())


def _zone(parts: dict[str, str]) -> tzinfo | None:
    """Return the zone that a form's parts name; none where they name none."""
    hours = next((parts[name] for name in ("hours", "hours2", "hours3") if name in parts), None)
    if hours is None:
        return UTC if "utc" in parts else None
    minutes = next((parts[name] for name in ("minutes", "minutes2", "minutes3") if name in parts), "0")
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-ahead if "-" in (parts.get("sign"), parts.get("sign2")) else ahead)


def _clock(parts: dict[str, str]) -> time:
    hour, half = int(parts["hour"]), parts.get("half", "").casefold()
    if half and not 1 <= hour <= 12:
        raise ValueError("no hour of half a day")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    fraction = parts.get("fraction", "")[:6].ljust(6, "0")
    return time(hour, int(parts["minute"]), int(parts.get("second", 0)), int(fraction))


def _latest(clock: time, zone: tzinfo) -> datetime:
    """Return when a clock of a zone last stood so."""
    at = now().astimezone(zone)
    moment = datetime.combine(at.date(), clock, zone)
    return moment if moment <= at else moment - timedelta(days=1)


_READERS: Sequence[Callable[[str], date | datetime | None]] = (_as_api, _iso, _worded, _epoch, _relative)
