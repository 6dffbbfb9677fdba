"""Every operation of the JSON API, with something to send; the tests of what holds for all of them need a row for each.

A new operation needs a row here: `test_contract.py` fails without one.
"""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from actors_app.bulk.actor_plans import ActorPlan
from actors_app.bulk.plans import Item
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.nonces.notes import nonce_handle
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, NONCE_ID, WORKER_ID

VALUES = {
    "actor_id": ACTOR_ID,
    "execution_id": EXECUTION_ID,
    "worker_id": WORKER_ID,
    "alias": ACTOR_ID,  # so that a nonce's handle is the same for both
    "config": "my-config",
    "result_id": 1,
    "revision_id": 1,
    "handle": nonce_handle(ACTOR_ID, NONCE_ID),
}


@dataclass(frozen=True)
class Operation:
    """A method of an address: what to send, the status of success, and another body that may be sent as well."""

    name: str
    method: str
    body: Any = None
    status: int = 200
    other: Any = None
    asks: bool = True  # whether it depends on what the Actors API says
    media: str = "application/json"
    records: bool = True  # whether, being a write, it leaves a start and an end in the trail
    reveals: bool = True  # whether, not doing so, it leaves there that a secret was shown
    writes: int = 1  # calls that change something at the Actors API
    is_noted: bool = False  # whether, being a read, it leaves in the trail that something was taken
    query: str = ""  # what must stand after the `?`

    @property
    def address(self) -> str:
        """Return the address, with ids of things that exist."""
        from django.urls import get_resolver

        names = get_resolver("actors_app.api_urls").reverse_dict.getlist(self.name)[0][0][0][1]
        values = VALUES | {"entry_id": AuditEntry.objects.values_list("pk", flat=True).order_by("pk").first() or 1}
        address = reverse(f"api:{self.name}", kwargs={value: values[value] for value in names})
        return f"{address}?{self.query}" if self.query else address

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def _order(reason: str) -> dict[str, Any]:
    plan = ActorPlan("purge", "actor-list", items=(Item(ACTOR_ID),))
    return {"plan": plan.signed(Credentials("default", "jdoe", "")), "reason": reason, "number": 1}


