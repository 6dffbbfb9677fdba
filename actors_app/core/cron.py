"""Schedules of actors: their words, the hours at which they come round, and how a form writes one.

The API's form is `yyyy-mm-dd hh + <n> <unit>`, in whole hours of UTC; its scheduler asks every 50 seconds or so, and an
hour that was missed is made up for once (TACC/abaco actors/controllers.py, actors/agents).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from actors_app.services.types import Actor

UNITS = ("hour", "day", "week", "month")
SHOWN = 5
TOO_LONG = "Interval too long. Choose a shorter one."
_SCHEDULE = re.compile(r"([Nn]ow|\d{4}-\d{1,2}-\d{1,2} \d{1,2}) \+ 0*(\d{1,8}) (hour|day|week|month)s?", re.ASCII)
_HOUR = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `count` units from `start` on; None where it starts with the hour in which it is saved."""

    start: datetime | None
    count: int
    unit: str

    @classmethod
    def parse(cls, text: str | None) -> "Schedule | None":
        """Read what the API keeps; None for nothing, and for what is no schedule."""
        match = _SCHEDULE.fullmatch(text or "")
        if not match or not int(match[2]):
            return None
        is_now = match[1].lower() == "now"
        start = None if is_now else read_hour(match[1])
        return None if not is_now and start is None else cls(start, int(match[2]), match[3])

    @property
    def text(self) -> str:
        """Write it as the API takes it."""
        start = f"{self.start:%Y-%m-%d %H}" if self.start else "now"
        return f"{start} + {self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def words(self) -> str:
        """Write it as people say it."""
        interval = f"every {self.unit}" if self.count == 1 else f"every {self.count} {self.unit}s"
        if self.unit == "hour" or self.start is None:
            return interval
        at = f"at {self.start:%H}:00 UTC"
        return f"{interval} {at}" + (f", starting on day {self.start.day}" if self.unit == "month" else "")

    def outlasts(self, at: datetime) -> bool:
        """Return whether its second run, saved `at` a moment, is beyond the year 9999.

        The API takes such a schedule, then fails each time it counts on after the first run (`set_next_ex` in
        TACC/abaco actors/models.py): it runs again and again within its first hour.
        """
        return self._step(self.start or this_hour(at), 1) is None

    def after(self, hour: datetime, number: int = SHOWN) -> list[datetime]:
        """Return the next hours of it, counted in its steps from `hour`, which is the first."""
        hours = []
        for step in range(number):
            moment = self._step(hour, step)
            if moment is None:
                break
            hours.append(moment)
        return hours

    def _step(self, hour: datetime, number: int) -> datetime | None:
        try:
            if self.unit != "month":
                return hour + timedelta(**{f"{self.unit}s": self.count * number})
            months = hour.month - 1 + self.count * number
            year, month = hour.year + months // 12, months % 12 + 1
            return hour.replace(year=year, month=month, day=min(hour.day, calendar.monthrange(year, month)[1]))
        except (OverflowError, ValueError):
            return None  # beyond what a calendar holds


def read_hour(text: str | None) -> datetime | None:
    """Read an hour of UTC as the API writes it, padded or not; None for anything else."""
    match = _HOUR.fullmatch(text or "")
    if not match:
        return None
    try:
        return datetime(*(int(part) for part in match.groups()), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def this_hour(at: datetime) -> datetime:
    """Return the hour that a moment lies in."""
    return at.replace(minute=0, second=0, microsecond=0)


def next_hours(actor: Actor, at: datetime, number: int = SHOWN) -> list[datetime]:
    """Return when an actor's schedule comes round next, as far as the API said; none where it is off."""
    schedule, first = Schedule.parse(actor.cron_schedule), read_hour(actor.cron_next_ex)
    if not actor.cron_on or schedule is None:
        return []
    return schedule.after(first or schedule.start or this_hour(at), number)
