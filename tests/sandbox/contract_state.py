"""Put a sandbox's store into the state in which an answer was recorded, straight through SQLite.

What a recorded answer shows is put there first, so a read must show it again; what a recorded write found is in `BASE`
and in `BEFORE`, by the name of the case.
"""

# The names of tables and columns come from this file.
# ruff: noqa: S608

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

A, B, C = "zlVl01zOo4pXE", "0xqLm30klw3qG", "0xq17O7aVYMbL"  # plain, from a form, stateful
SHARED, BROKEN, SLEEPER, BUSY = "PYB3ZEjjr17Gq", "pYDNNeaRZrGkz", "0zOK0qy77aXQ7", "pB5WRlNlggoYz"
ALIAS, NONCE, READ_NONCE = "rec-alias-50866", "TACC-PROD_zy5Ol8aXE6W1q", "TACC-PROD_0zVJEjmMbgoXB"
CONFIG = "rec-config-50866"
OPEN_NONCE, WORKER, EXECUTION = "TACC-PROD_0zVYp7MZD4VBB", "0xqx3yRWN4jrB", "PYaE7Gm5DRJAN"
LONG_AGO, FAR_AWAY = "2020-01-01 00:00:00", "2099-01-01 00:00:00"
PLAIN = ["Internal/everyone", "Internal/abaco-user"]
PEOPLE = {
    "jdoe": PLAIN,
    "testuser": [*PLAIN, "Internal/abaco-admin"],
    "testshareuser": [*PLAIN, "Internal/abaco-privileged"],
    "testotheruser": ["Internal/abaco-limited"],
    "norole": ["Internal/nothing"],
}
EMPTY: dict[str, dict[str, Any]] = {
    "actor": {
        "name": None, "image": "abacosamples/test", "description": "", "owner": "jdoe", "status": "READY",
        "status_message": " ", "stateless": True, "state": "{}", "type": "none", "token": '"false"', "link": "",
        "webhook": "", "hints": "[]", "privileged": False, "use_container_uid": False,
        "default_environment": "{}", "queue": "default", "cron_on": False, "mounts": "[]", "revision": 1,
        "create_time": LONG_AGO, "last_update_time": LONG_AGO,
    },
    "execution": {
        "executor": "jdoe", "status": "SUBMITTED", "message_received_time": LONG_AGO, "runtime": 0, "cpu": 0, "io": 0,
    },
    "worker": {"status": "READY", "revision": 1, "create_time": LONG_AGO},
    "nonce": {
        "owner": "jdoe", "roles": json.dumps(PLAIN), "level": "EXECUTE", "max_uses": -1, "remaining_uses": -1,
        "current_uses": 0, "description": "", "create_time": LONG_AGO,
    },
    "alias": {"owner": "jdoe"},
    "config": {"value": "v1", "is_secret": False, "actors": A},
    "log": {"expires_at": FAR_AWAY},
}  # fmt: skip
ACTOR_NAMES = {  # of those that a list for admins shows, what is the actor's own
    "createTime", "defaultEnvironment", "id", "image", "lastUpdateTime", "name", "owner", "queue", "revision", "status",
    "statusMessage", "stateless", "token", "description",
}  # fmt: skip
KEYS = {"alias": "alias", "config": "name", "log": "execution_id"}
TABLES = (
    "person",
    "token",
    "actor",
    "permission",
    "alias",
    "config",
    "delivery",
    "nonce",
    "worker",
    "execution",
    "message",
    "log",
    "result",
)


