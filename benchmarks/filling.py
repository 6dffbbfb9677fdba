"""The executions of a store of the benchmarks: who ran what when, and how it ended."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from benchmarks.shapes import (
    DAY,
    DAYS,
    EXECUTORS,
    HOUR,
    MINUTE,
    SECOND,
    SEED,
    SELDOM,
    SELDOM_CODE,
    SELDOM_TIMES,
    WORKERS,
    Actor,
    Shape,
    actors_of,
    an_id,
)  # fmt: skip

TENANT = "default"  # the name of the one API that a portal is told of by its address
# What is seldom is so in every store: these many, not a share.
OUT_OF_MEMORY, RUNNING, WAITING = 14, 6, 10
FEW = {"succeeded": 54, "failed": 59, "error": 54, "halted": 53}
SHARES = {"succeeded": 0.91, "failed": 0.05, "error": 0.02, "halted": 0.02}
STATUS = {"error": "ERROR", "running": "RUNNING", "waiting": "SUBMITTED"}
COLUMNS = (
    "id", "actor_id", "execution_id", "executor", "status", "outcome", "exit_code", "worker_id", "received", "started",
    "finished", "waited", "ran", "runtime", "cpu", "io", "final_state", "is_sketch", "first_seen", "last_seen",
    "in_api",
)  # fmt: skip
HISTORY_COLUMNS = (
    "id", "tenant", "actor_id", "name", "owner", "image", "status", "status_message", "seen", "since", "until",
    "looked", "rechecked", "changed", "is_whole", "is_searchable", "total", "known",
)  # fmt: skip


class Filling:
    """The rows of a store, in the order in which a portal that is always there would have seen them."""

    def __init__(self, shape: Shape, now: int) -> None:
        self.shape, self.now = shape, now
        self.chance = random.Random(f"{SEED} {shape.name}")  # noqa: S311 - believable, not secret
        self.actors = actors_of(shape)
        self.tallies: Counter[tuple[int, int, int, str]] = Counter()
        self.known: Counter[int] = Counter()
        self.ends: dict[int, list[int]] = {}

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the executions, oldest first."""
        count = self.shape.executions
        plan = zip(self._moments(), self._outcomes(), self._whose(), self._executors(), strict=True)
        codes = self._codes()
        for number, (received, outcome, actor, executor) in enumerate(plan, start=1):
            # Which is seldom is spread over the whole time, wherever it falls.
            if number % (count // SELDOM_TIMES) == count // SELDOM_TIMES // 2:
                outcome, code, executor = "failed", SELDOM_CODE, SELDOM
            else:
                code = next(codes)
                if self.shape.is_small:
                    # Both filters together fill a page too.
                    executor = EXECUTORS[0] if outcome == "failed" else EXECUTORS[1 + number % 11]
            yield self._row(number, received, outcome, self.actors[actor], executor, code)

    def _moments(self) -> list[int]:
        if self.shape.is_small:
            span = 20 * HOUR
            return sorted(self.now - MINUTE - self.chance.randrange(span) for _ in range(self.shape.executions))
        hours = range(DAYS * 24)
        first = (self.now // HOUR + 1) * HOUR
        weights = [1.0 if 7 <= (first // HOUR - hour) % 24 <= 19 else 0.35 for hour in hours]
        chosen = self.chance.choices(hours, weights, k=self.shape.executions)
        return sorted(self.now - MINUTE - hour * HOUR - int(self.chance.random() * HOUR) for hour in chosen)

    def _outcomes(self) -> list[str]:
        count = self.shape.executions
        recent = ["oom"] * OUT_OF_MEMORY
        newest = ["waiting"] * WAITING + ["running"] * RUNNING
        if self.shape.is_small:
            others = [outcome for outcome, times in FEW.items() for _ in range(times)] + recent
            self.chance.shuffle(others)
            found = others
        else:
            found = self.chance.choices(list(SHARES), list(SHARES.values()), k=count - len(newest))
            for place in self.chance.sample(range(count - count // DAYS // 2, count - len(newest)), len(recent)):
                found[place] = "oom"
        self.chance.shuffle(newest)
        return found + newest

    def _whose(self) -> list[int]:
        count, actors = self.shape.executions, self.shape.actors
        if actors == 1:
            return [0] * count
        if self.shape.is_small:
            found = [0] * 95 + self.chance.choices(range(1, actors), k=count - 95)
            self.chance.shuffle(found)
            return found
        # A few actors run most of the time, and most run seldom.
        return self.chance.choices(range(actors), [1 / (number + 4) for number in range(actors)], k=count)

    def _executors(self) -> list[str]:
        weights = [0.35, *(0.65 / (len(EXECUTORS) - 1) for _ in EXECUTORS[1:])]
        return self.chance.choices(EXECUTORS, weights, k=self.shape.executions)

    def _codes(self) -> Iterator[int]:
        weights = [0.95, 0.02, 0.02, 0.01] if self.shape.is_small else [0.6, 0.2, 0.1, 0.1]
        while True:
            yield from self.chance.choices([1, 2, 3, 126], weights, k=1000)

    def _row(self, number: int, received: int, outcome: str, actor: Actor, executor: str, code: int) -> tuple[Any, ...]:
        chance = self.chance
        started = finished = waited = ran = None
        runtime = cpu = size = 0
        exit_code: int | None = None
        final = ""
        worker = "" if outcome == "waiting" else actor.workers[0]
        if worker and chance.random() > (0.7 if self.shape.is_small else 0.22):
            worker = actor.workers[1 + int(chance.random() * (WORKERS - 1))]
        if outcome in ("succeeded", "failed", "halted", "oom"):
            exit_code = {"succeeded": 0, "failed": code}.get(outcome, 137)
            waited = 100 + int(chance.expovariate(1 / 700))
            ran = min(int(chance.lognormvariate(2.1, 1.0) * SECOND), HOUR)
            if outcome == "halted":
                ran = min(ran + 150 * SECOND, HOUR)  # somebody lost patience
            started = received + waited
            finished = started + ran
            runtime = ran // SECOND
            cpu = int(ran * 1_000_000 * (0.2 + 0.7 * chance.random()))
            size = int(chance.lognormvariate(13, 1.2))
            final = _final_state(started, finished, exit_code, outcome == "oom")
        self._count(actor.key, received, outcome)
        seen = received + SECOND
        return (
            number, actor.key, an_id(chance), executor, STATUS.get(outcome, "COMPLETE"), outcome, exit_code, worker,
            received, started, finished, waited, ran, runtime, cpu, size, final, 0, seen, max(seen, finished or 0), 1,
        )  # fmt: skip

    def _count(self, key: int, received: int, outcome: str) -> None:
        self.known[key] += 1
        for span in (HOUR, DAY):
            self.tallies[key, span, received - received % span, outcome] += 1
        self.ends.setdefault(key, [received, received])[1] = received

    def histories(self) -> Iterator[tuple[Any, ...]]:
        """Yield the actors, each known whole and brought up to date just now."""
        for actor in self.actors:
            since, known, now = self.ends.get(actor.key, [self.now])[0], self.known[actor.key], self.now
            yield (
                actor.key, TENANT, actor.id, actor.name, actor.owner, actor.image, "READY", " ", now, since, now, now,
                now, now, 1, 1, known, known,
            )  # fmt: skip


def _final_state(started: int, finished: int, exit_code: int, out_of_memory: bool) -> str:
    return (
        '{"Status": "exited", "Running": false, "Paused": false, "Restarting": false, "OOMKilled": '
        f'{"true" if out_of_memory else "false"}, "Dead": false, "Pid": 0, "ExitCode": {exit_code}, "Error": "", '
        f'"StartedAt": "{_moment(started)}", "FinishedAt": "{_moment(finished)}"}}'
    )


def _moment(moment: int) -> str:
    whole, rest = divmod(moment, SECOND)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{rest:03}Z"
