"""One record for each operation: everything that the portal says of it, draws from it and checks about it.

From a record come the words of the activity, the reason for which a button is disabled, the purpose of its page in the
help, the snippets for curl and agavepy, the summary and the calls in the schema of the JSON API, the check of an
unknown outcome, and a row of `docs/api-coverage.md`.

One that exists is registered; `apps.py` imports the module of each subject. `CONTRIBUTING.md` describes how to add an
operation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final, Literal, Optional

from actors_app.core.operations.findings import Finding
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.capabilities import Level
from actors_app.services import Abaco
from actors_app.services.observer import Kind

About = Literal["new actor", "execution", "worker", "nonce", "person", "page"]
Check = Callable[[Abaco, AuditEntry], Finding]

# Of calls whose answer agavepy cannot read.
AGAVEPY_RAISES: Final = "# The call succeeds; agavepy then fails to read the response and raises an error."

_ROOT = "/actors"
# What the schema of the JSON API calls a part of a path.
_IN_SCHEMA = {
    "{actor_id}": "{id}",
    "{execution_id}": "{execution}",
    "{worker_id}": "{worker}",
    "{nonce_id}": "{nonce}",
    "{config}": "{name}",
}
_operations: dict[str, "Operation"] = {}
_by_page: dict[str, "Operation"] = {}


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: the call that it makes, the level that it needs, and its words.

    `name` is noun and verb, as `worker.stop`; an operation that makes no call of its own has no method, and one that
    makes the call of another names that as `via`.
    """

    name: str
    method: str = ""
    path: str = ""
    _: KW_ONLY
    via: Optional["Operation"] = None
    recorded_as: Optional["Operation"] = None  # whose name it has in the audit trail, where that is not its own

    # The page that does it, the level that its controls need, and on what.
    pages: tuple[str, ...] = ()  # by the names of their addresses; without any, its own name with a hyphen
    needs: Level | None = None  # None where it needs no more than the page that leads to it
    doing: str = ""  # as in "stopping its workers", with "it" for the actor, the alias or the config
    kind: Kind = "actor"
    checks_admins: bool = False  # whether the API asks for the level of administrators too
    purpose: str = ""  # of its page, for the help

    # The activity.
    done: str = ""  # before the name of an actor, as in "stopped a worker of"
    tried: str = ""  # the same after "tried to", as in "stop a worker of"
    about: About | None = None  # what its entry is about beside an actor
    choice: str = ""  # among the actions of the filter; its summary where that is not given
    has_values: bool = False  # whether its entry holds values of an actor's definition
    check: Check | None = field(default=None, repr=False)  # finds out whether it was done
    takes_reason: bool = False  # whether people may say why; all that deletes or stops something does

    # The schema of the JSON API.
    summary: str = ""

    # The snippets.
    title: str = ""
    example: Mapping[str, Any] | None = None  # what a form sends before anything is typed into it
    agavepy: str = ""  # the name of the call in agavepy
    agavepy_note: str = ""  # what surprises about that call
    agavepy_part: str = ""  # the part of what agavepy returns that is the answer
    curl_options: str = ""
    has_raw_body: bool = False  # whether the names in its body are not those of the API
    has_file: bool = False  # whether its body is a file
    has_filter: bool = False  # whether its query has names of fields
    sends_empty_body: bool = True  # whether a POST without a body sends an empty object

    def __post_init__(self) -> None:
        """Take the call of the operation it goes by, and register it."""
        if self.via:
            for name in ("method", "path", "agavepy"):
                object.__setattr__(self, name, getattr(self, name) or getattr(self.via, name))
        if not self.pages:
            object.__setattr__(self, "pages", (self.name.replace(".", "-"),))
        if self.name in _operations:
            raise ValueError(f"The operation {self.name} is declared twice.")
        _operations[self.name] = self
        if self.needs or self.purpose:
            for page in self.pages:
                if page in _by_page:
                    raise ValueError(f"The page {page} does {_by_page[page].name} and {self.name}.")
                _by_page[page] = self

    @property
    def action(self) -> str:
        """Return the name that the audit trail has for it."""
        return (self.recorded_as or self).name

    @property
    def choice_words(self) -> str:
        """Return its words in the filter of the activity."""
        return self.choice or self.summary

    @property
    def segments(self) -> tuple[str, ...]:
        """Return its path below `/actors`, part by part."""
        return tuple(self.path.removeprefix(_ROOT).split("/")[1:])

    @property
    def parameters(self) -> list[str]:
        """Return the names of the ids in its path."""
        return [part[1:-1] for part in self.segments if part.startswith("{")]

    @property
    def call(self) -> str:
        """Return its call as the schema of the JSON API writes it: `DELETE /actors/{id}/workers/{worker}`."""
        return f"{self.method} {'/'.join([_ROOT, *(_IN_SCHEMA.get(part, part) for part in self.segments)])}"


def operations() -> list[Operation]:
    """Return all operations, by name."""
    return [_operations[name] for name in sorted(_operations)]


def operation_named(name: str) -> Operation:
    """Return the operation of a name; raise KeyError where none is declared."""
    return _operations[name]


def recorded_operation(action: str) -> Operation | None:
    """Return the operation of an entry of the audit trail; None for one that an older version recorded."""
    return _operations.get(action)


def recorded_operations() -> list[Operation]:
    """Return the operations of which the activity has words, by name."""
    return [operation for operation in operations() if operation.done]


def operation_of_page(page: str) -> Operation | None:
    """Return what a page does, by the name of its address; None where it needs nothing and has no help of its own."""
    return _by_page.get(page)


def calls_of(names: str) -> list[str]:
    """Return the calls of operations, whose names are separated by spaces.

    Names that are joined by `|` are one call of several holders, as `GET …/permissions`.
    """
    return [_call([operation_named(name) for name in joined.split("|")]) for joined in names.split()]


def _call(alternatives: Sequence[Operation]) -> str:
    first = alternatives[0]
    return first.call if len(alternatives) == 1 else f"{first.method} …/{first.segments[-1]}"
