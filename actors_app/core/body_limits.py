"""How much of a request's body is read, and for whom; no byte of it before that is decided.

Somebody unproved may send as much as a sign-in needs; a session that is signed in, or a token that the API has
accepted, as much as `DATA_UPLOAD_MAX_MEMORY_SIZE` says. A process holds few large bodies at once, and all of them in
memory: nothing is written to a disk. What is refused is not read, and whatever asks for it afterwards finds an empty
body; the connection ends with the answer (`portal/workers.py`).
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from gunicorn.http.errors import ParseException
from rest_framework.request import Request

from actors_app.core.api.authentication import BearerAuthentication
from actors_app.core.api.exceptions import Problem, handle
from actors_app.core.error_reports import report
from actors_app.core.pages.errors import abaco_error, incomplete, too_large
from actors_app.core.requests import brings_token, is_api
from actors_app.core.security.credentials import SessionCredentials
from actors_app.services.errors import Busy, CallError
from portal.workers import UNPROVED_BYTES

LARGE_AT_ONCE = 4  # in a process; each may take some five times its size while it is read and sent on
SECONDS = 20  # for a whole body; a proxy that buffers sends one at once
DIGITS = 15  # of a length; what has more is too large in any case
PIECE = 64 * 1024  # bytes

_places = threading.BoundedSemaphore(LARGE_AT_ONCE)


class TooLarge(Exception):  # noqa: N818  it is what is answered
    """A body of more bytes than its sender may send; `size` is None where it was not announced."""

    def __init__(self, limit: int, size: int | None) -> None:
        self.limit, self.size = limit, size
        super().__init__(limit)


class Incomplete(Exception):  # noqa: N818  it is what is answered
    """A body that ended, or stopped coming, before it was whole."""


class BodyMiddleware:
    """Read the body of each request before anything else asks for it, as far as its sender may send it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        with ExitStack() as stack:
            return self._refusal(request, stack) or self.get_response(request)

    def _refusal(self, request: HttpRequest, stack: ExitStack) -> HttpResponse | None:
        try:
            _receive(request, Allowance(request, stack))
        except TooLarge as refused:
            return too_large(request, refused.limit, refused.size, is_proved=refused.limit != UNPROVED_BYTES)
        except Incomplete:
            return incomplete(request, SECONDS)
        except (CallError, Problem) as refused:
            if is_api(request) or isinstance(refused, Problem):
                return handle(refused, {"request": Request(request)})
            report(request, refused)
            return abaco_error(request, refused)
        return None


class Allowance:
    """How many bytes the sender of a request may send: more once a larger body proves who sends it."""

    def __init__(self, request: HttpRequest, stack: ExitStack) -> None:
        self._request, self._held = request, stack
        self._limit = UNPROVED_BYTES

    def check(self, size: int, announced: int | None) -> None:
        """Let a body be read that has so many bytes, or so many so far.

        Raises TooLarge; Busy where the process holds as many large bodies as it may; and what the API says of a token.
        """
        if size <= self._limit:
            return
        largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if size > largest:
            raise TooLarge(largest, announced)
        if not _is_proved(self._request):
            raise TooLarge(UNPROVED_BYTES, announced)
        if not _places.acquire(blocking=False):
            raise Busy("as many large bodies are held as a process may hold")
        self._held.callback(_places.release)
        self._limit = largest


def _is_proved(request: HttpRequest) -> bool:
    """Whether the API has accepted the sender; raises what the JSON API answers to a token that it does not accept."""
    if brings_token(request):
        return BearerAuthentication().authenticate(Request(request)) is not None
    return SessionCredentials.of(request).current is not None


def _receive(request: HttpRequest, allowance: Allowance) -> None:
    """Put what was sent in place of the connection; raises TooLarge, Incomplete, and what the allowance raises."""
    stream, announced = request.META["wsgi.input"], _announced(request)
    _put(request, BytesIO())
    if announced == 0:
        return
    if announced:
        allowance.check(announced, announced)
    body = BytesIO()
    with _in_time(request.META.get("gunicorn.socket")):
        while announced is None or body.tell() < announced:
            piece = _piece(stream, PIECE if announced is None else min(PIECE, announced - body.tell()))
            if not piece:
                break
            if announced is None:
                allowance.check(body.tell() + len(piece), None)
            body.write(piece)
    if announced and body.tell() < announced:
        raise Incomplete
    _put(request, body)


def _piece(stream: Any, size: int) -> bytes:
    try:
        piece: bytes = stream.read(size)
    except (OSError, ParseException):
        raise Incomplete from None
    return piece


def _put(request: Any, body: BytesIO) -> None:
    request.META["CONTENT_LENGTH"] = str(body.tell())
    body.seek(0)
    request._stream = body


def _announced(request: HttpRequest) -> int | None:
    """Return the length that the request names; None where it comes in chunks, of which the server knows the end."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length:
        return int(length.lstrip("0")[:DIGITS] or 0) if length.isascii() and length.isdigit() else 0
    return None if request.headers.get("Transfer-Encoding") and request.META.get("wsgi.input_terminated") else 0


@contextmanager
def _in_time(connection: socket.socket | None) -> Iterator[None]:
    """Let a connection read no more after a while, so that no client holds a thread by sending little or nothing."""
    # Not the method of a TLS connection, which would send the answer in clear.
    clock = threading.Timer(SECONDS, socket.socket.shutdown, [connection, socket.SHUT_RD])
    if connection is not None:
        clock.daemon = True
        clock.start()
    try:
        yield
    finally:
        clock.cancel()


class InMemory(MemoryFileUploadHandler):
    """Keep the files of a form in memory, all together as large as a body may be, and never on a disk."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take every upload: how large it may be was decided before it was read."""
        self.activated, self._size = True, 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Take a piece of a file; raise RequestDataTooBig where it is too much."""
        self._size += len(raw_data)
        if self._size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        return super().receive_data_chunk(raw_data, start)
