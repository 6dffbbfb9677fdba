"""The goals of `goals.toml`: their limits, whether a figure meets them, and the table of results."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.measuring import Figure

FILE = Path(__file__).with_name("goals.toml")
PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"  # holds the table of all goals
NOISE = 1.3  # a time over its limit fails the command only above this multiple of the limit
STEADY = (0.85, 1.15)  # accepted ratio of the same page measured twice; otherwise the run is discarded
START, END = "<!-- benchmarks: written by `python -m benchmarks` -->", "<!-- benchmarks: end -->"

Verdict = Literal["met", "missed", "n/a"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal: its figure, `ratio` or `value`, and its limit; a gate is exact and fails above the limit."""

    name: str
    what: str
    of: Literal["ratio", "value"]
    limit: float | None = None
    stretch: float | None = None
    gate: bool = False

    @property
    def group(self) -> str:
        """Return the group of the goal, P1 to P13."""
        return self.name.partition("-")[0]

    def figure(self, figure: Figure) -> float:
        """Return the number that the limit applies to."""
        return figure.ratio if self.of == "ratio" else figure.value

    def verdict(self, figure: Figure | None) -> Verdict:
        """Return whether a figure meets the goal; "n/a" without a limit or a figure."""
        if self.limit is None or figure is None or figure.problem:
            return "n/a"
        return "met" if self.figure(figure) <= self.limit else "missed"

    def fails(self, figure: Figure | None) -> bool:
        """Return whether a figure fails the command: a gate over its limit, another figure over `NOISE` times it."""
        if self.limit is None or figure is None or figure.problem:
            return False
        return self.figure(figure) > self.limit * (1 if self.gate else NOISE)


def goals() -> dict[str, Goal]:
    """Return all goals by name, in the order of the file."""
    return {name: Goal(name, **table) for name, table in tomllib.loads(FILE.read_text()).items()}


def table(figures: Mapping[str, Figure], chosen: Iterable[Goal]) -> str:
    """Return the results of some goals as a table in Markdown."""
    lines = ["| Goal | What | Limit | Measured | Result |", "|---|---|---|---|---|"]
    for goal in chosen:
        figure = figures.get(goal.name)
        verdict = goal.verdict(figure)
        limit = "" if goal.limit is None else f"≤ {goal.limit:g}{'x' * (goal.of == 'ratio')}"
        if goal.stretch is not None:
            limit += f", stretch {goal.stretch:g}x"
        shown = f"**{verdict}**" if verdict == "missed" else verdict
        lines.append(f"| {goal.name} | {goal.what} | {limit} | {_measured(goal, figure)} | {shown} |")
    return "\n".join(lines) + "\n"


def _measured(goal: Goal, figure: Figure | None) -> str:
    if figure is None:
        return ""
    if figure.problem:
        return figure.problem
    found = _number(goal.figure(figure)) + ("x" if goal.of == "ratio" else "")
    if len(figure.ratios) > 1:
        found += f" [{min(figure.ratios):.2g}..{max(figure.ratios):.2g}]"
    if goal.of == "ratio":
        found += f": {_number(figure.value)} {figure.unit} of {_number(figure.base)}"
    return f"{found}; {figure.note}" if figure.note else found


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def write_into(file: Path, text: str) -> bool:
    """Write a text between the markers of a file; return whether the file has them."""
    before, start, rest = file.read_text(encoding="utf-8").partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        return False
    file.write_text(f"{before}{start}\n\n{text}\n{end}{after}", encoding="utf-8")
    return True
