"""Whether everything is well, made of what one gather gave: a sentence of numbers, and what is behind each.

It asks nobody. What was not answered is said to be not known, and nothing is called well because of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.safestring import SafeString

from actors_app.administration.lists import is_stuck
from actors_app.core.addresses import page_of
from actors_app.core.pages.badges import icon, outcome_mark
from actors_app.core.pages.formatting import ago_words, thousands, visible
from actors_app.core.pages.timezones import exact
from actors_app.overview.day import SPAN, Day
from actors_app.services.types import Actor, Alias, Execution, SearchPage, Worker

TOO_LONG = timedelta(minutes=10)  # to wait for a first worker, or in a mailbox; pulling a large image takes a few
NAMED = 6  # running executions that the page names; more actors than half of it that wait are one problem
LISTED = 12  # problems


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the sentence: how many, the words after the number, and where they are listed."""

    number: int
    label: str
    url: str
    is_least: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One trouble: its picture, the object it is about and the object's page, what is wrong, why, and what ends it.

    An address is empty where an id cannot be in one.
    """

    icon: SafeString
    name: str
    url: str
    text: str
    why: str
    action: str
    action_url: str


@dataclass(frozen=True, slots=True)
class RunningLine:
    """An execution that runs: its actor, its id and its page, and since when."""

    actor: str
    actor_url: str
    id: str
    url: str
    since: str
    exact: str


@dataclass(frozen=True, slots=True)
class ApiAnswers:
    """What the API said; None is what it did not say. `failed` is how many failed, and whether at least so many."""

    actors: Sequence[Actor] | None
    day: Day | None
    unfinished: SearchPage[Execution] | None
    workers: Sequence[Worker] | None
    aliases: Sequence[Alias] | None
    failed: tuple[int, bool] | None

    @property
    def unknown(self) -> list[str]:
        """Return in words what the API did not say."""
        missing = {
            "actors": self.actors,
            "executions in the last 24 hours": self.day,
            "running executions": self.unfinished,
            "workers": self.workers,
            "aliases": self.aliases,
        }
        return [name for name, answer in missing.items() if answer is None]


@dataclass(frozen=True, slots=True)
class Wellness:
    """The sentence, in parts: what needs somebody, and what is so; the things behind it; and what is not known."""

    needs: list[Part]
    facts: list[Part]
    problems: list[Problem]
    unlisted: int
    running: list[RunningLine]
    unknown: list[str]

    @property
    def verdict(self) -> str:
        """Return whether all is `fine`, something `needs` somebody, or that is `unknown`."""
        return "needs" if self.needs else "unknown" if self.unknown else "fine"


def wellness(answers: ApiAnswers, username: str, at: datetime) -> Wellness:
    """Return whether everything is well for somebody, at a moment."""
    actors = answers.actors or ()
    names = {actor.id: actor.label for actor in actors}
    errors = [actor for actor in actors if actor.is_error]
    slow = [actor for actor in actors if is_waiting_long(actor, at)]
    stuck = [worker for worker in answers.workers or () if is_stuck(worker, at)]
    unfinished = answers.unfinished.rows if answers.unfinished else ()
    running = [execution for execution in unfinished if execution.is_running]
    waiting = [execution for execution in unfinished if execution.outcome == "waiting"]
    # One whose message was purged waits for ever, and nobody can change that: so only those of the last day are news.
    long = [
        execution
        for execution in waiting
        if execution.message_received_time and TOO_LONG < at - execution.message_received_time < SPAN
    ]
    lost = _lost(answers, username)
    is_cut = bool(answers.unfinished and (answers.unfinished.total or 0) > len(unfinished))
    failed, is_least = answers.failed or (0, False)
    listed, history = reverse("actors:actor-list"), reverse("actors:history")
    needs = [
        _part(errors, "actor in error", "actors in error", f"{listed}?status=ERROR"),
        _part(slow, "actor without workers", "actors without workers", f"{listed}?status=SUBMITTED"),
        _part(stuck, "stuck worker", "stuck workers", reverse("actors:all-workers") + "?show=stuck"),
        _part(
            long,
            "execution waiting",
            "executions waiting",
            f"{history}?outcome=waiting",
            is_cut,
        ),
        Part(
            failed,
            "failed in 24 h",
            f"{history}?outcome=failed,error,oom",
            is_least,
        ),
        _part(
            lost,
            "broken alias",
            "broken aliases",
            reverse("actors:alias-list") + "?show=mine",
        ),
    ]
    facts = []
    if answers.unfinished:
        facts += [
            _part(running, "running", "running", f"{history}?outcome=running&window=all", is_cut),
            _part(waiting, "waiting", "waiting", f"{history}?outcome=waiting&window=all", is_cut),
        ]
    if answers.day:
        facts.append(Part(answers.day.total, "received in 24 h", history))
    waits = _waits_by_actor(long)
    problems = [
        *(_of_actor(actor, waits.pop(actor.id, []), at) for actor in [*errors, *slow]),
        *(_of_worker(worker, names, at) for worker in stuck),
        *_of_waiting(waits, names, at),
        *(_of_alias(alias) for alias in lost),
    ]
    return Wellness(
        needs=[part for part in needs if part.number],
        facts=facts,
        problems=problems[:LISTED],
        unlisted=max(len(problems) - LISTED, 0),
        running=[_of_running(execution, names, at) for execution in running[:NAMED]],
        unknown=answers.unknown,
    )


def is_waiting_long(actor: Actor, at: datetime) -> bool:
    """Whether an actor was submitted so long ago that nothing may come."""
    since = actor.last_update_time or actor.create_time
    return actor.is_submitted and since is not None and at - since > TOO_LONG


def _part(things: Sequence[object], singular: str, plural: str, url: str, is_least: bool = False) -> Part:
    return Part(len(things), singular if len(things) == 1 else plural, url, is_least)


def _lost(answers: ApiAnswers, username: str) -> list[Alias]:
    """Return the person's own aliases that lead to no actor of theirs; whether it is gone takes a call for each."""
    if answers.actors is None:
        return []
    readable = {actor.id for actor in answers.actors}
    return [alias for alias in answers.aliases or () if alias.owner == username and alias.actor_id not in readable]


