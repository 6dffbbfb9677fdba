"""Geometry of the charts."""

from datetime import UTC, datetime, timedelta

import pytest

from actors_app.core.pages.charts import DAY, HOUR, Point, bars, buckets, percentile, scatter

NOW = datetime(2026, 11, 23, 16, 20, tzinfo=UTC)
KINDS = {"complete": "Complete", "error": "Error"}


def test_events_fall_into_whole_hours_of_which_the_last_holds_now() -> None:
    found = buckets(
        [
            (NOW, "complete"),
            (NOW.replace(minute=0), "error"),
            (NOW.replace(minute=0) - timedelta(microseconds=1), "complete"),
            (NOW - timedelta(hours=24), "complete"),
            (NOW + timedelta(hours=1), "complete"),
            (None, "complete"),
        ],
        kinds=tuple(KINDS),
        until=NOW,
        step=HOUR,
        number=24,
        label=lambda hour: f"{hour:%H}:00",
    )
    assert len(found) == 24
    assert (found[0].label, found[-1].label) == ("17:00", "16:00")
    assert found[-1].counts == {"complete": 1, "error": 1}
    assert found[-2].counts == {"complete": 1, "error": 0}
    assert sum(bucket.total for bucket in found) == 3


def test_days_begin_at_midnight() -> None:
    found = buckets(
        [(NOW.replace(hour=0, minute=0), "complete")],
        kinds=("complete",),
        until=NOW,
        step=DAY,
        number=14,
        label=lambda day: f"{day:%d}",
    )
    assert found[-1].total == 1
    assert found[0].label == "10"


def test_bars_are_stacked_and_stay_inside() -> None:
    found = buckets(
        [(NOW, "complete")] * 30 + [(NOW, "error")] * 10,
        kinds=tuple(KINDS),
        until=NOW,
        step=HOUR,
        number=24,
        label=lambda hour: f"{hour:%H}:00",
    )
    chart = bars(found, names=KINDS, label_every=4)
    below, above = chart.rects
    assert (below.kind, above.kind) == ("complete", "error")
    assert above.y + above.height == pytest.approx(below.y, abs=0.2)
    assert above.y >= 8
    assert below.title == "16:00: 30 complete"
    assert [words for _, words in chart.y_marks] == ["0", "10", "20", "30", "40"]
    assert len(chart.x_marks) == 6


def test_no_events_make_an_empty_chart() -> None:
    assert bars([], names=KINDS, label_every=4).rects == ()


def test_seconds_are_drawn_on_a_logarithmic_axis() -> None:
    since = NOW - timedelta(hours=24)
    points = [Point(NOW - timedelta(hours=12), seconds, "complete", "t", "/u") for seconds in (0.0, 1.0, 10.0, 100.0)]
    chart = scatter([*points, Point(since - HOUR, 1.0, "complete", "too old", "")], since=since, until=NOW)
    assert len(chart.dots) == 4
    steps = [first.y - second.y for first, second in zip(chart.dots, chart.dots[1:], strict=False)]
    assert steps[1] == pytest.approx(steps[2], abs=0.2)
    assert {dot.x for dot in chart.dots} == {chart.dots[0].x}
    assert chart.y_marks[-1][1] == "100 s"


def test_the_axis_grows_with_the_longest() -> None:
    point = Point(NOW, 50_000, "complete", "t", "/u")
    chart = scatter([point], since=NOW - DAY, until=NOW)
    assert chart.y_marks[-1][1] == "2.8 h"
    assert chart.dots[0].y == chart.y_marks[-1][0]


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([3], 0.95, 3), ([1, 2, 3], 0.5, 2), ([4, 1, 3, 2], 0.5, 2), (range(1, 101), 0.95, 95)],
)
def test_percentiles_are_values_that_occurred(values: list[float], share: float, expected: float | None) -> None:
    assert percentile(list(values), share) == expected
