"""The actor: an image with a mailbox, as `GET /actors/{id}` describes it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self

import msgspec

from actors_app.services.blanks import label_of
from actors_app.services.dialects import Dialect
from actors_app.services.errors import NamingMismatch
from actors_app.services.fields import Fields
from actors_app.services.schedules import from_now_on
from actors_app.services.times import parse_time
from actors_app.services.types.actor_fields import MAY_BE_MISSING, PRIVILEGED_FIELDS, SENT_BACK

# What every actor has, so that it shows whether an answer was read by its own names; and what it has where nulls are
# kept, all of which an update sets back unless it is sent again.
_ALWAYS = ("create_time", "last_update_time")
_WITH_NULLS = (
    *_ALWAYS,
    *(name for name in (*SENT_BACK, *PRIVILEGED_FIELDS) if name not in MAY_BE_MISSING),
    "cron_schedule",
    "default_environment",
    "state",
    "stateless",
)

READY, SUBMITTED, ERROR = "READY", "SUBMITTED", "ERROR"
# The statuses that lists can be narrowed to, in this order; every other one is "Other" there.
ACTOR_STATUSES = (READY, SUBMITTED, ERROR)


def is_no_queue(name: str, value: object) -> bool:
    """Whether a field is a queue that is none: with one of these Abaco fails halfway, and breaks the actor for good."""
    return name == "queue" and not (isinstance(value, str) and value.strip())


class Listed:
    """What a list tells of an actor, be it whole (`Actor`) or a line (`ActorLine`); times are in UTC."""

    __slots__ = ()
    id: str
    name: str | None
    image: str
    owner: str
    status: str
    status_message: str
    stateless: bool
    hints: tuple[str, ...]
    privileged: bool
    cron_schedule: str | None
    cron_on: bool
    revision: int | None
    create_time: datetime | None
    last_update_time: datetime | None

    @property
    def saved(self) -> object:
        """Return what is another whenever it was saved again, in whatever form is at hand."""
        return self.last_update_time

    @property
    def label(self) -> str:
        """Return the name, or the id where nothing of it is seen."""
        return label_of(self.name, self.id)

    @property
    def is_ready(self) -> bool:
        """Whether a worker of the present revision has started, so that messages are run."""
        return self.status == READY

    @property
    def is_error(self) -> bool:
        """Whether its image or its workers could not be started; `status_message` says why."""
        return self.status == ERROR

    @property
    def is_submitted(self) -> bool:
        """Whether it waits for its first worker, or for one of a new revision."""
        return self.status == SUBMITTED

    @property
    def is_shutting_down(self) -> bool:
        """Whether it is being deleted."""
        return self.status == "SHUTTING_DOWN"

    @property
    def status_words(self) -> str:
        """Return the status as words: `Shutting down` for `SHUTTING_DOWN`."""
        return status_words(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Listed):
    """An actor. `log_ex` is in seconds, `max_cpus` in nano-CPUs (1,000,000,000 is one), times are in UTC."""

    id: str
    name: str | None = None
    image: str = ""
    description: str = ""
    owner: str = ""
    status: str = ""
    status_message: str = ""
    stateless: bool = True
    state: Any = None
    type: str = ""
    token: bool = False
    token_by_default: bool = False  # as the API writes what nobody has said: `"false"`, not `false`
    link: str = ""
    webhook: str = ""
    hints: tuple[str, ...] = ()
    privileged: bool = False
    max_workers: int | None = None
    mem_limit: str | None = None
    max_cpus: int | None = None
    use_container_uid: bool = False
    default_environment: dict[str, Any] = field(default_factory=dict, repr=False)
    queue: str | None = None
    log_ex: int | None = None
    cron_schedule: str | None = None
    cron_next_ex: str | None = None
    cron_on: bool = False
    mounts: tuple[dict[str, Any], ...] = ()
    revision: int | None = None
    uid: str | None = None
    gid: str | None = None
    tasdir: str | None = None
    run_as_executor: bool = False
    create_time: datetime | None = None
    last_update_time: datetime | None = None
    missing: tuple[str, ...] = field(default=(), repr=False, compare=False)  # names that every actor has
    api: Dialect | None = field(default=None, repr=False, compare=False)

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read an actor; what is missing or of another type gets its default."""
        fields = Fields(data, dialect)
        return cls(
            id=fields.text("id"),
            name=fields.text_or_none("name"),
            image=fields.text("image"),
            description=fields.text("description"),
            owner=fields.text("owner"),
            status=fields.text("status"),
            status_message=fields.text("status_message").strip(),
            stateless=fields.flag("stateless", default=True),
            state=fields.any("state"),
            type=fields.text("type"),
            token=fields.flag("token"),
            token_by_default=isinstance(fields.any("token"), str),
            link=fields.text("link"),
            webhook=fields.text("webhook"),
            hints=fields.texts("hints"),
            privileged=fields.flag("privileged"),
            max_workers=fields.number("max_workers"),
            mem_limit=fields.text_or_none("mem_limit"),
            max_cpus=fields.number("max_cpus"),
            use_container_uid=fields.flag("use_container_uid"),
            default_environment=fields.mapping("default_environment"),
            queue=fields.text_or_none("queue"),
            log_ex=fields.number("log_ex"),
            cron_schedule=fields.text_or_none("cron_schedule"),
            cron_next_ex=fields.text_or_none("cron_next_ex"),
            cron_on=fields.flag("cron_on"),
            mounts=tuple(mount for mount in fields.items("mounts") if isinstance(mount, dict)),
            revision=fields.number("revision"),
            uid=fields.text_or_none("uid"),
            gid=fields.text_or_none("gid"),
            tasdir=fields.text_or_none("tasdir"),
            run_as_executor=fields.flag("run_as_executor"),
            create_time=fields.time("create_time"),
            last_update_time=fields.time("last_update_time"),
            missing=fields.lacks(_WITH_NULLS if dialect.keeps_nulls else _ALWAYS),
            api=dialect,
        )

    @property
    def loses_logs(self) -> bool:
        """Whether it asks for its logs to be kept for less than no time, upon which the API loses them."""
        return self.log_ex is not None and self.log_ex < 0 and self.api is not None and self.api.loses_endless_logs

    @property
    def log_life(self) -> int | None:
        """For how many seconds it asks for its logs to be kept; None where the API's own time holds."""
        is_default = self.log_ex == 0 and self.api is not None and self.api.loses_endless_logs
        return None if is_default else self.log_ex

    def need_whole(self) -> None:
        """Raise NamingMismatch where the API described it without names that every actor has."""
        if self.missing:
            raise NamingMismatch.without(", ".join(self.missing), "this actor")

    def definition(self) -> dict[str, Any]:
        """Return all that an update must send again so that it changes nothing, by our names.

        `PUT /actors/{id}` sets what is left out back to its default, the state and `cron_on` included. Where it keeps
        a schedule that is not sent, none is; where it does not, one that began in the past, which would be refused,
        is sent as it goes on. Fields that need the privileged role are left out while they have no value of their own.
        """
        definition: dict[str, Any] = {
            "image": self.image,
            "stateless": self.stateless,
            "default_environment": dict(self.default_environment),
        }
        for name in SENT_BACK:
            definition[name] = getattr(self, name)
        definition["hints"] = list(self.hints)
        if self.token_by_default:
            del definition["token"]  # said, it would not be the API's default any more
        for name in PRIVILEGED_FIELDS:  # `default` is the queue everybody is in
            value = getattr(self, name)
            if value is not False and (name, value) != ("queue", "default") and not is_no_queue(name, value):
                definition[name] = value
        if isinstance(self.state, dict) and (self.state or not self.stateless):
            # A stateless actor may have been registered with a state, and would lose it.
            definition["state"] = self.state
        for name in self.api.reset_by_put if self.api else ():
            definition[name] = getattr(self, name) or None
        if definition.get("cron_schedule"):
            definition["cron_schedule"] = from_now_on(self.cron_schedule or "", self.cron_next_ex, datetime.now(UTC))
        return {name: value for name, value in definition.items() if value is not None}


