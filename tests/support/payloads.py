"""What the Actors API answers, as small as a test needs it; the shapes are those of `tests/recordings`."""

import re
from collections.abc import Callable
from typing import Any

API = "https://api.example.org"
ACTOR_ID = "zlVl01zOo4pXE"
EXECUTION_ID = "PYaE7Gm5DRJAN"
WORKER_ID = "0xqx3yRWN4jrB"
NONCE_ID = "TACC-PROD_zy5Ol8aXE6W1q"


def envelope(result: Any, message: str = "The request was successful") -> dict[str, Any]:
    """Wrap a result as the API does."""
    return {"message": message, "result": result, "status": "success", "version": "1.9.0"}


def refusal(message: str) -> dict[str, Any]:
    """Return the envelope of a refusal."""
    return {"message": message, "result": None, "status": "error", "version": "1.9.0"}


def actor_payload(**changes: Any) -> dict[str, Any]:
    """Return an actor that is READY."""
    return {
        "_links": {},
        "createTime": "2026-11-20T10:00:00.123Z",
        "cronOn": False,
        "defaultEnvironment": {"greeting": "hello"},
        "description": "Counts words.",
        "hints": [],
        "id": ACTOR_ID,
        "image": "abacosamples/wc",
        "lastUpdateTime": "2026-11-22T10:00:00.12Z0",
        "link": "",
        "mounts": [],
        "name": "word-count",
        "owner": "jdoe",
        "privileged": False,
        "queue": "default",
        "revision": 2,
        "state": {},
        "stateless": True,
        "status": "READY",
        "statusMessage": " ",
        "token": "false",
        "type": "none",
        "useContainerUid": False,
        "webhook": "",
        **changes,
    }


def execution_payload(**changes: Any) -> dict[str, Any]:
    """Return an execution that succeeded."""
    return {
        "_links": {},
        "actorId": ACTOR_ID,
        "apiServer": API,
        "cpu": 104246013,
        "executor": "jdoe",
        "exitCode": 0,
        "finalState": {"ExitCode": 0, "OOMKilled": False, "Status": "exited", "Error": ""},
        "finishTime": "2026-11-23T16:20:42.628Z",
        "id": EXECUTION_ID,
        "io": 4527,
        "messageReceivedTime": "2026-11-23T16:20:41.522Z",
        "runtime": 1,
        "startTime": "2026-11-23T16:20:41.627Z",
        "status": "COMPLETE",
        "workerId": WORKER_ID,
        **changes,
    }


def execution_row(**changes: Any) -> dict[str, Any]:
    """Return one row of the listing of an actor's executions, with its RFC 1123 times."""
    return {
        "id": EXECUTION_ID,
        "status": "COMPLETE",
        "messageReceivedTime": "Mon, 23 Nov 2026 16:20:41 GMT",
        "startTime": "Mon, 23 Nov 2026 16:20:41 GMT",
        "finishTime": "Mon, 23 Nov 2026 16:20:42 GMT",
        **changes,
    }


