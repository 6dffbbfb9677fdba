"""The names of answers: those of another version are refused, whatever is asked, and then nothing is sent."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import responses

from actors_app.services import Abaco, AbacoClient
from actors_app.services.calls import Call, Limits
from actors_app.services.dialects import DIALECTS, V2, V2Snake, camel
from actors_app.services.errors import AbacoError, BadAnswer, NamingMismatch
from actors_app.services.executions import _rows
from actors_app.services.naming import TELLING, check, naming_of
from actors_app.services.types import Actor
from actors_app.services.urls import actor, upstream_url
from tests.services.conftest import ROOT, Visitor
from tests.services.operations import OPERATIONS, A, E, Operation
from tests.support.payloads import actor_payload, envelope, execution_row, listing_payload, respelled, snake_name

RECORDINGS = Path(__file__).parent.parent / "recordings"
CALL = Call("GET", upstream_url("actors", "v2"))
INNER = ("search", "_metadata", "executions", "workers", "actors", "summary")
SEARCH = f"{ROOT}/actors/v2/search/actors"
SETTING = "set ACTORS_API_VERSION, or version in the file of PORTAL_TENANTS_FILE, to {}."


def abaco_of(version: str) -> Abaco:
    return Abaco(AbacoClient(ROOT, version, limits=Limits(pause=0.0)), Visitor())


def recorded(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each recorded success of Abaco's own by its case, with its envelope."""
    for file in sorted((RECORDINGS / folder).glob("*.json")):
        found = json.loads(file.read_text())
        body = found["response"].get("body")
        if isinstance(body, dict) and body.get("status") == "success" and "permissions" not in found["request"]["path"]:
            yield file.stem, body


def shows(result: Any) -> bool:
    """Whether a recorded result has a name with a hump or an underscore in it that not all versions share."""
    if isinstance(result, list):
        return any(shows(row) for row in result)
    if not isinstance(result, dict) or "commandQueue" in result:
        return False
    own = any(re.search(r"[a-z](_[a-z]|[A-Z])", name) for name in result)
    return own or any(shows(result[name]) for name in INNER if name in result)


# Recorded answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "version"), [("v2", "v2"), ("v2-nginx", "v2"), ("v2-snake", "v2-snake"), ("v3-nginx", "v3")]
)
def test_every_recorded_answer_is_taken_by_its_own_version_and_by_no_other(folder: str, version: str) -> None:
    telling = 0
    for case, body in recorded(folder):
        result, has_metadata = body["result"], "metadata" in body
        assert check(CALL, DIALECTS[version](), result, has_metadata) == shows(result), case
        for other in DIALECTS.keys() - {version}:
            if has_metadata == DIALECTS[other]().has_metadata and not shows(result):
                continue  # as it might be of either
            with pytest.raises(NamingMismatch) as caught:
                check(CALL, DIALECTS[other](), result, has_metadata)
            assert version in caught.value.user_message.rpartition(" to ")[2], (case, other)
            telling += 1
    assert telling > 50


def test_every_name_of_the_records_is_known() -> None:
    """A name that only the records of a later recording have would be a hole."""
    for folder in ("v2", "v2-nginx", "v2-snake", "v3-nginx"):
        for case, body in recorded(folder):
            rows = body["result"] if isinstance(body["result"], list) else [body["result"]]
            for row in rows:
                names = {} if not isinstance(row, dict) or "commandQueue" in row else row
                humped = {snake_name(name) for name in names if re.search(r"[a-z](_[a-z]|[A-Z])", name)}
                assert humped <= TELLING, case


# What says nothing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "result",
    [
        actor_payload(defaultEnvironment={"create_time": "x", "max_uses": 1}),
        actor_payload(state={"actor_id": 1, "search": [{"worker_id": 1}]}),
        {"executionId": E, "msg": {"actor_id": "x", "max_workers": 2}},
        {"state": {"create_time": "x"}},
        actor_payload(a_newer_name=1, some_flag=True),
        [{"id": "a"}, "noise", {}],
        {"currentActors": 1, "totalActors": 2, "workers": 3, "commandQueue": 4},
        actor_payload(create_time="both"),
        None,
        [],
        7,
    ],
)
def test_what_people_wrote_and_what_is_new_is_no_evidence(result: Any) -> None:
    check(CALL, V2(), result, False)


