"""The strip above a list of executions: bars of 36 px without words, which open to the chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from django.utils.safestring import SafeString

from actors_app.history.charts.drawing import ORDER, Shade, Sheet, known_outcome, shade
from actors_app.history.charts.over_time import Count
from actors_app.history.charts.spans import local, time_marks

HEIGHT = 36  # pixels
_LEAST = 1.5  # pixels of a part, however small
_BAR, _WIDEST = 0.8, 1.9  # of the room of a span, and percent of the strip: 27 pixels of the widest


@dataclass(frozen=True, slots=True)
class Strip:
    """The bars, and the words under them: `(share of the width in percent, words)` each."""

    drawing: SafeString
    marks: list[str]


def strip(buckets: Sequence[Count], zone: tzinfo, shades: Sequence[Shade] = ()) -> Strip | None:
    """Draw the counts of spans of time that follow one another; None where there are none."""
    totals = [sum(counts.values()) for _, _, counts in buckets]
    if not any(totals):
        return None
    start, whole, unit = buckets[0][0], buckets[-1][1] - buckets[0][0], HEIGHT / max(totals)
    sheet = Sheet()
    sheet.add(f'<svg class="{{}}" width="100%" height="{HEIGHT}" aria-hidden="true">', "spark")
    shade(sheet, shades, start, buckets[-1][1], HEIGHT)
    for (begin, end, counts), total in zip(buckets, totals, strict=True):
        room = 100 * (end - begin) / whole
        width = min(room * _BAR, _WIDEST)
        x, y = 100 * (begin - start) / whole + (room - width) / 2, float(HEIGHT)
        by_outcome: dict[str, int] = {}
        for outcome, count in counts.items():
            by_outcome[known_outcome(outcome)] = by_outcome.get(known_outcome(outcome), 0) + count
        for outcome in ORDER if total else ():
            if count := by_outcome.get(outcome, 0):
                tall = max(count * unit, _LEAST)
                y = max(y - tall, 0.0)
                sheet.add(
                    f'<rect class="o-{outcome}" x="{x:.2f}%" width="{width:.2f}%" y="{y:.1f}" height="{tall:.1f}"/>'
                )
    sheet.add("</svg>")
    return Strip(sheet.done(), _marks(start, buckets[-1][1], zone))


def _marks(start: int, end: int, zone: tzinfo) -> list[str]:
    """Return the words at the beginning, in the middle and at the end."""
    words = [label for _, label, _ in time_marks(start, end, zone)]
    first, last = local((start, end), zone)
    ends = [f"{at.day} {at:%b, %H:%M}" for at in (first, last)]
    return [ends[0], words[len(words) // 2] if words else "", ends[1]]
