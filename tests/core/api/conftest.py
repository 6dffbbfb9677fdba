"""What the operations are about that the Actors API does not have: rows of the portal's own database."""

import pytest
from django.utils import timezone

from actors_app.actors import archive as definition_archive
from actors_app.actors.models import KeptDefinition
from actors_app.bulk.models import BulkJob
from actors_app.core.operations import trail
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.executions import archive as result_archive
from actors_app.executions.models import KeptResult
from actors_app.logs import archive as log_archive
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from actors_app.services.dialects import V2
from actors_app.services.types import Actor
from tests.core.api.operations import VALUES, Operation
from tests.core.api.support import EARLIER
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload


@pytest.fixture
def _kept(db: None) -> None:
    """What some of the operations are about: a line of the activity, and a message that was sent."""
    about = {"tenant": "default", "username": "jdoe", "action": "message.send", "actor_id": ACTOR_ID, "object_id": ""}
    trail.append(kind=AuditEntry.READ, outcome=AuditEntry.DONE, request_id=EARLIER, details={}, **about)
    sent = Sent("text", b"hello", {"A": "1"})
    assert message_archive.keep(Credentials("default", "jdoe", "x"), ACTOR_ID, EXECUTION_ID, sent)


@pytest.fixture
def _is_there(request: pytest.FixtureRequest, db: None) -> None:
    """Let there be what an address is of and the API does not have, and let an administrator be one."""
    one = getattr(request.node, "callspec", None) and request.node.callspec.params.get("one")
    if isinstance(one, Operation) and one.name == "result-detail":
        owner = Credentials(tenant="default", username="jdoe", access_token="")
        result_archive.keep(owner, VALUES["actor_id"], VALUES["execution_id"], b'{"a": 1}')
        KeptResult.objects.update(id=VALUES["result_id"])
    elif isinstance(one, Operation) and one.name == "log-kept":
        owner = Credentials(tenant="default", username="jdoe", access_token="")
        log_archive.keep(owner, VALUES["actor_id"], VALUES["execution_id"], lambda: iter(["a log\n"]))
    elif isinstance(one, Operation) and one.name == "revision-detail":
        definition_archive.record("default", [Actor.from_api(actor_payload(), V2())])
        KeptDefinition.objects.update(id=VALUES["revision_id"])
    elif isinstance(one, Operation) and one.name in ("bulk-detail", "bulk-step", "bulk-stop"):
        who = {"tenant": "default", "username": "jdoe"}
        BulkJob.objects.create(handle=VALUES["handle"], act="purge", place="actor-list", created=timezone.now(), **who)
    elif isinstance(one, Operation) and one.name in ("administration", "admin-actor-list"):
        api = request.getfixturevalue("api")
        api.wire.assert_all_requests_are_fired = False
        api.refuse("GET", "/actors/v2/aliases/admin-role-probe", "No alias found: admin-role-probe.", 404)
