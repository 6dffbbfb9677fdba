"""Results at the JSON API: taken once, kept for who took them, read as JSON or as bytes."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from requests.exceptions import ReadTimeout

from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.executions import archive as result_archive
from actors_app.executions.models import KeptResult
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, execution_payload

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/results/"
EXECUTION = f"/actors/v2/{ACTOR_ID}/executions/{EXECUTION_ID}"
UPSTREAM = f"{EXECUTION}/results"
JDOE = Credentials(tenant="default", username="jdoe", access_token="")


def waits(api: API, body: bytes) -> None:
    api.get(EXECUTION, execution_payload())
    api.answer("GET", UPSTREAM, body=body)


def test_one_is_taken_once_and_kept(caller: Caller, api: API) -> None:
    waits(api, b"[1, 2]")
    first = caller.post(URL, Idempotency_Key="k")
    assert first.json()["message"] == "Result fetched (6 B) and saved for 24 hours."
    taken = first.json()["result"]
    assert (taken["kind"], taken["size"]) == ("json", 6)
    assert caller.post(URL, Idempotency_Key="k").json() == first.json()
    assert len(api.asked) == 2
    assert caller.get(URL).json()["items"] == [taken]
    assert AuditEntry.objects.filter(action="result.take").count() == 2


def test_none_waits(caller: Caller, api: API) -> None:
    waits(api, b"")
    answer = caller.post(URL)
    assert answer.json()["result"] is None
    assert "No result available" in answer.json()["message"]


@pytest.mark.parametrize(
    ("data", "encoding", "content"),
    [
        (b'{"a": [1.5, null]}', "json", {"a": [1.5, None]}),
        ("Grüße\n".encode(), "text", "Grüße\n"),
        (b"\x00\xff", "base64", base64.b64encode(b"\x00\xff").decode()),
    ],
)
def test_one_is_read_by_its_kind_and_as_bytes(data: bytes, encoding: str, content: Any, caller: Caller) -> None:
    one = f"{URL}{result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, data).pk}/"
    found = caller.get(one).json()
    assert (found["encoding"], found["content"]) == (encoding, content)
    raw = caller.get(one, Accept="application/octet-stream")
    assert raw.content == data
    assert raw.headers["Content-Type"] == "application/octet-stream"
    assert raw.headers["Cache-Control"] == "no-store"
    assert raw.headers["X-Content-Type-Options"] == "nosniff"


def test_a_large_one_comes_as_bytes_alone(caller: Caller) -> None:
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"x" * 10_000_001)
    problem(caller.get(f"{URL}{row.pk}/"), 406, "not-acceptable")
    assert len(caller.get(f"{URL}{row.pk}/", Accept="application/octet-stream").content) == row.size


def test_nobody_else_has_it(sign_in: Callable[..., Client]) -> None:
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"secret of jdoe")
    other = Caller(sign_in(username="mallory"))
    assert other.get(URL).json()["items"] == []
    problem(other.get(f"{URL}{row.pk}/"), 404, "no-such-address")
    KeptResult.objects.update(username="mallory")  # a row that was copied does not open
    problem(other.get(f"{URL}{row.pk}/"), 404, "no-such-address")


def test_of_an_execution_that_is_not_there_nothing_is_taken(caller: Caller, api: API) -> None:
    api.refuse("GET", EXECUTION, "Execution not found.", 404)
    problem(caller.post(URL), 404, "gone")
    assert not AuditEntry.objects.exists()


def test_where_there_is_no_room_nothing_is_asked(caller: Caller, api: API, monkeypatch: pytest.MonkeyPatch) -> None:
    result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, b"x")
    monkeypatch.setattr("actors_app.executions.archive.QUOTA", 1)
    problem(caller.post(URL), 409, "no-room")
    assert api.asked == []


def test_one_that_may_be_lost_is_said_to_be(caller: Caller, api: API) -> None:
    api.get(EXECUTION, execution_payload())
    api.answer("GET", UPSTREAM, body=ReadTimeout("slow"))
    found = problem(caller.post(URL), 504, "unknown-outcome", "unknown")
    assert found["check"].startswith("/api/v1/activity/")
    assert len(api.asked) == 2
    assert AuditEntry.objects.get(kind=AuditEntry.END).outcome == AuditEntry.UNKNOWN
