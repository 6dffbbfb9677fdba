"""P11 and P12: what texts of the API cost by their length, the worst there are; and an API that takes no connection.

What is measured here runs in this process, without a portal around it.
"""

import json
import os
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from actors_app.services import Abaco, AbacoClient
from actors_app.services.calls import Limits
from actors_app.services.errors import Unreachable
from actors_app.services.jsons import UnreadableJSON, load_json
from benchmarks import probe
from benchmarks.bench import Bench
from benchmarks.measuring import Figure

ROWS, BYTES, TIMES = 5_000, 1_000_000, 8
CONNECT, TRIES = 0.5, 2  # seconds for connecting; how often a call is tried of which nothing was sent
ROUNDS = 3


def p11(bench: Bench) -> None:
    """Compare texts with others that are eight times as long, and texts made to be hard with usual ones."""
    bench.figures |= listing(bench.rounds) | refusing(bench.rounds) | comparing(bench.rounds)


def listing(rounds: int = ROUNDS) -> dict[str, Figure]:
    """Read the executions of an actor out of its plain listing."""
    with ExitStack() as stack:
        short, long = (stack.enter_context(_listing_of(rows)) for rows in (ROWS, ROWS * TIMES))
        return {"P11-listing": _in_turn("P11-listing", short, long, rounds)}


def refusing(rounds: int = ROUNDS) -> dict[str, Figure]:
    """Refuse JSON that never ends: a string of escapes, of strings and of arrays."""
    figures = []
    for unit in (b'\\"', b'"', b"["):
        bodies = [b'"' + unit * (size // len(unit)) if unit != b"[" else unit * size for size in (BYTES, BYTES * TIMES)]
        figures.append(_in_turn("P11-refusing", *(_refused(body) for body in bodies), rounds))
    return {"P11-refusing": max(figures, key=lambda figure: figure.ratio)}


def comparing(rounds: int = ROUNDS) -> dict[str, Figure]:
    """Compare the ends of two logs: lines that are everywhere, in other orders, and long ones, with usual lines."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from actors_app.executions.comparison import MAX_LINES, Tail, difference

    def compared(ours: list[str], theirs: list[str]) -> Callable[[], object]:
        return lambda: difference(Tail(tuple(ours)), Tail(tuple(theirs)))

    every, half = range(MAX_LINES), MAX_LINES // 2
    usual = compared(
        [f"2026-11-24 10:00:00 INFO chunk {number} of the reads took 1.5 s " + "x" * 340 for number in every],
        [f"2026-11-25 11:00:00 INFO chunk {number} of the reads took 2.5 s " + "x" * 340 for number in every],
    )
    hard = [
        (["x"] * MAX_LINES, ["x", "y"] * half),
        (["x", "y"] * half, ["y", "z"] * half),
        ([chr(200 + number * 7 % 13) for number in every], [chr(200 + number * 11 % 13) for number in every]),
        ([chr(500 + number * 7 % 101) for number in every], [chr(500 + number * 11 % 101) for number in every]),
        (
            [f"line {chr(500 + number)}" for number in every],
            [f"line {chr(500 + number)}" for number in reversed(every)],
        ),
        (["a1" * 200] * MAX_LINES, ["-12345678" * 40] * MAX_LINES),
    ]
    figures = [_in_turn("P11-comparing", usual, compared(*texts), rounds) for texts in hard]
    return {"P11-comparing": max(figures, key=lambda figure: figure.ratio)}


def _in_turn(name: str, base: Callable[[], object], other: Callable[[], object], rounds: int) -> Figure:
    """Take the CPU of two things in turn; the ratio is that of the least of each, which nothing else made dearer."""
    figure = Figure(name)
    for _ in range(rounds):
        figure.add(_cpu(base), _cpu(other))
    figure.base, figure.value = (min(pair[place] for pair in figure.rounds) for place in (0, 1))
    figure.ratio = figure.value / figure.base
    return figure


def _cpu(act: Callable[[], object]) -> float:
    before = probe.own_cpu()
    act()
    return probe.own_cpu() - before


def _refused(body: bytes) -> Callable[[], object]:
    def refuse() -> None:
        try:
            load_json(body)
        except UnreadableJSON:
            return
        raise AssertionError("It was read.")

    return refuse


class _Known:
    """A visitor whose token is always good."""

    def access_token(self) -> str:
        return "token"

    def renew(self, rejected: str) -> str:
        return rejected


@contextmanager
def _listing_of(rows: int) -> Iterator[Callable[[], object]]:
    """Serve a listing of so many executions from a thread of its own; yield what reads it."""
    at = "Mon, 23 Nov 2026 16:20:39 GMT"
    row = {"finishTime": at, "id": "zlqpww4Zg1XbN", "messageReceivedTime": at, "startTime": at, "status": "COMPLETE"}
    found = {"actorId": "a", "owner": "o", "totalExecutions": rows, "executions": [row] * rows}
    body = json.dumps({"status": "success", "message": "", "result": found}, indent=2).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = AbacoClient(f"http://127.0.0.1:{server.server_port}", limits=Limits(whole=len(body) + 1))
        abaco = Abaco(client, _Known())

        def read() -> None:
            if len(abaco.executions.list("a").executions) != rows:
                raise AssertionError("Rows are missing.")

        try:
            yield read
        finally:
            server.shutdown()


def p12(bench: Bench) -> None:
    """Wait for an API that takes no connection, under one address and under five, by the limit for connecting."""
    for goal, number in (("P12-silent", 1), ("P12-addresses", 5)):
        figure = Figure(goal, unit="s")
        for _ in range(bench.rounds):
            figure.add(CONNECT * TRIES, _waited(number))
        figure.p50 = statistics.median(value for _, value in figure.rounds)
        bench.figures[goal] = figure


def _waited(addresses: int) -> float:
    """Return the seconds until a write gives up on a name with so many addresses, none of which answers."""
    real = socket.getaddrinfo
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("", 0))
        listener.listen(0)
        for _ in range(3):  # its queue is full, so that a connection is never made nor refused
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        time.sleep(0.05)
        port = listener.getsockname()[1]

        def resolve(host: str, *args: object, **kwargs: object) -> object:
            if host != "silent.example.org":
                return real(host, *args, **kwargs)  # type: ignore[arg-type]
            numbers = range(1, addresses + 1)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{number}", port)) for number in numbers]

        socket.getaddrinfo = resolve  # type: ignore[assignment]
        stack.callback(setattr, socket, "getaddrinfo", real)
        abaco = Abaco(
            AbacoClient(f"http://silent.example.org:{port}", limits=Limits(connect=CONNECT, pause=0.0)), _Known()
        )
        began = time.monotonic()
        try:
            abaco.messages.send_text("a", "x")
        except Unreachable:
            return time.monotonic() - began
    raise AssertionError("It was reached.")
