"""`python -m benchmarks.logs`: what long logs cost: the time to the first byte, and memory with eight at once.

The portal runs under gunicorn before a stub of the API in a process of its own, which serves logs of 1 MB and of 10 MB,
at once or as a line of 100 Mbit/s would. Each answer is compared with the same portal holding it back until it is whole
(`buffering.py`).
"""

import argparse
import hashlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.measuring import Figure, table
from benchmarks.portals import Portal, collect_static, free_port, process
from benchmarks.stores import ROOT, environment
from benchmarks.stub import Server, refused, written

ACTOR = "a1B2c3D4e5F6g"
SIZES = {"1": 1_000_000, "10": 10_000_000}  # by the end of the execution's id: log1, log10, slow1, slow10
PACE = 12_500_000  # bytes in a second, 100 Mbit/s
AT_ONCE = 8
MEGABYTE = 1_000_000


@cache
def log_of(size: int) -> str:
    """Return a log of about so many bytes: lines with levels, colours, quotes, and signs beyond the sixteen bits."""
    lines, length, number = [], 0, 0
    while length < size:
        number += 1
        level = ("DEBUG", "INFO", "INFO", "WARNING", "ERROR")[number % 5]
        line = (
            f'2026-11-23T16:20:{number % 60:02}Z {level} step {number} "of <many>" \x1b[32mdone\x1b[0m é \U0001f600\n'
        )
        lines.append(line)
        length += len(line.encode())
    return "".join(lines)


@cache
def answer_of(path: str) -> tuple[bytes, bool]:
    """Return what the API answers, and whether it comes as over a line of 100 Mbit/s."""
    execution, _, rest = path.removeprefix(f"/actors/v2/{ACTOR}").removeprefix("/executions/").partition("/")
    if rest == "logs":
        return written("Logs retrieved successfully.", {"_links": {}, "logs": log_of(size_of(execution))}), (
            execution.startswith("slow")
        )
    if path == "/profiles/v2/me":
        return written("User details retrieved successfully.", {"username": "dana", "first_name": "Dana"}), False
    if execution:
        found = {"id": execution, "actorId": ACTOR, "executor": "dana", "status": "COMPLETE", "exitCode": 0}
        return written("Execution retrieved successfully.", found | {"finishTime": "2026-11-23T16:20:42.628Z"}), False
    actor = {"id": ACTOR, "name": "logs", "image": "x", "owner": "dana", "status": "READY", "stateless": True}
    return written("Actor retrieved successfully.", actor), False


def size_of(execution: str) -> int:
    """Return how long the log of an execution is."""
    return SIZES[execution.lstrip("logsw")]


class Handler(BaseHTTPRequestHandler):
    """One connection to the stub."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        """Answer one request."""
        path = urlsplit(self.path).path
        body, is_slow = answer_of(path) if path.startswith(("/actors/", "/profiles/")) else (refused("No."), False)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        began = time.monotonic()
        for start in range(0, len(body), 65536):
            if is_slow and (ahead := start / PACE - (time.monotonic() - began)) > 0:
                self.wfile.flush()
                time.sleep(ahead)
            self.wfile.write(body[start : start + 65536])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server uses
        """Say nothing."""


def serve(port: int) -> None:
    """Be the stub until the process is ended."""
    for execution in ("log1", "log10", "slow1", "slow10"):
        answer_of(f"/actors/v2/{ACTOR}/executions/{execution}/logs")
    with Server(("127.0.0.1", port), Handler) as server:
        server.serve_forever()


@contextmanager
def stub(folder: Path) -> Iterator[str]:
    """Run the stub; yield its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "benchmarks.logs", "--serve", str(port)]
    with process(command, url, environment(folder / "none"), folder / "stub-logs.log"):
        yield url


