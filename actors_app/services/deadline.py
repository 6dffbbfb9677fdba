"""Sockets that keep a deadline over a whole answer; what is sent over them is not known here.

A read timeout alone does not end a call whose answer drips in byte by byte, headers included: each byte
starts it anew. So every read and every write asks how much of the call's time is left, and may wait no
longer than that.
"""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self


class Attempt:
    """One call's time, in seconds, whether it may go out `once` only, and what is known of how far it came."""

    __slots__ = ("_budget", "_gap", "_until", "once", "opened", "sent")

    def __init__(self, budget: float, gap: float, *, once: bool = False) -> None:
        self._budget = budget
        self._gap = gap
        self._until: float | None = None
        self.once = once
        self.opened = False  # a new connection was made
        self.sent = False  # a byte of a request may have left

    @property
    def remaining(self) -> float:
        """Return the seconds that are left."""
        return self._budget if self._until is None else self._until - time.monotonic()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the time run, and let the sockets that this context reads and writes obey it."""
        token = _current.set(self)
        self._until = time.monotonic() + self._budget
        try:
            yield
        finally:
            self._budget = self.remaining
            self._until = None
            _current.reset(token)

    def allow(self, sock: socket.socket) -> None:
        """Give a socket's next read the time it may take; raise TimeoutError when none is left."""
        remaining = self.remaining
        if remaining <= 0:
            raise TimeoutError("the time for the whole answer is over")
        sock.settimeout(min(self._gap, remaining))


# Without a default: a socket of ours is used inside a call, or not at all.
_current: ContextVar[Attempt] = ContextVar("attempt")


def goes_once() -> bool:
    """Return whether the call that is being made here may not be sent a second time."""
    return _current.get().once


def _reading(sock: socket.socket) -> None:
    _current.get().allow(sock)


def _writing(sock: socket.socket) -> None:
    attempt = _current.get()
    attempt.sent = True
    attempt.allow(sock)


class DeadlineSocket(socket.socket):
    """A socket that obeys the deadline of the call it is used for."""

    @classmethod
    def adopt(cls, sock: socket.socket) -> Self:
        """Take over a connected socket; the given one is detached."""
        timeout = sock.gettimeout()
        adopted = cls(sock.family, sock.type, sock.proto, fileno=sock.detach())
        adopted.settimeout(timeout)
        _current.get().opened = True
        return adopted

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Read as the plain socket does, within the deadline."""
        _reading(self)
        return super().recv_into(buffer, nbytes, flags)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Write as the plain socket does, within the deadline."""
        _writing(self)
        super().sendall(data, flags)


class DeadlineSSLSocket(ssl.SSLSocket):
    """The same over TLS; the handshake before it has the time for connecting."""

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        """Read as the plain socket does, within the deadline."""
        _reading(self)
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: Any, flags: int = 0) -> int:
        """Write as the plain socket does, within the deadline; `sendall` comes through here."""
        _writing(self)
        return super().send(data, flags)
