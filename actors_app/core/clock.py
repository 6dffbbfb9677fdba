"""Moments as the history keeps them: whole milliseconds since 1970, in UTC."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


def now_ms() -> int:
    """Return the moment."""
    return time.time_ns() // 1_000_000


def to_ms(moment: datetime | None) -> int | None:
    """Return a moment as the history keeps it."""
    return None if moment is None else (moment - _EPOCH) // _MILLISECOND


def from_ms(moment: int | None) -> datetime | None:
    """Return a moment as everything else has it; None for none, and for one that no calendar holds."""
    if moment is None:
        return None
    try:
        return _EPOCH + moment * _MILLISECOND
    except OverflowError:
        return None


def api_time(moment: int) -> str:
    """Write a moment as the API's search reads it: UTC without a zone, to the millisecond."""
    date = from_ms(max(moment, 0))
    return (date or _EPOCH).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
