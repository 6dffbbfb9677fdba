"""`python -m benchmarks.logs`: what long logs cost: the time to the first byte, and memory with eight at once.

The portal runs under gunicorn before a stub of the API in a process of its own, which serves logs of 1 MB and of 10 MB,
at once or as a line of 100 Mbit/s would. Each answer is compared with the same portal holding it back until it is whole
(`apps/held.py`).
"""

import argparse
import hashlib
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks.answers import ACTOR, SIZES, log_of
from benchmarks.client import Answer, Visitor
from benchmarks.measuring import Figure, table
from benchmarks.portals import Portal, collect_static, portal_of, stub_of
from benchmarks.stores import migrate

AT_ONCE = 8
THREADS = 16  # of the portal
MEGABYTE = 1_000_000


@contextmanager
def portal(api: str, folder: Path, app: str) -> Iterator[Portal]:
    """Run the portal with one process and enough threads, or its double that holds back; somebody is signed in."""
    store = folder / f"{app.rpartition('.')[2]}.sqlite3"
    migrate(store)
    with portal_of(store, folder, api=f"{api}/1", app=app, threads=THREADS) as found:
        found.sign_in()
        yield found


def fetch(portal: Portal, path: str) -> Answer:
    """Open a page on a connection of its own; it must be answered with a page."""
    visitor = Visitor(portal.url, portal.cookies)
    answer = visitor.get(path)
    visitor.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered with {answer.status}.")
    return answer


def address(execution: str, download: bool) -> str:
    """Return where the log of an execution is, as a page or as a file."""
    return f"/actors/{ACTOR}/executions/{execution}/logs/" + ("?download=1" if download else "")


def first_bytes(streamed: Portal, held: Portal, execution: str, download: bool, rounds: int) -> Figure:
    """Compare the time to the first byte with that of the same answer held back until it is whole."""
    what = "file" if download else "page"
    pace = "at 100 Mbit/s" if execution.startswith("slow") else "at once"
    size = SIZES[execution.lstrip("logsw")] // MEGABYTE
    figure = Figure(f"first byte of the {what} of {size} MB, the API answering {pace}")
    # A file of 1 MB that is there at once is sent in the time that any request takes to be looked at.
    figure.most_ratio = None if (what, size, pace) == ("file", 1, "at once") else 0.1
    path = address(execution, download)
    for one in (streamed, held):
        fetch(one, path)
    wholes = []
    for _ in range(rounds):
        base, answer = fetch(held, path), fetch(streamed, path)
        figure.add(base.first, answer.first)
        wholes.append(answer.whole)
    figure.note = f"complete after {statistics.median(wholes):.0f} ms"
    return figure


def memory(portal: Portal, download: bool, name: str, most: float | None) -> Figure:
    """Measure how far memory rises while eight people open the log of 10 MB at once."""
    # What is loaded once, by the process and by each thread, is not counted.
    fetch(portal, address("log10", download))
    _together(portal, address("log1", download=True), THREADS)
    portal.forget_most()
    before = portal.memory("VmRSS")
    _together(portal, address("log10", download))
    rise = portal.memory("VmHWM") - before
    what = "file" if download else "page"
    figure = Figure(f"memory, {AT_ONCE} at once, {what} of 10 MB, {name}", before, rise, "MB", most_value=most)
    figure.ratio = rise * MEGABYTE / SIZES["10"]
    figure.note = f"{figure.ratio:.2f} of one body"
    return figure


def _together(portal: Portal, path: str, number: int = AT_ONCE) -> None:
    with ThreadPoolExecutor(number) as people:
        for opened in [people.submit(fetch, portal, path) for _ in range(number)]:
            opened.result()


def identical(portal: Portal) -> Figure:
    """Compare the file of the long log with the log, byte by byte."""
    wanted = hashlib.sha256(log_of(SIZES["10"]).encode()).hexdigest()
    is_other = fetch(portal, address("log10", download=True)).digest != wanted
    return Figure("files of 10 MB that are not the log", 0, float(is_other), unit="", most_value=0.0)


def main(arguments: list[str]) -> int:
    """Measure everything; return 1 where a figure is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logs", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", type=Path, help="output file of the JSON")
    options = parser.parse_args(arguments)
    figures: list[Figure] = []

    def say(figure: Figure) -> None:
        figures.append(figure)
        sys.stderr.write(figure.line() + "\n")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.umask(0o077)
        collect_static(folder)
        with (
            stub_of("actors", folder) as api,
            portal(api.url, folder, "portal.wsgi") as streamed,
            portal(api.url, folder, "benchmarks.apps.held") as held,
        ):
            say(identical(streamed))
            for execution in ("log1", "slow1", "log10", "slow10"):
                for download in (True, False):
                    say(first_bytes(streamed, held, execution, download, options.rounds))
            for download in (True, False):
                say(memory(streamed, download, "streamed", 10.0 if download else None))
                say(memory(held, download, "held back", None))
    sys.stdout.write(table(figures))
    if options.write:
        options.write.write_text(json.dumps([figure.record() for figure in figures], indent=2))
    return int(any(figure.is_over for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
