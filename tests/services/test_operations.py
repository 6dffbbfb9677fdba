"""Every operation at the wire: its method, path, query, headers, body and time, and what comes back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import responses

from actors_app.services import Abaco
from actors_app.services.errors import BadAnswer, InvalidRequest, NotFound
from actors_app.services.types import Actor, Execution, Nonce
from tests.services.conftest import ROOT, TOKEN
from tests.services.operations import BASE, OPERATIONS, A, E, N, Operation


@responses.activate
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_at_the_wire(operation: Operation, abaco: Abaco) -> None:
    answer = {"message": "Done.", "result": operation.result, "status": "success", "version": "dev"}
    responses.add(operation.method, ROOT + operation.path.partition("?")[0], json=answer)

    value = operation.read(operation.act(abaco))

    assert value == operation.expected
    (call,) = responses.calls
    request = call.request
    assert request.url == ROOT + operation.path
    assert request.body == operation.body
    headers = dict(request.headers)
    assert headers.pop("Content-Length", None) == (
        None if operation.method == "GET" else str(len(operation.body or b""))
    )
    if operation.content_type:
        assert headers.pop("Content-Type") == operation.content_type
    assert headers == {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Authorization": f"Bearer {TOKEN}",
        "User-Agent": "actors-portal",
    }
    options = request.req_kwargs
    connect, read = options["timeout"]
    assert (connect, read) == pytest.approx((3.0, 10.0), abs=0.1)
    assert options["verify"] is True
    assert options["proxies"] == {}
    assert options["stream"] is True


@responses.activate
def test_a_result_is_taken_as_bytes_and_asked_for_once(abaco: Abaco) -> None:
    responses.get(f"{ROOT}{BASE}/executions/{E}/results", body=b"\x00\x01", content_type="application/octet-stream")
    assert abaco.results.take(A, E) == b"\x00\x01"
    (call,) = responses.calls
    assert call.request.headers["Accept"] == "application/octet-stream"


@responses.activate
def test_no_result_is_no_bytes(abaco: Abaco) -> None:
    responses.get(f"{ROOT}{BASE}/executions/{E}/results", body=b"")
    assert abaco.results.take(A, E) == b""


@pytest.mark.parametrize("definition", [{"image": "i", "owner": "me"}, {"image": "i", "maxWorkers": 2}])
def test_an_actor_with_an_unknown_field_is_not_sent(abaco: Abaco, definition: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        abaco.actors.create(definition)
    assert caught.value.field in ("owner", "maxWorkers")


def test_a_name_cannot_be_updated(abaco: Abaco) -> None:
    with pytest.raises(InvalidRequest):
        abaco.actors.update(A, {"image": "i", "name": "other"})


@responses.activate
def test_an_update_that_starts_from_the_definition_loses_nothing(abaco: Abaco) -> None:
    responses.put(f"{ROOT}{BASE}", json={"status": "success", "message": "", "result": {"id": A}})
    actor = Actor.from_api(
        {
            "id": A,
            "name": "mine",
            "image": "i",
            "stateless": False,
            "state": {"n": 1},
            "token": "false",
            "queue": "default",
            "privileged": False,
            "cronOn": True,
            "logEx": 60,
            "hints": ["sync"],
            "defaultEnvironment": {"K": "v"},
        },
        abaco.actors._caller.dialect,
    )
    abaco.actors.update(A, {**actor.definition(), "description": "new"})
    assert responses.calls[0].request.body == (
        b'{"image": "i", "stateless": false, "defaultEnvironment": {"K": "v"}, "description": "new", "type": "",'
        b' "hints": ["sync"], "cronOn": true, "link": "", "webhook": "", "logEx": 60,'
        b' "state": {"n": 1}}'
    )


@pytest.mark.parametrize(("limit", "skip"), [(0, 0), (-1, 0), (1001, 0), (1, -1)])
def test_a_search_has_limits(abaco: Abaco, limit: int, skip: int) -> None:
    with pytest.raises(InvalidRequest):
        abaco.executions.search(A, limit, skip)


@pytest.mark.parametrize("name", ["x-nonce", "search", "status.like", "status.$regex", "finalState", "limit", "offset"])
def test_a_search_takes_only_declared_filters(abaco: Abaco, name: str) -> None:
    with pytest.raises(InvalidRequest):
        abaco.executions.search(A, filters={name: "x"})


def test_details_of_none_ask_nothing_and_of_too_many_are_refused(abaco: Abaco) -> None:
    assert abaco.executions.details(A, []) == {}
    with pytest.raises(InvalidRequest):
        abaco.executions.details(A, ["x"] * 101)
    with pytest.raises(NotFound):
        abaco.executions.details(A, ['x"]'])


@responses.activate
def test_a_profile_without_a_name_is_a_bad_answer(abaco: Abaco) -> None:
    responses.get(f"{ROOT}/profiles/v2/me", json={"status": "success", "message": "", "result": {"email": "x"}})
    with pytest.raises(BadAnswer):
        abaco.profile.me()


@responses.activate
@pytest.mark.parametrize("result", [None, [], "text", {"id": A, "image": "the actor itself"}])
def test_a_registration_that_answers_no_execution_gives_none(abaco: Abaco, result: object) -> None:
    responses.post(f"{ROOT}{BASE}/executions", json={"status": "success", "message": "", "result": result})
    assert abaco.executions.register(A, 1, 2, 3) is None


READS: list[Callable[[Abaco], object]] = [
    lambda abaco: abaco.actors.list(),
    lambda abaco: abaco.actors.get(A),
    lambda abaco: abaco.executions.list(A),
    lambda abaco: abaco.executions.search(A),
    lambda abaco: abaco.logs.get(A, E),
    lambda abaco: list(abaco.logs.stream(A, E)),
    lambda abaco: abaco.state.get(A),
    lambda abaco: abaco.profile.me(),
]


@responses.activate
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"<html>hello</html>",
        b"null",
        b"[1]",
        b'"text"',
        b'{"status": "success"}',
        b'{"status": "success", "result": 7}',
        b'{"message": "no status", "result": {}}',
        b'{"status": "success", "result": {"logs": "cut',
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("read", READS, ids=[str(number) for number in range(len(READS))])
def test_an_answer_of_no_known_form_is_a_bad_one(abaco: Abaco, read: Callable[[Abaco], object], body: bytes) -> None:
    responses.add_callback("GET", re.compile(".*"), lambda request: (200, {}, body))
    with pytest.raises(BadAnswer) as caught:
        read(abaco)
    assert (caught.value.kind, caught.value.changed) == ("unreadable", "no")


@responses.activate
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"status": "success"}', b'{"status": "success", "result": null}'])
def test_a_write_with_an_unreadable_answer_was_done(abaco: Abaco, body: bytes) -> None:
    responses.post(f"{ROOT}{BASE}/messages", body=body)
    with pytest.raises(BadAnswer) as caught:
        abaco.messages.send_text(A, "hej")
    assert (caught.value.kind, caught.value.changed) == ("unreadable", "yes")
    assert caught.value.advice == "Check the list for the result."


@responses.activate
def test_an_envelope_that_says_error_under_200_is_one(abaco: Abaco) -> None:
    said = {"status": "error", "message": "Worker not found.", "result": None, "version": "dev"}
    responses.get(f"{ROOT}{BASE}/workers", json=said)
    responses.post(f"{ROOT}{BASE}/workers", json={**said, "message": "Something."})
    with pytest.raises(NotFound):
        abaco.workers.list(A)
    with pytest.raises(InvalidRequest) as refused:
        abaco.workers.ensure(A, 1)
    assert (refused.value.reason, refused.value.changed) == ("Something.", "no")


def test_reprs_show_no_secret() -> None:
    nonce = Nonce(id=N)
    assert N not in repr(nonce)
    assert Nonce(id="SANDBOX_short").masked == "SANDBOX_…"
    assert Nonce(id="").masked == "…"


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"status": "COMPLETE", "exitCode": 0}, "succeeded"),
        ({"status": "COMPLETE", "exitCode": 2}, "failed"),
        ({"status": "COMPLETE", "exitCode": "undetermined"}, "finished"),
        ({"status": "COMPLETE"}, "finished"),
        ({"status": "COMPLETE", "exitCode": 137}, "halted"),
        ({"status": "COMPLETE", "exitCode": 143}, "halted"),
        ({"status": "COMPLETE", "exitCode": 137, "finalState": {"OOMKilled": True}}, "oom"),
        ({"status": "COMPLETE", "finalState": {"unavailable": True}}, "finished"),
        ({"status": "ERROR"}, "error"),
        ({"status": "RUNNING"}, "running"),
        ({"status": "CREATING CONTAINER"}, "running"),
        ({"status": "SUBMITTED"}, "waiting"),
        ({"status": "PAUSED"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_an_outcome_is_more_than_a_status(abaco: Abaco, fields: dict[str, Any], outcome: str) -> None:
    assert Execution.from_api(fields, abaco.actors._caller.dialect).outcome == outcome