def test_a_newer_envelope_around_names_that_fit_is_taken() -> None:
    assert check(CALL, V2(), actor_payload(), True)


@responses.activate
def test_the_names_of_people_are_not_those_of_the_api() -> None:
    responses.get(f"{ROOT}/actors/v2/{A}/permissions", json=envelope({"create_time": "READ", "max_uses": "NONE"}))
    assert abaco_of("v2").permissions.get(A) == {"create_time": "READ", "max_uses": "NONE"}


# Every operation ---------------------------------------------------------------------------------------------


def answers(operation: Operation, result: Any) -> None:
    body = {"message": "Done.", "result": result, "status": "success", "version": "dev"}
    responses.add(operation.method, ROOT + operation.path.partition("?")[0], json=body)


@responses.activate
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_in_snake_case(operation: Operation) -> None:
    """What is asked and what comes back is the same, by the other names."""
    answers(operation, respelled(operation.result))
    assert operation.read(operation.act(abaco_of("v2-snake"))) == operation.expected
    (call,) = responses.calls
    assert call.request.path_url == operation.path.replace("messageReceivedTime", "message_received_time")
    if operation.content_type == "application/json" and "/messages" not in operation.path:
        assert json.loads(call.request.body) == respelled(json.loads(operation.body or b""))
    else:
        assert call.request.body == operation.body


DIFFERING = [one for one in OPERATIONS if respelled(one.result) != one.result and one.name != "profile.me"]


@responses.activate
@pytest.mark.parametrize("operation", DIFFERING, ids=lambda operation: operation.name)
@pytest.mark.parametrize("version", ["v2", "v2-snake"])
def test_an_operation_refuses_the_names_of_another_version(operation: Operation, version: str) -> None:
    right = "v2-snake" if version == "v2" else "v2"
    answers(operation, respelled(operation.result) if version == "v2" else operation.result)
    with pytest.raises(NamingMismatch) as caught:
        operation.act(abaco_of(version))
    assert caught.value.user_message.endswith(SETTING.format(right))
    assert f"is set to {version}:" in caught.value.user_message
    assert (caught.value.status, caught.value.kind) == (502, "wrong-version")
    assert caught.value.changed == ("no" if operation.method == "GET" else "yes")


@responses.activate
@pytest.mark.parametrize("version", ["v2", "v2-snake"])
def test_a_list_of_lines_is_refused(version: str) -> None:
    row = actor_payload() if version == "v2-snake" else respelled(actor_payload())
    responses.get(f"{ROOT}/actors/v2", json=envelope([row, row]))
    with pytest.raises(NamingMismatch):
        abaco_of(version).actors.lines()


@pytest.mark.parametrize("size", [7, 10**9])
@pytest.mark.parametrize("rows", [0, 1, 300])
def test_a_streamed_listing_is_refused_by_its_head_and_by_its_rows(size: int, rows: int) -> None:
    listing = respelled(listing_payload(*[execution_row(id=f"Ex{number}") for number in range(rows)]))
    call = Call("GET", upstream_url("actors", "v2", actor("a"), "executions"))
    bodies = [envelope(listing)]
    if rows:
        bodies.append(envelope({"executions": listing["executions"]}))
    for body in bodies:
        text = json.dumps(body).encode()
        pieces = (text[start : start + size] for start in range(0, len(text), size))
        with pytest.raises(NamingMismatch):
            list(_rows(call, pieces, V2()))


