"""The worker: a process at the API that runs an actor's messages one after another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from actors_app.services.dialects import Dialect
from actors_app.services.fields import Fields
from actors_app.services.types.actors import status_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker; image, container and host are None until it is READY, when `create_time` is set anew."""

    id: str
    status: str = ""
    tenant: str | None = None
    actor_id: str = ""  # only where workers of several actors are listed
    image: str | None = None
    location: str | None = None
    cid: str | None = None
    host_id: str | None = None
    host_ip: str | None = None
    ch_name: str | None = None
    create_time: datetime | None = None
    last_execution_time: datetime | None = None
    last_health_check_time: datetime | None = None

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read a worker; what is missing or of another type gets its default."""
        fields = Fields(data, dialect)
        return cls(
            id=fields.text("id"),
            status=fields.text("status"),
            tenant=fields.text_or_none("tenant"),
            actor_id=fields.text("actor_id"),
            image=fields.text_or_none("image"),
            location=fields.text_or_none("location"),
            cid=fields.text_or_none("cid"),
            host_id=fields.text_or_none("host_id"),
            host_ip=fields.text_or_none("host_ip"),
            ch_name=fields.text_or_none("ch_name"),
            create_time=fields.time("create_time"),
            last_execution_time=fields.time("last_execution_time"),
            last_health_check_time=fields.time("last_health_check_time"),
        )

    @property
    def is_ready(self) -> bool:
        """Whether it waits for a message."""
        return self.status == "READY"

    @property
    def is_busy(self) -> bool:
        """Whether it runs an execution now."""
        return self.status == "BUSY"

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop; its record goes later."""
        return self.status in ("SHUTDOWN_REQUESTED", "SHUTTING_DOWN")

    @property
    def status_words(self) -> str:
        """Return the status as words."""
        return status_words(self.status)

    @property
    def is_starting(self) -> bool:
        """Whether it was asked for and has not been ready yet."""
        return self.status in ("REQUESTED", "SPAWNER SETUP", "PULLING IMAGE", "CREATING CONTAINER")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPage:
    """One page of a search for workers: how many there are in all, and these."""

    total: int | None = None
    workers: tuple[Worker, ...] = ()

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read a page of a search."""
        fields = Fields(data, dialect)
        about = Fields(fields.mapping("_metadata"), dialect)
        workers = tuple(Worker.from_api(row, dialect) for row in fields.items("search"))
        return cls(total=about.number("total_count"), workers=workers)
