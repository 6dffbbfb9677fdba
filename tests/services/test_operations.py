"""Every operation at the wire: its method, path, query, headers, body and time, and what comes back."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from actors_app.services import Abaco
from actors_app.services.errors import BadAnswer, InvalidRequest, NotFound
from actors_app.services.types import Actor, Execution, Nonce
from tests.services.conftest import ROOT, TOKEN

A, E, W, N = "zlVl01zOo4pXE", "PYaE7Gm5DRJAN", "0xqx3yRWN4jrB", "SANDBOX_zy5Ol8aXE6W1q"
BASE = f"/actors/v2/{A}"
JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """One operation: what must leave, what comes back, and what it is made into."""

    name: str
    act: Callable[[Abaco], Any]
    method: str
    path: str
    result: Any = None
    read: Callable[[Any], Any] = lambda value: value
    expected: Any = "Done."
    body: bytes | None = None
    content_type: str | None = None


OPERATIONS = [
    Operation(
        "actors.list",
        lambda abaco: abaco.actors.list(),
        "GET",
        "/actors/v2",
        [{"id": "a"}, "noise", {"id": "b"}],
        lambda actors: [actor.id for actor in actors],
        ["a", "b"],
    ),
    Operation("actors.get", lambda abaco: abaco.actors.get(A), "GET", BASE, {"id": A}, lambda a: a.id, A),
    Operation(
        "actors.create",
        lambda abaco: abaco.actors.create(
            {"image": "abacosamples/test", "default_environment": {"K": "v"}, "queue": "", "name": None}
        ),
        "POST",
        "/actors/v2",
        {"id": A, "status": "SUBMITTED"},
        lambda actor: (actor.id, actor.is_submitted),
        (A, True),
        b'{"image": "abacosamples/test", "defaultEnvironment": {"K": "v"}}',
        JSON,
    ),
    Operation(
        "actors.update",
        lambda abaco: abaco.actors.update(A, {"image": "i", "force": True}),
        "PUT",
        BASE,
        {"id": A, "revision": 2},
        lambda actor: actor.revision,
        2,
        b'{"image": "i", "force": true}',
        JSON,
    ),
    Operation("actors.delete", lambda abaco: abaco.actors.delete(A), "DELETE", BASE),
    Operation(
        "messages.count",
        lambda abaco: abaco.messages.count(A),
        "GET",
        f"{BASE}/messages",
        {"messages": 4},
        lambda mailbox: mailbox.messages,
        4,
    ),
    Operation(
        "messages.send_text",
        lambda abaco: abaco.messages.send_text(A, "hej", {"MODE": "a b&c", "n": "ö"}),
        "POST",
        f"{BASE}/messages?MODE=a+b%26c&n=%C3%B6",
        {"executionId": E, "msg": "hej"},
        lambda sent: (sent.execution_id, sent.msg),
        (E, "hej"),
        b'{"message": "hej"}',
        JSON,
    ),
    Operation(
        "messages.send_json",
        lambda abaco: abaco.messages.send_json(A, {"k": [1, None], "queue": ""}),
        "POST",
        f"{BASE}/messages",
        {"executionId": E, "msg": {"k": [1, None]}},
        lambda sent: sent.execution_id,
        E,
        b'{"k": [1, null], "queue": ""}',
        JSON,
    ),
    Operation(
        "messages.send_binary",
        lambda abaco: abaco.messages.send_binary(A, b"\x00\xff", {"K": "v"}),
        "POST",
        f"{BASE}/messages?K=v",
        {"executionId": E, "msg": "binary - omitted"},
        lambda sent: sent.execution_id,
        E,
        b"\x00\xff",
        "application/octet-stream",
    ),
    Operation("messages.purge", lambda abaco: abaco.messages.purge(A), "DELETE", f"{BASE}/messages"),
    Operation(
        "workers.list",
        lambda abaco: abaco.workers.list(A),
        "GET",
        f"{BASE}/workers",
        [{"id": W, "status": "PULLING IMAGE"}],
        lambda workers: [worker.status_words for worker in workers],
        ["Pulling image"],
    ),
    Operation(
        "admin.actors",
        lambda abaco: abaco.admin.actors(),
        "GET",
        "/actors/v2/admin",
        [{"id": A, "tenant": "T", "messages": 3, "name": None, "workers": [{"id": W}]}, "noise"],
        lambda actors: [(one.id, one.tenant, one.messages, one.label, one.workers[0].id) for one in actors],
        [(A, "T", 3, A, W)],
    ),
    Operation(
        "admin.workers",
        lambda abaco: abaco.admin.workers(),
        "GET",
        "/actors/v2/admin/workers",
        {"summary": {}, "workers": [{"id": W, "actorId": A, "actorDbid": f"T_{A}", "status": "REQUESTED"}]},
        lambda workers: [(one.id, one.actor_id, one.is_starting) for one in workers],
        [(W, A, True)],
    ),
    Operation(
        "admin.totals",
        lambda abaco: abaco.admin.totals(),
        "GET",
        "/actors/v2/admin/executions",
        {"summary": {"totalExecutionsAll": 5, "totalExecutionRuntimeExisting": "7"}, "actors": []},
        lambda totals: (totals.executions, totals.existing_runtime, totals.actors),
        (5, 7, None),
    ),
    Operation(
        "admin.utilization",
        lambda abaco: abaco.admin.utilization(),
        "GET",
        "/actors/v2/utilization",
        {"currentActors": 1, "totalActors": 2, "workers": 3, "commandQueue": 4},
        lambda one: (one.current_actors, one.total_actors, one.workers, one.command_queue),
        (1, 2, 3, 4),
    ),
    Operation(
        "workers.get",
        lambda abaco: abaco.workers.get(A, W),
        "GET",
        f"{BASE}/workers/{W}",
        {"id": W, "status": "BUSY"},
        lambda worker: worker.is_busy,
        True,
    ),
    Operation(
        "workers.ensure",
        lambda abaco: abaco.workers.ensure(A, 3),
        "POST",
        f"{BASE}/workers",
        body=b'{"num": 3}',
        content_type=JSON,
    ),
    Operation("workers.stop", lambda abaco: abaco.workers.stop(A, W), "DELETE", f"{BASE}/workers/{W}"),
    Operation(
        "nonces.list",
        lambda abaco: abaco.nonces.list(A),
        "GET",
        f"{BASE}/nonces",
        [{"id": N, "maxUses": -1, "remainingUses": -1}],
        lambda nonces: [(nonce.masked, nonce.is_unlimited) for nonce in nonces],
        [("SANDBOX_…6W1q", True)],
    ),
    Operation(
        "nonces.get",
        lambda abaco: abaco.nonces.get(A, N),
        "GET",
        f"{BASE}/nonces/{N}",
        {"id": N, "remainingUses": 0},
        lambda nonce: nonce.is_exhausted,
        True,
    ),
    Operation(
        "nonces.create",
        lambda abaco: abaco.nonces.create(A, "READ", 5, "for the lab"),
        "POST",
        f"{BASE}/nonces",
        {"id": N},
        lambda nonce: nonce.id,
        N,
        b'{"level": "READ", "maxUses": 5, "description": "for the lab"}',
        JSON,
    ),
    Operation("nonces.delete", lambda abaco: abaco.nonces.delete(A, N), "DELETE", f"{BASE}/nonces/{N}"),
    Operation(
        "executions.list",
        lambda abaco: abaco.executions.list(A),
        "GET",
        f"{BASE}/executions",
        {
            "actorId": A,
            "totalExecutions": 1,
            "executions": [{"id": E, "status": "RUNNING", "startTime": "Mon, 23 Nov 2026 15:55:10 GMT"}],
        },
        lambda listing: (listing.total_executions, listing.executions[0].start_time),
        (1, datetime(2026, 11, 23, 15, 55, 10, tzinfo=UTC)),
    ),
    Operation(
        "executions.search",
        lambda abaco: abaco.executions.search(A, 2, 4, {"status": "COMPLETE", "message_received_time.gte": "2026"}),
        "GET",
        f"{BASE}/executions?limit=2&skip=4&status=COMPLETE&messageReceivedTime.gte=2026",
        {
            "_metadata": {"totalCount": 9, "recordsSkipped": 4},
            "search": [{"id": E, "status": "COMPLETE", "exitCode": 1}],
        },
        lambda page: (page.total, page.skipped, [execution.outcome for execution in page.executions]),
        (9, 4, ["failed"]),
    ),
    Operation(
        "executions.details",
        lambda abaco: abaco.executions.details(A, [E, W]),
        "GET",
        f"{BASE}/executions?id.in=%5B%22{E}%22%2C%22{W}%22%5D&limit=2",
        {"_metadata": {"totalCount": 2}, "search": [{"id": E, "exitCode": 0}, {"id": "another"}]},
        lambda found: {key: execution.exit_code for key, execution in found.items()},
        {E: 0},
    ),
    Operation(
        "search.executions",
        lambda abaco: abaco.search.executions(5, filters={"executor": "jdoe"}),
        "GET",
        "/actors/v2/search/executions?limit=5&skip=0&executor=jdoe",
        {"_metadata": {"totalCount": 1}, "search": [{"id": E, "status": "ERROR"}]},
        lambda page: [execution.outcome for execution in page.executions],
        ["error"],
    ),
    Operation(
        "executions.get",
        lambda abaco: abaco.executions.get(A, E),
        "GET",
        f"{BASE}/executions/{E}",
        {"id": E, "status": "SUBMITTED"},
        lambda execution: execution.outcome,
        "waiting",
    ),
    Operation("executions.halt", lambda abaco: abaco.executions.halt(A, E), "DELETE", f"{BASE}/executions/{E}"),
    Operation(
        "executions.register",
        lambda abaco: abaco.executions.register(A, 1, 2, 3),
        "POST",
        f"{BASE}/executions",
        {"id": E, "actorId": A},
        lambda execution: execution.id,
        E,
        b'{"runtime": 1, "cpu": 2, "io": 3}',
        JSON,
    ),
    Operation(
        "logs.get",
        lambda abaco: abaco.logs.get(A, E),
        "GET",
        f"{BASE}/executions/{E}/logs",
        {"logs": "hello\n"},
        lambda log: (log.text, log.is_cut),
        ("hello\n", False),
    ),
    Operation(
        "logs.stream",
        lambda abaco: "".join(abaco.logs.stream(A, E)),
        "GET",
        f"{BASE}/executions/{E}/logs",
        {"_links": {"self": "x"}, "logs": 'a "b" ö\n'},
        expected='a "b" ö\n',
    ),
    Operation("state.get", lambda abaco: abaco.state.get(A), "GET", f"{BASE}/state", {"state": [1]}, expected=[1]),
    Operation(
        "state.set",
        lambda abaco: abaco.state.set(A, {"n": 1}),
        "POST",
        f"{BASE}/state",
        {"id": A, "state": {"n": 1}},
        lambda actor: actor.state,
        {"n": 1},
        b'{"n": 1}',
        JSON,
    ),
    Operation(
        "permissions.get",
        lambda abaco: abaco.permissions.get(A),
        "GET",
        f"{BASE}/permissions",
        {"jdoe": "UPDATE", "a": {"b": "READ"}},
        expected={"jdoe": "UPDATE", "a.b": "READ"},
    ),
    Operation(
        "permissions.get of an alias",
        lambda abaco: abaco.permissions.get("mine", "alias"),
        "GET",
        "/actors/v2/aliases/mine/permissions",
        {"jdoe": "UPDATE", "noise": 7},
        expected={"jdoe": "UPDATE"},
    ),
    Operation(
        "permissions.grant on a config",
        lambda abaco: abaco.permissions.grant("DB_HOST", "jdoe", "NONE", "config"),
        "POST",
        "/actors/v2/configs/DB_HOST/permissions",
        {"jdoe": "NONE"},
        expected={"jdoe": "NONE"},
        body=b'{"user": "jdoe", "level": "NONE"}',
        content_type=JSON,
    ),
    Operation(
        "permissions.grant",
        lambda abaco: abaco.permissions.grant(A, "jdoe", "READ"),
        "POST",
        f"{BASE}/permissions",
        {"jdoe": "READ"},
        expected={"jdoe": "READ"},
        body=b'{"user": "jdoe", "level": "READ"}',
        content_type=JSON,
    ),
    Operation(
        "aliases.list",
        lambda abaco: abaco.aliases.list(),
        "GET",
        "/actors/v2/aliases",
        [{"alias": "mine", "actorId": A}],
        lambda aliases: [(alias.alias, alias.actor_id) for alias in aliases],
        [("mine", A)],
    ),
    Operation(
        "aliases.get",
        lambda abaco: abaco.aliases.get("mine"),
        "GET",
        "/actors/v2/aliases/mine",
        {"alias": "mine", "owner": "jdoe"},
        lambda alias: alias.owner,
        "jdoe",
    ),
    Operation(
        "profile.me",
        lambda abaco: abaco.profile.me(),
        "GET",
        "/profiles/v2/me",
        {"username": "jdoe", "first_name": "Jane", "last_name": "Doe"},
        lambda profile: (profile.username, profile.full_name),
        ("jdoe", "Jane Doe"),
    ),
]


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
        b'{"image": "i", "stateless": false, "defaultEnvironment": {"K": "v"}, "description": "new", "link": "",'
        b' "webhook": "", "hints": ["sync"], "type": "", "token": false, "logEx": 60, "cronOn": true,'
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
    assert "was done" in caught.value.advice


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
