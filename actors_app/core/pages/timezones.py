"""The clock that times are written on: UTC, or the zone that the reader chose. Addresses and files are always in UTC.

A link must lead everybody to the same executions, and a file must say the same to all; so only words on a page follow
the reader. Django's own current zone stays UTC: what a template writes with `|date` is in UTC and must say so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest

from actors_app.core.pages.formatting import ago_words, date_words
from actors_app.core.pages.preferences import BROWSER, preferences_of

COOKIE = "portal-zone"  # where a script says which zone the browser is in; it is no secret, and only ever a name
_zone: ContextVar[tzinfo] = ContextVar("zone", default=UTC)
_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all zones that people live in, older ones included: those of the package tzdata too."""
    return frozenset(name for name in available_timezones() if name.partition("/")[0] in _REGIONS)


@lru_cache(maxsize=1)
def _clock_names() -> frozenset[str]:
    """Return the names by which a browser may call its clock: all there are, `US/Pacific` and `Japan` too."""
    return frozenset(available_timezones()) - {"Factory", "localtime", "posixrules"}


def zones_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the zones of each region: name, and what people call it."""
    by_region: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in sorted(zone_names()):
        region, _, city = name.partition("/")
        by_region[region].append((name, city.replace("_", " ").replace("/", ", ")))
    return [(region, places) for region, places in by_region.items() if places]


def zone_named(name: str) -> tzinfo:
    """Return a zone by its name; UTC for a name that there is not."""
    return ZoneInfo(name) if name in _clock_names() else UTC


def zone_of(request: HttpRequest) -> tzinfo:
    """Return the zone that this request's times are written in: what its sender chose, and UTC for anybody else."""
    chosen = preferences_of(request).zone
    return zone_named(unquote(request.COOKIES.get(COOKIE, "")) if chosen == BROWSER else chosen)


def reader_zone(request: HttpRequest) -> str:
    """Return the name of the reader's own zone, which a page of schedules shows beside UTC; empty where it is UTC."""
    name: str = getattr(zone_of(request), "key", "")
    return name if name in zone_names() else ""


def zone_words(at: datetime) -> str:
    """Write how far a moment's own clock is from UTC: `UTC`, `UTC+1`, `UTC-3:30`. Its short name may mean several."""
    ahead = at.utcoffset()
    minutes = round(ahead.total_seconds() / 60) if ahead else 0
    hours, odd_minutes = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{odd_minutes:02}' if odd_minutes else ''}" if minutes else "UTC"


def zone_here() -> tzinfo:
    """Return the zone of the request that is being answered."""
    return _zone.get()


@contextmanager
def written_in(zone: tzinfo) -> Iterator[None]:
    """Write times in a zone for as long as this lasts."""
    token = _zone.set(zone)
    try:
        yield
    finally:
        _zone.reset(token)


def to_local(moment: datetime) -> datetime:
    """Return a moment on the reader's clock."""
    zone = _zone.get()
    return moment if zone is UTC and moment.tzinfo is UTC else moment.astimezone(zone)


def exact(moment: datetime, *, seconds: bool = True) -> str:
    """Write a moment on the reader's clock, with how far that is from UTC: `30 Nov 2026, 20:31:21 UTC`."""
    at = to_local(moment)
    return f"{date_words(at, seconds=seconds)} {zone_words(at)}"


@dataclass(frozen=True, slots=True)
class RelativeTime:
    """A moment in a row: its age in words, and exactly, on the reader's clock, or empty where there is none."""

    text: str
    exact: str


def when(moment: datetime | None, at: datetime, never: str, *, ending: str = " ago") -> RelativeTime:
    """Return how long before `at` a moment was, and when; `never` in its place where there is none.

    An `ending` other than " ago" makes an age of it: `3 minutes` rather than `3 minutes ago`.
    """
    if moment is None:
        return RelativeTime(never, "")
    text = ago_words(moment, at)
    if text.endswith(" ago"):
        text = text.removesuffix(" ago") + ending
    return RelativeTime(text, exact(moment))
