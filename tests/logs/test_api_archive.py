"""Kept logs at the JSON API: kept once, read as text, deleted by who may."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.logs import archive as log_archive
from actors_app.logs.models import KeptLog
from tests.conftest import API
from tests.support.json_api import Caller, problem
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

pytestmark = pytest.mark.django_db
URL = f"/api/v1/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/logs/kept/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
TEXT = "Grüße\n<b>two</b>\n"


def is_kept(username: str = "jdoe") -> None:
    log_archive.keep(Credentials("default", username, ""), ACTOR_ID, EXECUTION_ID, lambda: iter([TEXT]))


def may_read(api: API, levels: dict[str, Any], owner: str = "bob") -> None:
    api.get(ACTOR, actor_payload(owner=owner))
    api.get(EXECUTION, execution_payload())
    api.get(f"{ACTOR}/permissions", levels)


def test_a_log_is_kept_once_and_read(caller: Caller, api: API) -> None:
    may_read(api, {"jdoe": "READ"})
    api.get(f"{EXECUTION}/logs", {"logs": TEXT})
    first = caller.post(URL, Idempotency_Key="k")
    assert first.json()["kept"]["lines"] == 2
    assert "Log archived" in first.json()["message"]
    assert caller.post(URL, Idempotency_Key="k").json() == first.json()
    assert caller.get(URL).json() == first.json()["kept"]
    text = caller.get(URL, Accept="text/plain")
    assert b"".join(text.streaming_content).decode() == TEXT
    assert text.headers["Cache-Control"] == "no-store"
    assert AuditEntry.objects.filter(action="log.keep").count() == 2


def test_one_that_still_runs_is_not_kept(caller: Caller, api: API) -> None:
    api.get(EXECUTION, execution_payload(status="RUNNING", finalState={}))
    problem(caller.post(URL), 409, "conflict")
    assert not KeptLog.objects.exists()


def test_one_that_is_not_kept_is_not_there(caller: Caller, api: API) -> None:
    may_read(api, {"jdoe": "READ"})
    problem(caller.get(URL), 404, "no-such-address")


def test_it_is_deleted_by_who_kept_it(caller: Caller, api: API) -> None:
    is_kept()
    may_read(api, {"jdoe": "READ"})
    first = caller.delete(URL, Idempotency_Key="k")
    assert first.json() == {"message": "Archived log deleted."}
    assert caller.delete(URL, Idempotency_Key="k").json() == first.json()
    assert not KeptLog.objects.exists()


def test_nobody_else_deletes_it_without_update(caller: Caller, api: API) -> None:
    is_kept("alice")
    may_read(api, {"jdoe": "READ"})
    problem(caller.delete(URL), 403, "not-allowed")
    assert KeptLog.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_who_may_not_read_the_actor_sees_nothing(sign_in: Callable[..., Client], api: API) -> None:
    is_kept()
    for path in (ACTOR, EXECUTION, f"{ACTOR}/permissions"):
        api.refuse("GET", path, "Not allowed.", 403)
    problem(Caller(sign_in(username="mallory")).get(URL), 403, "forbidden")
