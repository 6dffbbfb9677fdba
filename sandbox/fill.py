"""Fill an empty store with people, believable actors and thirty days of history, the same each time."""

import random
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction

from sandbox import cron, times
from sandbox.access import ADMIN_ROLE
from sandbox.believable import Sketch, sketches
from sandbox.crowd import COLLEAGUES, crowd
from sandbox.engine.runner import CUT
from sandbox.engine.worker import final_state
from sandbox.furnish import furnish
from sandbox.ids import id_from
from sandbox.models import Actor, Execution, Log, Message, Permission, Person

SEED = 20261
DAYS = 30
BASE_ROLE = "Internal/everyone"
PEOPLE = {
    "demo": ("Dana", "Moreno", [BASE_ROLE]),
    "team": ("Tess", "Amsel", [BASE_ROLE]),
    "admin": ("Ada", "Minh", [BASE_ROLE, ADMIN_ROLE]),
}
SMALL_RUNS = {"rnaseq-ingest": 300}
LOGGED_RUNS = 25
AT_ONCE = 500  # rows in memory
BIG_LOG_OF = "fastq-qc-router"


def fill_when_empty(size: str) -> None:
    """Fill a store that holds nobody yet, with as much as `size` says.

    `none` makes only the people, `small` a short history, `full` all of it, `large` a hundred thousand executions more.
    """
    if Person.objects.exists():
        return
    people = PEOPLE
    if size == "large":
        people = PEOPLE | {name: (first, last, [BASE_ROLE]) for name, (first, last) in COLLEAGUES.items()}
    with transaction.atomic():
        Person.objects.bulk_create(
            Person(name=name, password=name, first_name=first, last_name=last, roles=roles)
            for name, (first, last, roles) in people.items()
        )
        if size != "none":
            Filler(size).fill()


