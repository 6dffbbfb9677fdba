"""P10: the same page at others. Abaco's dashboard is made again here; Flower and agavepy run where they are installed.

They live in an environment of their own, never in the project's lock: `var/peers`, or wherever `--peers` says.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import probe
from benchmarks.bench import Bench
from benchmarks.client import PATIENCE, Visitor
from benchmarks.measuring import WARM, Asking, Figure, compare
from benchmarks.pages import LIST
from benchmarks.portals import process
from benchmarks.stores import ROOT

REQUESTS = 10
NOT_INSTALLED = "{} is not installed in {}; see benchmarks/README.md"
ONE_SHOT = """
import sys
from agavepy.agave import Agave
found = Agave(api_server=sys.argv[1], token="benchmark", verify=sys.argv[2]).actors.list()
print(len(found), *(one.id for one in found))
"""
TABLE = (
    "/tasks/datatable?draw=1&start=0&length=50&search%5Bvalue%5D=&order%5B0%5D%5Bcolumn%5D=7&order%5B0%5D%5Bdir%5D=desc"
    "&columns%5B7%5D%5Bdata%5D=received"
)


def p10(bench: Bench) -> None:
    """Compare the list with the same at others."""
    _dashboard(bench)
    for name, module, measure in (("P10-flower", "flower", _flower), ("P10-agavepy", "agavepy", _agavepy)):
        if python := _python_with(module, bench.peers):
            measure(bench, python)
        else:
            bench.figures[name] = Figure(name, problem=NOT_INSTALLED.format(module, bench.peers))


def _python_with(module: str, peers: Path) -> Path | None:
    """Return a Python that has a module: that of the peers, or, where the tests need it too, this one."""
    for python in (peers / "bin" / "python", Path(sys.executable)):
        look = [str(python), "-c", f"import {module}"]
        if python.exists() and not subprocess.run(look, capture_output=True, timeout=PATIENCE).returncode:  # noqa: S603
            return python
    return None


def _dashboard(bench: Bench) -> None:
    place = probe.listening()
    command = [
        sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", "8", "--worker-class", "gthread",
        "--no-control-socket", "--bind", f"fd://{place.fileno()}", "benchmarks.apps.naive",
    ]  # fmt: skip
    trusting = {"REQUESTS_CA_BUNDLE": str(bench.bundle), "NAIVE_API": f"{bench.api.tls}/250"}
    log, url = bench.folder / "naive.log", probe.address(place)
    with process(command, url, os.environ | trusting, log, [place], bench.server_core) as running:
        other = _asking(bench, url, probe.children(running.pid), ["/"])
        figure = compare("P10-dashboard", other, bench.page(LIST, "rows250"), bench.rounds, REQUESTS)
    bench.figures["P10-dashboard"] = figure


def _asking(bench: Bench, url: str, pids: list[int], paths: list[str]) -> Asking:
    visitor = Visitor(url)
    bench.stack.callback(visitor.close)

    def ask() -> None:
        for path in paths:
            answer = visitor.get(path)
            if answer.status != 200:
                raise RuntimeError(f"{path} was answered with {answer.status}.")

    for _ in range(WARM):
        ask()
    return Asking(lambda: probe.cpu(pids), ask)


def _flower(bench: Bench, python: Path) -> None:
    """Compare with Flower that knows 2,500 tasks; it reads them from its own file, so no broker is needed."""
    with _running_flower(bench, python) as (url, pid):
        other = _asking(bench, url, [pid], ["/tasks", TABLE])
        figure = compare("P10-flower", other, bench.page(LIST), bench.rounds, REQUESTS)
    bench.figures["P10-flower"] = figure


@contextmanager
def _running_flower(bench: Bench, python: Path) -> Iterator[tuple[str, int]]:
    kept, place = bench.folder / "flower", probe.listening()
    fill = [str(python), str(ROOT / "benchmarks" / "flower_tasks.py"), str(kept)]
    subprocess.run(fill, check=True, timeout=PATIENCE, capture_output=True)  # noqa: S603 - ours
    port, url = place.getsockname()[1], probe.address(place)
    place.close()  # Flower takes no socket, so its port is checked by what it shows: all of these tasks
    command = [
        str(python), "-m", "celery", "--broker=memory://", "flower", f"--port={port}", "--address=127.0.0.1",
        "--persistent=True", f"--db={kept}", "--state_save_interval=0",
    ]  # fmt: skip
    log = bench.folder / "flower.log"
    with process(command, url + "/tasks", dict(os.environ), log, cores=bench.server_core) as running:
        yield url, running.pid


def _agavepy(bench: Bench, python: Path) -> None:
    """Compare with a script that lists the actors: what one must wait for who has no portal."""
    command = [str(python), "-c", ONE_SHOT, bench.api.tls, str(bench.bundle)]
    # It keeps what it knows of tokens in the home of whoever runs it.
    env = os.environ | {"HOME": str(bench.folder)}
    listed = bench.page(LIST)
    figure, waits = Figure("P10-agavepy"), list[float]()
    for _ in range(bench.rounds):
        began = time.perf_counter()
        with probe.on(bench.server_core):
            said = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE)  # noqa: S603
        waited = (time.perf_counter() - began) * 1000
        if said.returncode or not said.stdout.startswith("50 "):
            figure.problem = f"agavepy failed: {said.stderr.strip()[-200:]}"
            break
        listed.cost(REQUESTS, waits)
        figure.add(waited, statistics.median(waits[-REQUESTS:]))
    bench.figures["P10-agavepy"] = figure