def status_words(status: str) -> str:
    """Return any status as words with a capital: `SPAWNER SETUP` becomes `Spawner setup`."""
    return status.replace("_", " ").strip().capitalize() or "Not reported"


# Our name, how the API must write it so that nothing has to be made of it first, and what stands for it where it is
# missing. Every actor has its times: without them the names are another dialect's, or else it is looked at closer.
_FIELDS = (
    ("id", str),
    ("created", str | None),
    ("updated", str | None),
    ("name", str | None, None),
    ("image", str, ""),
    ("owner", str, ""),
    ("status", str, ""),
    ("status_message", str, ""),
    ("stateless", bool, True),
    ("hints", tuple[str, ...], ()),
    ("privileged", bool, False),
    ("cron_schedule", str | None, None),
    ("cron_on", bool, False),
    ("revision", int | None, None),
)


class _Times(Listed):
    __slots__ = ()
    created: str | None
    updated: str | None

    @property
    def saved(self) -> object:
        return self.updated

    @property
    def create_time(self) -> datetime | None:  # type: ignore[override]  # nobody writes it
        return parse_time(self.created)

    @property
    def last_update_time(self) -> datetime | None:  # type: ignore[override]  # the same
        return parse_time(self.updated)


class ActorLine(_Times, msgspec.Struct, frozen=True, gc=False):
    """An actor without what no list shows; its times are read when they are asked for."""


@dataclass(frozen=True, slots=True)
class ActorLines:
    """All actors of one answer: as lines, and whole for whoever needs more of them."""

    lines: tuple[Listed, ...]
    whole: Callable[[], tuple[Actor, ...]]


@cache
def envelope_of(dialect: type[Dialect]) -> Any:
    """Return the type of an envelope of lines, with a dialect's names of the fields."""
    api = dialect()
    ours = {field[0]: field[0] for field in _FIELDS} | {"created": "create_time", "updated": "last_update_time"}
    names = {field: api.name(name) for field, name in ours.items()}
    # What holds texts alone is in no cycle: without the collector thousands are made in half the time.
    line = msgspec.defstruct("Line", _FIELDS, bases=(ActorLine,), rename=names, frozen=True, gc=False)
    # What says neither is looked at again with more patience.
    fields: list[Any] = [("result", tuple[line, ...]), ("status", str), ("metadata", Any, msgspec.UNSET)]  # type: ignore[valid-type]
    return msgspec.defstruct("Envelope", fields)