def test_a_streamed_listing_tells_v2_from_v3_by_its_envelope() -> None:
    call = Call("GET", upstream_url("actors", "v2", actor("a"), "executions"))
    listing = respelled(listing_payload(execution_row()))
    v3 = json.dumps(envelope(listing) | {"metadata": {}}, sort_keys=True).encode()
    with pytest.raises(NamingMismatch, match="in the names of v3"):
        list(_rows(call, iter([v3]), V2Snake()))
    v2 = json.dumps(envelope(listing), sort_keys=True).encode()
    with pytest.raises(NamingMismatch, match="in the names of v2-snake"):
        list(_rows(call, iter([v2]), DIALECTS["v3"]()))
    assert [len(rows) for rows in _rows(call, iter([v2]), V2Snake())] == [1]


@responses.activate
@pytest.mark.parametrize(
    ("version", "path", "has_metadata", "right"),
    [("v2", "/actors/v2", True, "v3"), ("v2-snake", "/actors/v2", True, "v3"), ("v3", "/v3/actors", False, "v2-snake")],
)
def test_v2_and_v3_are_told_apart_by_the_envelope(version: str, path: str, has_metadata: bool, right: str) -> None:
    more = {"metadata": {}} if has_metadata else {}
    responses.get(f"{ROOT}{path}/{A}", json=envelope(respelled(actor_payload())) | more)
    responses.get(f"{ROOT}{path}", json=envelope([respelled(actor_payload())]) | more)
    responses.get(f"{ROOT}{path}/{A}/state", json=envelope({"state": {}}) | more)
    abaco = abaco_of(version)
    calls: tuple[Callable[[], object], ...] = (
        lambda: abaco.actors.get(A),
        lambda: abaco.actors.list(),
        lambda: abaco.actors.lines(),
    )
    for act in calls:
        with pytest.raises(NamingMismatch, match=f"in the names of {right},"):
            act()
    with pytest.raises(NamingMismatch):  # nothing but the envelope
        abaco.state.get(A)


# Before a write ----------------------------------------------------------------------------------------------


def metadata_of(version: str) -> dict[str, Any]:
    found = {"totalCount": 0, "recordsSkipped": 0, "recordLimit": 1, "countReturned": 0}
    return {"_metadata": found if version == "v2" else respelled(found), "search": []}


WRITES = [one for one in OPERATIONS if one.method != "GET"]


@responses.activate
@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
@pytest.mark.parametrize("version", ["v2", "v2-snake"])
def test_no_write_leaves_in_names_that_the_api_does_not_have(operation: Operation, version: str) -> None:
    naming_of.cache_clear()  # a portal that has just begun
    responses.get(SEARCH, json=envelope(metadata_of("v2-snake" if version == "v2" else "v2")))
    with pytest.raises(NamingMismatch) as caught:
        operation.act(abaco_of(version))
    assert caught.value.changed == "no"
    assert [call.request.method for call in responses.calls] == ["GET"]


@responses.activate
def test_the_names_are_asked_for_once_and_not_where_an_answer_has_shown_them() -> None:
    naming_of.cache_clear()
    responses.get(SEARCH, json=envelope(metadata_of("v2")))
    responses.delete(f"{ROOT}/actors/v2/{A}/messages", json=envelope(None))
    for _ in range(2):
        abaco_of("v2").messages.purge(A)
    assert [call.request.method for call in responses.calls] == ["GET", "DELETE", "DELETE"]
    naming_of.cache_clear()
    responses.calls.reset()
    responses.get(f"{ROOT}/actors/v2/{A}", json=envelope(actor_payload()))
    abaco_of("v2").actors.get(A)
    abaco_of("v2").messages.purge(A)
    assert [call.request.method for call in responses.calls] == ["GET", "DELETE"]


@responses.activate
def test_names_that_changed_are_asked_for_again() -> None:
    """The server was started with another case while the portal ran."""
    responses.get(f"{ROOT}/actors/v2/{A}", json=envelope(respelled(actor_payload())))
    responses.get(SEARCH, json=envelope(metadata_of("v2-snake")))
    abaco = abaco_of("v2")
    with pytest.raises(NamingMismatch):
        abaco.actors.get(A)
    with pytest.raises(NamingMismatch):
        abaco.actors.create({"image": "i", "default_environment": {"K": "v"}})
    assert [call.request.method for call in responses.calls] == ["GET", "GET"]


