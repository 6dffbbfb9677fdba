"""Which executions match, in which order: a filter as it stands in an address, with every value checked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from actors_app.core.clock import api_time
from actors_app.history.visibility import SeenActor

OUTCOMES = ("succeeded", "failed", "error", "oom", "halted", "running", "waiting", "finished", "unknown")
FAILED = ("failed", "error", "oom")

# Each order and the columns that make it whole; they are an index that begins with the actor.
SORTS: Mapping[str, tuple[str, ...]] = {
    "received": ("received", "id"),
    "outcome": ("outcome", "received", "id"),
    "executor": ("executor", "outcome", "received", "id"),
    "worker": ("worker_id", "outcome", "received", "id"),
    "exit_code": ("exit_code", "outcome", "received", "id"),
    "ran": ("ran", "id"),
    "waited": ("waited", "id"),
    "id": ("execution_id", "id"),
    "actor": ("received", "id"),  # within each actor
}
# An outcome in the words of the API, which calls everything COMPLETE that came to an end.
_STATUS: Mapping[str, Mapping[str, str]] = {
    "succeeded": {"status": "COMPLETE", "exit_code": "0"},
    "failed": {"status": "COMPLETE", "exit_code.neq": "0"},
    "error": {"status": "ERROR"},
    "running": {"status": "RUNNING"},
    "waiting": {"status": "SUBMITTED"},
}
NULLABLE = frozenset({"exit_code", "ran", "waited"})  # those that have none come last


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a column must have, or must not."""

    text: str
    is_not: bool = False

    def admits(self, *texts: str) -> bool:
        """Whether one of the texts is the value, or none where it must not be."""
        return any(text.casefold() == self.text.casefold() for text in texts) is not self.is_not


@dataclass(frozen=True, slots=True)
class Span:
    """Milliseconds from `least` on and below `most`, where given; or everything outside of that."""

    least: int | None = None
    most: int | None = None
    is_not: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A filter of the history. Moments are in milliseconds: from `since` on, and before `until`."""

    outcomes: tuple[str, ...] = ()  # empty for all
    actor: Value | None = None
    owner: Value | None = None
    image: Value | None = None
    executor: Value | None = None
    worker: Value | None = None
    exit_code: Value | None = None  # its text is a whole number
    duration: Span | None = None
    since: int | None = None
    until: int | None = None
    q: str = ""
    q_is_not: bool = False
    sort: str = "received"
    descending: bool = True

    def of_actors(self, actors: Collection[SeenActor]) -> list[SeenActor]:
        """Return those of some actors whose executions this filter can let through."""
        return [
            actor
            for actor in actors
            if (self.actor is None or self.actor.admits(actor.id, actor.name))
            and (self.owner is None or self.owner.admits(actor.owner))
            and (self.image is None or self.image.admits(actor.image))
        ]

    def named(self, actors: Collection[SeenActor]) -> list[int]:
        """Return the keys of the actors that the text names."""
        text = self.q.casefold()
        return [
            actor.key for actor in actors if text and (text in actor.name.casefold() or actor.id.startswith(self.q))
        ]

    def as_search(self) -> dict[str, str]:
        """Return the filter as the API's own search takes it, by our names; what that cannot say is left out."""
        params = {}
        if self.since:
            params["message_received_time.gt"] = api_time(self.since)
        if self.until:
            params["message_received_time.lt"] = api_time(self.until)
        for name, value in (("executor", self.executor), ("worker_id", self.worker), ("exit_code", self.exit_code)):
            if value:
                params[f"{name}.neq" if value.is_not else name] = value.text
        if len(self.outcomes) == 1:
            params |= _STATUS.get(self.outcomes[0], {})
        return params

    @property
    def is_newest_first(self) -> bool:
        """Whether the first page holds what came last."""
        return self.sort == "received" and self.descending

    @property
    def is_of_ends(self) -> bool:
        """Whether an execution can come under this filter long after it was received, by how it ends."""
        return bool(self.outcomes or self.exit_code or self.duration or self.worker)

    def without_outcome(self) -> "Filters":
        """Return the same filter for executions of any outcome."""
        return replace(self, outcomes=())


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are: exactly, or at least."""

    number: int = 0
    is_exact: bool = True

    def __add__(self, other: "Count") -> "Count":
        """Return both together."""
        return Count(self.number + other.number, self.is_exact and other.is_exact)


@dataclass(slots=True)
class Counts:
    """How many there are of each outcome."""

    of: dict[str, Count] = field(default_factory=dict)

    def total(self, outcomes: Collection[str] = ()) -> Count:
        """Return how many there are of some outcomes, or of all."""
        total = Count()
        for outcome, count in self.of.items():
            if not outcomes or outcome in outcomes:
                total += count
        return total
