"""Comparing two things fairly, and what came of it."""

import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks import probe

WARM = 20  # requests before anything is measured


@dataclass(frozen=True)
class Asking:
    """Something to ask for, the clock of what that costs, and the cores on which the asking is to be done."""

    clock: Callable[[], float]
    ask: Callable[[], Any]
    cores: set[int] | None = None

    def cost(self, requests: int, waits: list[float] | None = None) -> float:
        """Ask so many times; return what one cost, in milliseconds, and note how long each was waited for."""
        with probe.on(self.cores) if self.cores else nullcontext():
            before = self.clock()
            for _ in range(requests):
                started = time.perf_counter()
                self.ask()
                if waits is not None:
                    waits.append((time.perf_counter() - started) * 1000)
            return (self.clock() - before) / requests


@dataclass
class Figure:
    """What was measured of one case; milliseconds of CPU and of waiting, or another unit with its own limit."""

    name: str
    base: float = 0.0
    value: float = 0.0
    unit: str = "ms"
    ratio: float = 0.0
    ratios: list[float] = field(default_factory=list)
    rounds: list[tuple[float, float]] = field(default_factory=list)  # base and value of each
    p50: float = 0.0
    p95: float = 0.0
    most_ratio: float | None = None
    most_p95: float | None = None
    most_value: float | None = None
    note: str = ""
    problem: str = ""  # why nothing could be measured

    def limits(self, ratio: float | None, p95: float) -> None:
        """Set what the figure must not be over."""
        self.most_ratio, self.most_p95 = ratio, p95

    def add(self, base: float, value: float) -> None:
        """Take what one round gave; the figure is the median of all."""
        self.rounds.append((base, value))
        self.ratios.append(value / base)
        self.base, self.value = (statistics.median(one[place] for one in self.rounds) for place in (0, 1))
        self.ratio = statistics.median(self.ratios)

    @property
    def is_over(self) -> bool:
        """Whether any limit is passed, or nothing could be measured."""
        pairs = ((self.ratio, self.most_ratio), (self.p95, self.most_p95), (self.value, self.most_value))
        return bool(self.problem) or any(most is not None and value > most for value, most in pairs)

    def line(self) -> str:
        """Return the figure in one line of text."""
        if self.problem:
            return f"{self.name:60} NOT MEASURED: {self.problem}"
        said = f"{self.name:60} {self.base:8.2f} {self.value:8.2f} {self.unit}"
        if self.ratios:
            said += f"  {self.ratio:5.2f}x [{min(self.ratios):.2f}..{max(self.ratios):.2f}]"
        if self.p95:
            said += f"  p50 {self.p50:.0f} p95 {self.p95:.0f} ms"
        return said + f"  {self.note}{'  OVER' if self.is_over else ''}"

    def record(self) -> dict[str, Any]:
        """Return the figure as JSON writes it."""
        return asdict(self) | {"is_over": self.is_over}


def compare(name: str, base: Asking, other: Asking, rounds: int, requests: int) -> Figure:
    """Measure two things in turn, so many times; the ratio is the median of those of each round."""
    figure = Figure(name)
    waits: list[float] = []
    for number in range(rounds):
        # Each goes first as often as the other.
        if number % 2:
            costs = base.cost(requests), other.cost(requests, waits)
        else:
            costs = (other.cost(requests, waits), base.cost(requests))[::-1]
        figure.add(*costs)
    figure.p50, figure.p95 = percentile(waits, 50), percentile(waits, 95)
    return figure


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value that so many per cent of the values do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


def table(figures: Sequence[Figure]) -> str:
    """Write figures as a table in Markdown."""
    lines = ["| Case | Base | Value | Ratio | p50, p95 | Limits | Note |", "|---|---|---|---|---|---|---|"]
    for figure in figures:
        ratio = f"{figure.ratio:.2f} [{min(figure.ratios):.2f}..{max(figure.ratios):.2f}]" if figure.ratios else ""
        waits = f"{figure.p50:.0f}, {figure.p95:.0f} ms" if figure.p95 else ""
        limits = [
            f"≤ {most:g}{unit}"
            for most, unit in (
                (figure.most_ratio, " times"), (figure.most_p95, " ms"), (figure.most_value, f" {figure.unit}"),
            )
            if most is not None
        ]  # fmt: skip
        cells = (
            figure.name, f"{figure.base:.2f} {figure.unit}", f"{figure.value:.2f} {figure.unit}", ratio, waits,
            ", ".join(limits), figure.problem or figure.note + (" **over**" if figure.is_over else ""),
        )  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
