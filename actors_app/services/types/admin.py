"""What only administrators are told: every actor with its counts, what all executions came to; and the utilization."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from actors_app.services.blanks import label_of
from actors_app.services.dialects import V2, Dialect
from actors_app.services.fields import Fields
from actors_app.services.types.workers import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminActor:
    """An actor of any tenant, as the admin list counts it; its definition and its environment are left out."""

    id: str
    tenant: str = ""
    name: str | None = None
    owner: str = ""
    image: str = ""
    status: str = ""
    status_message: str = ""
    stateless: bool = True
    max_workers: int | None = None
    messages: int | None = None  # that wait
    executions: int | None = None
    runtime: int | None = None  # of all of them, in seconds
    workers: tuple[Worker, ...] = ()
    create_time: datetime | None = None
    last_update_time: datetime | None = None
    api: Dialect | None = field(default=None, repr=False, compare=False)

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read an actor of the admin list."""
        fields = Fields(data, dialect)
        return cls(
            id=fields.text("id"),
            tenant=fields.text("tenant"),
            name=fields.text_or_none("name"),
            owner=fields.text("owner"),
            image=fields.text("image"),
            status=fields.text("status"),
            status_message=fields.text("status_message").strip(),
            stateless=fields.flag("stateless", default=True),
            max_workers=fields.number("max_workers"),
            messages=fields.number("messages"),
            executions=fields.number("executions"),
            runtime=fields.number("runtime"),
            workers=tuple(Worker.from_api(row, dialect) for row in fields.items("workers")),
            create_time=fields.time("create_time"),
            last_update_time=fields.time("last_update_time"),
            api=dialect,
        )

    @property
    def label(self) -> str:
        """Return the name, or the id where nothing of it is seen."""
        return label_of(self.name, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What the executions of one actor used: CPU in nanoseconds, I/O in bytes, as the API sums them up."""

    cpu: int | None = None
    io: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminTotals:
    """What executions came to on the whole server; None where the API did not say. `runtime` is in seconds.

    `used` is what those of each actor used, by the actor's id.
    """

    actors: int | None = None
    executions: int | None = None
    runtime: int | None = None
    existing_actors: int | None = None
    existing_executions: int | None = None
    existing_runtime: int | None = None
    used: Mapping[str, Used] = field(default_factory=dict)

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read the admin list of executions: its summary, and a line for each actor."""
        whole = Fields(data, dialect)
        fields = Fields(whole.mapping("summary"), dialect)
        lines = [Fields(row, dialect) for row in whole.items("actors")]
        return cls(
            actors=fields.number("total_actors_all"),
            executions=fields.number("total_executions_all"),
            runtime=fields.number("total_execution_runtime_all"),
            existing_actors=fields.number("total_actors_existing"),
            existing_executions=fields.number("total_executions_existing"),
            existing_runtime=fields.number("total_execution_runtime_existing"),
            used={
                line.text("actor_id"): Used(
                    cpu=line.number("total_execution_cpu"), io=line.number("total_execution_io")
                )
                for line in lines
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Utilization:
    """How full the whole server is, all its tenants together."""

    current_actors: int | None = None
    total_actors: int | None = None
    workers: int | None = None
    command_queue: int | None = None

    @classmethod
    def from_api(cls, data: object) -> Self:
        """Read the counts, whose names are v2's in every version."""
        fields = Fields(data, V2())
        return cls(
            current_actors=fields.number("current_actors"),
            total_actors=fields.number("total_actors"),
            workers=fields.number("workers"),
            command_queue=fields.number("command_queue"),
        )