def listing_payload(*rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the listing of an actor's executions."""
    return {
        "_links": {},
        "actorId": ACTOR_ID,
        "apiServer": API,
        "executions": list(rows),
        "owner": "jdoe",
        "totalCpu": 0,
        "totalExecutions": len(rows),
        "totalIo": 0,
        "totalRuntime": 0,
        **changes,
    }


def search_payload(*found: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    """Return the result of a search."""
    count = len(found)
    return {
        "_metadata": {
            "countReturned": count,
            "recordLimit": 100,
            "recordsSkipped": 0,
            "totalCount": count if total is None else total,
        },
        "search": list(found),
    }


def worker_payload(**changes: Any) -> dict[str, Any]:
    """Return a worker that is READY."""
    return {
        "chName": f"worker_{WORKER_ID}",
        "cid": "1ed19cd6aa70",
        "createTime": "2026-11-23T16:20:39.061Z",
        "hostId": "0",
        "hostIp": "172.17.0.1",
        "id": WORKER_ID,
        "image": "abacosamples/wc",
        "lastExecutionTime": "2026-11-23T16:20:56.493Z",
        "lastHealthCheckTime": "2026-11-23T16:20:39.059Z",
        "location": "unix://var/run/docker.sock",
        "status": "READY",
        "tenant": "TACC-PROD",
        **changes,
    }


def nonce_payload(**changes: Any) -> dict[str, Any]:
    """Return a nonce with one use left."""
    return {
        "_links": {},
        "actorId": ACTOR_ID,
        "apiServer": API,
        "createTime": "2026-11-23T16:21:05.701Z",
        "currentUses": 0,
        "description": "for the pipeline",
        "id": NONCE_ID,
        "lastUseTime": "None",
        "level": "EXECUTE",
        "maxUses": 1,
        "owner": "jdoe",
        "remainingUses": 1,
        "roles": ["Internal/everyone"],
        **changes,
    }


def alias_payload(**changes: Any) -> dict[str, Any]:
    """Return an alias as `GET /actors/aliases/{alias}` gives it."""
    return {"alias": "my-alias", "actorId": ACTOR_ID, "owner": "jdoe", "_links": {}} | changes


def config_payload(**changes: Any) -> dict[str, Any]:
    """Return a config as `GET /actors/configs` lists it."""
    return {"name": "my-config", "value": "v1", "isSecret": False, "actors": ACTOR_ID} | changes


def admin_actor_payload(**changes: Any) -> dict[str, Any]:
    """Return an actor as `GET /actors/admin` lists it."""
    kept = {name: value for name, value in actor_payload().items() if name != "_links"}
    return {
        **kept,
        "tenant": "TACC-PROD",
        "apiServer": API,
        "dbId": f"TACC-PROD_{ACTOR_ID}",
        "createTime": "Fri, 20 Nov 2026 10:00:00 GMT",
        "lastUpdateTime": "Sun, 22 Nov 2026 10:00:00 GMT",
        "messages": 0,
        "executions": 7,
        "runtime": 70,
        "workers": [],
        **changes,
    }


def utilization_payload() -> dict[str, Any]:
    """Return what `GET /actors/utilization` gives."""
    return {"currentActors": 310, "totalActors": 4120, "workers": 42, "commandQueue": 3}


def totals_payload() -> dict[str, Any]:
    """Return what `GET /actors/admin/executions` gives."""
    summary = {
        "totalActorsAll": 40,
        "totalExecutionsAll": 9001,
        "totalExecutionRuntimeAll": 7200,
        "totalActorsExisting": 30,
        "totalExecutionsExisting": 5004,
        "totalExecutionRuntimeExisting": 3600,
    }
    used = {
        "actorId": ACTOR_ID,
        "owner": "demo",
        "image": "abacosamples/test",
        "totalExecutions": 7,
        "totalExecutionCpu": 9_000_000_000,
        "totalExecutionIo": 2_500_000,
        "totalExecutionRuntime": 70,
    }
    return {"summary": summary, "actors": [used]}


_INNER = ("search", "_metadata", "executions", "workers", "actors", "summary")


def snake_name(name: str) -> str:
    """Return a name in snake_case."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)


def snake(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a payload in snake_case, with the nulls that such a version keeps of an actor."""
    nulls = (
        ("log_ex", "max_workers", "max_cpus", "mem_limit", "cron_schedule") if "defaultEnvironment" in payload else ()
    )
    return dict.fromkeys(nulls) | {snake_name(name): value for name, value in payload.items()}


def respelled(result: Any, write: Callable[[str], str] = snake_name) -> Any:
    """Return a result with the names of its records written otherwise; the utilization's are the same everywhere."""
    if isinstance(result, list):
        return [respelled(one, write) for one in result]
    if not isinstance(result, dict) or "commandQueue" in result:
        return result
    return {write(name): respelled(one, write) if name in _INNER else one for name, one in result.items()}
