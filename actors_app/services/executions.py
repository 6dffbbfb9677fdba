"""Executions: list, search, get, halt, register. Their logs have a file of their own."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from actors_app.services.caller import Service, check_envelope, json_call, open_envelope, unreadable
from actors_app.services.calls import Call, Reply
from actors_app.services.dialects import Dialect
from actors_app.services.errors import InvalidRequest
from actors_app.services.jsons import UnreadableJSON, check_shape, load_json
from actors_app.services.naming import check
from actors_app.services.times import parse_time
from actors_app.services.types import Execution, ExecutionListing, ExecutionPage, ExecutionRow
from actors_app.services.urls import actor, execution

# Declared, because any other name would be compared with a field that does not exist, and find nothing.
SEARCH_FIELDS = frozenset(
    {
        "id",
        "status",
        "executor",
        "worker_id",
        "exit_code",
        "runtime",
        "message_received_time",
        "start_time",
    }
)
SEARCH_OPERATORS = frozenset({"gt", "gte", "lt", "lte", "neq"})
MAX_SEARCH = 1000  # executions in one page of a search
MAX_DETAILS = 100  # ids named in one address, which must not grow too long

_HEAD = 65536  # bytes before the rows: the message and the links
_ROWS = re.compile(rb'"executions"\s*:\s*\[')
# A row, and what objects it may hold in turn. Possessive, so that the scan is linear whatever the answer is.
_DEPTH = 6
_INSIDE = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
for _ in range(_DEPTH):
    _OBJECT = rb'\{[^{}"]*+(?:(?:' + _INSIDE + rb')[^{}"]*+)*+\}'
    _INSIDE = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|' + _OBJECT
_ROW = re.compile(rb"[\s,]*+" + _OBJECT, re.DOTALL)
_TIMES = ("message_received_time", "start_time", "finish_time")
_LONGEST_ROW = 4096  # bytes


def page_query(
    dialect: Dialect, limit: int, skip: int, filters: Mapping[str, str] | None
) -> tuple[tuple[str, str], ...]:
    """Return the query of one page of a search; raise InvalidRequest for a page or a filter there cannot be."""
    if not 1 <= limit <= MAX_SEARCH or skip < 0:
        raise InvalidRequest("a search outside its limits", user_message="Page not found.")
    query = [("limit", str(limit)), ("skip", str(skip))]
    for name, value in (filters or {}).items():
        field, _, operator = name.partition(".")
        if field not in SEARCH_FIELDS or (operator and operator not in SEARCH_OPERATORS):
            raise InvalidRequest("a search by an unknown field", user_message="Unknown filter.")
        sent = dialect.name(field)
        query.append((f"{sent}.{operator}" if operator else sent, value))
    return tuple(query)


class _Envelope(msgspec.Struct):
    """The envelope with its result not yet read, so that thousands of rows are read only once."""

    status: object = None
    message: object = None
    metadata: object = msgspec.UNSET
    result: msgspec.Raw = msgspec.Raw(b"")


class Executions(Service):
    """The executions of actors."""

    def list(self, actor_id: str) -> ExecutionListing:
        """Return all executions of an actor with their totals, in no particular order.

        One answer holds them all, which is too large beyond some 50,000. `GET /actors/{id}/executions`.
        """
        path = self._caller.path(actor(actor_id), "executions")
        call = Call("GET", path)
        reply = self._caller.reply(call)
        try:
            check_shape(reply.body)
            envelope = msgspec.json.decode(reply.body, type=_Envelope)
            check_envelope(call, reply.status, envelope.status, envelope.message)
            result = msgspec.json.decode(envelope.result)
        except (msgspec.DecodeError, UnreadableJSON, UnicodeDecodeError):
            # It is stricter than our own reader, which is slower and replaces what cannot be text.
            result = self._caller.envelope(call, reply).get("result")
        else:
            self._caller.heard(call, result, has_metadata=envelope.metadata is not msgspec.UNSET)
        if not isinstance(result, dict):
            raise unreadable(call, "a result that is no object")
        return ExecutionListing.from_api(result, self._caller.dialect)

    def stream(self, actor_id: str) -> Iterator[tuple[ExecutionRow, ...]]:
        """Return all executions of an actor in the API's order, some at a time as the answer arrives.

        It never holds the whole answer; the call is made before this returns. Raises BadAnswer, while iterating, for
        an answer that breaks off or is of no form we know. `GET /actors/{id}/executions`.
        """
        call = Call("GET", self._caller.path(actor(actor_id), "executions"), is_large=True)
        return _rows(call, self._caller.stream(call), self._caller.dialect)

    def search(
        self,
        actor_id: str,
        limit: int = 100,
        skip: int = 0,
        filters: Mapping[str, str] | None = None,
    ) -> ExecutionPage:
        """Return one page of an actor's executions, each whole; the store's order, which may repeat nothing.

        `filters` maps a name of SEARCH_FIELDS, alone or with `.gt`, `.gte`, `.lt`, `.lte` or `.neq`, to a
        value. The actor is given by its id: for an alias nothing is found. Raises InvalidRequest for other
        names and for a limit outside 1 to 1000. `GET /actors/{id}/executions?limit=…&skip=…`.
        """
        query = page_query(self._caller.dialect, limit, skip, filters)
        path = self._caller.path(actor(actor_id), "executions")
        result = self._caller.object(Call("GET", path, query=query))
        return ExecutionPage.from_api(result, self._caller.dialect)

    def details(self, actor_id: str, ids: Sequence[str]) -> dict[str, Execution]:
        """Return some of an actor's executions whole, by their ids; those the search does not give are missing.

        The listing has no exit codes; one search has them for a page of it. The actor is given by its id, and the
        visitor needs an entry of their own in its permissions: otherwise nothing is found. At most 100 ids.
        `GET /actors/{id}/executions?id.in=[…]&limit=…`.
        """
        if not ids:
            return {}
        if len(ids) > MAX_DETAILS:
            raise InvalidRequest("details of too many executions", user_message="Page not found.")
        id_list = json.dumps([execution(item).text for item in ids], separators=(",", ":"))
        query = ((f"{self._caller.dialect.name('id')}.in", id_list), ("limit", str(len(ids))))
        path = self._caller.path(actor(actor_id), "executions")
        result = self._caller.object(Call("GET", path, query=query))
        executions = ExecutionPage.from_api(result, self._caller.dialect).executions
        return {item.id: item for item in executions if item.id in ids}

    def get(self, actor_id: str, execution_id: str) -> Execution:
        """Return one execution. `GET /actors/{id}/executions/{execution}`."""
        path = self._caller.path(actor(actor_id), "executions", execution(execution_id))
        return Execution.from_api(self._caller.object(Call("GET", path)), self._caller.dialect)

    def halt(self, actor_id: str, execution_id: str) -> str:
        """Ask to stop a running execution; return the API's message.

        It ends a little later, as COMPLETE. Raises Conflict when it is not running.
        `DELETE /actors/{id}/executions/{execution}`.
        """
        path = self._caller.path(actor(actor_id), "executions", execution(execution_id))
        return self._caller.message(Call("DELETE", path))

    def register(self, actor_id: str, runtime: int, cpu: int, io: int) -> Execution | None:
        """Register an execution that ran elsewhere; return it, or None when the answer describes none.

        Abaco itself refuses every such call, as it then misses an executor. `POST /actors/{id}/executions`.
        """
        path = self._caller.path(actor(actor_id), "executions")
        result = self._caller.result(json_call("POST", path, {"runtime": runtime, "cpu": cpu, "io": io}))
        # Abaco's code, were it reached, would answer with the actor; only an execution belongs to one.
        if not isinstance(result, dict) or self._caller.dialect.name("actor_id") not in result:
            return None
        return Execution.from_api(result, self._caller.dialect)


def _rows(call: Call, pieces: Iterator[bytes], dialect: Dialect) -> Iterator[tuple[ExecutionRow, ...]]:
    buffer = b""
    for piece in pieces:
        buffer += piece
        if start := _ROWS.search(buffer):
            _check_head(call, buffer[: start.end()], dialect)
            buffer = buffer[start.end() :]
            break
        if len(buffer) > _HEAD:
            raise unreadable(call, "no executions in sight")
    else:
        # A short answer without any: an envelope that says what went wrong, or nothing we know.
        open_envelope(call, Reply(200, buffer))
        raise unreadable(call, "no executions")
    while True:
        end = 0
        while match := _ROW.match(buffer, end):
            end = match.end()
        if end:
            yield _read_rows(call, buffer[:end], dialect)
            buffer = buffer[end:]
        if buffer.lstrip(b", \t\r\n")[:1] == b"]":
            # The rest of the answer is read to its end, so that the connection can serve again.
            for _ in pieces:
                pass
            return
        if len(buffer) > _LONGEST_ROW + len(piece):
            raise unreadable(call, "a row of no known form")
        next_piece = next(pieces, None)
        if next_piece is None:
            raise unreadable(call, "a list without an end")
        piece = next_piece
        buffer += piece


def _check_head(call: Call, head: bytes, dialect: Dialect) -> None:
    """Raise NamingMismatch where what stands before the rows is in the names of another version."""
    try:
        envelope = load_json(head + b"]}}")
    except UnreadableJSON:
        return  # the rows show them too
    if isinstance(envelope, dict):
        # Names come sorted, so that `metadata` stands before the result as well as the message does.
        has_metadata = "metadata" in envelope if "message" in envelope else None
        check(call, dialect, envelope.get("result"), has_metadata)


def _read_rows(call: Call, text: bytes, dialect: Dialect) -> tuple[ExecutionRow, ...]:
    array = b"[" + text.lstrip(b", \t\r\n") + b"]"
    try:
        # Nothing is built of what is not declared, so this needs no look at the shape first.
        return tuple(
            ExecutionRow(
                row.id, row.status, parse_time(row.received), parse_time(row.started), parse_time(row.finished)
            )
            for row in msgspec.json.decode(array, type=_rows_type(*map(dialect.name, _TIMES)))
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read_odd_rows(call, array, dialect)


@cache
def _rows_type(*names: str) -> Any:
    """Return the type of rows as they should be, with these names of their times; a time may be null."""
    fields = ("received", "started", "finished")
    row = msgspec.defstruct(
        "Row",
        [("id", str), ("status", str), *((field, str | None) for field in fields)],
        rename=dict(zip(fields, names, strict=True)),
    )
    return list[row]  # type: ignore[valid-type]  # made when it runs


def _read_odd_rows(call: Call, array: bytes, dialect: Dialect) -> tuple[ExecutionRow, ...]:
    """Read rows of which one is not as it should be: slower, and with patience."""
    try:
        check_shape(array)
        try:
            rows = msgspec.json.decode(array)
        except (msgspec.DecodeError, UnicodeDecodeError):
            rows = load_json(array)  # slower, and replaces what cannot be text
    except UnreadableJSON:
        raise unreadable(call, "rows that are not JSON") from None
    check(call, dialect, rows, None)
    # It is the shape of a listing, so the type reads it.
    return ExecutionListing.from_api({"executions": rows}, dialect).executions


class Results(Service):
    """The results of executions. Reading one removes it at the API: it is asked for once and never again."""

    def take(self, actor_id: str, execution_id: str) -> bytes:
        """Take the oldest result out of the API and return it, at most 50 MB.

        Nothing means that no result waits, or an empty one: the API does not say which, nor whether the
        execution exists. `GET /actors/{id}/executions/{execution}/results`.
        """
        path = self._caller.path(actor(actor_id), "executions", execution(execution_id), "results")
        call = Call("GET", path, accept="application/octet-stream", repeatable=False, is_large=True)
        return self._caller.reply(call).body
