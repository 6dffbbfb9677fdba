"""The counts at the top of the overview; each leads to the list of what it counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString

from actors_app.core.pages.badges import outcome_mark
from actors_app.core.pages.formatting import duration, thousands
from actors_app.overview.wellness import ApiAnswers


@dataclass(frozen=True, slots=True)
class Tile:
    """A count: its mark (or none), its words, its value, what belongs to the value, and the page it leads to.

    An empty `value` is one that the API did not report.
    """

    mark: SafeString | str
    label: str
    value: str
    details: str
    url: str
    is_least: bool = False


def tiles(answers: ApiAnswers, at: datetime) -> list[Tile]:
    """Return the counts of a moment, in the order of the page."""
    history, actor_list = reverse("actors:history"), reverse("actors:actor-list")
    return [
        *_unfinished_tiles(answers, history, at),
        *_day_tiles(answers, history),
        _error_tile(answers, actor_list),
        _duration_tile(answers, history),
    ]


def _unfinished_tiles(answers: ApiAnswers, history: str, at: datetime) -> Iterator[Tile]:
    page = answers.unfinished
    rows = page.rows if page else ()
    running = [execution for execution in rows if execution.is_running]
    waiting = [execution for execution in rows if execution.outcome == "waiting"]
    received = [execution.message_received_time for execution in waiting if execution.message_received_time]
    is_cut = page is not None and (page.total or 0) > len(rows)
    counts = (
        ("running", "Running", running, ""),
        ("waiting", "Waiting", waiting, f"oldest {duration((at - min(received)).total_seconds())}" if received else ""),
    )
    for outcome, label, executions, details in counts:
        value = thousands(len(executions)) if page else ""
        yield Tile(outcome_mark(outcome, 14), label, value, details, f"{history}?outcome={outcome}&window=all", is_cut)


def _day_tiles(answers: ApiAnswers, history: str) -> Iterator[Tile]:
    day, failures = answers.day, answers.failed
    yield Tile("", "Executions (24 h)", thousands(day.total) if day else "", "", history)
    share = f"{day.failed_share:.1f}%" if day and day.failed else ""
    yield Tile(
        outcome_mark("failed", 14),
        "Failed (24 h)",
        thousands(failures[0]) if failures else "",
        share,
        f"{history}?outcome=failed,error,oom",
        failures is not None and failures[1],
    )


def _error_tile(answers: ApiAnswers, actor_list: str) -> Tile:
    actors = answers.actors
    errors = sum(actor.is_error for actor in actors or ())
    value, details = (thousands(errors), f"of {thousands(len(actors))}") if actors is not None else ("", "")
    return Tile(outcome_mark("error", 14), "Actors in error", value, details, f"{actor_list}?status=ERROR")


def _duration_tile(answers: ApiAnswers, history: str) -> Tile:
    day = answers.day
    url = f"{history}?sort=-ran"
    if day is None:
        return Tile("", "Duration (p50)", "", "", url)
    if day.median is None:
        return Tile("", "Duration (p50)", "—", "no finished executions", url)
    return Tile("", "Duration (p50)", duration(day.median), f"p95 {duration(day.p95)}", url)
