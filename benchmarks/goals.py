"""The goals of `goals.toml`: what each asks for, whether a figure meets it, and the table that says so."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.measuring import Figure

FILE = Path(__file__).with_name("goals.toml")
PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"  # holds the table of all goals
NOISE = 1.3  # times its limit that a time may be before it is more than a warning
STEADY = (0.85, 1.15)  # what the same page measured twice may differ by; otherwise the machine is too restless
START, END = "<!-- benchmarks: written by `python -m benchmarks` -->", "<!-- benchmarks: end -->"

Verdict = Literal["met", "stretch met", "short", "missed", "not run", "beside"]


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: which figure it is about, `ratio` or `value`, and its limit; a gate is exact and fails beyond it."""

    name: str
    what: str
    of: Literal["ratio", "value"]
    limit: float | None = None
    stretch: float | None = None
    gate: bool = False

    @property
    def group(self) -> str:
        """Return the goal that it belongs to, P1 to P13."""
        return self.name.partition("-")[0]

    def figure(self, figure: Figure) -> float:
        """Return the number that the limit is for."""
        return figure.ratio if self.of == "ratio" else figure.value

    def verdict(self, figure: Figure | None) -> Verdict:
        """Return whether a figure meets the goal; what was not run is never met."""
        if figure is None or figure.problem:
            return "not run"
        found = self.figure(figure)
        if self.limit is None:
            return "beside"
        if self.stretch is not None and found <= self.stretch:
            return "stretch met"
        if found <= self.limit:
            return "met"
        return "missed" if self.gate or found > NOISE * self.limit else "short"


def goals() -> dict[str, Goal]:
    """Return all goals by their names, in the order of the file."""
    return {name: Goal(name, **table) for name, table in tomllib.loads(FILE.read_text()).items()}


def table(figures: Mapping[str, Figure], chosen: Iterable[Goal]) -> str:
    """Write what was measured of some goals as a table in Markdown."""
    lines = ["| Goal | What | Asked | Measured | |", "|---|---|---|---|---|"]
    for goal in chosen:
        figure = figures.get(goal.name)
        verdict = goal.verdict(figure)
        asked = "" if goal.limit is None else f"≤ {goal.limit:g}{'x' * (goal.of == 'ratio')}"
        if goal.stretch is not None:
            asked += f", stretch {goal.stretch:g}x"
        shown = f"**{verdict}**" if verdict in ("short", "missed", "not run") else verdict
        lines.append(f"| {goal.name} | {goal.what} | {asked} | {_measured(goal, figure)} | {shown} |")
    return "\n".join(lines) + "\n"


def _measured(goal: Goal, figure: Figure | None) -> str:
    if figure is None:
        return ""
    if figure.problem:
        return figure.problem
    found = f"{goal.figure(figure):.3g}" + ("x" if goal.of == "ratio" else "")
    if len(figure.ratios) > 1:
        found += f" [{min(figure.ratios):.2g}..{max(figure.ratios):.2g}]"
    if goal.of == "ratio":
        found += f": {figure.value:.3g} {figure.unit} of {figure.base:.3g}"
    return f"{found}; {figure.note}" if figure.note else found


def write_into(file: Path, text: str) -> bool:
    """Put a text between the markers of a file; return whether it has them."""
    before, start, rest = file.read_text(encoding="utf-8").partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        return False
    file.write_text(f"{before}{start}\n\n{text}\n{end}{after}", encoding="utf-8")
    return True
