"""Records as answers show them: every field of a row in snake_case, with its times written and its links made.

The dialect then names the fields; which of them are left out when empty is its business too.
"""

from typing import Any

from sandbox import times
from sandbox.dialect import V2, Record
from sandbox.models import Actor, Alias, Config, Execution, Nonce, Permission, Worker

ACTOR_FIELDS = (
    "id", "name", "image", "description", "owner", "status", "status_message", "stateless", "state", "type", "token",
    "link", "webhook", "hints", "privileged", "max_workers", "mem_limit", "max_cpus", "use_container_uid",
    "run_as_executor", "default_environment", "tasdir", "uid", "gid", "queue", "log_ex", "cron_schedule",
    "cron_next_ex", "cron_on", "mounts", "revision",
)  # fmt: skip
EXECUTION_FIELDS = (
    "id", "actor_id", "executor", "status", "runtime", "cpu", "io", "worker_id", "exit_code", "final_state",
)  # fmt: skip
WORKER_FIELDS = ("id", "status", "image", "location", "cid", "host_id", "host_ip", "ch_name")
REQUEST_FIELDS = ("id", "status", "create_time", "actor_id")  # of a worker that is not ready
NONCE_FIELDS = (
    "id", "actor_id", "alias", "level", "max_uses", "remaining_uses", "current_uses", "description", "owner", "roles",
)  # fmt: skip


def _taken(row: object, names: tuple[str, ...]) -> Record:
    return {name: getattr(row, name) for name in names}


def actor_record(actor: Actor, dialect: V2, keep_nulls: bool = False) -> Record:
    """Write an actor, as `GET /actors/{id}` does."""
    record: dict[str, Any] = _taken(actor, ACTOR_FIELDS)
    record |= {
        "create_time": times.shown(actor.create_time),
        "last_update_time": times.shown(actor.last_update_time),
        "_links": {
            "self": dialect.link(actor.id),
            "owner": dialect.owner_link(actor.owner),
            "executions": dialect.link(actor.id, "executions"),
        },
    }
    return dialect.record(dialect.actor(record), keep_nulls)


def execution_record(execution: Execution, dialect: V2, in_search: bool = False) -> Record:
    """Write an execution, as `GET /actors/{id}/executions/{eid}` does, or as a search does.

    A search keeps nulls, leaves `apiServer` out, and links the logs to a place that does not exist.
    """
    record: dict[str, Any] = _taken(execution, EXECUTION_FIELDS)
    here = ("executions", execution.id)
    record |= {
        "message_received_time": times.shown(execution.message_received_time),
        "start_time": times.shown(execution.start_time),
        "finish_time": times.shown(execution.finish_time),
        "_links": {
            "self": dialect.link(execution.actor_id, *here),
            "owner": dialect.owner_link(execution.executor),
            "logs": dialect.link(execution.actor_id, *(() if in_search else here), "logs"),
        },
    }
    if not in_search:
        record["api_server"] = dialect.api_server
    return dialect.record(dialect.execution(record), keep_nulls=in_search)


def worker_record(worker: Worker, dialect: V2, in_search: bool = False, keep_nulls: bool = False) -> Record:
    """Write a worker, as `GET /actors/{id}/workers` does; a search names the actor instead of the tenant.

    In a search a worker has the fields that its record has in the store: until it is ready, those of its request.
    """
    record: dict[str, Any] = _taken(worker, WORKER_FIELDS)
    record |= {
        "create_time": times.shown(worker.create_time),
        "last_execution_time": times.shown_or_none_word(worker.last_execution_time),
        "last_health_check_time": times.shown_or_none_word(worker.last_health_check_time),
    }
    record |= {"actor_id": worker.actor_id} if in_search else {"tenant": dialect.tenant}
    if in_search and worker.host_id is None:
        return dialect.record({name: record[name] for name in REQUEST_FIELDS}, keep_nulls=True)
    return dialect.record(dialect.worker(record), keep_nulls=in_search or keep_nulls)


def nonce_record(nonce: Nonce, dialect: V2) -> Record:
    """Write a nonce with its id, as `GET /actors/{id}/nonces` does."""
    record: dict[str, Any] = _taken(nonce, NONCE_FIELDS)
    if nonce.alias is None:
        del record["alias"]  # in every version
    shown = dialect.nonce_id(nonce.id)
    owner_of = str(nonce.actor_id)  # Abaco writes the word None into the links of an alias nonce.
    record |= {
        "id": shown,
        "roles": dialect.roles(nonce.roles),
        "api_server": dialect.api_server,
        "create_time": times.shown(nonce.create_time),
        "last_use_time": times.shown_or_none_word(nonce.last_use_time),
        "_links": {
            "self": dialect.link(owner_of, "nonces", shown),
            "owner": dialect.owner_link(nonce.owner),
            "actor": dialect.link(owner_of),
        },
    }
    return dialect.record(record)


def alias_record(alias: Alias, dialect: V2) -> Record:
    """Write an alias, as `GET /actors/aliases/{alias}` does."""
    links = {
        "self": dialect.link("aliases", alias.alias),
        "owner": dialect.owner_link(alias.owner),
        "actor": dialect.link(alias.actor_id),
    }
    fields = {"alias": alias.alias, "actor_id": alias.actor_id, "owner": alias.owner, "_links": links}
    return dialect.record(fields)


def config_record(config: Config, dialect: V2) -> Record:
    """Write a config, as `GET /actors/configs` does; the value of a secret one is its ciphertext."""
    return dialect.record(_taken(config, ("name", "value", "is_secret", "actors")))


def permission_map(subject: str) -> Record:
    """Write who may do what with an actor, alias or config; a dot in a user's name nests, as in Abaco's store."""
    levels: Record = {}
    for user, level in Permission.objects.filter(subject=subject).order_by("id").values_list("user", "level"):
        inner = levels
        *outer, last = user.split(".")
        for part in outer:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                break
        else:
            inner[last] = level
    return levels
