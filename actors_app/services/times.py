"""Reading the times that Abaco writes, in every form it is known to use; none is formatted here.

All of Abaco's times are UTC. Its formatter replaces the first `000` of an ISO text by `Z`, wherever that
stands (TACC/abaco actors/models.py, `get_current_utc_time` and `display_time`), so `.120000` arrives as
`.12Z0`.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: f"{number:02}" for number, name in enumerate(_MONTH_NAMES, start=1)}
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d*))?)?(?:Z|([+-])(\d\d):?(\d\d))?", re.ASCII
)

_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)  # which C reads ten times as fast


def parse_time(value: object) -> datetime | None:
    """Return the time as an aware datetime in UTC, or None when it is missing, `"None"` or not a time at all.

    Reads `2026-11-23T15:51:39.397Z`, `….12Z0`, `….8Z18`, no fraction, no zone, microseconds and nanoseconds,
    an offset, and RFC-1123 (`Mon, 23 Nov 2026 15:55:10 GMT`). Never raises.
    """
    if not isinstance(value, str) or not 16 <= len(value) <= 40:
        return None
    try:
        # The listing of executions has thousands of these, so they are cut by position and read by C.
        if value[3:5] == ", ":
            day, month, year = value[5:7], _MONTHS[value[8:11]], value[12:16]
            return datetime.fromisoformat(f"{year}-{month}-{day}T{value[17:25]}+00:00")
        return _parse_iso(value)
    except (KeyError, ValueError, OverflowError):
        return None


def _parse_iso(value: str) -> datetime | None:
    if _USUAL.fullmatch(value):
        return datetime.fromisoformat(value)
    date, _, fraction = value.partition(".")
    if "Z" in fraction:
        value = date + "." + fraction.replace("Z", "000", 1)
    match = _ISO.fullmatch(value)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    zone = UTC
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-offset if sign == "-" else offset)
    microsecond = int((fraction or "")[:6].ljust(6, "0"))
    time = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), microsecond, tzinfo=zone)
    return time.astimezone(UTC)
