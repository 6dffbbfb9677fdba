"""The grammar of an actor's schedule, `yyyy-mm-dd hh + <n> <unit>` in UTC (TACC/abaco actors/controllers.py).

On a page its parts are chosen: an interval, a date and an hour.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django import forms

from actors_app.core.cron import TOO_LONG, UNITS, Schedule, read_hour

EXAMPLE = "now + 6 hours"
_SCHEDULE = re.compile(r"(now|\d{4}-\d{1,2}-\d{1,2} \d{1,2}) \+ (\S+) (\S+)", re.ASCII)
_UNITS = frozenset({"hour", "hours", "day", "days", "week", "weeks", "month", "months"})


INPUTS = ("cron_count", "cron_unit", "cron_day", "cron_hour")
_PARTS = re.compile(r"(?:now|(\S*) (\S*)) \+ (\S*) (\S*?)s?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ScheduleParts:
    """A schedule as the inputs of a page hold it, valid or not; without a day it starts now."""

    count: str = ""
    unit: str = "day"
    day: str = ""
    hour: str = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """Split a schedule; all parts are empty for a text that is none."""
        match = _PARTS.fullmatch(text)
        if match is None:
            return cls()
        start = read_hour(f"{match[1]} {match[2]}")
        day, hour = (f"{start:%Y-%m-%d}", str(start.hour)) if start else (match[1] or "", match[2] or "")
        return cls(match[3], match[4], day, hour)

    @classmethod
    def typed(cls, data: Mapping[str, str]) -> Self:
        """Read the inputs; an hour counts only with a day."""
        count, unit, day, hour = (str(data.get(name) or "").strip() for name in INPUTS)
        return cls(count, unit or "day", day, hour if day else "")

    @property
    def text(self) -> str:
        """Write it as the API takes it; empty where nothing was chosen."""
        if not self.count and not self.day:
            return ""
        start = f"{self.day} {self.hour.zfill(2)}" if self.day else "now"
        return f"{start} + {self.count} {self.unit}{'' if self.count == '1' else 's'}"

    @property
    def choices(self) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """Return what can be chosen: the units, and the hours with their words."""
        return UNITS, tuple((str(hour), f"{hour:02}:00 UTC") for hour in range(24))


def schedule_of(data: Mapping[str, str], opened: str) -> str:
    """Return the schedule of a page's inputs: the one that was opened, to the letter, where they still say the same."""
    typed = ScheduleParts.typed(data)
    return opened if typed == ScheduleParts.of(opened) else typed.text


def check_schedule(schedule: str, now: datetime | None = None) -> str:
    """Return the schedule; raise ValidationError with a sentence where the API would refuse it or fail on it."""
    now = now or datetime.now(UTC)
    future = f"{now.year + 1}-01-15 08"
    if schedule.startswith("Now "):  # which the API takes for the same
        schedule = f"now {schedule[4:]}"
    match = _SCHEDULE.fullmatch(schedule)
    if not match:
        raise forms.ValidationError(f"Enter a start and an interval, e.g. “{EXAMPLE}” or “{future} + 1 day”.")
    start, count, unit = match.groups()
    if not re.fullmatch(r"0*[1-9]\d*", count, re.ASCII):
        raise forms.ValidationError(f"Enter a whole number of 1 or more, e.g. “{start} + 2 days”.")
    if unit not in _UNITS:
        raise forms.ValidationError("Use hours, days, weeks or months.")
    if start != "now":
        _check_start(start, now, future)
    parsed = Schedule.parse(schedule)
    if parsed is None or parsed.outlasts(now):
        raise forms.ValidationError(TOO_LONG)
    return schedule


def _check_start(start: str, now: datetime, future: str) -> None:
    day, hour = start.split(" ")
    try:
        moment = datetime(*(int(part) for part in day.split("-")), int(hour), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        raise forms.ValidationError(f"Invalid date and hour: {start}. Use the format “{future}”.") from None
    if moment < now.replace(minute=0, second=0, microsecond=0):
        raise forms.ValidationError(
            f"The start is in the past (now: {now:%Y-%m-%d %H} UTC). Choose a later hour, or “now”."
        )
