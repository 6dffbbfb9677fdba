"""Cron schedules: `yyyy-mm-dd hh + <n> <unit>` with `now` for the date part, in UTC, to the hour."""

import calendar
import re
from datetime import datetime, timedelta

from sandbox import times
from sandbox.answers import BadRequest, Crash, Refusal

FORMAT = re.compile(r"(?P<start>.+?) \+ (?P<count>.+?) (?P<unit>.+?)", re.IGNORECASE | re.DOTALL)
START = re.compile(r"(.+?)-(.+?)-(.+?) (.+?)", re.DOTALL)
UNITS = ("hour", "day", "week", "month")
NOW = ("now", "Now")


def hour_text(moment: datetime) -> str:
    """Write an hour as `cronNextEx` does: `2026-11-23 17`."""
    return moment.strftime("%Y-%m-%d %H")


def read_hour(text: str) -> datetime:
    """Read an hour as `cronNextEx` holds it, padded or not; raise ValueError for anything else."""
    parts = START.fullmatch(text)
    if parts is None:
        raise ValueError(text)
    year, month, day, hour = (int(part) for part in parts.groups())
    return datetime(year, month, day, hour)


def check(schedule: str) -> str:
    """Check a schedule and return its first hour, padded or not as it came; raise the 400 or 500 of a bad one.

    What is a number is not asked of the count, unless the schedule begins now.
    """
    parts = FORMAT.fullmatch(schedule)
    if not parts:
        raise Refusal("The cron is not in the correct format")
    hour = times.now().replace(minute=0, second=0, microsecond=0)
    first = parts["start"]
    try:
        if first in NOW:
            int(parts["count"])
            first = f"{hour.year}-{hour.month}-{hour.day} {hour.hour}"
        elif START.fullmatch(first) is None:
            raise Refusal(f"The starting date {first} is not in the correct format")
        elif read_hour(first) < hour:
            raise Refusal(f"The starting datetime is old. The current UTC time is {hour}")
    except ValueError as error:
        raise Crash.of(error) from None
    if parts["unit"] not in (*UNITS, *(f"{unit}s" for unit in UNITS)):
        raise BadRequest(f"{parts['unit']} is an invalid unit of time")
    return first


def after(schedule: str, hour: datetime, moment: datetime | None = None) -> datetime | None:
    """Return the first hour of a schedule after `moment`, counted in its steps from `hour`; without one, the next.

    None where its count is no number above zero, or leads out of the calendar.
    """
    found = FORMAT.fullmatch(schedule)
    if not found or not found["count"].isdecimal() or int(found["count"]) < 1:
        return None
    count, unit = int(found["count"]), found["unit"].removesuffix("s")
    moment = max(hour, moment or hour)
    try:
        if unit != "month":
            step = timedelta(**{unit + "s": count})
            return hour + step * ((moment - hour) // step + 1)
        passed = (moment.year - hour.year) * 12 + moment.month - hour.month
        steps = max(1, passed // count)
        following = _months_later(hour, count * steps)
        return following if following > moment else _months_later(hour, count * (steps + 1))
    except (OverflowError, ValueError):
        return None


def _months_later(hour: datetime, count: int) -> datetime:
    years, month = divmod(hour.month - 1 + count, 12)
    last = calendar.monthrange(hour.year + years, month + 1)[1]
    return hour.replace(year=hour.year + years, month=month + 1, day=min(hour.day, last))
