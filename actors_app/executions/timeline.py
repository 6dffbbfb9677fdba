"""The life of an execution as a drawing: waiting, starting, running, finished, with the time in each.

The API tells the moments only after the end, and nothing of the start while it runs: what is not known is said, and
drawn as not known. Nothing is asked here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from actors_app.core.pages.badges import OUTCOMES, UNKNOWN
from actors_app.core.pages.formatting import duration
from actors_app.services.times import parse_time
from actors_app.services.types import Execution

State = Literal["done", "now", "ahead", "unknown"]

WIDTH, HEIGHT = 100.0, 2.0
LEAST = 1.5  # of the width, so that the shortest phase can be seen
NOT_TOLD = "not reported"
_AT_ONCE = ("Starting", "0 s")


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: how it stands, and the time in it in words."""

    name: str
    state: State
    text: str
    at: datetime | None = None  # when it began; for the last, when it all ended


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar, in hundredths of its width."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Four phases, and the bar whose parts are as long as the time in them, where that is known."""

    phases: tuple[Phase, ...]
    segments: tuple[Segment, ...]
    label: str

    @property
    def spent(self) -> tuple[Phase, ...]:
        """Return the phases that took time or go on now; the end is no phase of its own."""
        return tuple(
            phase
            for phase in self.phases[:-1]
            if phase.state in ("done", "now")
            and phase.text not in ("", NOT_TOLD)
            and (phase.name, phase.text) != _AT_ONCE
        )


def timeline(execution: Execution, at: datetime) -> Timeline:
    """Return the drawing of an execution as it stands at a moment."""
    if execution.is_finished:
        return _ended(execution)
    arrived = execution.message_received_time
    age = max(0.0, (at - arrived).total_seconds()) if arrived else None
    age_text = f"{duration(age)} so far" if age is not None else "start time unknown"
    if execution.is_running:
        is_made = execution.status != "RUNNING"
        phases = (
            Phase("Queued", "done", "duration available when finished", arrived),
            Phase("Starting", "now" if is_made else "done", NOT_TOLD if not is_made else age_text),
            Phase("Running", "ahead" if is_made else "now", "" if is_made else f"{age_text} incl. queue time"),
            Phase("Finished", "ahead", ""),
        )
        return Timeline(phases, _bar([("unknown", 1.0)]), f"Running; {age_text} since its message arrived")
    starts = execution.worker_id is not None
    phases = (
        Phase("Queued", "done" if starts else "now", "" if starts else age_text, arrived),
        Phase("Starting", "now" if starts else "ahead", f"{age_text} incl. queue time" if starts else ""),
        Phase("Running", "ahead", ""),
        Phase("Finished", "ahead", ""),
    )
    return Timeline(phases, _bar([("waited", 1.0)]), f"Waiting, {age_text}")


def _ended(execution: Execution) -> Timeline:
    arrived, started, ended = execution.message_received_time, execution.start_time, execution.finish_time
    waited, ran = execution.queued_seconds, execution.run_seconds
    container_start = _container_start(execution)
    starting = max(0.0, (container_start - started).total_seconds()) if container_start and started else None
    if starting is not None and ran is not None:
        starting = min(starting, ran)
        ran -= starting
    if ran is None and execution.runtime:
        ran = float(execution.runtime)
    phases = (
        Phase("Queued", *_spent(waited), arrived),
        Phase("Starting", *(_spent(starting) if starting is not None else ("unknown", NOT_TOLD)), started),
        Phase("Running", *_spent(ran), container_start or started),
        Phase("Finished", "done", OUTCOMES.get(execution.outcome, UNKNOWN)[0].lower(), ended),
    )
    parts = [("waited", waited or 0.0), ("starting", starting or 0.0), ("ran", ran or 0.0)]
    label = f"Queued for {duration(waited) or 'an unknown time'}, ran for {duration(ran) or 'an unknown time'}"
    return Timeline(phases, _bar(parts) if waited is not None and ran is not None else (), label)


def _spent(seconds: float | None) -> tuple[State, str]:
    return ("unknown", "not reported") if seconds is None else ("done", duration(seconds))


def _container_start(execution: Execution) -> datetime | None:
    """Return when the container itself began, from its final state; None where that is missing or out of its time."""
    container_start = parse_time(execution.final_state.get("StartedAt") or execution.final_state.get("started_at"))
    started, ended = execution.start_time, execution.finish_time
    if container_start is None or started is None or ended is None or not started <= container_start <= ended:
        return None
    return container_start


def _bar(parts: list[tuple[str, float]]) -> tuple[Segment, ...]:
    """Lay the parts side by side, each as long as its share of the time, and none too short to be seen."""
    total = sum(seconds for _, seconds in parts)
    present = [(kind, seconds) for kind, seconds in parts if seconds > 0]
    if not total:
        return ()
    wide = [max(LEAST, WIDTH * seconds / total) for _, seconds in present]
    scale, x, segments = WIDTH / sum(wide), 0.0, []
    for (kind, _), width in zip(present, wide, strict=True):
        segments.append(Segment(kind, f"{x:.2f}", f"{width * scale:.2f}"))
        x += width * scale
    return tuple(segments)
