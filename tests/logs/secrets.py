"""A log with secrets, and who looks at it."""

import json
from collections.abc import Callable
from typing import Any

from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.masking import MASK
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

Browser = Callable[..., Client]
PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/"
LOG_PAGE = f"{PAGE}logs/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
JDOE = Credentials("default", "jdoe", "")
OTHER = "0MuSNpU6GT7DQ"
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJqdGkiOiI5YjQ1Iiwic3ViIjoiamRvZSJ9.Y2FuYXJ5LWNhbmFyeS1jYW5hcnk"
NONCE = "TACC-PROD_R4R3byRMGK4gL"
SECRETS = (TOKEN, TOKEN[-20:], NONCE, NONCE[-8:], "hunter2")
LOG = (
    "Environment:\n"
    f"_abaco_actor_dbid=TACC-PROD_{ACTOR_ID}\n"
    f"_abaco_access_token={TOKEN}\n"
    f"x-nonce={NONCE}\n"
    "DATABASE_URL=postgres://me:hunter2@db/x\n"
    "ERROR the end\n"
)
MASKED = LOG.replace(TOKEN, MASK).replace(NONCE, MASK).replace("hunter2", MASK)
LIVE = "contains a credential for your account"
ROLES = ["owner", "reader", "admin"]


def content(answer: Any) -> str:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return data.decode()


def is_clean(text: str) -> bool:
    return not any(secret in text for secret in SECRETS)


def actor_of(role: str) -> dict[str, Any]:
    """Return the actor as the API shows it to somebody; an administrator reads those of others."""
    return actor_payload(owner="jdoe" if role == "owner" else "ann")


def answers(api: API, role: str = "owner", log: str = LOG, *, actor: bool = True, **changes: Any) -> None:
    if actor:
        api.get(ACTOR, actor_of(role))
    api.get(EXECUTION, execution_payload(**changes))
    api.get(f"{EXECUTION}/logs", {"logs": log})


def looks() -> list[tuple[str, str, str]]:
    """Return who looked at what, by the trail."""
    entries = AuditEntry.objects.filter(action="secret.reveal", kind=AuditEntry.READ)
    return [(entry.username, entry.object_id, json.loads(entry.details)["what"]) for entry in entries]
