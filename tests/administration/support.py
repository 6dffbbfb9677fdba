"""What the API tells an administrator, and anybody else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.conftest import API
from tests.support.payloads import actor_payload, totals_payload

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings" / "v2-snake"


URL, WORKERS = "/administration/", "/workers/"


PROBE = "/actors/v2/aliases/admin-role-probe"


ADMIN = "/actors/v2/admin"


def is_admin(api: API) -> None:
    api.refuse("GET", PROBE, "No alias found: admin-role-probe.", 404)


def is_none(api: API) -> None:
    api.refuse("GET", PROBE, "Abaco Admin role required.")


def lists(api: API, *actors: dict[str, Any], workers: Any = (), listed: Any = None) -> None:
    """Let the API answer an administrator."""
    api.get(ADMIN, list(actors))
    api.get(f"{ADMIN}/workers", {"summary": {}, "workers": list(workers)})
    api.get(f"{ADMIN}/executions", totals_payload())
    api.get("/actors/v2", [actor_payload()] if listed is None else listed)


def asked(api: API, path: str) -> int:
    return sum(request.path_url.partition("?")[0] == path for request in api.asked)


def minutes_ago(number: int) -> str:
    return f"{datetime.now(UTC) - timedelta(minutes=number):%Y-%m-%dT%H:%M:%S.000Z}"


STUCK = [
    ({"messages": 3, "status": "ERROR", "statusMessage": "no such <image>"}, [], "no such &lt;image&gt;"),
    ({"messages": 3}, [], "no worker active or requested"),
    ({"messages": 3, "status": "SHUTTING_DOWN"}, [], "is being deleted"),
    ({"messages": 3}, [("SHUTDOWN_REQUESTED", 9)], "has no process left"),
    ({"messages": 3}, [("REQUESTED", 9)], "not picked up by a spawner"),
    ({"messages": 3}, [("REQUESTED", 9)], "starting for too long"),
    ({"messages": 3}, [("ERROR", 1)], "Workers failed to start."),
    ({"messages": 0}, [("PULLING IMAGE", 40)], "Requested 40 minutes ago, still pulling its image"),
    ({"messages": 0}, [("CREATING CONTAINER", 9)], "spawner may be down"),
    ({"messages": 3}, [("REQUESTED", 1)], "Nothing is stuck."),
    ({"messages": 3}, [("REQUESTED", 9), ("BUSY", 9)], "not picked up by a spawner"),
    ({"messages": 3}, [("READY", 9)], "Nothing is stuck."),
]