# Problems ---------------------------------------------------------------------------------------------------


def _of_actor(actor: Actor, waits: Sequence[datetime], at: datetime) -> Problem:
    since = actor.last_update_time or actor.create_time
    submitted = f"No worker started since it was submitted{f' {ago_words(since, at)}' if since else ''}."
    why = visible(actor.status_message) or "No reason given by the API." if actor.is_error else submitted
    return Problem(
        outcome_mark("error" if actor.is_error else "waiting"),
        visible(actor.label),
        page_of("actor-detail", actor.id),
        "failed to start" if actor.is_error else "has no worker",
        f"{_waiting_words(waits, at)} · {why}" if waits else why,
        "Fix image" if actor.is_error else "View workers",
        page_of("actor-update" if actor.is_error else "worker-list", actor.id),
    )


def _of_worker(worker: Worker, names: dict[str, str], at: datetime) -> Problem:
    page = page_of("worker-detail", worker.actor_id, worker.id)
    since = f" (requested {ago_words(worker.create_time, at)})" if worker.create_time else ""
    return Problem(
        icon("cpu", 16),
        visible(names.get(worker.actor_id, worker.actor_id)),
        page_of("actor-detail", worker.actor_id),
        "has a stuck worker",
        f"Worker {_trouble(worker)}{since}.",
        "View worker",
        page,
    )


def _trouble(worker: Worker) -> str:
    if worker.is_stopping:
        return "was stopped but still exists"
    return "failed to start" if worker.status == "ERROR" else "still starting"


def _waits_by_actor(waiting: Sequence[Execution]) -> dict[str, list[datetime]]:
    """Return when the executions that have waited too long were received, by actor, the most first."""
    by_actor: dict[str, list[datetime]] = {}
    for execution in waiting:
        if execution.message_received_time:
            by_actor.setdefault(execution.actor_id, []).append(execution.message_received_time)
    return dict(sorted(by_actor.items(), key=lambda item: -len(item[1])))


def _waiting_words(waits: Sequence[datetime], at: datetime) -> str:
    received = ago_words(min(waits), at)
    if len(waits) == 1:
        return f"1 execution waiting, received {received}"
    return f"{thousands(len(waits))} executions waiting, the oldest received {received}"


def _of_waiting(waits: dict[str, list[datetime]], names: dict[str, str], at: datetime) -> list[Problem]:
    """Return a problem for each of a few actors, and one for all where there are more."""
    review = reverse("actors:history") + "?outcome=waiting"
    if len(waits) > NAMED // 2:
        every = [received for times in waits.values() for received in times]
        text = f"of {len(waits)} actors are waiting"
        why = f"The oldest was received {ago_words(min(every), at)}."
        return [
            Problem(outcome_mark("waiting"), f"{thousands(len(every))} executions", review, text, why, "Review", review)
        ]
    return [
        Problem(
            outcome_mark("waiting"),
            visible(names.get(actor_id, actor_id)),
            page_of("actor-detail", actor_id),
            "is not processing messages",
            f"{_waiting_words(times, at)}.",
            "Review",
            f"{page}?outcome=waiting" if (page := page_of("execution-list", actor_id)) else "",
        )
        for actor_id, times in waits.items()
    ]


def _of_alias(alias: Alias) -> Problem:
    return Problem(
        icon("unlink", 16),
        visible(alias.alias),
        page_of("alias-detail", alias.alias),
        "is a broken alias",
        "Target actor not found or not visible to you.",
        "Change target",
        page_of("alias-update", alias.alias),
    )


def _of_running(execution: Execution, names: dict[str, str], at: datetime) -> RunningLine:
    received = execution.message_received_time
    return RunningLine(
        visible(names.get(execution.actor_id, execution.actor_id)),
        page_of("actor-detail", execution.actor_id),
        visible(execution.id),
        page_of("execution-detail", execution.actor_id, execution.id),
        ago_words(received, at) if received else "Unknown",
        exact(received) if received else "",
    )
