"""The grammar of an actor's schedule, `yyyy-mm-dd hh + <n> <unit>` in UTC (TACC/abaco actors/controllers.py)."""

import re
from datetime import UTC, datetime

from django import forms

from actors_app.core.cron import TOO_LONG, Schedule

EXAMPLE = "now + 6 hours"
_SCHEDULE = re.compile(r"(now|\d{4}-\d{1,2}-\d{1,2} \d{1,2}) \+ (\S+) (\S+)", re.ASCII)
_UNITS = frozenset({"hour", "hours", "day", "days", "week", "weeks", "month", "months"})


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
