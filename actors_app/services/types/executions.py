"""The execution: one message that was run or waits for it; their listing, its log, and a page of a search."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, Self, TypeVar

from actors_app.masking import Masker
from actors_app.services.dialects import Dialect
from actors_app.services.fields import Fields
from actors_app.services.times import parse_time

Outcome = Literal["succeeded", "failed", "oom", "halted", "error", "running", "waiting", "finished", "unknown"]

_FINISHED = frozenset({"COMPLETE", "ERROR"})
_RUNNING = frozenset({"RUNNING", "CREATING CONTAINER"})
_KILLED = frozenset({137, 143})  # 128 + SIGKILL or SIGTERM: a halt, or the time limit
# The link of a log to its execution, in both versions; v3 writes what stands before `/actors` or `/v3` wrongly.
_OF_LOG = re.compile(r"/([A-Za-z0-9]{1,64})/executions/([A-Za-z0-9]{1,64})$")
# What the API writes after the beginning of a log that is longer than it keeps.
LOG_CUT = "LOG LIMIT EXCEEDED; this execution log was TRUNCATED!"


_TIMES = frozenset({"StartedAt", "FinishedAt", "started_at", "finished_at"})  # of a final state


@dataclass(frozen=True, slots=True)
class ExecutionRow:
    """One row of `GET /actors/{id}/executions`: no exit code there, and times to the second."""

    id: str
    status: str
    message_received_time: datetime | None = None
    start_time: datetime | None = None
    finish_time: datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Whether it has ended, well or not."""
        return self.status in _FINISHED

    @property
    def is_running(self) -> bool:
        """Whether a worker runs it now."""
        return self.status in _RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionListing:
    """All executions of an actor with their totals: runtime in seconds, cpu in nanoseconds, io in bytes."""

    actor_id: str
    owner: str = ""
    total_executions: int | None = None
    total_cpu: int | None = None
    total_io: int | None = None
    total_runtime: int | None = None
    executions: tuple[ExecutionRow, ...] = ()

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read a listing; a row that is no object, or has no id, is left out."""
        fields = Fields(data, dialect)
        names = ("id", "status", "message_received_time", "start_time", "finish_time")
        id_, status, received, start, finish = (dialect.name(name) for name in names)
        rows = [row for row in fields.items("executions") if isinstance(row, dict)]
        return cls(
            actor_id=fields.text("actor_id"),
            owner=fields.text("owner"),
            total_executions=fields.number("total_executions"),
            total_cpu=fields.number("total_cpu"),
            total_io=fields.number("total_io"),
            total_runtime=fields.number("total_runtime"),
            # Thousands of rows: so without a Fields for each.
            executions=tuple(
                ExecutionRow(
                    row[id_],
                    row[status] if isinstance(row.get(status), str) else "",
                    parse_time(row.get(received)),
                    parse_time(row.get(start)),
                    parse_time(row.get(finish)),
                )
                for row in rows
                if isinstance(row.get(id_), str)
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One execution. `runtime` is in seconds, `cpu` in nanoseconds, `io` in bytes received; times are in UTC.

    `start_time`, `finish_time`, `exit_code` and `final_state` come only when it has ended, and not always
    then. On Kubernetes the end stands in the final state alone, and neither CPU nor I/O is measured.
    """

    id: str
    actor_id: str = ""
    executor: str = ""
    status: str = ""
    message_received_time: datetime | None = None
    start_time: datetime | None = None
    finish_time: datetime | None = None
    runtime: int | None = None
    cpu: int | None = None
    io: int | None = None
    worker_id: str | None = None
    exit_code: int | str | None = None
    final_state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read an execution; what is missing or of another type gets its default."""
        fields = Fields(data, dialect)
        code = fields.number("exit_code")
        final = without_secrets(fields.mapping("final_state"))
        is_measured = "finished_at" not in final  # on Kubernetes nothing is, and the zeros say nothing
        return cls(
            id=fields.text("id"),
            actor_id=fields.text("actor_id"),
            executor=fields.text("executor"),
            status=fields.text("status"),
            message_received_time=fields.time("message_received_time"),
            start_time=fields.time("start_time"),
            finish_time=fields.time("finish_time") or parse_time(final.get("finished_at")),
            runtime=fields.number("runtime"),
            cpu=fields.number("cpu") if is_measured else None,
            io=fields.number("io") if is_measured else None,
            worker_id=fields.text_or_none("worker_id"),
            exit_code=fields.text_or_none("exit_code") if code is None else code,
            final_state=final,
        )

    @property
    def is_finished(self) -> bool:
        """Whether it has ended, well or not."""
        return self.status in _FINISHED

    @property
    def is_running(self) -> bool:
        """Whether a worker runs it now."""
        return self.status in _RUNNING

    @property
    def outcome(self) -> Outcome:
        """Say how it ended: COMPLETE covers success, a failing exit code, a halt and the time limit."""
        if self.status == "ERROR":
            return "error"
        if self.is_running:
            return "running"
        if self.status == "SUBMITTED":
            return "waiting"
        if self.status != "COMPLETE":
            return "unknown"
        if self.final_state.get("OOMKilled") is True or self.final_state.get("reason") == "OOMKilled":
            return "oom"
        if isinstance(self.exit_code, str) or self.exit_code is None:
            return "finished"
        if self.exit_code in _KILLED:
            return "halted"
        return "succeeded" if self.exit_code == 0 else "failed"

    @property
    def queued_seconds(self) -> float | None:
        """Return the seconds from its message's arrival to its start, or None."""
        return _seconds(self.message_received_time, self.start_time)

    @property
    def run_seconds(self) -> float | None:
        """Return the seconds from its start to its end, or None while either is not known."""
        return _seconds(self.start_time, self.finish_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPage:
    """One page of a search: how many there are in all, how many were skipped, and these."""

    total: int | None = None
    skipped: int = 0
    executions: tuple[Execution, ...] = ()

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read a page of a search."""
        fields = Fields(data, dialect)
        about = Fields(fields.mapping("_metadata"), dialect)
        return cls(
            total=about.number("total_count"),
            skipped=about.number("records_skipped") or 0,
            executions=tuple(Execution.from_api(row, dialect) for row in fields.items("search")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What an execution wrote; empty when it has not started, wrote nothing, or its log has expired.

    Whose log it is stands nowhere but in its links, and in the addresses that it was asked for at.
    """

    text: str = ""
    actor_id: str = ""
    execution_id: str = ""

    @classmethod
    def from_api(cls, data: object, dialect: Dialect) -> Self:
        """Read a log."""
        fields = Fields(data, dialect)
        link = _OF_LOG.search(str(fields.mapping("_links").get("execution", "")))
        actor, execution = link.groups() if link else ("", "")
        return cls(text=fields.text("logs"), actor_id=actor, execution_id=execution)

    @property
    def is_cut(self) -> bool:
        """Whether the API kept only its beginning."""
        return self.text.rstrip().endswith(LOG_CUT)


def without_secrets(final_state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a final state without the secrets that the error of a start may quote."""
    masker = Masker()
    return {
        name: value if name in _TIMES or value is None or isinstance(value, bool | int | float) else masker.value(value)
        for name, value in final_state.items()
    }


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    # Two clocks may disagree by a little; nothing has taken less than no time.
    return max(0.0, (end - start).total_seconds()) if start and end else None


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SearchPage(Generic[T]):
    """One page of a search: its rows, how many there are in all (None where not said), and how many came before."""

    rows: tuple[T, ...] = ()
    total: int | None = None
    skipped: int = 0
