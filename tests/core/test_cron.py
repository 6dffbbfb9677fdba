"""Schedules: read, said in words, and counted on over months, years and the end of the calendar."""

from datetime import UTC, datetime

import pytest

from actors_app.core.cron import Schedule, next_hours
from actors_app.services.dialects import V2
from actors_app.services.types import Actor
from tests.support.payloads import actor_payload


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words", "again"),
    [
        ("now + 1 hour", "every hour", "now + 1 hour"),
        ("2027-01-15 8 + 2 days", "every 2 days at 08:00 UTC", "2027-01-15 08 + 2 days"),
        ("2027-01-31 23 + 1 months", "every month at 23:00 UTC, starting on day 31", "2027-01-31 23 + 1 month"),
        ("now + 3 week", "every 3 weeks", "now + 3 weeks"),
    ],
)
def test_a_schedule_is_read_said_and_written(text: str, words: str, again: str) -> None:
    schedule = Schedule.parse(text)
    assert schedule
    assert (schedule.words, schedule.text) == (words, again)


@pytest.mark.parametrize(
    "text", [None, "", "now + 0 days", "now + x hours", "2027-02-30 08 + 1 day", "now+1 day", "now + 1 minute", "x"]
)
def test_what_is_none_is_not_read(text: str | None) -> None:
    assert Schedule.parse(text) is None


def test_months_end_where_they_end_and_do_not_drift() -> None:
    schedule = Schedule.parse("2027-01-31 08 + 1 month")
    assert schedule
    found = schedule.after(at("2027-01-31T08:00"), 4)
    assert [f"{one:%m-%d %H}" for one in found] == ["01-31 08", "02-28 08", "03-31 08", "04-30 08"]


def test_a_year_is_passed() -> None:
    schedule = Schedule.parse("2027-11-15 00 + 1 month")
    assert schedule
    assert [f"{one:%Y-%m}" for one in schedule.after(at("2027-11-15T00:00"), 3)] == ["2027-11", "2027-12", "2028-01"]


def test_the_calendar_ends() -> None:
    schedule = Schedule.parse("9999-12-31 20 + 9999 hours")
    assert schedule
    assert len(schedule.after(at("9999-12-31T20:00"))) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cronOn": True, "cronNextEx": "2027-01-02 9"}, ["2027-01-02 09", "2027-01-02 15"]),
        ({"cronOn": True, "cronNextEx": "unreadable"}, ["2027-01-01 03", "2027-01-01 09"]),
        ({"cronOn": False, "cronNextEx": "2027-01-02 9"}, []),
    ],
)
def test_the_next_hours_are_those_of_the_api(changes: dict[str, object], expected: list[str]) -> None:
    actor = Actor.from_api(actor_payload(cronSchedule="2027-01-01 03 + 6 hours", **changes), V2())
    assert [f"{one:%Y-%m-%d %H}" for one in next_hours(actor, at("2027-01-01T00:30"), 2)] == expected
