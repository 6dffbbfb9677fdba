"""What a visitor types about a schedule: from when on, how often, and whether it is on."""

from datetime import UTC, datetime
from typing import Any

from django import forms

from actors_app.core.cron import TOO_LONG, UNITS, Schedule, this_hour
from actors_app.core.pages.formatting import now
from actors_app.core.pages.forms import PortalForm

_COUNT = "Enter a whole number of at least 1."


class ScheduleForm(PortalForm):
    """A schedule in words; what the API cannot express, such as minutes, cannot be typed."""

    on = forms.BooleanField(label="Enabled", required=False)
    count = forms.IntegerField(
        label="Every",
        min_value=1,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), _COUNT),
    )
    unit = forms.ChoiceField(
        label="Unit",
        choices=[(unit, f"{unit}(s)") for unit in UNITS],
        initial="day",
        error_messages={"required": "Choose a unit.", "invalid_choice": "Choose hours, days, weeks or months."},
    )
    day = forms.CharField(
        label="Start date",
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"type": "date"}),
        help_text="Leave empty to start now.",
        error_messages={
            "max_length": "Enter the date as YYYY-MM-DD.",
            "null_characters_not_allowed": "Enter the date as YYYY-MM-DD.",
        },
    )
    hour = forms.TypedChoiceField(
        label="Hour",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "current hour"), *((str(hour), f"{hour:02}:00 UTC") for hour in range(24))],
        error_messages={"invalid_choice": "Choose a whole hour."},
    )

    @classmethod
    def of(cls, schedule: Schedule | None, is_on: bool, next_hour: datetime | None) -> "ScheduleForm":
        """Return the form filled with a schedule, from its next hour on: the API takes no start that is past."""
        if schedule is None:
            return cls(initial={"on": True, "count": 1, "unit": "day"})
        start = next_hour if next_hour and next_hour >= this_hour(now()) else None
        initial = {"on": is_on, "count": schedule.count, "unit": schedule.unit}
        return cls(initial=initial | ({"day": f"{start:%Y-%m-%d}", "hour": str(start.hour)} if start else {}))

    def clean_day(self) -> datetime | None:
        """Read a day of UTC."""
        text: str = self.cleaned_data["day"].strip()
        if not text:
            return None
        try:
            return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            raise forms.ValidationError("Invalid date. Enter it as YYYY-MM-DD.") from None

    def clean(self) -> dict[str, Any]:
        """Make one schedule of it; a start that is past is refused by the API."""
        cleaned: dict[str, Any] = super().clean() or {}
        day, hour = cleaned.get("day"), cleaned.get("hour")
        if day is None and hour is not None and "day" in cleaned:
            self.add_error("day", "Choose a date too, or leave the hour empty.")
        if day is not None and hour is None and "hour" in cleaned:
            self.add_error("hour", "Choose an hour too, or leave the date empty.")
        if self.errors:
            return cleaned
        start = day.replace(hour=hour) if day is not None and hour is not None else None
        if start is not None and cleaned["on"] and start < this_hour(now()):
            self.add_error("day", f"Choose a time in the future (now {now():%Y-%m-%d %H}:00 UTC).")
        cleaned["schedule"] = Schedule(start, cleaned["count"], cleaned["unit"])
        if cleaned["on"] and cleaned["schedule"].outlasts(now()):
            self.add_error("count", TOO_LONG)
        return cleaned
