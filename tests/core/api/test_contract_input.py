"""What holds for every operation of the JSON API: keys that do nothing twice, bodies and queries that are invalid."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.conftest import API
from tests.core.api.operations import WRITES, Operation
from tests.core.api.support import EACH_READ, EACH_WRITE, upstream_writes
from tests.support.json_api import Caller, problem
from tests.support.routes import answer_everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_kept", "_is_there")]


@pytest.mark.parametrize("one", [one for one in WRITES if one.records], ids=str)
def test_the_same_key_and_body_is_done_once(one: Operation, caller: Caller, api: API) -> None:
    answer_everything(api.wire)
    first, again = (caller.ask(one.method, one.address, one.body, Idempotency_Key="my key 1") for _ in range(2))
    assert first.status_code == again.status_code == one.status, again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers.get("Location") == first.headers.get("Location")
    expected = first.json() | ({"id": None} if "nonce-" in one.name and one.status == 201 else {})
    assert again.json() == expected
    assert len(upstream_writes(api)) == one.writes * one.asks
    if one.other is not None:
        problem(caller.ask(one.method, one.address, one.other, Idempotency_Key="my key 1"), 409, "conflict")
        assert len(upstream_writes(api)) == one.writes * one.asks


# What is the portal's own may be gone the second time.
@pytest.mark.parametrize("one", [one for one in WRITES if one.records and one.asks], ids=str)
def test_without_a_key_it_is_done_each_time(one: Operation, caller: Caller, api: API) -> None:
    answer_everything(api.wire)
    for _ in range(2):
        assert caller.ask(one.method, one.address, one.body).status_code == one.status
    assert len(upstream_writes(api)) == 2 * one.writes * one.asks


@pytest.mark.parametrize("key", ["", "x" * 256, "ä", "a\tb"])
def test_what_cannot_be_a_key_is_refused(key: str, caller: Caller, api: API) -> None:
    found = problem(caller.post("/api/v1/actors/", {"image": "a/b"}, Idempotency_Key=key), 422, "not-valid")
    assert list(found["errors"]) == ["Idempotency-Key"]


def test_an_answer_that_is_not_kept_any_more_is_told(caller: Caller, api: API) -> None:
    from actors_app.core.operations.models import KeptAnswer

    answer_everything(api.wire)
    for _ in range(2):
        answer = caller.post("/api/v1/actors/", {"image": "a/b"}, Idempotency_Key="k")
        KeptAnswer.objects.all().delete()
    found = problem(answer, 409, "done-before", "yes")
    assert found["detail"].startswith("Actor word-count registered.")
    assert len(upstream_writes(api)) == 1


def test_a_key_is_of_one_person_and_one_act(sign_in: Callable[..., Client], api: API) -> None:
    answer_everything(api.wire)
    for username in ("jdoe", "other"):
        caller = Caller(sign_in(username=username))
        for address in (f"/api/v1/actors/{one}/messages/" for one in ("a1", "a2")):
            assert caller.post(address, {"text": "x"}, Idempotency_Key="k").status_code == 201
    assert len(upstream_writes(api)) == 4


# What is sent ------------------------------------------------------------------------------------------------


NO_BODIES: list[tuple[bytes, dict[str, str], int, str]] = [
    (b"{", {}, 400, "malformed"),
    (b'{"a": 1, "a": 2}', {}, 400, "malformed"),
    (b'{"a": NaN}', {}, 400, "malformed"),
    (b'"\xff"', {}, 400, "malformed"),
    (b'{"a": "\\ud800"}', {}, 400, "malformed"),
    (b"[" * 100_000, {}, 400, "malformed"),
    (b'{"a": ' + b"9" * 5000 + b"}", {}, 400, "malformed"),
    (b"a=b", {"content-type": "application/x-www-form-urlencoded"}, 415, "wrong-media-type"),
    (b"<a/>", {"content-type": "application/xml"}, 415, "wrong-media-type"),
    (b"x", {"content-type": "nonsense"}, 415, "wrong-media-type"),
    (b"{}", {"accept": "text/html"}, 406, "not-acceptable"),
]


@EACH_WRITE
def test_a_body_that_is_none_is_refused(one: Operation, caller: Caller, api: API, subtests: pytest.Subtests) -> None:
    for body, headers, status, kind in NO_BODIES:
        with subtests.test(body=body[:20], **headers):
            named = {name.replace("-", "_"): value for name, value in headers.items()}
            problem(caller.ask(one.method, one.address, body, **named), status, kind)
            assert api.asked == []


@pytest.mark.parametrize("one", [one for one in WRITES if one.body], ids=str)
def test_what_is_no_body_of_it_is_refused_by_field(
    one: Operation, caller: Caller, api: API, subtests: pytest.Subtests
) -> None:
    bodies: list[Any] = [[], "x", 1, {"nonsense": 1}, {"image": 5, "text": 5, "num": "1", "level": 5}]
    if one.name not in ("worker-list", "nonce-list", "alias-nonce-list", "actor-clone"):  # which need no field
        bodies.append(None)
    for body in bodies:
        with subtests.test(body=body):
            found = problem(caller.ask(one.method, one.address, json.dumps(body).encode()), 422, "not-valid")
            lists = found["errors"].values()
            assert all(sentences and all(text.endswith(".") for text in sentences) for sentences in lists)
            assert found["errors"]
            assert api.asked == []


@EACH_READ
def test_a_question_that_is_none_is_refused(
    one: Operation, caller: Caller, api: API, subtests: pytest.Subtests
) -> None:
    answer_everything(api.wire)
    for query in ("nonsense=1", "limit=0", "limit=ten", "limit=1&limit=2", "cursor=%00", "cursor=e30"):
        with subtests.test(query=query):
            answer = caller.get(f"{one.address}{'&' if one.query else '?'}{query}")
            found = problem(answer, 422, "not-valid")
            assert list(found["errors"]) == [query.partition("=")[0]]
