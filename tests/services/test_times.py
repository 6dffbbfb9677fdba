"""Every form of time that Abaco writes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors_app.services.times import parse_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T15:51:39.397Z", (2026, 11, 23, 15, 51, 39, 397_000)),
        ("2026-11-23T15:51:39.12Z0", (2026, 11, 23, 15, 51, 39, 120_000)),
        ("2026-11-23T15:51:39.1Z00", (2026, 11, 23, 15, 51, 39, 100_000)),
        ("2026-11-23T15:51:39.01Z0", (2026, 11, 23, 15, 51, 39, 10_000)),
        ("2026-11-23T16:21:06.8Z18", (2026, 11, 23, 16, 21, 6, 800_018)),
        ("2026-11-23T16:21:06.Z397", (2026, 11, 23, 16, 21, 6, 397)),
        ("2026-11-23T01:02:05", (2026, 11, 23, 1, 2, 5, 0)),
        ("2026-11-23T01:02:05Z", (2026, 11, 23, 1, 2, 5, 0)),
        ("2026-11-23T15:51:39.397429", (2026, 11, 23, 15, 51, 39, 397_429)),
        ("2026-11-23T15:51:39.397429123Z", (2026, 11, 23, 15, 51, 39, 397_429)),
        ("2026-11-23 15:51:39.397429", (2026, 11, 23, 15, 51, 39, 397_429)),
        ("2026-11-23T15:51:39+01:00", (2026, 11, 23, 14, 51, 39, 0)),
        ("2026-11-23T15:51:39-0530", (2026, 11, 23, 21, 21, 39, 0)),
        ("Mon, 23 Nov 2026 15:55:10 GMT", (2026, 11, 23, 15, 55, 10, 0)),
    ],
)
def test_a_time_is_read(text: str, expected: tuple[int, ...]) -> None:
    assert parse_time(text) == datetime(*expected, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "None",
        "",
        0,
        12.5,
        [],
        {},
        True,
        "yesterday, at about five",
        "2026-13-45T99:99:99.397Z",
        "Mon, 23 Foo 2026 15:55:10 GMT",
        "Mon, 99 Nov 2026 15:55:10 GMT",
        "2026-11-23T15:51:39.ZZ00",
        "٢٠٢٦-11-23T15:51:39.397Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2" * 1000,
    ],
)
def test_what_is_no_time_is_none(value: object) -> None:
    assert parse_time(value) is None


@settings(max_examples=300, deadline=None)
@given(st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2999, 12, 31)))
def test_a_time_survives_abacos_formatter(moment: datetime) -> None:
    # This is what TACC/abaco actors/models.py does to a time before it is shown.
    written = moment.isoformat()
    cut = written.rfind(".")
    if cut > 0:
        written = written[: cut + 1] + written[cut + 1 :].replace("000", "Z", 1)
    assert parse_time(written) == moment.replace(tzinfo=UTC)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=45))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = parse_time(text)
    assert found is None or found.tzinfo is UTC
