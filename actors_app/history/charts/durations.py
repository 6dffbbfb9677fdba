"""Marks and classes of run times: an axis in powers that shows 0.1 s and a day on the same drawing."""

from bisect import bisect_right
from collections.abc import Sequence
from math import log10

from actors_app.core.pages.formatting import duration

# Milliseconds: coarse for run times that differ much, fine for those that do not.
COARSE = (100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000)
FINE = tuple(
    sorted(
        {
            *(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000),
            *(minutes * 60_000 for minutes in (1, 2, 5, 10, 20, 30, 60, 120, 180, 360, 720)),
            *(days * 86_400_000 for days in (1, 2, 4, 7, 14, 30)),
        }
    )
)
_FEW = 3  # classes that tell next to nothing


def edges_for(shortest: int, longest: int) -> tuple[int, ...]:
    """Return the edges between classes that hold run times from the shortest to the longest."""
    for edges in (COARSE, FINE):
        low, high = bisect_right(edges, shortest), bisect_right(edges, longest)
        if high - low >= _FEW or edges is FINE:
            break
    return edges[max(low - 1, 0) : high + 1]


def words_of(milliseconds: int) -> str:
    """Write a run time as people say it; what is shorter than a tenth of a second in milliseconds."""
    return f"{milliseconds} ms" if 0 < milliseconds < 100 else duration(milliseconds / 1000)


def value_of(milliseconds: int) -> str:
    """Write a run time as the filter `duration` takes it: `0.1s`, `10s`, `5m`, `2h`."""
    for unit, size in (("h", 3_600_000), ("m", 60_000)):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds / 1000:g}s"


def class_value(start: int | None, end: int | None) -> str:
    """Write a class as the filter takes it: from `start` on, and shorter than `end`."""
    if start is None:
        return f"-{value_of(end or 0)}"
    return value_of(start) if end is None else f"{value_of(start)}..{value_of(end)}"


def class_words(start: int | None, end: int | None) -> str:
    """Write a class in words."""
    if start is None:
        return f"Less than {words_of(end or 0)}"
    return f"{words_of(start)} or longer" if end is None else f"{words_of(start)} to {words_of(end)}"


def position(value: int, edges: Sequence[int]) -> float:
    """Return where a run time is on an axis whose edges, open at both ends, are equally far apart."""
    index = bisect_right(edges, value)
    low = edges[index - 1] if index else edges[0] / 10
    high = edges[index] if index < len(edges) else edges[-1] * 10
    into = (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low))
    return (index + min(into, 1.0)) / (len(edges) + 1)


def log_share(value: int, low: int, high: int) -> float:
    """Return where a run time is between two marks of a logarithmic axis, as a share."""
    return (log10(min(max(value, low), high)) - log10(low)) / (log10(high) - log10(low))
