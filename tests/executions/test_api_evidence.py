"""The evidence pack of an execution, at the JSON API."""

import pytest

from actors_app.core.operations.models import AuditEntry
from tests.conftest import API
from tests.executions.test_evidence import manifest, opened
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID
from tests.support.routes import answer_everything

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/evidence/"


def test_it_is_the_pack_of_the_page_and_the_trail_says_so(program: Caller, api: API) -> None:
    answer_everything(api.wire)
    answer = program.get(URL, Accept="application/zip")
    files = opened(answer)
    assert {"manifest.json", "SHA256SUMS"} < set(files)
    assert manifest(files)["files"]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="evidence-{EXECUTION_ID}.zip"'
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.kind, entry.object_id) == ("evidence.take", AuditEntry.READ, EXECUTION_ID)


def test_who_may_not_read_the_actor_gets_none(caller: Caller, api: API) -> None:
    answer_everything(api.wire, 403)
    problem(caller.get(URL), 403, "forbidden")
    assert not AuditEntry.objects.exists()