class Store:
    """The store of a running sandbox whose engine is off."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.db = sqlite3.connect(path, timeout=20, isolation_level=None)

    def reset(self) -> None:
        """Empty the store and put the people and the base state there."""
        self.db.execute("BEGIN IMMEDIATE")
        self.empty(*TABLES)
        for name, roles in PEOPLE.items():
            self.insert("person", name=name, password=name, roles=json.dumps(roles), first_name="", last_name="")
            digest = sha256(f"token-{name}".encode()).hexdigest()
            self.insert("token", digest=digest, person=name, kind="access", expires_at=FAR_AWAY)
        self.put("actor", id=A)
        self.put("actor", id=B, name="form-actor")
        self.put("actor", id=C, name="full", stateless=False)
        self.put("actor", id=SHARED, owner="testshareuser")
        self.put("actor", id=BROKEN, image="nosuch/image:1", status="ERROR")
        self.put("actor", id=SLEEPER, image="abacosamples/sleep_loop")
        self.put("actor", id=BUSY)
        self.put("execution", id=EXECUTION, actor_id=A, status="COMPLETE")
        self.put("worker", id=WORKER, actor_id=A)
        self.db.execute("COMMIT")

    def empty(self, *tables: str) -> None:
        """Remove all rows of some tables."""
        for table in tables:
            self.db.execute(f"DELETE FROM sandbox_{table}")

    def insert(self, table: str, **values: Any) -> None:
        """Insert one row."""
        names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
        self.db.execute(f"INSERT INTO sandbox_{table} ({names}) VALUES ({marks})", list(values.values()))

    def put(self, table: str, **values: Any) -> None:
        """Insert a row with defaults for what is not said, in place of the one with its key."""
        key = KEYS.get(table, "id")
        self.db.execute(f'DELETE FROM sandbox_{table} WHERE "{key}" = ?', [values[key]])
        row = EMPTY[table] | values
        self.insert(table, **row)
        if table == "actor":
            self.grant(row["id"], row["owner"], "UPDATE")
        if table == "alias":
            self.grant(f"alias:{row['alias']}", row["owner"], "UPDATE")
        if table == "config":
            self.grant(f"config:{row['name']}", "jdoe", "UPDATE")

    def grant(self, subject: str, user: str, level: str) -> None:
        """Give somebody a level, if they have none yet."""
        self.db.execute("INSERT OR IGNORE INTO sandbox_permission (subject, user, level) VALUES (?, ?, ?)",
                        [subject, user, level])  # fmt: skip

    def remove_actor(self, actor: str) -> None:
        """Remove an actor as its deletion does."""
        self.db.execute("DELETE FROM sandbox_actor WHERE id = ?", [actor])
        self.db.execute("DELETE FROM sandbox_permission WHERE subject = ?", [actor])
        self.db.execute("DELETE FROM sandbox_worker WHERE actor_id = ?", [actor])

    def remove_alias(self, alias: str) -> None:
        """Remove an alias as its deletion does."""
        self.db.execute("DELETE FROM sandbox_alias WHERE alias = ?", [alias])
        self.db.execute("DELETE FROM sandbox_permission WHERE subject = ?", [f"alias:{alias}"])

    def set_levels(self, subject: str, levels: dict[str, str]) -> None:
        """Let these be all the permissions on something."""
        self.db.execute("DELETE FROM sandbox_permission WHERE subject = ?", [subject])
        for user, level in levels.items():
            self.grant(subject, user, level)

    def grant_owners(self) -> None:
        """Give every owner what they had when they registered their actor, which showing a search takes away."""
        self.db.execute("INSERT OR REPLACE INTO sandbox_permission (subject, user, level) "
                        "SELECT id, owner, 'UPDATE' FROM sandbox_actor")  # fmt: skip

    def show(self, caller: str, actor: str, result: Any, to_admins: bool = True) -> None:
        """Put what an answer shows into the store, so that asking shows it again, to the caller too.

        Admins need no permission; `to_admins` grants them one all the same, as searches ask for it.
        """
        if isinstance(result, dict) and "summary" in result:
            self.show_admin(result)
            return
        if isinstance(result, list) and result and "dbId" in result[0]:
            self.show_all(result)
            return
        found = result.get("search", result) if isinstance(result, dict) else result
        if isinstance(result, dict) and result.get("search"):
            self.db.execute("DELETE FROM sandbox_permission WHERE user = ?", [caller])
            for number in range(result["_metadata"]["recordsSkipped"]):
                self.put("actor", id=f"earlierActor{number}", owner=caller)
        records = found if isinstance(found, list) else [found]
        if isinstance(result, dict) and isinstance(result.get("messages"), int):
            self.show_mailbox(actor, result["messages"])
        if any(isinstance(record, dict) and "lastHealthCheckTime" in record for record in records):
            self.db.execute("DELETE FROM sandbox_worker WHERE actor_id = ?", [actor])
        for record in records:
            for table, row in rows_of(record, actor):
                if table != "actor" or "image" in row or not self.has_actor(row["id"]):
                    self.put(table, **row)
                if caller and table != "config" and (to_admins or caller != "testuser"):
                    self.grant(row.get("actor_id") or row["id"], caller, "READ")

    def has_actor(self, actor: str) -> bool:
        """Say whether there is an actor."""
        return self.db.execute("SELECT 1 FROM sandbox_actor WHERE id = ?", [actor]).fetchone() is not None

    def show_mailbox(self, actor: str, number: int) -> None:
        """Put so many messages into an actor's mailbox."""
        self.db.execute("DELETE FROM sandbox_message WHERE actor_id = ?", [actor])
        for place in range(number):
            row = {"actor_id": actor, "execution_id": f"e{place}", "environment": "{}", "taken": False}
            self.insert("message", **row, version="actors/v2")

    def show_all(self, actors: list[dict[str, Any]]) -> None:
        """Put the actors that a list for admins shows into the store: all of them, and nothing else."""
        self.empty("actor", "worker", "execution", "message")
        for actor in actors:
            own = {name: value for name, value in actor.items() if name in ACTOR_NAMES}
            self.put("actor", **columns(own))
            self.show_mailbox(actor["id"], actor["messages"])
            for execution in executions_of(actor):
                self.insert("execution", **execution)
            for worker in actor["workers"]:
                self.put("worker", **columns(worker | {"actorId": actor["id"]}))

    def show_admin(self, result: dict[str, Any]) -> None:
        """Put what a list for admins shows into the store: all of it, and nothing else."""
        summary = result["summary"]
        self.db.execute("BEGIN IMMEDIATE")
        self.empty("actor", "worker", "execution")
        for worker in result.get("workers", ()):
            row = columns(worker)
            row.pop("actor_dbid")
            self.put("worker", **row)
            self.put("actor", id=worker["actorId"])
        for place, actor in enumerate(result.get("actors", ())):
            self.put("actor", id=actor["actorId"], owner=actor["owner"], image=actor["image"])
            received = str(datetime(2026, 1, 1) + timedelta(seconds=place))
            for number in range(actor["totalExecutions"]):
                sums = {name: 0 if number else actor[f"totalExecution{name.title()}"] for name in ("cpu", "io")}
                sums["runtime"] = 0 if number else actor["totalExecutionRuntime"]
                row = EMPTY["execution"] | sums | {"message_received_time": received}
                self.insert("execution", id=f"e{place}-{number}", actor_id=actor["actorId"], **row)
        idle = summary.get("actorsNoWorkers", 0)
        for number in range(idle):
            self.put("actor", id=f"idle{number}")
        for worker in result.get("workers", ())[: max(-idle, 0)]:  # it outlived its actor
            self.db.execute("DELETE FROM sandbox_actor WHERE id = ?", [worker["actorId"]])
        for number in range(
            summary.get("totalActorsExisting", 0) - summary.get("totalActorsExistingWithExecutions", 0)
        ):
            self.put("actor", id=f"unused{number}")
        self.db.execute("COMMIT")


