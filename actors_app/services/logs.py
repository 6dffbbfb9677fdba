"""Logs of an execution: whole, or in pieces as they come."""

import re
from collections.abc import Iterator
from dataclasses import replace

from actors_app.services.caller import Service, open_envelope, unreadable
from actors_app.services.calls import Call, Reply
from actors_app.services.jsons import UnreadableJSON, clean_text, load_json
from actors_app.services.types import Log
from actors_app.services.urls import UpstreamPath, actor, execution
from actors_app.services.utf16 import decoded

_HEAD = 65536  # bytes before the log's own text: the message and the links
# The envelope's keys come sorted, so the message precedes the result; `\"logs\"` inside it stays escaped.
_START = re.compile(rb'"logs"\s*:\s*"')
# All that surely belongs to the text: no closing quote, and no escape that the piece may have cut.
_PLAIN = re.compile(rb'(?:[^"\\]++|\\[^u]|\\u[0-9a-fA-F]{4})*+', re.DOTALL)
_HIGH_HALF = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}$")
_LONGEST_ESCAPE = 12  # bytes: a pair of surrogate halves


class Logs(Service):
    """What executions wrote to their output and error streams."""

    def get(self, actor_id: str, execution_id: str) -> Log:
        """Return the log so far; beyond 10 MB only `stream` gives it.

        `GET /actors/{id}/executions/{execution}/logs`.
        """
        call = Call("GET", self._path(actor_id, execution_id))
        result = self._caller.envelope(call, self._caller.reply(call)).get("result")
        if not isinstance(result, dict):
            raise unreadable(call, "a result that is no object")
        log = Log.from_api(result, self._caller.dialect)
        return replace(log, text="".join(decoded(iter([log.text]))))

    def stream(self, actor_id: str, execution_id: str) -> Iterator[str]:
        """Return the log's text in pieces, never holding all of it; the call is made before this returns.

        No piece cuts a character in two. Raises BadAnswer, while iterating, for an answer that breaks off.
        """
        call = Call("GET", self._path(actor_id, execution_id), is_large=True)
        return decoded(_texts(call, self._caller.stream(call)))

    def view(self, actor_id: str, execution_id: str) -> Iterator[str]:
        """Return the same as `stream`, to be looked at: a log that is no text is an empty one, as it is to `get`."""
        call = Call("GET", self._path(actor_id, execution_id), is_large=True)
        return decoded(_texts(call, self._caller.stream(call), needs_text=False))

    def _path(self, actor_id: str, execution_id: str) -> UpstreamPath:
        return self._caller.path(actor(actor_id), "executions", execution(execution_id), "logs")


def _texts(call: Call, pieces: Iterator[bytes], *, needs_text: bool = True) -> Iterator[str]:
    head = b""
    for piece in pieces:
        head += piece
        start = _START.search(head)
        if start:
            yield from _text_of(call, head[start.end() :], pieces)
            return
        if len(head) > _HEAD:
            raise unreadable(call, "no log in sight")
    # A short answer without a log: an envelope that says what went wrong, or nothing we know.
    envelope = open_envelope(call, Reply(200, head))
    if needs_text or not isinstance(envelope.get("result"), dict):
        raise unreadable(call, "no log")


def _text_of(call: Call, buffer: bytes, pieces: Iterator[bytes]) -> Iterator[str]:
    while True:
        match = _PLAIN.match(buffer)
        end = match.end() if match else 0
        is_closed = buffer[end : end + 1] == b'"'
        if not is_closed:
            end = _whole_characters(buffer, end)
        if end:
            yield _decoded(call, buffer[:end])
        if is_closed:
            # The rest of the answer is read to its end, so that the connection can serve again.
            for _ in pieces:
                pass
            return
        buffer = buffer[end:]
        if len(buffer) > _LONGEST_ESCAPE:
            raise unreadable(call, "a log with a broken escape")
        piece = next(pieces, None)
        if piece is None:
            raise unreadable(call, "a log without an end")
        buffer += piece


def _whole_characters(text: bytes, end: int) -> int:
    """Return a place up to `end` that cuts neither a pair of surrogate halves nor a UTF-8 character."""
    half = _HIGH_HALF.search(text, max(0, end - 6), end)
    if half:
        return half.start()
    for back in range(1, min(4, end) + 1):
        byte = text[end - back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return end - back if back < length else end
        if byte < 0x80:
            break
    return end


def _decoded(call: Call, quoted: bytes) -> str:
    try:
        text = load_json(b'"' + quoted + b'"')
    except UnreadableJSON:
        text = None
    if not isinstance(text, str):
        raise unreadable(call, "a log with a broken escape")
    return clean_text(text)
