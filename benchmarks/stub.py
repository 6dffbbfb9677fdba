"""`python -m benchmarks.stub`: an Actors API that answers from memory, counts what it is asked, and can be slow.

It is a process of its own, so that the time it takes is not that of the portal. What it answers is in `answers.py`;
here is how: over TLS too, after a while, through a relay that makes every byte travel, or not for a long time.

It is given the sockets it listens on, so that nobody else can have their ports. On the plain one it also takes orders:
`/counts` tells what was asked since the last time, and `/set?latency=0.05&stall=5` makes it wait before each answer,
and before each answer about actors.
"""

import argparse
import asyncio
import json
import socket
import ssl
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from benchmarks import answers
from benchmarks.answers import Answers, Reply

COUNTS, SET = "/counts", "/set"  # no paths of the API's
PACE = 12_500_000  # bytes in a second, 100 Mbit/s, of an answer that is to come slowly
PIECE = 65_536
_HEAD = "HTTP/1.1 {} OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


class Stub:
    """The server: its answers, how slow it is now, and what it was asked."""

    def __init__(self, found: Answers) -> None:
        self.answers = found
        self.latency = self.stall = 0.0  # seconds
        self.counts: Counter[str] = Counter()
        self.under_way = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer all requests of one connection."""
        is_known = False
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            async for target in _targets(reader):
                parts = urlsplit(target)
                query = dict(parse_qsl(parts.query))
                if parts.path in (COUNTS, SET):
                    writer.write(_written(Reply(200, self._order(parts.path, query), "order")))
                else:
                    self.counts["connections"] += not is_known
                    is_known = True
                    await self._answer(parts.path, query, writer)
                await writer.drain()
        writer.close()

    def _order(self, path: str, query: dict[str, str]) -> bytes:
        if path == SET:
            self.latency, self.stall = (float(query.get(name, 0)) for name in ("latency", "stall"))
            return b"{}"
        said = json.dumps(self.counts).encode()
        self.counts.clear()
        return said

    async def _answer(self, path: str, query: dict[str, str], writer: asyncio.StreamWriter) -> None:
        reply = self.answers.to(path, query)
        self.counts.update({reply.kind: 1, "bytes": len(reply.body)})
        self.under_way += 1
        self.counts["at_once"] = max(self.counts["at_once"], self.under_way)
        try:
            wait = max(self.latency, self.stall if reply.kind != "profile" else 0.0)
            if wait:
                await asyncio.sleep(wait)
        finally:
            self.under_way -= 1
        if not reply.is_slow:
            writer.write(_written(reply))
            return
        writer.write(_head(reply))
        clock = asyncio.get_running_loop().time
        began = clock()
        for start in range(0, len(reply.body), PIECE):
            if (ahead := start / PACE - (clock() - began)) > 0:
                await asyncio.sleep(ahead)
            writer.write(reply.body[start : start + PIECE])
            await writer.drain()


def _head(reply: Reply) -> bytes:
    return _HEAD.format(reply.status, len(reply.body)).encode()


def _written(reply: Reply) -> bytes:
    return _head(reply) + reply.body


async def _targets(reader: asyncio.StreamReader) -> AsyncIterator[str]:
    """Yield what each request of a connection asks for; bodies are read and left alone."""
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        for line in head.splitlines()[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                await reader.readexactly(int(value))
        yield head.split(" ", 2)[1]


class Relay:
    """A long line to the stub: what enters at one end leaves at the other half a round trip later."""

    def __init__(self, port: int, round_trip: float) -> None:
        self.port, self.half = port, round_trip / 2

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection both ways; making it takes a round trip too."""
        await asyncio.sleep(2 * self.half)
        there = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(self._pump(reader, there[1]), self._pump(there[0], writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, piece = await line.get()
                if (left := due - clock()) > 0:
                    await asyncio.sleep(left)
                if not piece:
                    break
                writer.write(piece)
            writer.close()

        delivering = asyncio.create_task(deliver())
        with suppress(ConnectionError):
            while piece := await reader.read(PIECE):
                line.put_nowait((clock() + self.half, piece))
        line.put_nowait((clock() + self.half, b""))
        with suppress(ConnectionError):
            await delivering


async def serve(options: argparse.Namespace) -> None:
    """Serve until the process is ended."""
    stub = Stub(answers.of(options.kind, options.shape, options.store))
    listening = {"limit": 2**20, "backlog": 512}
    servers = [await asyncio.start_server(stub.talk, sock=_socket(options.plain), **listening)]
    if options.tls is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate)
        secure = _socket(options.tls)
        servers.append(await asyncio.start_server(stub.talk, sock=secure, ssl=context, **listening))
        if options.relay is not None:
            relay = Relay(secure.getsockname()[1], options.round_trip)
            servers.append(await asyncio.start_server(relay.carry, sock=_socket(options.relay), backlog=512))
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _socket(number: int) -> socket.socket:
    return socket.socket(fileno=number)


def main() -> None:
    """Read what to be, and be it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stub", description=__doc__)
    parser.add_argument("--plain", type=int, required=True, help="a listening socket")
    parser.add_argument("--tls", type=int, help="a listening socket for TLS, with --certificate")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--relay", type=int, help="a listening socket at the far end of a long line to that for TLS")
    parser.add_argument("--round-trip", type=float, default=0.05, help="seconds")
    parser.add_argument("--kind", choices=answers.KINDS, default="actors")
    parser.add_argument("--shape", default="all-1m", help="of the actors, where the kind is a store")
    parser.add_argument("--store", type=Path, help="the store that a search looks into; without one it finds nothing")
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
