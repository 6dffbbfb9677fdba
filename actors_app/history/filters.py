"""The filters of the history, each declared once, and the filters of one request with every value checked."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from actors_app.core.clock import DAY, HOUR, api_time
from actors_app.core.pages.form_times import MAX_TEXT
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

WINDOWS = {
    "1h": ("Last hour", HOUR),
    "24h": ("Last 24 hours", DAY),
    "7d": ("Last 7 days", 7 * DAY),
    "all": ("All time", None),
}
SPANS = {
    **{name: label for name, (label, _) in WINDOWS.items()},
    **{f"-{name}": f"Before the {label.lower()}" for name, (label, span) in WINDOWS.items() if span},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter, with everything that the form, the JSON API, the store, the API's search and the chips say of it.

    Its name is that of its query parameter, in addresses, saved views and the JSON API alike.
    """

    name: str
    label: str
    placeholder: str = ""
    help_text: str = ""  # on the page
    api_help: str = ""  # in the schema of the JSON API
    chip: str = ""  # its label on a chip, where that is not `label`
    opposite_chip: str = ""  # label of a chip of its opposite, where that is a word of its own
    max_length: int = 256
    choices: Mapping[str, str] | None = None
    default: str | None = None  # in the JSON API
    is_name: bool = False  # a name of a person, which the JSON API takes with blanks around it
    column: str = ""  # of an execution, in the store and in the API's search
    is_whole: bool = False  # whether the column holds whole numbers
    is_of_end: bool = False  # whether the column is known only at the end of an execution, or late
    of_actor: Callable[[SeenActor], tuple[str, ...]] | None = None  # texts of an actor, one of which must be the value

    @property
    def has_value(self) -> bool:
        """Whether it compares one value, with a column or with texts of an actor."""
        return bool(self.column or self.of_actor)


# In the order of the form, of an address and of the chips.
FILTERS: Mapping[str, Filter] = {
    filter_.name: filter_
    for filter_ in (
        Filter(
            name="outcome",
            label="Outcome",
            placeholder="failed,error or -succeeded",
            api_help="For example `failed,error` or `-succeeded`.",
        ),
        Filter(
            name="actor",
            label="Actor",
            placeholder="name or ID",
            api_help="Name or ID.",
            of_actor=lambda actor: (actor.id, actor.name),
        ),
        Filter(
            name="owner",
            label="Actor owner",
            placeholder="username",
            api_help="Owner of the actor.",
            chip="Owner",
            is_name=True,
            of_actor=lambda actor: (actor.owner,),
        ),
        Filter(name="image", label="Image", placeholder="owner/image:tag", of_actor=lambda actor: (actor.image,)),
        Filter(
            name="executor",
            label="Sent by",
            placeholder="username",
            api_help="Sender of the message.",
            is_name=True,
            column="executor",
        ),
        Filter(name="worker", label="Worker", placeholder="id", column="worker_id", is_of_end=True),
        Filter(
            name="exit_code",
            label="Exit code",
            placeholder="e.g. 1 or -0",
            api_help="For example `1`, or `-0` to exclude 0.",
            column="exit_code",
            is_whole=True,
            is_of_end=True,
        ),
        Filter(
            name="duration",
            label="Duration",
            placeholder="10s, 5m, -1m, 10s..1m",
            api_help="For example `10s`, `5m`, `-1m` or `10s..1m`.",
        ),
        Filter(
            name="q",
            label="Search",
            placeholder="execution ID or actor name",
            api_help="Beginning of an execution ID, or part of an actor name.",
        ),
    )
}
WINDOW = Filter(
    name="window",
    label="Time range",
    help_text="Ignored if “From” or “Up to” is set.",
    api_help="Received within this time; `-24h` means earlier. Default: `all`.",
    chip="Received",
    choices=SPANS,
    default="all",
)
_EXACT_HELP = "Date or date and time (UTC)"
EXACT: Mapping[str, Filter] = {
    "from": Filter(
        name="from",
        label="From",
        placeholder="2026-11-23 18:00",
        help_text=_EXACT_HELP,
        api_help="Date or time, in UTC unless it names a time zone, e.g. `2026-11-23 18:00`.",
        opposite_chip="Before",
        max_length=MAX_TEXT,
    ),
    "to": Filter(
        name="to",
        label="Up to",
        placeholder="2026-11-23 18:00",
        help_text=_EXACT_HELP,
        api_help="End of the period, in the format of `from`; takes precedence over `window`.",
        opposite_chip="After",
        max_length=MAX_TEXT,
    ),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a column must have, or must not."""

    text: str
    is_not: bool = False

    @property
    def choices(self) -> list[str]:
        """Return the values of a list such as `alice,bob`, or the one value."""
        return [part.strip() for part in self.text.split(",") if part.strip()] or [self.text]

    def admits(self, *texts: str) -> bool:
        """Whether one of the texts is a choice or fits its pattern (`rna*`), or none where it must not.

        A text that holds a comma is also compared whole.
        """
        choices = [choice.casefold() for choice in {self.text, *self.choices}]
        matches = any(
            _fits(text.casefold(), choice) if "*" in choice else text.casefold() == choice
            for text in texts
            for choice in choices
        )
        return matches is not self.is_not


def _fits(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern in which `*` stands for any characters; linear in both."""
    first, *middle, last = pattern.split("*")
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


@dataclass(frozen=True, slots=True)
class Span:
    """Milliseconds from `least` on and below `most`, where given; or everything outside of that."""

    least: int | None = None
    most: int | None = None
    is_not: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The filters of one request. Moments are in milliseconds: from `since` on, and before `until`."""

    outcomes: tuple[str, ...] = ()  # empty for all
    values: Mapping[str, Value] = field(default_factory=dict)  # of the filters that compare one value, by their names
    duration: Span | None = None
    since: int | None = None
    until: int | None = None
    q: str = ""
    q_is_not: bool = False
    sort: str = "received"
    descending: bool = True

    def of_actors(self, actors: Collection[SeenActor]) -> list[SeenActor]:
        """Return those of some actors whose executions this filter can let through."""
        tests = [(FILTERS[name].of_actor, value) for name, value in self.values.items()]
        return [actor for actor in actors if all(value.admits(*texts(actor)) for texts, value in tests if texts)]

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
        for name, value in self.values.items():
            if (column := FILTERS[name].column) and len(value.choices) == 1:
                params[f"{column}.neq" if value.is_not else column] = value.text
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
        return bool(self.outcomes or self.duration or any(FILTERS[name].is_of_end for name in self.values))

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
