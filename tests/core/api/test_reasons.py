"""The reason for an operation: asked for by each page and endpoint that deletes or stops something, and kept."""

import json
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from actors_app.core.api.schema import schema
from actors_app.core.operations.models import AuditEntry
from actors_app.core.operations.operation import operations
from tests.conftest import API
from tests.core.api.operations import WRITES, Operation
from tests.core.api.support import upstream_writes
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID
from tests.support.routes import answer_everything, crawled

PAGES = (
    "actor-delete",
    "actor-restart",
    "alias-delete",
    "alias-nonce-delete",
    "alias-nonce-replace",
    "alias-permission-change",
    "config-delete",
    "config-permission-change",
    "execution-halt",
    "message-purge",
    "nonce-delete",
    "nonce-replace",
    "permission-change",
    "state-reset",
    "worker-stop",
)
TAKE_REASON = ("actor-detail", "execution-halt", "permission-list", "alias-permission-list", "config-permission-list")
ENDPOINTS = [
    one
    for one in WRITES
    if one.method == "DELETE"
    or (one.name in TAKE_REASON and one.method in ("POST", "PATCH"))
    or one.name.endswith("nonce-replace")
]
FIELD = r'<input type="text" name="reason"[^>]* maxlength="500"'
LONG = "Use at most 500 characters."


def reasons() -> list[str]:
    """Return the reasons in the audit log."""
    starts = AuditEntry.objects.filter(kind=AuditEntry.START)
    return [reason for entry in starts if (reason := json.loads(entry.details).get("reason"))]


def test_whatever_deletes_takes_a_reason() -> None:
    for operation in operations():
        assert operation.takes_reason or operation.method != "DELETE", operation.name


def test_each_page_asks_for_a_reason_and_bounds_it(signed_in: Client, api: API, subtests: pytest.Subtests) -> None:
    answer_everything(api.wire)
    urls = crawled()
    for name in PAGES:
        with subtests.test(page=name):
            url = urls[f"actors:{name}"]
            query = {"user": "jdoe", "level": "NONE"} if "permission" in name else {}
            if name != "execution-halt":  # which only a running execution can be asked to
                page = signed_in.get(url, query).content.decode()
                assert re.search(FIELD, page)
            answer = signed_in.post(url, query | {"reason": "x" * 501})
            page = answer.content.decode()
            assert re.search(FIELD, page)
            assert answer.status_code == 422
            assert page.count(LONG) == 2  # beside the field and in the summary
            assert "x" * 501 in page
            assert upstream_writes(api) == []
    assert not AuditEntry.objects.exists()


def test_a_reason_is_kept_and_shown_as_text(signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    url = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/halt/"
    signed_in.post(url, {"reason": "  it hangs <b>\u202e  "})
    assert reasons() == ["it hangs <b>\u202e"]
    entry = AuditEntry.objects.get(kind=AuditEntry.START)
    for page in ("/activity/", f"/activity/{entry.pk}/"):
        text = signed_in.get(page).content.decode()
        assert "it hangs &lt;b&gt;" in text
        assert "\u202e" not in text
        assert "Additional data" not in text
    signed_in.post(url, {"reason": " "})
    assert len(reasons()) == 1


@pytest.mark.parametrize("one", ENDPOINTS, ids=str)
@pytest.mark.usefixtures("_is_there")
def test_each_endpoint_takes_a_reason_and_bounds_it(one: Operation, signed_in: Client, api: API) -> None:
    answer_everything(api.wire)
    caller, body = Caller(signed_in), one.body or {}
    for reason in ("x" * 501, 5, None, "\x00"):
        refused = caller.ask(one.method, one.address, json.dumps(body | {"reason": reason}).encode())
        assert list(problem(refused, 422, "not-valid")["errors"]) == ["reason"]
    assert upstream_writes(api) == []
    answer = caller.ask(one.method, one.address, json.dumps(body | {"reason": " it hangs "}).encode())
    assert answer.status_code == one.status, answer.content
    assert set(reasons()) == {"it hangs"}


def test_the_schema_has_the_reason_of_a_deletion() -> None:
    path = schema()["paths"]["/api/v1/actors/{actor_id}/"]["delete"]
    body = path["requestBody"]
    assert not body.get("required")
    name = urlsplit(body["content"]["application/json"]["schema"]["$ref"]).fragment.rpartition("/")[2]
    shape = schema()["components"]["schemas"][name]
    assert shape["properties"]["reason"]["maxLength"] == 500
    assert "required" not in shape
