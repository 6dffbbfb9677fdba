"""gunicorn's worker as the portal runs it: no client holds a thread or the others up, and no large body is read on.

Nothing here needs the settings.
"""

import errno
import re
import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import TConn, ThreadWorker

UNPROVED_BYTES = 64 * 1024  # of a body whose sender has proved nothing yet (`actors_app/core/body_limits.py`)
# Of a refused body that is thrown away unseen: a proxy that is cut off while it sends one would not look for the
# answer. What is longer was refused by the proxy.
PROXIED_BYTES = 4 * 1024 * 1024
HEAD_SECONDS = 10  # for the head of a request, and again for a body that is waited for; a proxy sends both at once
HEAD_BYTES = 64 * 1024  # of a head, after which no more of it is read
WAITING_BYTES = 32 * 1024 * 1024  # of all that has come and is not whole
PIECE = 16 * 1024  # bytes
CROWD = 8  # the share of its connections that a full process ends to take others

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\r\n]*)?")
_HEX = b"0123456789abcdefABCDEF"
CHUNK_LINE = 1024  # bytes of a chunk's size and what stands beside it
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


class Arrival:
    """What has come of a request before a thread has anything to do with it: its head, and a body of anybody's size."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self._end = 0  # of the head; 0 while it is not there
        self._size = 0  # of the request
        self._chunk = 0  # where the next chunk begins

    @property
    def has_head(self) -> bool:
        """Whether the whole head is there."""
        return bool(self._end)

    @property
    def is_over(self) -> bool:
        """Whether a head is longer than any may be."""
        return not self._end and len(self.bytes) > HEAD_BYTES

    @property
    def is_whole(self) -> bool:
        """Whether a thread has something to do; it waits itself for a body of more than anybody may send."""
        return bool(self._end) and len(self.bytes) >= self._size

    @property
    def expects_word(self) -> bool:
        """Whether the client sends the body only when it is told to go on."""
        return self.has_head and not self.is_whole and bool(_EXPECTS.search(self.bytes, 0, self._end))

    def add(self, piece: bytes) -> None:
        """Take what has come."""
        seen = max(len(self.bytes) - 3, 0)
        self.bytes += piece
        if not self._end and (at := self.bytes.find(b"\r\n\r\n", seen)) >= 0:
            self._end = self._size = at + 4
            length = _LENGTH.search(self.bytes, 0, self._end)
            if _CHUNKED.search(self.bytes, 0, self._end):
                self._chunk, self._size = self._end, self._end + UNPROVED_BYTES + 1
            elif length and int(length[1]) <= UNPROVED_BYTES:
                self._size += int(length[1])
        if self._chunk:
            self._follow_chunks()

    def _follow_chunks(self) -> None:
        """Find where a body in chunks ends; what is no chunk is for the thread to refuse."""
        while self._chunk < len(self.bytes):
            if (end := self.bytes.find(b"\r\n", self._chunk, self._chunk + CHUNK_LINE)) < 0:
                if len(self.bytes) >= self._chunk + CHUNK_LINE or self.bytes[self._chunk] not in _HEX:
                    self._size = self._end
                return
            size = _CHUNK.fullmatch(self.bytes, self._chunk, end)
            if size is None or (int(size[1], 16) == 0 and self.bytes.find(b"\r\n\r\n", end) >= 0):
                self._size = self._end
            if size is None or int(size[1], 16) == 0:
                return
            self._chunk = end + 2 + int(size[1], 16) + 2


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads that get a request when it is there, and close connections themselves.

    Those with a body that the portal may leave unread are closed in any case. Over TLS of its own gunicorn gives each
    connection to a thread as it comes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heads: dict[Any, float] = {}  # connections that have not sent a whole head, with the end of their time

    def accept(self, listener: Any) -> None:
        """Take a connection, and wait for its first request without a thread."""
        try:
            client, address = listener.accept()
        except OSError as failure:
            if failure.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, client, address, listener.getsockname())
        if self.cfg.is_ssl:
            self.enqueue_req(conn)
        else:
            self._wait(conn, Arrival())

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """Wait for the next request of a connection, of which something has come."""
        if self.cfg.is_ssl:
            super().on_client_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait(conn, Arrival())

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """Take what has come of a request; give it to a thread when it is whole, or will never be."""
        arrival: Arrival | None = getattr(conn, "arrival", None)
        if arrival is None:
            super().on_pending_socket_readable(conn, client)
            return
        had_head = arrival.has_head
        try:
            piece = client.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        arrival.add(piece)
        if arrival.is_over:
            _read_no_more(client)
        if not piece or arrival.is_whole or arrival.is_over:
            self._leave(conn)
            self.enqueue_req(conn)
        elif arrival.has_head and not had_head:
            if arrival.expects_word:
                with suppress(OSError):
                    client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._leave(conn)
            self._wait(conn, arrival)  # for its body, as long as for its head

    def _wait(self, conn: Any, arrival: Arrival) -> None:
        conn.arrival = arrival
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _leave(self, conn: Any) -> None:
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        conn.data_ready = True

    def handle(self, conn: Any) -> Any:
        """Answer a connection, and close it here where it ends: a client that stays makes that take two seconds."""
        if arrival := conn.__dict__.pop("arrival", None):
            conn.sock.setblocking(True)
            conn.init()
            conn.parser.unreader.unread(bytes(arrival.bytes))
        self._heads[conn] = time.monotonic() + HEAD_SECONDS
        try:
            goes_on = super().handle(conn)
        finally:
            self._heads.pop(conn, None)
        if not goes_on:
            conn.sock.setblocking(True)
            util.close_graceful(conn.sock, max_drain=getattr(conn, "may_drain", UNPROVED_BYTES))
        return goes_on

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer one request; what a client goes on sending after a refusal is never taken for another request."""
        self._heads.pop(conn, None)
        headers = dict(req.headers)
        length = int(headers.get("CONTENT-LENGTH") or 0)
        if "TRANSFER-ENCODING" in headers or length > UNPROVED_BYTES:
            req.force_close()
            if length <= PROXIED_BYTES:
                conn.may_drain = PROXIED_BYTES
        return super().handle_request(req, conn)

    def finish_request(self, conn: Any, fs: "Future[Any]") -> None:
        """Wait for the next request of a connection, or forget one that was closed; this is the thread of them all."""
        if not (fs.cancelled() or fs.exception() or fs.result()):
            self.nr_conns -= 1
        elif not fs.cancelled() and fs.result() is True and (begun := conn.parser.unreader.take_buffered()):
            self._go_on(conn, begun)
        else:
            super().finish_request(conn, fs)

    def _go_on(self, conn: Any, begun: bytes) -> None:
        """Wait for the rest of a request whose beginning came with the one before it."""
        arrival = Arrival()
        arrival.add(begun)
        if arrival.is_whole or arrival.is_over or self.cfg.is_ssl:
            conn.arrival = arrival
            self.enqueue_req(conn)
        else:
            self._wait(conn, arrival)

    def murder_pending(self) -> None:
        """End what waits for too long, and where no room is left what waits longest; called about once a second."""
        now = time.monotonic()
        late = sum(conn.timeout <= now for conn in self.pending_conns)
        is_full = self.nr_conns >= self.worker_connections or self._held() > WAITING_BYTES
        crowd = len(self.pending_conns) // CROWD + 1 if is_full else 0
        for conn in list(islice(self.pending_conns, max(late, crowd))):
            self._end(conn)
        for conn, end in self._heads.copy().items():
            if now > end:
                _read_no_more(conn.sock)  # its thread reads the end of the head that never came

    def _held(self) -> int:
        """Return how many bytes have come of requests that are not whole."""
        if len(self.pending_conns) <= WAITING_BYTES // (HEAD_BYTES + UNPROVED_BYTES + PIECE):
            return 0  # as few as these cannot hold too much
        return sum(len(conn.arrival.bytes) for conn in self.pending_conns if hasattr(conn, "arrival"))

    def _end(self, conn: Any) -> None:
        """Close a connection on which no head came; whose head came is answered that the body did not."""
        self._leave(conn)
        arrival: Arrival | None = getattr(conn, "arrival", None)
        if arrival and arrival.has_head:
            _read_no_more(conn.sock)
            self.enqueue_req(conn)
        else:
            self.nr_conns -= 1
            conn.close()


def _read_no_more(sock: socket.socket) -> None:
    """Let a connection end for whoever reads it; not by the method of a TLS connection, which would answer in clear."""
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RD)
