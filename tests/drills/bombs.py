"""Answers made to fill the memory: each is met by a process of its own, whose rise in memory is measured.

The rise is of the peak (VmHWM of `/proc/self/status`), above what the same process held after an ordinary answer.
`ru_maxrss` would not do: a process begins with the peak of the one that started it, which hides a small rise.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.drills.stall import check, say

MEGABYTE = 1024 * 1024
ALLOWED = 30  # MB
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
ROWS = 300_000


def plain() -> Iterator[bytes]:
    """Yield 200 MB that are announced as such."""
    yield HEAD + b"Content-Length: %d\r\n\r\n" % (200 * MEGABYTE)
    for _ in range(200):
        yield b" " * MEGABYTE


def bomb() -> Iterator[bytes]:
    """Yield 50 MB packed to 50 kB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(b" " * MEGABYTE) for _ in range(50)) + packer.flush()
    yield HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed


def endless() -> Iterator[bytes]:
    """Yield chunks that never end."""
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n" + b" " * 65536 + b"\r\n"


def deep() -> Iterator[bytes]:
    """Yield JSON that nests 200,000 levels."""
    yield from whole(b"[" * 200_000 + b"]" * 200_000)


def actors() -> Iterator[bytes]:
    """Yield a list of 300,000 actors of which little is said."""
    yield from whole(b"[" + b",".join(b'{"id":"a%d"}' % number for number in range(ROWS)) + b"]")


def values() -> Iterator[bytes]:
    """Yield a list of three million numbers, which are short to write and long to hold."""
    yield from whole(b"[" + b",".join(b"%d" % (1000 + number) for number in range(10 * ROWS // 6)) + b"]")


def executions() -> Iterator[bytes]:
    """Yield the listing of 300,000 executions, each with its five fields."""
    row = {"status": "COMPLETE", "startTime": "2026-01-05T10:00:00.000Z", "messageReceivedTime": "2026-01-05T10:00:00Z"}
    rows = b",".join(json.dumps({"id": f"x{number}", **row}).encode() for number in range(ROWS))
    yield from whole(b'{"totalExecutions": 300000, "executions": [' + rows + b"]}")


def ordinary() -> Iterator[bytes]:
    """Yield what the portal holds anyway after one answer."""
    yield from whole(b'[{"id": "a"}]')


def whole(result: bytes) -> Iterator[bytes]:
    """Yield a good envelope around a result."""
    body = b'{"status": "success", "message": "OK", "result": ' + result + b"}"
    yield HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


Answer = Callable[[], Iterator[bytes]]
CASES: dict[str, tuple[Answer, str]] = {
    "50 MB of gzip": (bomb, "actors"),
    "200 MB plain": (plain, "actors"),
    "endless chunks": (endless, "actors"),
    "200,000 levels": (deep, "actors"),
    "300,000 actors": (actors, "actors"),
    "500,000 numbers": (values, "actors"),
    "300,000 executions": (executions, "executions"),
    "50 MB of gzip as a listing": (bomb, "executions"),
    "endless chunks as a log": (endless, "logs"),
}


def main(arguments: list[str]) -> int:
    """Run each case in a process of its own; return 0 when every rise is within 30 MB."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills bombs", description=__doc__)
    parser.add_argument("--meet", nargs=2, metavar=("ADDRESS", "CALL"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.meet:
        meet(*options.meet)
        return 0
    say(f"load average {os.getloadavg()[0]:.1f}")
    held = []
    for name, (answer, call) in CASES.items():
        met = json.loads(victim(answer, call))
        held.append(check(f"{name}: {met['outcome']}, rise in MB", met["rise"], ALLOWED))
    return 0 if all(held) else 1


def victim(answer: Answer, call: str) -> str:
    """Let a fresh process meet an ordinary answer, then this one; return what it says of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener, [ordinary, answer]), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-m", "tests.drills", "bombs", "--meet", url, call]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def serve(listener: socket.socket, answers: list[Answer]) -> None:
    """Answer one connection after another."""
    for answer in answers:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            try:
                for piece in answer():
                    connection.sendall(piece)
            except OSError:
                continue  # the portal has had enough, which is what is wanted


def meet(url: str, call: str) -> None:
    """Be the process: print as JSON how the call ended and how many MB the peak of the memory rose."""
    from actors_app.services import Abaco, AbacoClient
    from actors_app.services.errors import AbacoError
    from tests.services.conftest import Visitor, known

    abaco = Abaco(known(AbacoClient(url)), Visitor("a-token"))
    calls: dict[str, Callable[[], object]] = {
        "actors": abaco.actors.list,
        "executions": lambda: abaco.executions.list("a"),
        "logs": lambda: abaco.logs.get("a", "x"),
    }
    abaco.actors.list()
    before = peak()
    try:
        calls[call]()
        outcome = "read"
    except AbacoError as error:
        outcome = error.kind
    sys.stdout.write(json.dumps({"outcome": outcome, "rise": (peak() - before) / 1024}))


def peak() -> int:
    """Return the most memory this process has held, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
