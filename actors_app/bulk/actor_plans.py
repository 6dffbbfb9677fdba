"""What an act on actors would do: which it applies to, what each loses, which are left out and why, for its preview."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from actors_app.actors.deletion_effects import NAMED, Effect, ask_many, effects
from actors_app.bulk.plans import Item, MayChange, Plan
from actors_app.core.addresses import page_of
from actors_app.core.pages.formatting import thousands, visible
from actors_app.core.security.credentials import Credentials
from actors_app.services import Abaco, Result
from actors_app.services.errors import AbacoError, Forbidden, InvalidRequest, NotFound, Unaddressable
from actors_app.services.gather import GetCall
from actors_app.services.types import Actor, AdminRole, Worker

CAP = 25  # actors that one bulk act looks at
WORKERS_CAP = 200  # workers that one bulk act stops
LABEL = 255  # characters of a name that are kept
_UNCOUNTED = "Queued messages: unknown. "


@dataclass(frozen=True, slots=True)
class ActorLine:
    """An actor as the preview names it: what it loses, or in `why_not` why the act does nothing to it."""

    actor_id: str
    label: str
    owner: str = ""
    status: str = ""
    effects: tuple[Effect, ...] = ()
    why_not: str = ""
    is_unseen: bool = False  # whether it was left out only because the API did not say how it stands

    @property
    def url(self) -> str:
        """Return its page; empty for an id that cannot be in an address."""
        return page_of("actor-detail", self.actor_id)


@dataclass(frozen=True, slots=True)
class ActorPlan(Plan):
    """An act on actors or their workers; `beyond` is how many of the picked actors were not even looked at."""

    purpose: ClassVar[str] = "actors.bulk-actor-plan"

    lines: tuple[ActorLine, ...] = ()
    beyond: int = 0
    total: str = ""  # what all of them lose together, in a sentence

    @property
    def actors(self) -> int:
        """Return how many actors the act applies to."""
        return sum(not line.why_not for line in self.lines)

    @property
    def unseen(self) -> int:
        """Return how many are left out only because the API did not say how they stand."""
        return sum(line.is_unseen for line in self.lines)

    @classmethod
    def _from_data(cls, data: Mapping[str, Any]) -> Self:
        plan = super(ActorPlan, cls)._from_data(data)
        lines = tuple(
            ActorLine(**{**line, "effects": tuple(_effect(effect) for effect in line["effects"])})
            for line in data["lines"]
        )
        return replace(plan, lines=lines)


def _effect(data: Mapping[str, Any]) -> Effect:
    return Effect(**{**data, "named": tuple((label, url) for label, url in data["named"])})


@dataclass(frozen=True, slots=True)
class _ActorState:
    """An actor with all that was asked about it."""

    actor: Actor
    answers: Mapping[str, Result]
    workers: frozenset[str]  # those of them that were picked; all where there is none

    @property
    def label(self) -> str:
        return visible(self.actor.label)[:LABEL]

    @property
    def waiting(self) -> int | None:
        answer = self.answers["mailbox"]
        waiting: int | None = None if answer.error else answer.value.messages
        return waiting

    def chosen(self) -> list[Worker]:
        answer = self.answers["workers"]
        workers: Sequence[Worker] = answer.value or ()
        return [worker for worker in workers if not self.workers or worker.id in self.workers]


# What came of looking at one actor: what is to be done to it, what is left out of that, and its line.
_Part = tuple[list[Item], list[Item], ActorLine]


def plan_of(
    credentials: Credentials,
    abaco: Abaco,
    role: Callable[[], AdminRole],
    *,
    act: str,
    picks: Sequence[tuple[str, str]],
    place: str,
    query: str,
) -> ActorPlan:
    """Return what an act would do to the picked actors, or to those of their workers that were picked.

    What the API does not say about an actor leaves that one out; raises SignedOut, and what failed where all did.
    """
    picked: dict[str, set[str]] = {}
    for actor_id, worker_id in picks:
        picked.setdefault(actor_id, set()).update({worker_id} - {""})
    ids = list(picked)[:CAP]
    answers = ask_many(abaco, ids) if act == "delete" else _ask(abaco, ids, "workers" if act == "stop" else "")
    may = MayChange(credentials.username, role)
    items: list[Item] = []
    left_out: list[Item] = []
    lines: list[ActorLine] = []
    for id_ in ids:
        done, not_done, line = _part(act, id_, answers[id_], frozenset(picked[id_]), may)
        items, left_out = items + done, left_out + not_done
        lines.append(line)
    over = items[WORKERS_CAP:]
    left_out += [replace(item, why_not=f"Limited to {WORKERS_CAP} workers; repeat for this one.") for item in over]
    if all(line.is_unseen for line in lines):
        raise next(error for error in (_unseen(act, answers[id_])[0] for id_ in ids) if error)
    lines.sort(key=lambda line: bool(line.why_not))
    plan = ActorPlan(
        act, place, query, tuple(items[:WORKERS_CAP]), tuple(left_out), tuple(lines), len(picked) - len(ids)
    )
    applied = {item.actor_id for item in plan.items}
    return replace(plan, total=_total(act, plan, [answers[id_] for id_ in ids if id_ in applied]))


def _ask(abaco: Abaco, ids: Sequence[str], extra: str) -> dict[str, dict[str, Result]]:
    """Ask how some actors stand, who may do what with them, how many messages wait, and which workers there are."""
    names = ("actor", "permissions", "mailbox", *([extra] if extra else ()))
    how: dict[str, Callable[[str], Any]] = {
        "actor": abaco.actors.get,
        "permissions": abaco.permissions.get,
        "mailbox": abaco.messages.count,
        "workers": abaco.workers.list,
    }
    calls: dict[str, GetCall] = {
        f"{id_} {name}": lambda id_=id_, name=name: how[name](id_)  # type: ignore[misc]
        for id_ in ids
        for name in names
    }
    answers = abaco.gather(**calls)
    return {id_: {name: answers[f"{id_} {name}"] for name in names} for id_ in ids}


def _part(act: str, id_: str, answers: Mapping[str, Result], workers: frozenset[str], may: MayChange) -> _Part:
    actor, levels = answers["actor"], answers["permissions"]
    error, prefix = _unseen(act, answers)
    if error:
        label = visible(actor.value.label)[:LABEL] if actor.value else visible(id_)
        is_refusal = isinstance(error, (Forbidden, NotFound, Unaddressable, InvalidRequest))
        return _left_out(ActorLine(id_, label, is_unseen=not is_refusal), f"{prefix}{_sentence(error)}")
    state = _ActorState(actor.value, answers, workers)
    line = ActorLine(id_, state.label, visible(actor.value.owner), actor.value.status)
    if why_not := may.why_not(levels.value):
        return _left_out(line, why_not)
    return {"stop": _stop, "purge": _purge, "delete": _delete}[act](state, line)


def _unseen(act: str, answers: Mapping[str, Result]) -> tuple[AbacoError | None, str]:
    """Return why it is not known how an actor stands, with words that go before that; None where it is."""
    needed = {"actor": "", "permissions": ""}
    needed |= {"stop": {"workers": "Workers: unknown. "}, "purge": {"mailbox": _UNCOUNTED}}.get(act, {})
    for name, prefix in needed.items():
        if error := answers[name].error:
            return error, prefix
    return None, ""


def _left_out(line: ActorLine, why_not: str) -> _Part:
    return [], [Item(line.actor_id, "", line.label, why_not)], replace(line, why_not=why_not)


def _sentence(error: AbacoError) -> str:
    quoted = f" API response: “{visible(error.reason)}”" if error.reason else ""
    return f"{error.user_message}{quoted}"


def _stop(state: _ActorState, line: ActorLine) -> _Part:
    chosen = state.chosen()
    going = [worker for worker in chosen if not worker.is_stopping]
    left_out = [
        Item(line.actor_id, worker.id, line.label, "Already stopping.") for worker in chosen if worker.is_stopping
    ]
    gone = state.workers - {worker.id for worker in chosen}
    left_out += [Item(line.actor_id, id_, line.label, "Already stopped.") for id_ in sorted(gone)]
    if not going:
        if left_out:
            sentence = "All selected workers are already stopping or stopped."
            return [], left_out, replace(line, why_not=sentence)
        return _left_out(line, "No workers.")
    busy = sum(worker.is_busy for worker in going)
    sentence = f"{_count(len(going), 'worker')} will be stopped{_cut_off(busy, len(going))}:"
    named = tuple((visible(worker.id), page_of("worker-detail", line.actor_id, worker.id)) for worker in going)
    stop_effects = [Effect("cpu", sentence, named[:NAMED], max(0, len(going) - NAMED), is_loss=bool(busy))]
    if left_out:
        stop_effects.append(
            Effect(
                "clock",
                f"{len(left_out)} more selected {'worker is' if len(left_out) == 1 else 'workers are'} skipped.",
                is_loss=False,
            )
        )
    waiting = state.waiting
    if waiting and len(going) == len(state.answers["workers"].value):
        waits = f"{_count(waiting, 'queued message')}"
        stop_effects.append(Effect("mail", f"{waits}; the next message sent starts a worker."))
    items = [Item(line.actor_id, worker.id, line.label) for worker in going]
    return items, left_out, replace(line, effects=tuple(stop_effects))


def _cut_off(busy: int, number: int) -> str:
    if not busy:
        return ""
    it = "it runs" if number == 1 else f"{busy} of them {'runs' if busy == 1 else 'run'}"
    return f"; {it} an execution, which is interrupted"


def _purge(state: _ActorState, line: ActorLine) -> _Part:
    if state.waiting == 0:
        return _left_out(line, "No queued messages.")
    if state.waiting is None:
        effect = Effect("mail", "Queued messages: unknown.", is_known=False)
    else:
        effect = Effect("mail", f"{_count(state.waiting, 'queued message')} will be deleted.")
    return [Item(line.actor_id, "", line.label)], [], replace(line, effects=(effect,))


def _delete(state: _ActorState, line: ActorLine) -> _Part:
    if state.actor.is_shutting_down:
        return _left_out(line, "Already being deleted.")
    all_effects = effects(state.actor, dict(state.answers))
    losses = tuple(effect for effect in all_effects if effect.is_loss or not effect.is_known)
    if not losses:
        losses = (Effect("circle-check", "No known dependents.", is_loss=False),)
    return [Item(line.actor_id, "", line.label)], [], replace(line, effects=losses)


def _total(act: str, plan: ActorPlan, actors: Sequence[Mapping[str, Result]]) -> str:
    """Say what all of them lose together, as far as it is known."""
    if not plan.items:
        return ""
    waiting = [_waiting(answers) for answers in actors]
    messages = sum(number or 0 for number in waiting)
    lost = f"{'at least ' if None in waiting else ''}{_count(messages, 'queued message')}"
    of = f"of {_count(len(actors), 'actor')}"
    if act == "stop":
        going = {item.object_id for item in plan.items}
        busy = sum(worker.is_busy and worker.id in going for answers in actors for worker in answers["workers"].value)
        return f"{_count(plan.number, 'worker')} {of}, {thousands(busy) if busy else 'none'} busy."
    if act == "purge":
        return f"{lost[0].upper()}{lost[1:]} {of}."
    running = sum(worker.is_busy for answers in actors for worker in answers["workers"].value or ())
    runs = _count(running, "running execution") if running else "no running execution"
    waits = lost if messages or None in waiting else "no queued message"
    return f"{_count(plan.number, 'actor')}, with {waits} and {runs}."


def _waiting(answers: Mapping[str, Result]) -> int | None:
    answer = answers["mailbox"]
    waiting: int | None = None if answer.error else answer.value.messages
    return waiting


def _count(number: int, noun: str) -> str:
    return f"{thousands(number)} {noun}{'' if number == 1 else 's'}"
