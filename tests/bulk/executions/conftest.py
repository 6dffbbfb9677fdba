"""The history that bulk acts on executions begin with."""

import json

import pytest

from actors_app.core.clock import now_ms
from actors_app.core.security.models import Readable
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from tests.bulk.executions.support import made
from tests.support.payloads import ACTOR_ID


@pytest.fixture
def history() -> ActorHistory:
    """Let jdoe read one actor with five executions: two run, one waits, two have ended."""
    actor = ActorHistory.objects.create(
        tenant="default", actor_id=ACTOR_ID, name="word-count", owner="jdoe", is_whole=True, total=5, looked=now_ms()
    )
    other = ActorHistory.objects.create(tenant="default", actor_id="secret0actor", name="hidden-name", owner="alice")
    Readable.objects.create(tenant="default", username="jdoe", actors=json.dumps([actor.pk]), checked=now_ms())
    record(actor, [made(f"run{number}", "RUNNING", number) for number in range(2)])
    record(actor, [made("wait0", "SUBMITTED", 2), made("done0", "COMPLETE", 3), made("done1", "COMPLETE", 4)])
    record(other, [made("theirs0", "RUNNING", 1)])
    return actor
