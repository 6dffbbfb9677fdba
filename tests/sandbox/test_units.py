"""The pure parts: ids, times, schedules."""

from datetime import datetime

import pytest

from sandbox import cron, ids, times
from sandbox.answers import Refusal


@pytest.mark.parametrize("text", ["zlVl01zOo4pXE", "pYDNNeaRZrGkz", "pyVGpE5AkMAJ"])
def test_recorded_ids_decode(text: str) -> None:
    assert ids.is_hashid(text)


@pytest.mark.parametrize("text", ["", "nope", "0JKGgXxVrMqjW", "rec-alias-50866", "zlVl01zOo4pXEx", "ü"])
def test_other_texts_are_no_ids(text: str) -> None:
    assert not ids.is_hashid(text)


def test_new_ids_decode_and_differ() -> None:
    made = {ids.new_id() for _ in range(200)}
    assert len(made) == 200
    assert all(ids.is_hashid(text) for text in made)


@pytest.mark.parametrize(
    ("microseconds", "shown"),
    [
        (397000, "05.397Z"),
        (120000, "05.12Z0"),
        (100000, "05.1Z00"),
        (10000, "05.01Z0"),
        (0, "05"),
        (397429, "05.397429"),
    ],
)
def test_times_are_written_with_abacos_accidents(microseconds: int, shown: str) -> None:
    assert times.shown(datetime(2026, 11, 23, 1, 2, 5, microseconds)) == f"2026-11-23T01:02:{shown}"


def test_a_time_that_never_was_is_a_word_or_nothing() -> None:
    assert times.shown(None) is None
    assert times.shown_or_none_word(None) == "None"
    assert times.rfc1123(datetime(2026, 11, 23, 15, 55, 10)) == "Mon, 23 Nov 2026 15:55:10 GMT"


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("now + 1 hour", datetime(2026, 1, 31, 11)),
        ("now + 2 days", datetime(2026, 2, 2, 10)),
        ("now + 1 week", datetime(2026, 2, 7, 10)),
        ("now + 1 month", datetime(2026, 2, 28, 10)),
        ("now + 12 months", datetime(2027, 1, 31, 10)),
        ("now + x hours", None),
        ("now + 0 hours", None),
    ],
)
def test_a_schedule_steps_on(schedule: str, expected: datetime | None) -> None:
    assert cron.after(schedule, datetime(2026, 1, 31, 10)) == expected


@pytest.mark.parametrize(
    ("schedule", "hour", "expected"),
    [
        ("now + 1 hour", datetime(2026, 1, 31, 9), datetime(2026, 1, 31, 11)),
        ("now + 6 hours", datetime(2026, 1, 30, 22), datetime(2026, 1, 31, 16)),
        ("now + 1 week", datetime(1, 1, 1), datetime(2026, 2, 2)),
        ("now + 1 month", datetime(2025, 11, 30, 10), datetime(2026, 2, 28, 10)),
        ("now + 5 months", datetime(2025, 11, 30, 11), datetime(2026, 4, 30, 11)),
        ("now + 1 month", datetime(2025, 11, 30, 11), datetime(2026, 2, 28, 11)),
        ("now + 1 hour", datetime(2026, 5, 1), datetime(2026, 5, 1, 1)),
        ("now + 99999999999 hours", datetime(2026, 1, 31, 9), None),
        ("now + 99999 months", datetime(2026, 1, 31, 9), None),
    ],
)
def test_hours_that_were_missed_are_passed_over(schedule: str, hour: datetime, expected: datetime | None) -> None:
    assert cron.after(schedule, hour, datetime(2026, 1, 31, 10, 30)) == expected


def test_a_schedule_is_read_padded_or_not() -> None:
    assert cron.read_hour("2026-11-23 07") == cron.read_hour("2026-11-23 7") == datetime(2026, 11, 23, 7)
    assert cron.check("2099-01-01 10 + x hours") == "2099-01-01 10"
    with pytest.raises(Refusal):
        cron.check("now+1 hour")
