"""Streaming a log: nothing of its text is lost, cut or mistaken, however the pieces fall."""

import json
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st

from actors_app.services import Abaco
from actors_app.services.calls import Call
from actors_app.services.errors import AbacoError, BadAnswer, NotFound
from actors_app.services.logs import _texts
from actors_app.services.urls import upstream_url
from tests.services.conftest import ROOT, RawServer, reach

CALL = Call("GET", upstream_url("actors", "v2"))
Start = Callable[[Callable[[RawServer, socket.socket], None]], RawServer]


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def answer(text: str, ascii_only: bool) -> bytes:
    links = {"self": 'https://x/"logs": "no"'}
    whole = {"message": 'the "logs": "', "result": {"_links": links, "logs": text}, "status": "success"}
    return json.dumps(whole, indent=2, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.integers(1, 20), st.booleans())
def test_a_log_is_whole_however_its_pieces_fall(text: str, size: int, ascii_only: bool) -> None:
    found = list(_texts(CALL, pieces(answer(text, ascii_only), size)))
    assert "".join(found) == text
    for piece in found:
        piece.encode("utf-8")


@pytest.mark.parametrize("size", range(1, 30))
def test_no_piece_cuts_a_character(size: int) -> None:
    text = '\U0001f600"\\\n\t\x00é漢\U0001f600' * 5
    for ascii_only in (True, False):
        assert "".join(_texts(CALL, pieces(answer(text, ascii_only), size))) == text


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_half_of_a_pair_is_replaced(size: int) -> None:
    body = b'{"result": {"logs": "a\\ud800b\\udc00c\\ud83d"}, "status": "success"}'
    assert "".join(_texts(CALL, pieces(body, size))) == "a\ufffdb\ufffdc\ufffd"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html>",
        b'{"status": "success", "result": {}}',
        b'{"status": "success", "result": {"logs": null}}',
        b'{"status": "success", "result": {"logs": "cut',
        b'{"status": "success", "result": {"logs": "cut\\',
        b'{"status": "success", "result": {"logs": "cut\\ud83d',
        b'{"status": "success", "result": {"logs": "bad \\x escape"}}',
        b'{"status": "success", "result": {"logs": "bad \\uZZZZ escape"}}',
        b" " * 200_000,
    ],
)
@pytest.mark.parametrize("size", [3, 1000])
def test_a_broken_log_is_a_bad_answer(body: bytes, size: int) -> None:
    with pytest.raises(BadAnswer):
        list(_texts(CALL, pieces(body, size)))


@responses.activate
@pytest.mark.parametrize("logs", [None, 7, [], {"a": "b"}])
def test_to_be_looked_at_a_log_that_is_no_text_is_an_empty_one(abaco: Abaco, logs: object) -> None:
    responses.get(f"{ROOT}/actors/v2/a/executions/e/logs", json={"status": "success", "result": {"logs": logs}})
    assert list(abaco.logs.view("a", "e")) == []
    with pytest.raises(BadAnswer):
        list(abaco.logs.stream("a", "e"))


@responses.activate
def test_to_be_looked_at_a_log_is_the_same(abaco: Abaco) -> None:
    responses.get(f"{ROOT}/actors/v2/a/executions/e/logs", json={"status": "success", "result": {"logs": "x\u00e9"}})
    assert "".join(abaco.logs.view("a", "e")) == "x\u00e9"


@responses.activate
def test_to_be_looked_at_an_answer_without_a_result_is_a_bad_one(abaco: Abaco) -> None:
    responses.get(f"{ROOT}/actors/v2/a/executions/e/logs", json={"status": "success", "result": []})
    with pytest.raises(BadAnswer):
        list(abaco.logs.view("a", "e"))


def test_an_envelope_that_says_error_is_one() -> None:
    body = b'{"message": "Not found? No executions found", "result": null, "status": "error"}'
    with pytest.raises(AbacoError) as caught:
        list(_texts(CALL, pieces(body, 10)))
    assert caught.value.kind == "invalid"


@responses.activate
def test_a_refusal_comes_before_the_first_piece(abaco: Abaco) -> None:
    said = {"status": "error", "message": "No executions found with actor id of a.", "result": None}
    responses.get(f"{ROOT}/actors/v2/a/executions/e/logs", json=said, status=400)
    with pytest.raises(NotFound):
        abaco.logs.stream("a", "e")


def test_a_large_log_passes_in_little_memory(raw: Start) -> None:
    line = b"the quick brown fox \\u00e9\\ud83d\\ude00\\n" * 2000
    count = 300

    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"result": {"logs": "')
        for _ in range(count):
            connection.sendall(line)
        connection.sendall(b'"}, "status": "success"}')

    chunks = reach(raw(handle)).logs.stream("a", "e")
    tracemalloc.start()
    try:
        length = sum(len(piece) for piece in chunks)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert length == count * 2000 * 23
    assert peak < 3_000_000


def test_the_connection_serves_again_after_a_log(raw: Start) -> None:
    body = answer("hello", ascii_only=True)

    def handle(server: RawServer, connection: socket.socket) -> None:
        while server.read_request(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    server = raw(handle)
    abaco = reach(server)
    for _ in range(3):
        assert "".join(abaco.logs.stream("a", "e")) == "hello"
    assert server.connections == 1


def test_a_reader_that_takes_its_time_loses_nothing(raw: Start) -> None:
    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        body = answer("x" * 200_000, ascii_only=True)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    length = 0
    for piece in reach(raw(handle), answer=0.5).logs.stream("a", "e"):
        length += len(piece)
        time.sleep(0.2)
    assert length == 200_000


def test_giving_up_early_closes_the_connection(raw: Start) -> None:
    closed = []

    def handle(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{"result": {"logs": "')
        try:
            while True:
                connection.sendall(b"x" * 65536)
        except OSError:
            closed.append(True)

    chunks = reach(raw(handle)).logs.stream("a", "e")
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    for _ in range(100):
        if closed:
            break
        time.sleep(0.02)
    assert closed
