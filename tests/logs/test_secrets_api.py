"""Secrets in what the JSON API answers: no program gets them unasked, that of the owner of the actor may ask."""

import base64
import json
from typing import Any

import pytest
from django.test import Client

from actors_app.executions import archive as result_archive
from actors_app.executions.models import KeptResult
from actors_app.logs import archive as log_archive
from tests.conftest import API
from tests.logs.secrets import (
    ACTOR,
    EXECUTION,
    JDOE,
    LOG,
    MASKED,
    PAGE,
    TOKEN,
    actor_of,
    content,
    is_clean,
    looks,
)
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload, search_payload

pytestmark = pytest.mark.django_db

API_PAGE = f"/api/v1{PAGE}"


def ask(client: Client, address: str, accept: str = "application/json") -> Any:
    return client.get(API_PAGE + address, secure=True, headers={"accept": accept})


@pytest.mark.parametrize("accept", ["application/json", "text/plain"])
def test_programs_get_logs_without_them_until_the_owner_asks(accept: str, signed_in: Client, api: API) -> None:
    api.get(f"{EXECUTION}/logs", {"logs": LOG})
    answer = ask(signed_in, "logs/", accept)
    text = content(answer)
    assert is_clean(text)
    if accept == "application/json":
        assert (answer.json()["logs"], answer.json()["secrets_masked"]) == (MASKED, 3)
    else:
        assert text == MASKED
    api.get(ACTOR, actor_payload())
    answer = ask(signed_in, "logs/?secrets=shown", accept)
    assert TOKEN in content(answer)
    assert len(looks()) == 1


@pytest.mark.parametrize("role", ["reader", "admin"])
def test_no_other_program_gets_them(role: str, signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_of(role))
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, LOG.encode())
    for address in ("logs/?secrets=shown", f"results/{row.pk}/?secrets=shown"):
        answer = ask(signed_in, address)
        assert answer.status_code == 403, answer.content
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert is_clean(answer.content.decode())
    assert ask(signed_in, "logs/?secrets=please").status_code == 422
    assert looks() == []


@pytest.mark.parametrize(
    "data", [LOG.encode(), json.dumps({"token": TOKEN, "url": LOG}).encode(), b"\x00" + TOKEN.encode()]
)
def test_programs_get_results_without_them(data: bytes, signed_in: Client, api: API) -> None:
    row = result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, data)
    inner = ask(signed_in, f"results/{row.pk}/").json()
    text = json.dumps(inner)
    if inner["encoding"] == "base64":
        text = base64.b64decode(inner["content"]).decode()
    assert is_clean(text)
    assert is_clean(ask(signed_in, f"results/{row.pk}/", "application/octet-stream").content.decode())
    api.get(ACTOR, actor_payload())
    answer = ask(signed_in, f"results/{row.pk}/?secrets=shown", "application/octet-stream")
    assert answer.content == data
    assert looks() == [("jdoe", EXECUTION_ID, "file of a result")]


def test_programs_get_kept_logs_and_found_ones_without_them(signed_in: Client, api: API) -> None:
    log_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, lambda: iter([LOG]))
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload(finalState={"Error": f"token={TOKEN}"}))
    api.get(f"{ACTOR}/permissions", {})
    assert content(ask(signed_in, "logs/kept/", "text/plain")) == MASKED
    assert content(ask(signed_in, "logs/kept/?secrets=shown", "text/plain")) == LOG
    assert is_clean(content(ask(signed_in, "")))
    api.get("/actors/v2/search/logs", search_payload({"logs": LOG, "_links": {}}))
    answer = signed_in.get("/api/v1/search/logs/?q=token", secure=True)
    assert answer.status_code == 200
    assert is_clean(answer.content.decode())
    assert len(looks()) == 1


def test_the_store_has_a_kept_secret_encrypted_alone() -> None:
    result_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, LOG.encode())
    log_archive.keep(JDOE, ACTOR_ID, EXECUTION_ID, lambda: iter([LOG]))
    row = KeptResult.objects.get()
    assert TOKEN.encode() not in bytes(row.content) + bytes(row.preview)
