"""An actor's schedule, `yyyy-mm-dd hh + <n> <unit>` in UTC, as it goes on from now."""

import calendar
import re
from datetime import UTC, datetime, timedelta

_SCHEDULE = re.compile(r"([Nn]ow|\d{4}-\d{1,2}-\d{1,2} \d{1,2}) \+ (0*[1-9]\d{0,3}) (hour|day|week|month)s?", re.ASCII)
_HOURS = {"hour": 1, "day": 24, "week": 24 * 7}


def from_now_on(schedule: str, following: str | None, now: datetime) -> str:
    """Return a schedule that fires when this one would, and whose start is not past, which the API would refuse.

    `following` is when it fires next, as the API says it. What cannot be read is returned as it is.
    """
    match = _SCHEDULE.fullmatch(schedule)
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    start = _hour(match[1]) if match else None
    if match is None or (start is not None and start >= hour):
        return schedule
    start = _hour(following or "") or start
    if start is None:
        return schedule
    count, unit = int(match[2]), match[3]
    if unit == "month":
        while start < hour:
            start = _months_on(start, count)
    elif start < hour:
        step = timedelta(hours=count * _HOURS[unit])
        start += step * -((start - hour) // step)
    return f"{start:%Y-%m-%d %H} +{schedule.partition('+')[2]}"


def _hour(text: str) -> datetime | None:
    try:
        day, hour = text.split(" ")
        year, month, date = (int(part) for part in day.split("-"))
        return datetime(year, month, date, int(hour), tzinfo=UTC)
    except ValueError:
        return None


def _months_on(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + year, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))
