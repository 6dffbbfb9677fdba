"""Charts as plain geometry: numbers in, shapes with a class and a title out; templates write them as SVG.

Nothing here knows the API, colours or pages.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10

from actors_app.core.pages.timezones import to_local

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_LEFT, _BOTTOM, _TOP = 36, 22, 8  # room for the labels of both axes, in the units of the drawing
_DECADES = ((0.1, "0.1 s"), (1.0, "1 s"), (10.0, "10 s"), (100.0, "100 s"), (1000.0, "17 min"), (10000.0, "2.8 h"))


@dataclass(frozen=True, slots=True)
class Rect:
    """One part of a bar."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One event; `url` leads to it."""

    x: float
    y: float
    kind: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Point:
    """One event to be drawn: when, how many seconds, which kind, its title and its address."""

    at: datetime
    seconds: float
    kind: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing `width` by `height`, with marks at its axes (place and words) and its shapes."""

    width: int
    height: int
    plot_left: int
    x_marks: tuple[tuple[float, str], ...]
    y_marks: tuple[tuple[float, str], ...]
    rects: tuple[Rect, ...] = ()
    dots: tuple[Dot, ...] = ()

    @property
    def base(self) -> int:
        """Return where the words under the drawing stand."""
        return self.height - 6


@dataclass(frozen=True, slots=True)
class Bucket:
    """A span of time and how many of each kind fell into it."""

    start: datetime
    label: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many there were of all kinds."""
        return sum(self.counts.values())


def buckets(
    events: Iterable[tuple[datetime | None, str]],
    *,
    kinds: Sequence[str],
    until: datetime,
    step: timedelta,
    number: int,
    label: Callable[[datetime], str],
) -> list[Bucket]:
    """Count events by kind in `number` whole hours or days, of which the last holds `until`; others are left out."""
    last = until.replace(minute=0, second=0, microsecond=0)
    if step >= DAY:
        last = last.replace(hour=0)
    first = last - step * (number - 1)
    counts = [dict.fromkeys(kinds, 0) for _ in range(number)]
    for at, kind in events:
        if at is not None and first <= at < last + step:
            counts[int((at - first) / step)][kind] += 1
    return [
        Bucket(first + step * index, label(first + step * index), count_by_kind)
        for index, count_by_kind in enumerate(counts)
    ]


def bars(
    buckets: Sequence[Bucket], *, names: Mapping[str, str], label_every: int, width: int = 720, height: int = 200
) -> Chart:
    """Draw one bar for each bucket, its kinds stacked in the order of `names` (kind to word); label every n-th."""
    step = _nice(max((bucket.total for bucket in buckets), default=0))
    room, span = height - _BOTTOM - _TOP, (width - _LEFT) / max(len(buckets), 1)
    rects = []
    for index, bucket in enumerate(buckets):
        y = float(height - _BOTTOM)
        for kind, word in names.items():
            count = bucket.counts[kind]
            if not count:
                continue
            tall = count / (step * 4) * room
            y -= tall
            title = f"{bucket.label}: {count:,} {word.lower()}"
            x = _LEFT + index * span + span * 0.16
            rects.append(Rect(round(x, 1), round(y, 1), round(span * 0.68, 1), round(tall, 1), kind, title))
    return Chart(
        width=width,
        height=height,
        plot_left=_LEFT,
        x_marks=tuple(
            (round(_LEFT + index * span + span / 2, 1), bucket.label)
            for index, bucket in enumerate(buckets)
            if index % label_every == 0
        ),
        y_marks=tuple((round(height - _BOTTOM - room * part / 4, 1), f"{step * part:,}") for part in range(5)),
        rects=tuple(rects),
    )


def scatter(points: Iterable[Point], *, since: datetime, until: datetime, width: int = 480, height: int = 200) -> Chart:
    """Draw a dot for each point, its seconds on a logarithmic axis from 0.1 s to hours."""
    points = list(points)
    longest = max((point.seconds for point in points), default=0.0)
    marks = [mark for index, mark in enumerate(_DECADES) if index < 4 or longest > _DECADES[index - 1][0]]
    low, high = log10(marks[0][0]), log10(marks[-1][0])
    x_start, room, wide = _LEFT + 14, height - _BOTTOM - _TOP, width - _LEFT - 14 - 18
    span = (until - since).total_seconds()

    def y(seconds: float) -> float:
        share = (min(max(log10(max(seconds, 0.1)), low), high) - low) / (high - low)
        return round(height - _BOTTOM - share * room, 1)

    return Chart(
        width=width,
        height=height,
        plot_left=x_start,
        x_marks=tuple(
            (round(x_start + wide * part / 4, 1), f"{to_local(since + (until - since) * part / 4):%H:%M}")
            for part in range(5)
        ),
        y_marks=tuple((y(seconds), label) for seconds, label in marks),
        dots=tuple(
            Dot(
                round(x_start + (point.at - since).total_seconds() / span * wide, 1),
                y(point.seconds),
                point.kind,
                point.title,
                point.url,
            )
            for point in points
            if since <= point.at <= until
        ),
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which this share of the values lies (nearest rank), or None of none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def _nice(most: int) -> int:
    """Return the step between the marks of an axis of four steps that holds this many."""
    size = 1
    while True:
        for digit in (1, 2, 5):
            if most <= digit * size * 4:
                return digit * size
        size *= 10
