"""gunicorn's worker as the portal runs it: no client holds a thread or the others up, and no large body is read on.

Nothing here needs the settings.
"""

import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

UNPROVED_BYTES = 64 * 1024  # of a body whose sender has proved nothing yet (`actors_app/bodies.py`)
# Of a refused body that is thrown away unseen: a proxy that is cut off while it sends one would not look for the
# answer. What is longer was refused by the proxy.
PROXIED_BYTES = 4 * 1024 * 1024
HEAD_SECONDS = 10  # for the head of a request, from when a thread begins to read it; a proxy sends one at once


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads that close connections themselves, and those with a body that the portal may leave unread in any case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heads: dict[Any, float] = {}  # connections that have not sent a whole head, with the end of their time

    def handle(self, conn: Any) -> Any:
        """Answer a connection, and close it here where it ends: a client that stays makes that take two seconds."""
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
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
        else:
            self.nr_conns -= 1

    def murder_pending(self) -> None:
        """End what waits for too long; called about once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, end in self._heads.copy().items():
            if now > end:
                with suppress(OSError):
                    # Its thread reads the end of the head that never came. Not the method of a TLS connection.
                    socket.socket.shutdown(conn.sock, socket.SHUT_RD)