@responses.activate
@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (envelope({"search": []}), 200, BadAnswer),
        (envelope([]), 200, BadAnswer),
        ({"status": "error", "message": "It broke."}, 500, AbacoError),
    ],
)
def test_where_the_names_cannot_be_learned_no_write_leaves(
    answer: dict[str, Any], status: int, error: type[AbacoError]
) -> None:
    naming_of.cache_clear()
    responses.get(SEARCH, json=answer, status=status)
    with pytest.raises(error) as caught:
        abaco_of("v2").actors.create({"image": "i"})
    assert caught.value.changed == "no"
    assert {call.request.method for call in responses.calls} == {"GET"}


@responses.activate
def test_an_answer_without_names_is_refused_where_the_api_has_others() -> None:
    naming_of.cache_clear()
    responses.get(SEARCH, json=envelope(metadata_of("v2-snake")))
    responses.get(f"{ROOT}/actors/v2/{A}/messages", json=envelope({"messages": 2}))
    responses.get(f"{ROOT}/actors/v2", json=envelope([]))
    responses.get(f"{ROOT}/actors/v2/{A}/permissions", json=envelope({"jdoe": "READ"}))
    abaco = abaco_of("v2")
    calls: tuple[Callable[[], object], ...] = (
        lambda: abaco.messages.count(A),
        lambda: abaco.actors.list(),
        lambda: abaco.actors.lines(),
        lambda: abaco.permissions.get(A),
        lambda: list(abaco.logs.stream(A, E)),
        lambda: abaco.results.take(A, E),
    )
    for act in calls:
        with pytest.raises(NamingMismatch):
            act()


@responses.activate
def test_an_answer_without_names_is_taken_where_the_search_fails() -> None:
    naming_of.cache_clear()
    responses.get(SEARCH, status=500)
    responses.get(f"{ROOT}/actors/v2/{A}/messages", json=envelope({"messages": 2}))
    assert abaco_of("v2").messages.count(A).messages == 2


# What every record has ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["createTime", "lastUpdateTime"])
def test_no_update_starts_from_an_actor_without_what_every_actor_has(name: str) -> None:
    whole = actor_payload()
    Actor.from_api(whole, V2()).need_whole()
    del whole[name]
    with pytest.raises(NamingMismatch, match=name):
        Actor.from_api(whole, V2()).need_whole()


@pytest.mark.parametrize("folder", ["v2-snake", "v3-nginx"])
def test_where_nulls_are_kept_all_that_an_update_resets_must_be_there(folder: str) -> None:
    dialect = DIALECTS["v2-snake" if folder == "v2-snake" else "v3"]()
    rows = [row for _, body in recorded(folder) if isinstance(row := body["result"], dict) and "image" in row]
    actors = [row for row in rows if "stateless" in row]
    assert actors
    for row in actors:
        Actor.from_api(row, dialect).need_whole()
    for name in ("default_environment", "cron_schedule", "log_ex", "max_workers", "state", "webhook", "create_time"):
        with pytest.raises(NamingMismatch, match=name):
            Actor.from_api({key: value for key, value in actors[0].items() if key != name}, dialect).need_whole()


@responses.activate
def test_a_config_that_may_be_a_secret_is_not_read_as_none() -> None:
    responses.get(f"{ROOT}/actors/v2/configs", json=envelope([{"name": "K", "value": "gAAA", "actors": A}]))
    with pytest.raises(NamingMismatch, match="is_secret"):
        abaco_of("v2").configs.list()


@responses.activate
def test_no_state_is_not_an_empty_one() -> None:
    responses.get(f"{ROOT}/actors/v2/{A}/state", json=envelope({}))
    with pytest.raises(BadAnswer):
        abaco_of("v2").state.get(A)


def test_all_names_are_written_in_both_ways() -> None:
    assert all(snake_name(camel(name)) == name and camel(name) != name for name in TELLING)