@contextmanager
def portal(api: str, folder: Path, app: str) -> Iterator[Portal]:
    """Run the portal with one process and enough threads, or its double that buffers; somebody is signed in."""
    store, url = folder / f"{app.partition('.')[0]}.sqlite3", f"http://127.0.0.1:{free_port()}"
    env = environment(store, api) | {"STATIC_ROOT": str(folder / "static"), "MALLOC_ARENA_MAX": "2"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    command = [
        sys.executable, "-m", "gunicorn", "-c", "portal/gunicorn_conf.py", "--workers", "1", "--threads", "16",
        "--bind", url.removeprefix("http://"), app,
    ]  # fmt: skip
    with process(command, url + "/livez", env, folder / f"{store.stem}.log") as running:
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        found = Portal(url, api, int(children[0]))
        found.sign_in()
        yield found


def fetch(portal: Portal, path: str) -> tuple[float, float, str]:
    """Return the milliseconds to the first byte of the body and to the last, and the digest of the body."""
    connection = http.client.HTTPConnection(urlsplit(portal.url).netloc, timeout=120)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in portal.browser.cookies)
    digest = hashlib.sha256()
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookies})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered with {answer.status}.")
    digest.update(answer.read(1))
    first = time.perf_counter() - began
    while piece := answer.read(65536):
        digest.update(piece)
    whole = time.perf_counter() - began
    connection.close()
    return first * 1000, whole * 1000, digest.hexdigest()


def address(execution: str, download: bool) -> str:
    """Return where the log of an execution is, as a page or as a file."""
    return f"/actors/{ACTOR}/executions/{execution}/logs/" + ("?download=1" if download else "")


def first_bytes(streamed: Portal, buffered: Portal, execution: str, download: bool, rounds: int) -> Figure:
    """Compare the time to the first byte with that of the same answer held back until it is whole."""
    what = "file" if download else "page"
    pace = "at 100 Mbit/s" if execution.startswith("slow") else "at once"
    size = size_of(execution) // MEGABYTE
    figure = Figure(f"first byte of the {what} of {size} MB, the API answering {pace}")
    # A file of 1 MB that is there at once is sent in the time that any request takes to be looked at.
    figure.most_ratio = None if (what, size, pace) == ("file", 1, "at once") else 0.1
    path = address(execution, download)
    for portal in (streamed, buffered):
        fetch(portal, path)
    bases, values, wholes = [], [], []
    for _ in range(rounds):
        bases.append(fetch(buffered, path)[0])
        first, whole, _ = fetch(streamed, path)
        values.append(first)
        wholes.append(whole)
        figure.ratios.append(first / bases[-1])
    figure.base, figure.value = statistics.median(bases), statistics.median(values)
    figure.ratio, figure.note = statistics.median(figure.ratios), f"whole after {statistics.median(wholes):.0f} ms"
    return figure


def memory(portal: Portal, download: bool, name: str, most: float | None) -> Figure:
    """Measure how far memory rises while eight people open the log of 10 MB at once."""
    path = address("log10", download)
    fetch(portal, path)  # so that what is loaded once is not counted
    portal.forget_most()
    before = portal.memory("VmRSS")
    threads = [threading.Thread(target=fetch, args=(portal, path)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rise = portal.memory("VmHWM") - before
    what = "file" if download else "page"
    figure = Figure(f"memory, {AT_ONCE} at once, {what} of 10 MB, {name}", before, rise, "MB", most_value=most)
    figure.note = f"{rise / 10:.2f} times one body"
    return figure


def identical(portal: Portal) -> Figure:
    """Compare the file of the long log with the log, byte by byte."""
    wanted = hashlib.sha256(log_of(SIZES["10"]).encode()).hexdigest()
    is_other = fetch(portal, address("log10", download=True))[2] != wanted
    return Figure("files of 10 MB that are not the log", 0, float(is_other), unit="", most_value=0.0)


def main(arguments: list[str]) -> int:
    """Measure everything; return 1 where a figure is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logs", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", type=Path, help="a file for the figures as JSON")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(options.serve)
    figures: list[Figure] = []

    def say(figure: Figure) -> None:
        figures.append(figure)
        sys.stderr.write(figure.line() + "\n")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.umask(0o077)
        collect_static(folder)
        with (
            stub(folder) as api,
            portal(api, folder, "portal.wsgi") as streamed,
            portal(api, folder, "benchmarks.buffering") as buffered,
        ):
            say(identical(streamed))
            for execution in ("log1", "slow1", "log10", "slow10"):
                for download in (True, False):
                    say(first_bytes(streamed, buffered, execution, download, options.rounds))
            for download in (True, False):
                say(memory(streamed, download, "streamed", 10.0 if download else None))
                say(memory(buffered, download, "buffered", None))
    sys.stdout.write(table(figures))
    if options.write:
        options.write.write_text(json.dumps([figure.record() for figure in figures], indent=2))
    return int(any(figure.is_over for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
