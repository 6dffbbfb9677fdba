"""Which names an answer uses, and whether they are those of the dialect that the portal was set to.

A server of v2 writes its names in camelCase or in snake_case, by a setting of its own, and v3 in snake_case with
`metadata` in each envelope. Read by the wrong names, an actor has lost its environment, its schedule and its limits,
and an update that starts from it takes them away. So no answer is believed whose names are another dialect's.
"""

import time
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from actors_app.services.calls import Call
from actors_app.services.dialects import DIALECTS, Dialect, camel
from actors_app.services.errors import AbacoError, NamingMismatch
from actors_app.services.types.actor_fields import FIELD

# The names of the API's own records that the dialects write otherwise. `/actors/utilization` is in camelCase in all.
TELLING = frozenset(
    {
        # of an actor, its workers and nonces
        *(name for name in FIELD if "_" in name),
        "create_time", "cron_next_ex", "last_update_time", "status_message",
        "ch_name", "host_id", "host_ip", "last_execution_time", "last_health_check_time",
        "current_uses", "last_use_time", "max_uses", "remaining_uses",
        # of an execution, the listing of them, an alias, a config, and a message that was sent
        "actor_id", "api_server", "executor_gid", "executor_uid", "exit_code", "final_state", "finish_time",
        "message_received_time", "start_time", "worker_id",
        "total_cpu", "total_executions", "total_io", "total_runtime",
        "is_secret", "execution_id",
        # of a search, and of what administrators are shown
        "count_returned", "record_limit", "records_skipped", "total_count",
        "actor_dbid", "db_id", "total_actors_all", "total_execution_cpu", "total_executions_all", "total_workers",
    }
)  # fmt: skip
# Where an answer's result holds records of its own.
_INNER = ("_metadata", "summary", "search", "workers", "actors", "executions")
_LASTS = 600.0  # seconds for which an answer has shown the names; a server may be set anew


class Naming:
    """What answers have shown lately of the names of one API."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_known(self) -> bool:
        """Whether an answer has shown, not long ago, that the names are those of the dialect."""
        return time.monotonic() < self._until

    def confirm(self) -> None:
        """Note that an answer has the names of the dialect."""
        self._until = time.monotonic() + _LASTS

    def doubt(self) -> None:
        """Note that an answer has other names."""
        self._until = 0.0


@lru_cache(maxsize=64)
def naming_of(root: str, version: str) -> Naming:
    """Return what this process knows of the names of an API, by its root and the version it is set to."""
    return Naming()


def check(call: Call, dialect: Dialect, result: object, has_metadata: bool | None) -> bool:
    """Return whether the names of a result are seen to be those of a dialect.

    `has_metadata` says whether the envelope has `metadata`, None where that cannot be told. Raises NamingMismatch
    where either is another dialect's. Only the names of the API's own records count: what they hold is somebody's.
    """
    own_names, foreign_names = _spellings(dialect.writes_camel)
    is_told = False
    for record in _records(result):
        if not foreign_names.keys().isdisjoint(record) and any(
            # What is there in both spellings can be read.
            name in record and ours not in record
            for name, ours in foreign_names.items()
        ):
            camel_case = not dialect.writes_camel
            raise _mismatch(call, dialect, _versions(has_metadata, camel_case) or _versions(None, camel_case))
        is_told = is_told or not own_names.isdisjoint(record)
    is_other = has_metadata is not None and has_metadata != dialect.has_metadata
    # Where no version writes these names in such an envelope, a newer server has changed its envelope alone.
    if is_other and (versions := _versions(has_metadata, dialect.writes_camel if is_told else None)):
        raise _mismatch(call, dialect, versions)
    return is_told


@cache
def _spellings(writes_camel: bool) -> tuple[frozenset[str], dict[str, str]]:
    """Return the telling names as a dialect writes them, and what others write for them."""
    pairs = {camel(name): name for name in TELLING}
    return (frozenset(pairs), {name: ours for ours, name in pairs.items()}) if writes_camel else (TELLING, pairs)


def _records(result: object) -> Iterator[dict[str, Any]]:
    """Yield what a result holds of the API's own records: itself, its rows, or what stands in it under their names."""
    if isinstance(result, list):
        yield from (row for row in result if isinstance(row, dict))
    if not isinstance(result, dict):
        return
    yield result
    for name in _INNER:
        inner = result.get(name)
        if isinstance(inner, dict):
            yield inner
        elif isinstance(inner, list):
            # There may be tens of thousands, and whoever wrote the first wrote them all.
            yield from (row for row in inner[:1] if isinstance(row, dict))


def _versions(has_metadata: bool | None, writes_camel: bool | None) -> list[str]:
    """Return the versions that answer so; what is None was not seen."""
    return [
        version
        for version, dialect in ((version, make()) for version, make in DIALECTS.items())
        if has_metadata in (None, dialect.has_metadata) and writes_camel in (None, dialect.writes_camel)
    ]


def _mismatch(call: Call, dialect: Dialect, versions: list[str]) -> AbacoError:
    error = NamingMismatch.between(" or ".join(versions), dialect.version, str(call))
    return error.mark_changed("yes") if call.is_write else error
