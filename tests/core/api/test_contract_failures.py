"""What holds for every operation of the JSON API when the Actors API refuses, is silent or speaks another version."""

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from actors_app.services.naming import naming_of
from tests.conftest import API, forget
from tests.core.api.operations import OPERATIONS, READS, WRITES, Operation
from tests.core.api.support import headers_of, upstream_writes
from tests.support.json_api import Caller, problem
from tests.support.payloads import respelled
from tests.support.routes import answer_everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_kept", "_is_there")]

_NOT_GONE = ("history", "history-export", "activity-export")
# Deleting what is gone is a success that says so (tests/core/operations/test_gone.py).
_DELETED_ALREADY = {("DELETE", "alias-detail"), ("DELETE", "config-detail")}


@pytest.mark.parametrize("one", [one for one in OPERATIONS if one.asks], ids=str)
def test_a_refusal_of_the_api_is_told(
    one: Operation, sign_in: Callable[..., Client], api: API, subtests: pytest.Subtests
) -> None:
    refusals = [(401, 401, "signed-out"), (403, 403, "forbidden"), (404, 404, "gone"), (429, 503, "rate-limited")]
    prepared = list(api.wire.registered())
    for said, status, kind in refusals:
        if said == 404 and (one.name in _NOT_GONE or (one.method, one.name) in _DELETED_ALREADY):
            continue
        with subtests.test(status=said):
            forget()
            api.wire.reset()
            for answered in prepared:
                api.wire.add(answered)
            answer_everything(api.wire, said)
            answer = Caller(sign_in(refresh_token="")).ask(one.method, one.address, one.body)
            found = problem(answer, status, kind)
            headers_of(answer)
            assert found["advice"]


@pytest.mark.parametrize("one", [one for one in OPERATIONS if one.asks], ids=str)
def test_the_names_of_another_version_are_told_and_nothing_is_sent(one: Operation, caller: Caller, api: API) -> None:
    naming_of.cache_clear()  # a portal that has just begun
    answer_everything(api.wire, written=respelled)
    found = problem(caller.ask(one.method, one.address, one.body), 502, "wrong-version")
    assert "set ACTORS_API_VERSION, or version in the file of PORTAL_TENANTS_FILE, to v2-snake." in found["detail"]
    assert upstream_writes(api) == []


@pytest.mark.parametrize("one", [one for one in READS if one.asks], ids=str)
def test_silence_is_told(one: Operation, caller: Caller, api: API) -> None:
    from requests.exceptions import ConnectTimeout

    api.wire.assert_all_requests_are_fired = False
    api.wire.add("GET", re.compile(".*"), body=ConnectTimeout("slow"))
    answer = caller.ask(one.method, one.address)
    found = json.loads(answer.content)
    assert (found["kind"], found["changed"]) in (("timeout", "no"), ("unreachable", "no"))
    problem(answer, found["status"], found["kind"])


@pytest.mark.parametrize("one", [one for one in WRITES if one.records and one.asks], ids=str)
def test_a_write_of_which_nobody_knows_says_so_each_time(one: Operation, caller: Caller, api: API) -> None:
    """What is read before goes well; the write itself is sent, and no answer comes."""
    from requests.exceptions import ReadTimeout

    if one.name == "result-list":
        api.wire.add("GET", re.compile(".*/results"), body=ReadTimeout("slow"))
    answer_everything(api.wire)
    for registered in list(api.wire.registered()):
        if registered.method != "GET":
            api.wire.remove(registered)
            api.wire.add(registered.method, registered.url, body=ReadTimeout("slow"))
    answers = [caller.ask(one.method, one.address, one.body, Idempotency_Key="once") for _ in range(2)]
    for answer in answers:
        found = problem(answer, 504, "unknown-outcome", "unknown")
        assert found["check"].startswith("/api/v1/activity/")
    assert "Idempotency-Replayed" not in answers[0].headers
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(upstream_writes(api)) == 1
