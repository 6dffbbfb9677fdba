"""A stand-in for the Actors API that can go wrong in any way asked for, on a real socket of loopback.

It answers from prepared bodies, or hands each request on to a real API behind it. What goes wrong is in `failures.py`.
"""

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support import payloads

ACTOR = f"/actors/v2/{payloads.ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{payloads.EXECUTION_ID}"


@dataclass
class Exchange:
    """One request, the good answer to it, and the connection to answer on."""

    method: str
    path: str
    head: bytes
    body: bytes
    good: bytes
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection off, with a reset rather than an end."""
        self.writer.transport.abort()


Failure = Callable[[Exchange], Awaitable[None]]


@dataclass
class Rule:
    """What goes wrong, for which requests, and how often still."""

    failure: Failure
    method: str = ""
    path: str = ""
    left: int = 1_000_000

    def meets(self, method: str, path: str) -> bool:
        """Whether a request is one of those."""
        return self.left > 0 and self.method in ("", method) and self.path in path


def http(body: bytes, *headers: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    """Return an HTTP answer with a true length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", f"Content-Type: {kind}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def no_admin() -> bytes:
    """Return what the API says to everybody who is no administrator, where it is asked for that."""
    return http(json.dumps(payloads.refusal("Abaco Admin role required.")).encode(), status="400 Bad Request")


def prepared(method: str, path: str) -> Any:
    """Return the result of a call as the API gives it when all is well."""
    last = path.rpartition("/")[2]
    by_name = {
        "messages": {"messages": 2} if method == "GET" else {"executionId": payloads.EXECUTION_ID, "msg": "x"},
        "workers": [payloads.worker_payload()],
        "nonces": [payloads.nonce_payload()] if method == "GET" else payloads.nonce_payload(),
        "executions": payloads.listing_payload(payloads.execution_row())
        if "search" not in path
        else payloads.search_payload(payloads.execution_payload()),
        "logs": {"logs": "a line\n"},
        "permissions": {"jdoe": "UPDATE"},
        payloads.EXECUTION_ID: payloads.execution_payload(),
        payloads.WORKER_ID: payloads.worker_payload(),
        "v2": [payloads.actor_payload()] if method == "GET" else payloads.actor_payload(),
        "state": {"state": {"count": 1}} if method == "GET" else payloads.actor_payload(),
        "aliases": [payloads.alias_payload()] if method == "GET" else payloads.alias_payload(),
    }
    if path == "/actors/v2/utilization":
        return payloads.utilization_payload()
    if path == "/actors/v2/search/workers":
        return payloads.search_payload(payloads.worker_payload(actorId=payloads.ACTOR_ID))
    if "/configs" in path and last != "permissions":
        return [payloads.config_payload()] if method == "GET" and last == "configs" else payloads.config_payload()
    if path.rpartition("/")[0].endswith("/aliases"):
        return payloads.alias_payload()
    return by_name.get(last, payloads.actor_payload())


@dataclass
class StandIn:
    """The server; `fail` says what goes wrong, `asked` what it was sent, `behind` where it hands requests on to."""

    tls: ssl.SSLContext | None = None
    behind: tuple[str, int] | None = None
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> "StandIn":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def url(self) -> str:
        """The address of its root."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def fail(self, failure: Failure, method: str = "", path: str = "", times: int = 1_000_000) -> None:
        """Let requests of a method, with these words in their path, go wrong so many times."""
        self.rules.insert(0, Rule(failure, method, path, times))

    def heal(self) -> None:
        """Let everything go well again."""
        self.rules.clear()

    def count(self, method: str) -> int:
        """Return how many requests of a method came."""
        return sum(asked[0] == method for asked in self.asked)

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        # The client hangs up in the middle of most of what goes wrong here.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            while not writer.is_closing():
                await self._answer(await self._read(reader, writer))
        writer.close()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        lengths = [line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        body = await reader.readexactly(int(lengths[0])) if lengths else b""
        self.asked.append((method, target, head + body))
        path = target.partition("?")[0]
        good = b"" if self.behind else self._good(method, path)
        return Exchange(method, path, head, body, good, writer)

    def _good(self, method: str, path: str) -> bytes:
        if path.endswith("/results"):
            return http(b"a result", kind="application/octet-stream")
        if path.endswith("/admin-role-probe"):
            return no_admin()
        return http(json.dumps(payloads.envelope(prepared(method, path))).encode())

    async def _answer(self, exchange: Exchange) -> None:
        rule = next((rule for rule in self.rules if rule.meets(exchange.method, exchange.path)), None)
        if self.behind and (rule is None or rule.failure.__name__ == "after_the_answer"):
            exchange.good = await self._hand_on(exchange)
        if rule is None:
            await exchange.send(exchange.good)
            return
        rule.left -= 1
        await rule.failure(exchange)

    async def _hand_on(self, exchange: Exchange) -> bytes:
        """Return what the real API answers."""
        reader, writer = await asyncio.open_connection(*(self.behind or ("", 0)))
        head = b"\r\n".join(
            line for line in exchange.head.split(b"\r\n") if not line.lower().startswith(b"connection:")
        )
        writer.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1) + exchange.body)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer
