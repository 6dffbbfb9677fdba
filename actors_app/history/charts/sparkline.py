"""The last 24 hours of an actor, small enough for a row of a table."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

_TALL, _STEP = 200, 40  # of the drawing, which is shown at a tenth of its size
_LEAST = 15
_STARTS = tuple(f"M{hour * _STEP} " for hour in range(24 * 7))


def sparkline(hours: Sequence[tuple[int, int]], name: str = "24 h") -> SafeString:
    """Draw a bar for each hour, oldest first: how many executions there were, and how many of them failed.

    The numbers are said in words, since the drawing is one picture: `24 h: 120 executions, 3 failed`.
    """
    total, failed, most = 0, 0, 0
    for count, failures in hours:
        total += count
        failed += failures
        most = max(most, count)
    if not total:
        return format_html('<span class="dim spark-none">{}: 0</span>', name)
    good, bad = [], []
    for start, (count, failures) in zip(_STARTS, hours, strict=False):
        if not count:
            continue
        tall = _TALL * count // most or 1
        tall = max(tall, _LEAST)
        red = max(tall * failures // count, _LEAST) if failures else 0
        if tall > red:
            good.append(f"{start}{_TALL}v-{tall - red}h30v{tall - red}z")
        if red:
            bad.append(f"{start}{_TALL - tall + red}v-{red}h30v{red}z")
    label = f"{name}: {total:,} execution{'' if total == 1 else 's'}, {failed:,} failed"
    size = f'viewBox="0 0 {_STEP * len(hours)} {_TALL}" width="{4 * len(hours)}" height="20"'
    return format_html(
        f'<svg class="sparkline" {size} role="img" aria-label="{{0}}"><title>{{0}}</title>'
        '<path d="{1}"/><path class="bad" d="{2}"/></svg>',
        label,
        "".join(good),
        "".join(bad),
    )
