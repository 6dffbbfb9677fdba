"""The listing of executions read as a stream: rows are whole wherever the answer was cut into pieces."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from actors_app.services import Abaco
from actors_app.services.calls import Call
from actors_app.services.dialects import V2
from actors_app.services.errors import AbacoError, BadAnswer, Forbidden, NotFound
from actors_app.services.executions import _rows
from actors_app.services.urls import actor, upstream_url
from tests.services.conftest import ROOT
from tests.support.payloads import envelope, execution_row, listing_payload, refusal

CALL = Call("GET", upstream_url("actors", "v2", actor("a"), "executions"))
URL = f"{ROOT}/actors/v2/a/executions"
HOSTILE = (
    "}{",
    '"}, {"id": "forged"}, {"',
    "\\",
    '\\\\"}',
    "]",
    "[{]}",
    "\u2028\x00\u0001\U0001f600",
    '"executions": [{"id": "forged"}]',
)


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    """Cut a body into pieces."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def read(body: bytes, size: int = 10**9) -> list[str]:
    """Return the ids of all rows, read from pieces of that size."""
    return [row.id for rows in _rows(CALL, pieces(body, size), V2()) for row in rows]


def body_of(*rows: dict[str, Any], **changes: Any) -> bytes:
    """Return the API's answer with these rows."""
    return json.dumps(envelope(listing_payload(*rows, **changes))).encode()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000, 10**9])
def test_rows_are_whole_wherever_the_answer_is_cut(size: int) -> None:
    rows = [execution_row(id=f"Ex{number}") for number in range(20)]
    assert read(body_of(*rows), size) == [f"Ex{number}" for number in range(20)]


@pytest.mark.parametrize("size", [1, 5, 10**9])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_stands_in_a_text_is_no_structure(size: int, text: str) -> None:
    rows = [execution_row(id="one", status=text), execution_row(id="two")]
    for body in (body_of(*rows), json.dumps(envelope(listing_payload(*rows)), ensure_ascii=False).encode()):
        assert read(body, size) == ["one", "two"]


def test_it_is_the_same_as_reading_all_at_once(abaco: Abaco) -> None:
    rows = [execution_row(id=f"Ex{number}", status="ERROR" if number % 7 else "COMPLETE") for number in range(300)]
    with responses.RequestsMock() as wire:
        wire.get(URL, body=body_of(*rows))
        streamed = [row for some in abaco.executions.stream("a") for row in some]
        assert tuple(streamed) == abaco.executions.list("a").executions


def test_halves_of_surrogate_pairs_lose_no_row() -> None:
    assert len(read(body_of(execution_row(id="\ud800"), execution_row(id="two")))) == 2


@pytest.mark.parametrize("size", [1, 50, 10**9])
def test_no_rows_are_no_error(size: int) -> None:
    assert read(body_of(), size) == []
    assert read(body_of().replace(b"[]", b"[ \n ]"), size) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html>gateway</html>",
        b'{"status": "success", "message": "OK", "result": {"executions": [',
        b'{"status": "success", "message": "OK", "result": {"executions": [{"id": "one"',
        b'{"status": "success", "message": "OK", "result": {"executions": [{"id": "one"}',
        b'{"status": "success", "message": "OK", "result": {"executions": [{"id": "one"}, ',
        b'{"status": "success", "message": "OK", "result": {"executions": [17, 18]}}',
        b'{"status": "success", "message": "OK", "result": {"executions": [{"id": one}]}}',
        b'{"status": "success", "message": "OK", "result": {"nothing": 1}}',
        b'{"status": "success", "message": "OK", "result": []}',
        b'{"executions": [{"id": "' + b"x" * 200_000,
        b"x" * 200_000,
    ],
)
@pytest.mark.parametrize("size", [100, 10**9])
def test_what_is_broken_is_said_and_is_no_empty_list(body: bytes, size: int) -> None:
    with pytest.raises(BadAnswer):
        read(body, size)


def test_rows_that_came_before_the_break_were_given() -> None:
    body = body_of(execution_row(id="one"), execution_row(id="two"))
    cut = pieces(body[: body.index(b'"two"') + 20], 50)
    found: list[str] = []
    with pytest.raises(BadAnswer):
        found.extend(row.id for rows in _rows(CALL, cut, V2()) for row in rows)
    assert found == ["one"]


def test_an_error_in_the_envelope_is_an_error() -> None:
    with pytest.raises(AbacoError):
        read(json.dumps(refusal("It broke.")).encode())


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [(403, "Not authorized -- missing required role.", Forbidden), (404, "The actor does not exist.", NotFound)],
)
def test_a_refusal_is_raised_before_any_row(abaco: Abaco, status: int, message: str, error: type[AbacoError]) -> None:
    with responses.RequestsMock() as wire:
        wire.get(URL, json=refusal(message), status=status)
        with pytest.raises(error):
            list(abaco.executions.stream("a"))


@pytest.mark.parametrize("size", [1, 7, 10**9])
def test_a_row_may_hold_objects(size: int) -> None:
    odd = {"$date": {"a": [{"b": "}"}, {}]}}
    assert read(body_of(execution_row(id="one", startTime=odd), execution_row(id="two")), size) == ["one", "two"]