class Filler:
    """Make the rows, from one source of random numbers, so that two fills differ only by the clock."""

    def __init__(self, size: str) -> None:
        self.size = size
        self.random = random.Random(SEED)  # noqa: S311 - believable, not secret
        self.ids = random.Random(SEED)  # noqa: S311 - apart, so that ids do not depend on the clock
        self.now = times.stored(times.now())

    def fill(self) -> None:
        """Make the actors of the table with their history, then what surrounds them, then the crowd."""
        actors = self.actors(sketches())
        self.ids.seed(SEED)
        furnish(actors, self.now, self.id, [BASE_ROLE])
        if self.size == "large":
            self.actors(crowd(settings.SANDBOX_CROWD))

    def actors(self, table: Iterable[Sketch]) -> dict[str, Actor]:
        """Make the actors of a table, with their permissions and their history."""
        made: dict[str, Actor] = {}
        for number, sketch in enumerate(table):
            self.ids.seed(f"{SEED} {sketch.name}")
            actor = made[sketch.name] = self.actor(sketch, number)
            levels = {sketch.owner: "UPDATE"} | sketch.shared
            Permission.objects.bulk_create(
                Permission(subject=actor.id, user=user, level=level) for user, level in levels.items()
            )
            self.history(actor, sketch)
        return made

    def id(self) -> str:
        """Make an id from the seed."""
        return id_from(self.ids.getrandbits)

    def actor(self, sketch: Sketch, number: int) -> Actor:
        """Make one actor of the table, registered some time before its history begins."""
        created = self.now - timedelta(days=DAYS + 60 - number, seconds=self.random.randrange(86400))
        fields = {"status": "READY", "status_message": " ", "token": "false"} | sketch.fields
        if fields["status"] == "SUBMITTED":
            fields["status_message"] = ""
        if "cron_schedule" in fields:
            following = cron.after(fields["cron_schedule"], self.now.replace(minute=0, second=0, microsecond=0))
            fields["cron_next_ex"] = following and cron.hour_text(following)
        return Actor.objects.create(
            id=self.id(),
            name=sketch.name,
            image=sketch.image,
            owner=sketch.owner,
            description=sketch.description.strip(),
            create_time=created,
            last_update_time=created + timedelta(days=self.random.randrange(30)),
            revision=self.random.randrange(1, 6),
            **fields,
        )

    def history(self, actor: Actor, sketch: Sketch) -> None:
        """Make an actor's executions, oldest first and some at a time, and the logs of the newest."""
        workers = [self.id() for _ in range(sketch.workers)]
        executions = (
            (self.execution(actor, kind, received, workers[number % len(workers)]), kind.error)
            for number, (received, kind) in enumerate(self.arrivals(actor, sketch))
        )
        yesterday = self.now - timedelta(days=1) if sketch.logs_of_a_day else self.now
        recent, failed = deque[tuple[Execution, str]](maxlen=LOGGED_RUNS), deque[tuple[Execution, str]](maxlen=5)
        while some := list(islice(executions, AT_ONCE)):
            Execution.objects.bulk_create(row for row, _ in some)
            started = [one for one in some if one[0].start_time]
            recent.extend(started)
            failed.extend(one for one in started if sketch.logs_of_a_day and one[0].exit_code)
            self.write_logs(actor, (one for one in started if one[0].message_received_time > yesterday))
        rest = {row.id: (row, error) for row, error in (*failed, *recent) if row.message_received_time <= yesterday}
        self.write_logs(actor, rest.values(), is_end=True)
        if actor.status == "ERROR":
            self.waiting(actor, 3)

    def arrivals(self, actor: Actor, sketch: Sketch) -> list[tuple[datetime, Sketch]]:
        """Return when an actor's messages came, and what became of each; a burst takes most of an hour, last night."""
        runs = min(sketch.runs, SMALL_RUNS.get(sketch.name, 15)) if self.size == "small" else sketch.runs
        found = [(moment, sketch) for moment in self.moments(actor, runs)]
        if sketch.burst:
            # Always within the last day, and at night for those who look in the morning.
            hour = self.now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=9)
            for _ in range(sketch.burst.runs):
                moment = hour + timedelta(minutes=self.random.triangular(10, 50, 20))
                found.append((times.stored(moment), sketch.burst))
            found.sort(key=lambda one: one[0])
        return found

    def moments(self, actor: Actor, runs: int) -> list[datetime]:
        """Spread arrivals over the last days, by day more than by night; cron's lie on the hour."""
        span = DAYS * 86400
        if actor.cron_schedule and runs:
            hour = self.now.replace(minute=0, second=2, microsecond=0)
            step = (cron.after(actor.cron_schedule, hour) or hour) - hour
            return sorted(hour - step * number for number in range(runs))
        found: list[datetime] = []
        while len(found) < runs:
            moment = self.now - timedelta(seconds=240 + self.random.random() * span)
            if self.random.random() < (1.0 if 7 <= moment.hour <= 19 else 0.35):
                found.append(times.stored(moment))
        return sorted(found)

    def execution(self, actor: Actor, sketch: Sketch, received: datetime, worker_id: str) -> Execution:
        """Make one execution: how long is log-normal, how it ended is by the table's rate of failure."""
        row = Execution(
            id=self.id(),
            actor_id=actor.id,
            executor="cron" if actor.cron_schedule else self.random.choice([sketch.owner, *self.senders(sketch)]),
            message_received_time=received,
        )
        fate = self.random.random()
        if fate < 0.002:
            return row  # purged from the mailbox, and so SUBMITTED for ever
        row.worker_id = worker_id
        if fate < 0.002 + sketch.failing * 0.15:
            row.status = "ERROR"
            return row
        seconds = min(sketch.seconds * self.random.lognormvariate(0, 0.6), 3600)
        started = received + timedelta(seconds=0.1 + self.random.expovariate(1.5))
        finished = min(started + timedelta(seconds=seconds), self.now)
        failed = self.random.random() < sketch.failing
        code = self.random.choice(sketch.codes) if failed else 0
        out_of_memory = failed and (code == 137 or "memory" in sketch.image)
        row.exit_code = 137 if out_of_memory else code
        row.status = "COMPLETE"
        row.start_time, row.finish_time = times.stored(started), times.stored(finished)
        row.runtime = int((row.finish_time - row.start_time).total_seconds())
        row.cpu = int(seconds * 1e9 * self.random.uniform(0.2, 0.95))
        row.io = int(self.random.lognormvariate(13, 1.2))
        row.final_state = final_state(row.start_time, row.finish_time, row.exit_code, out_of_memory)
        return row

    def senders(self, sketch: Sketch) -> list[str]:
        """Return who else sends to an actor."""
        people = PEOPLE.keys() | COLLEAGUES.keys()
        return [user for user, level in sketch.shared.items() if user in people and level in ("EXECUTE", "UPDATE")]

    def write_logs(self, actor: Actor, executions: Iterable[tuple[Execution, str]], is_end: bool = False) -> None:
        """Write logs; at the end of the history of one actor, one as long as logs get."""
        rows, expires_at = list(executions), self.now + timedelta(days=DAYS)
        Log.objects.bulk_create(
            Log(
                execution_id=row.id,
                actor_id=actor.id,
                text=self.log(row, error, is_end and place == len(rows) and actor.name == BIG_LOG_OF),
                expires_at=expires_at,
            )
            for place, (row, error) in enumerate(rows, start=1)
        )

    def log(self, row: Execution, error: str, is_long: bool) -> str:
        """Write the log of an execution."""
        if is_long:
            return "\n".join(self.lines(row, 18_000, error))[: settings.SANDBOX_LOG_LENGTH] + CUT
        return "\n".join(self.lines(row, self.random.randrange(6, 60), error)) + "\n"

    def lines(self, row: Execution, number: int, error: str) -> Iterator[str]:
        """Write a log's lines, ending in an error where the execution failed."""
        start = row.start_time or row.message_received_time
        step = timedelta(seconds=max(row.runtime, 1) / number)
        for count in range(number):
            level = self.random.choices(["INFO", "WARN", "DEBUG"], [80, 8, 12])[0]
            moment = (start + step * count).isoformat(timespec="milliseconds")
            yield f"{moment} {level:5} chunk {self.random.randrange(100_000)} of the input done"
        if row.exit_code:
            yield "Traceback (most recent call last):"
            yield '  File "/opt/actor/main.py", line 42, in <module>'
            yield f"RuntimeError: {error}; exiting with {row.exit_code}"

    def waiting(self, actor: Actor, number: int) -> None:
        """Leave messages in the mailbox of an actor that cannot run them."""
        for count in range(number):
            row = Execution.objects.create(
                id=self.id(),
                actor_id=actor.id,
                executor=actor.owner,
                message_received_time=self.now - timedelta(minutes=90 - count * 20),
            )
            environment = {"_abaco_username": actor.owner, "_abaco_Content_Type": "str"}
            Message.objects.create(
                actor_id=actor.id, execution_id=row.id, body=f"waiting {count + 1}", environment=environment
            )