def executions_of(actor: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield as many executions as an actor in a list for admins has had, with its run time in the first."""
    for number in range(actor["executions"]):
        row = {"runtime": 0 if number else actor["runtime"]}
        yield EMPTY["execution"] | row | {"id": f"{actor['id']}{number}", "actor_id": actor["id"]}


def rows_of(record: Any, actor: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows from which an answer's record is shown, each with its table."""
    if isinstance(record, dict) and "isSecret" in record:
        return [("config", {"value": None} | columns(record))]
    if isinstance(record, dict) and "lastHealthCheckTime" in record:
        return [("worker", columns(record) | {"actor_id": actor})]
    if not isinstance(record, dict) or "_links" not in record:
        return []
    if "executions" in record:
        return listing_rows(record)
    row = columns(record)
    row.pop("api_server", None)
    if "cron_on" in row:
        row.setdefault("queue", None)
    if "logs" in record:
        *_, owner, _, execution, _ = record["_links"]["self"].split("/")
        executor = record["_links"]["owner"].rsplit("/", 1)[-1]
        log = {"execution_id": execution, "actor_id": owner, "text": record["logs"]}
        actor_row = {"id": owner, "owner": executor}
        return [("actor", actor_row), ("execution", {"id": execution, "actor_id": owner}), ("log", log)]
    if "alias" in record and "level" not in record:
        return [("alias", row)]
    if "level" in record:
        return [("nonce", row)]
    if "executor" in record:
        return [("execution", row)]
    if "image" in record:
        return [("actor", row)]
    return []


def listing_rows(record: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a listing; its totals go to the first, its order is kept by milliseconds."""
    rows: list[tuple[str, dict[str, Any]]] = [("actor", {"id": record["actorId"], "owner": record["owner"]})]
    for number, short in enumerate(record["executions"]):
        row = {"id": short["id"], "actor_id": record["actorId"], "status": short["status"]}
        for name in ("messageReceivedTime", "startTime", "finishTime"):
            if short[name]:
                moment = parsedate_to_datetime(short[name]).replace(tzinfo=None) + timedelta(milliseconds=number)
                row[snake(name)] = str(moment)
        if number == 0:
            row |= {"cpu": record["totalCpu"], "io": record["totalIo"], "runtime": record["totalRuntime"]}
        rows.append(("execution", row))
    return rows


def columns(record: dict[str, Any]) -> dict[str, Any]:
    """Write an answer's record as a row."""
    skipped = {"_links", "apiServer", "uid", "gid", "tasdir", "tenant", "executorUid", "executorGid"}
    return {snake(name): column(name, value) for name, value in record.items() if name not in skipped}


def column(name: str, value: Any) -> Any:
    """Write one value as SQLite keeps it."""
    if value in (None, "None"):
        return None
    if name.endswith("Time"):
        return str(moment_of(value))
    if name in ("state", "token", "hints", "defaultEnvironment", "mounts", "roles", "finalState"):
        return json.dumps(value)
    return value


def moment_of(text: str) -> datetime:
    """Read a time in any of the forms in which the API writes it."""
    if text.endswith("GMT"):
        return parsedate_to_datetime(text).replace(tzinfo=None)
    return datetime.fromisoformat(re.sub(r"Z(\d*)$", lambda found: found[1], text))


def snake(name: str) -> str:
    """Write a camelCase name in snake_case."""
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), name)