_IMAGE = {"image": "abacosamples/test"}
_CONFIG = {"value": "v", "actors": [ACTOR_ID]}
_GRANT = {"user": "bob", "level": "READ"}
OPERATIONS = [
    Operation("start", "GET", asks=False),
    Operation("actor-list", "GET"),
    Operation("actor-list", "POST", _IMAGE, 201, {"image": "abacosamples/wc"}),
    Operation("actor-detail", "GET"),
    Operation("actor-detail", "PATCH", {"description": "New."}, other={"description": "Other."}),
    Operation("actor-detail", "DELETE"),
    Operation("messages", "GET"),
    Operation("messages", "POST", {"text": "hello"}, 201, {"text": "goodbye"}),
    Operation("messages", "DELETE"),
    Operation("worker-list", "GET"),
    Operation("worker-list", "POST", {"num": 1}, other={"num": 2}),
    Operation("worker-detail", "GET"),
    Operation("worker-detail", "DELETE"),
    Operation("nonce-list", "GET"),
    Operation("nonce-list", "POST", {"level": "READ"}, 201, {"level": "EXECUTE"}),
    Operation("nonce-detail", "GET"),
    Operation("nonce-detail", "DELETE"),
    Operation("nonce-reveal", "POST", records=False),
    Operation("alias-list", "GET"),
    Operation("alias-list", "POST", {"alias": "wc", "actor_id": ACTOR_ID}, 201),
    Operation("alias-detail", "GET"),
    Operation("alias-detail", "PUT", {"actor_id": ACTOR_ID}),
    Operation("alias-detail", "DELETE"),
    Operation("alias-nonce-list", "GET"),
    Operation("alias-nonce-list", "POST", {"level": "READ"}, 201, {"level": "EXECUTE"}),
    Operation("alias-nonce-detail", "GET"),
    Operation("alias-nonce-detail", "DELETE"),
    Operation("alias-nonce-reveal", "POST", records=False),
    *[
        one
        for name in ("permission-list", "alias-permission-list", "config-permission-list")
        for one in (Operation(name, "GET"), Operation(name, "POST", _GRANT, other={"user": "bob", "level": "UPDATE"}))
    ],
    Operation("definition-import", "POST", {"definition": _IMAGE}, 201, {"definition": {"image": "abacosamples/wc"}}),
    Operation("definition", "GET"),
    Operation("actor-clone", "POST", {"name": "another"}, 201, {"name": "a third"}),
    Operation("revision-list", "GET"),
    Operation("revision-difference", "GET"),
    Operation("revision-detail", "GET"),
    *[
        one
        for holder in ("nonce", "alias-nonce")
        for one in (
            Operation(f"{holder}-replace", "POST", status=201, writes=2),
            Operation(f"{holder}-note", "GET"),
            Operation(f"{holder}-note", "PUT", {"text": "for the lab"}, records=False, reveals=False),
        )
    ],
    Operation("bulk-list", "GET", asks=False),
    Operation("bulk-list", "POST", _order("why"), 201, _order("another reason"), asks=False),
    Operation("bulk-preview", "POST", {"act": "purge", "pick": [ACTOR_ID]}, asks=False, records=False, reveals=False),
    Operation("bulk-detail", "GET", asks=False),
    Operation("bulk-step", "POST", asks=False, records=False, reveals=False),
    Operation("bulk-stop", "POST", asks=False, records=False, reveals=False),
    Operation("log-kept", "GET", asks=False),
    Operation("log-kept", "POST", asks=False),
    Operation("log-kept", "DELETE", asks=False),
    Operation("nonce-overview", "GET"),
    Operation("all-workers", "GET"),
    Operation("utilization", "GET"),
    Operation("administration", "GET"),
    Operation("admin-actor-list", "GET"),
    Operation("config-list", "GET"),
    Operation("config-list", "POST", _CONFIG | {"name": "c"}, 201, _CONFIG | {"name": "c", "is_secret": True}),
    Operation("config-detail", "GET"),
    Operation("config-detail", "PUT", _CONFIG, other=_CONFIG | {"value": "w"}),
    Operation("config-detail", "DELETE"),
    Operation("schedule-list", "GET"),
    Operation("schedule", "GET"),
    Operation("schedule", "PUT", {"cron_schedule": "now + 1 day"}, other={"cron_schedule": "now + 2 days"}),
    Operation("overview", "GET"),
    Operation("mailbox-list", "GET"),
    Operation("link-list", "GET"),
    Operation("search-actors", "GET"),
    Operation("search-executions", "GET"),
    Operation("search-workers", "GET"),
    Operation("search-logs", "GET"),
    Operation("state", "GET"),
    Operation("state", "PUT", {"state": {"count": 2}}, other={"state": [1]}),
    Operation("state", "DELETE"),
    Operation("result-list", "GET", asks=False),
    Operation("result-list", "POST"),
    Operation("result-detail", "GET", asks=False),
    Operation("history", "GET"),
    Operation("history-export", "GET", media="application/jsonl"),
    Operation("execution-export", "GET", media="application/jsonl"),
    Operation("execution-list", "GET"),
    Operation("execution-list", "POST", {"runtime": 1, "cpu": 2, "io": 3}, 201, {"runtime": 2, "cpu": 2, "io": 3}),
    Operation("execution-detail", "GET"),
    Operation("comparison", "GET", query=f"a={ACTOR_ID}/{EXECUTION_ID}&b=0MuSNpU6GT7DQ"),
    Operation("execution-why", "GET"),
    Operation("evidence-pack", "GET", media="application/zip", is_noted=True),
    Operation("execution-halt", "POST"),
    Operation("send-again", "POST", status=201),
    Operation("execution-logs", "GET"),
    Operation("activity-list", "GET", asks=False),
    Operation("activity-export", "GET", media="application/jsonl"),
    Operation("activity-detail", "GET", asks=False),
    Operation("activity-check", "GET", asks=False),
    Operation("actor-activity", "GET"),
]
READS = [one for one in OPERATIONS if not one.is_write]
WRITES = [one for one in OPERATIONS if one.is_write]
