"""Months, quarters and years on the reader's clock, as the exact spans that a filter takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from actors_app.core.pages.formatting import address_time
from actors_app.core.pages.timezones import to_local, zone_here


@dataclass(frozen=True, slots=True)
class Period:
    """A span from one moment to just before another, and what people call it."""

    name: str
    label: str
    start: datetime
    end: datetime

    @property
    def bounds(self) -> dict[str, str]:
        """Return the filters that select it, in UTC."""
        return {"from": address_time(self.start), "to": address_time(self.end)}


def periods(at: datetime) -> tuple[Period, ...]:
    """Return the current and the last month, quarter and year at a moment, on the reader's clock."""
    local, zone = to_local(at), zone_here()
    month, quarter, year = (_month(local.year, first, zone) for first in (local.month, _quarter(local.month), 1))
    spans = []
    for name, current, last, start, length in (
        ("month", "This month", "Last month", month, 1),
        ("quarter", "This quarter", "Last quarter", quarter, 3),
        ("year", "This year", "Last year", year, 12),
    ):
        spans += [
            Period(f"this-{name}", current, start, _shifted(start, length, zone)),
            Period(f"last-{name}", last, _shifted(start, -length, zone), start),
        ]
    return tuple(spans)


def months(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the months of a span on the reader's clock; the first and the last may be cut."""
    zone, at = zone_here(), to_local(start)
    last = to_local(end)
    while at < last:
        after = min(_shifted(_month(at.year, at.month, zone), 1, zone), last)
        yield at, after
        at = after


def _quarter(month: int) -> int:
    return month - (month - 1) % 3


def _month(year: int, month: int, zone: tzinfo) -> datetime:
    return datetime(year, month, 1, tzinfo=zone)


def _shifted(start: datetime, length: int, zone: tzinfo) -> datetime:
    number = start.year * 12 + start.month - 1 + length
    return _month(number // 12, number % 12 + 1, zone)