def _with_nonces(store: Store) -> None:
    for nonce, level, uses in ((NONCE, "EXECUTE", 1), (READ_NONCE, "READ", 3), (OPEN_NONCE, "EXECUTE", -1)):
        store.put("nonce", id=nonce, actor_id=A, level=level, max_uses=uses, remaining_uses=uses)


def _with_alias(target: str) -> Callable[[Store], None]:
    return lambda store: store.put("alias", alias=ALIAS, actor_id=target)


def _with_config(store: Store) -> None:
    store.put("config", name=CONFIG)


def _without(actor: str) -> Callable[[Store], None]:
    return lambda store: store.remove_actor(actor)


def _cron(store: Store) -> None:
    store.put("actor", id=C, name="full", stateless=False, cron_schedule="2031-01-01 10 + 2 days",
              cron_next_ex="2031-01-01 10", cron_on=True)  # fmt: skip


def _cron_off(store: Store) -> None:
    _cron(store)
    store.db.execute("UPDATE sandbox_actor SET cron_on = 0 WHERE id = ?", [C])


def _second_revision(store: Store) -> None:
    store.put("actor", id=B, name="form-actor", image="abacosamples/wc", revision=2)


def _granted(*grants: tuple[str, str]) -> Callable[[Store], None]:
    return lambda store: [store.grant(A, user, level) for user, level in grants] and None


def _two_workers(store: Store) -> None:
    store.put("worker", id="aSecondWorker", actor_id=A, create_time=FAR_AWAY)


BEFORE: dict[str, Callable[[Store], None]] = {
    "actor_get_by_alias": _with_alias(A),
    "actors_delete_again": _without(A),
    "actors_delete_again_admin": _without(A),
    "actors_get_deleted": _without(A),
    "actors_get_deleted_admin": _without(A),
    "actors_update_cron_off": _cron,
    "actors_update_force": _second_revision,
    "actors_update_same_image": _second_revision,
    "aliases_create_duplicate": _with_alias(A),
    "aliases_delete": _with_alias(B),
    "aliases_delete_denied": _with_alias(A),
    "aliases_get_denied": _with_alias(A),
    "aliases_nonces_create": _with_alias(A),
    "aliases_nonces_create_update_level": _with_alias(A),
    "aliases_permissions_get": _with_alias(A),
    "aliases_permissions_post": _with_alias(A),
    "aliases_put": _with_alias(A),
    "aliases_put_missing": _with_alias(A),
    "aliases_put_unknown_actor": _with_alias(A),
    "aliases_put_with_alias": _with_alias(A),
    "configs_delete": _with_config,
    "configs_permissions": _with_config,
    "executions_by_alias_limit": _with_alias(A),
    "executions_of_deleted": _without(A),
    "executions_of_deleted_admin": _without(A),
    "messages_post_by_alias": _with_alias(A),
    "messages_to_deleted": _without(A),
    "nonce_use_bad": _with_nonces,
    "nonce_use_other_actor": _with_nonces,
    "nonce_use_read_to_execute": _with_nonces,
    "nonce_use_unlimited_get": _with_nonces,
    "nonces_delete": _with_nonces,
    "permissions_get_after": _granted(("testotheruser", "READ"), ("ABACO_WORLD", "READ"), ("first.last", "READ")),
    "permissions_get_by_reader": _granted(("testotheruser", "READ")),
    "permissions_none": _granted(("testotheruser", "READ"), ("ABACO_WORLD", "READ"), ("first.last", "READ")),
    "permissions_post_by_reader_denied": _granted(("testotheruser", "READ")),
    "permissions_world": _granted(("testotheruser", "READ")),
    "state_post_dict": _cron_off,
    "state_post_number": _cron_off,
    "workers_delete_gone": lambda store: store.db.execute("DELETE FROM sandbox_worker") and None,
    "workers_list_search": _two_workers,
    "logs_get_truncated": lambda store: store.put("execution", id="006VrRrVxxybG", actor_id=BUSY),
    "workers_of_deleted_admin": _without(A),
}
