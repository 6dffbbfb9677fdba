"""Time cut into spans of a kind that people count in, and how spans and moments are written in a zone."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000  # milliseconds
WEEK = 7 * DAY
MOST = 60  # spans in a chart
LAST = 253_370_764_800_000  # the year 9999, beyond which no calendar of ours goes
# A day is cut into hours, which are counted already, rather than into halves of them.
_STEPS = (
    *(minutes * MINUTE for minutes in (1, 2, 5, 15)),
    *(hours * HOUR for hours in (1, 3, 6)),
    DAY,
    2 * DAY,
    WEEK,
)
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MARKS = (
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
    DAY,
    2 * DAY,
    WEEK,
)


def choose_step(from_ms: int, to_ms: int) -> int:
    """Return the length, in milliseconds, of the spans that a chart of this time has: mostly 24 to 60 of them."""
    return _step(to_ms - from_ms, _STEPS, MOST)


def _step(time: int, steps: Sequence[int], most: int) -> int:
    for step in steps:
        if time <= step * most:
            return step
    step = WEEK
    while time > step * most:
        step *= 2
    return step


def spans(from_ms: int, to_ms: int, step: int, zone: tzinfo, *, whole: bool = True) -> list[tuple[int, int]]:
    """Return start and end of each span that holds a part of this time; they begin on the clock and days of the zone.

    Spans of two or more hours are hours of the zone's clock, so one of them is longer or shorter where the clock is
    put back or forward. The first and the last are cut to this time unless they are to stay `whole`.
    """
    if to_ms <= from_ms:
        return []
    at = datetime.fromtimestamp(from_ms / 1000, zone)
    if step <= HOUR:  # where the clock is put back an hour comes twice, so these are counted, not read off the clock
        ahead = round((at.utcoffset() or timedelta()) / timedelta(milliseconds=1))
        edges = list(range(from_ms - (from_ms + ahead) % step, to_ms + step, step))
    else:
        at = _floor(at, step)
        edges = [_ms(at)]
        while edges[-1] < to_ms:
            at = _floor(at.replace(tzinfo=None) + timedelta(milliseconds=step), step).replace(tzinfo=zone)
            if _ms(at) > edges[-1]:
                edges.append(_ms(at))
    while edges[-2] >= to_ms:
        edges.pop()
    if not whole:
        edges[0], edges[-1] = from_ms, to_ms
    return list(pairwise(edges))


def _floor(at: datetime, step: int) -> datetime:
    """Return the last moment, on the clock that this is written in, at which a span of this length begins."""
    if step < DAY:
        into = ((at.hour * 60 + at.minute) * 60 + at.second) * 1000 + at.microsecond // 1000
        return at.replace(microsecond=0) - timedelta(milliseconds=into % step - at.microsecond // 1000)
    days = step // DAY
    # The first day of the calendar was a Monday: so weeks begin on Mondays.
    back = (at.toordinal() - 1) % days
    return at.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=back)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def local(moments: Sequence[int], zone: tzinfo) -> list[datetime]:
    """Return moments (milliseconds since 1970) on the clock of the zone."""
    return [datetime.fromtimestamp(min(moment, LAST) / 1000, zone) for moment in moments]


def is_midnight(at: datetime) -> bool:
    """Whether a day begins at this moment."""
    return not (at.hour or at.minute or at.second or at.microsecond)


def day_words(at: datetime) -> str:
    """Write a day: `23 Nov`."""
    return f"{at.day} {_MONTHS[at.month]}"


def span_words(start: datetime, end: datetime) -> str:
    """Write a span: part of a day with its clock, a day with its year, days with the first and the last."""
    last = end - timedelta(microseconds=1)
    if is_midnight(start) and is_midnight(end):
        if start.date() == last.date():
            return f"{day_words(start)} {start.year}"
        return f"{start.day} {_MONTHS[start.month]} \N{EN DASH} {last.day} {_MONTHS[last.month]} {last.year}"
    if start.date() == last.date():
        return f"{day_words(start)}, {clock(start)}\N{EN DASH}{clock(end)}"
    return f"{day_words(start)}, {clock(start)} \N{EN DASH} {day_words(end)}, {clock(end)}"


def clock(at: datetime) -> str:
    """Write a time of the day, its seconds where it has any."""
    return f"{at.hour:02}:{at.minute:02}" + (f":{at.second:02}" if at.second else "")


def time_marks(from_ms: int, to_ms: int, zone: tzinfo, most: int = 8) -> list[tuple[float, str, bool]]:
    """Return the marks of an axis of time: where (a share of it), the words, and whether a day begins there."""
    whole = to_ms - from_ms
    with_year = whole > 180 * DAY
    step = _step(whole, _MARKS, most * 2 // 3 if with_year else most)
    starts = [start for start, _ in spans(from_ms, to_ms, step, zone) if start >= from_ms]
    return [
        ((start - from_ms) / whole, _mark_words(at, with_year=with_year), is_midnight(at))
        for start, at in zip(starts, local(starts, zone), strict=True)
    ]


def _mark_words(at: datetime, *, with_year: bool) -> str:
    if not is_midnight(at):
        return clock(at)
    return f"{at.day} {_MONTHS[at.month]} {at:%y}" if with_year else f"{at.day} {_MONTHS[at.month]}"
