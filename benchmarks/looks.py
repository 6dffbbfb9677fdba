"""What is measured once: files of everything, the first look at an actor, and what a second look asks the API."""

import socket
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import requests

from benchmarks.cases import rows_of
from benchmarks.measuring import Figure
from benchmarks.portals import PATIENCE, Asked, Portal, StubAPI, portal_of, process, stub_of
from benchmarks.shapes import SELDOM
from benchmarks.stores import Store, environment, migrate

RISE = 20.0  # MB that a file of 100,000 rows may take
FIRST = 1.2  # of the time of the API's own answer
AWAY = 20.0  # seconds between two looks: within the minute for which rights are remembered, after any shorter pause
SMALL = 20_000  # bytes that the one call of a second look may bring
ACTOR = "rnaseq-ingest"  # has 5,000 executions in the sandbox
TABLES = (
    "portal_execution", "portal_execution_tally", "portal_unread_history", "portal_actor_history", "portal_readable",
)  # fmt: skip


def export(store: Store, form: str, folder: Path) -> Figure:
    """Take all executions of a store as a file from a portal that has just begun; return memory and time."""
    path = f"/actors/{store.actor.id}/executions/?window=all&format={form}"
    with (
        stub_of("store", folder, shape=store.shape.name, store=store.file) as api,
        portal_of(store.file, folder, api=api.url) as portal,
    ):
        portal.sign_in()
        # What any page and any file brings into memory is there before.
        portal.get(path.partition("?")[0])
        portal.get(f"{path}&executor={SELDOM}")
        portal.forget_most()
        before, cpu, started = portal.memory("VmRSS"), portal.cpu(), time.perf_counter()
        lines = 0
        with portal.browser.get(portal.url + path, stream=True, timeout=PATIENCE) as answer:
            if answer.status_code != 200:
                raise AssertionError(f"{path} was answered with {answer.status_code}")
            for piece in answer.iter_content(65536):
                lines += piece.count(b"\n")
        seconds = time.perf_counter() - started
        rows = lines - (form == "csv")
        note = f"{rows:,} rows in {seconds:.1f} s, {(portal.cpu() - cpu) / 1000:.1f} s of CPU"
        if rows != store.shape.executions:
            raise AssertionError(f"The file of {store.shape.executions:,} executions has {rows:,} rows.")
        rise = portal.memory("VmHWM") - before
        return Figure(f"export {form}: rise of memory", before, rise, "MB", most_value=RISE, note=note)


def free_port() -> int:
    """Return a port that nothing listens on at this moment; the sandbox takes no socket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def sandbox(folder: Path) -> Iterator[str]:
    """Run the sandbox with its full history; yield its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    file = folder / "sandbox.sqlite3"
    for old in folder.glob("sandbox.sqlite3*"):
        old.unlink()
    env = environment(folder / "none") | {
        "SANDBOX_DATABASE": str(file), "SANDBOX_FILL": "full", "SANDBOX_ENGINE": "off",
    }  # fmt: skip
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    with process(command, url + "/actors/v2", env, folder / "sandbox.log"):
        yield url


def first_look(folder: Path, rounds: int) -> Figure:
    """Compare an actor's page, when nothing is known of it yet, with the API's plain listing."""
    file = folder / "first.sqlite3"
    for old in folder.glob("first.sqlite3*"):
        old.unlink()
    migrate(file)
    keys = {"ACTORS_API_CLIENT_KEY": "sandbox", "ACTORS_API_CLIENT_SECRET": "sandbox"}
    with sandbox(folder) as api, portal_of(file, folder, api=api, **keys) as portal, requests.Session() as raw:
        portal.sign_in("demo", "demo")
        form = {"grant_type": "password", "username": "demo", "password": "demo", "scope": "PRODUCTION"}
        token = raw.post(f"{api}/token", form, auth=("sandbox", "sandbox"), timeout=PATIENCE).json()
        raw.headers["Authorization"] = f"Bearer {token['access_token']}"
        actors = raw.get(f"{api}/actors/v2", timeout=PATIENCE).json()["result"]
        actor = next(one["id"] for one in actors if one["name"] == ACTOR)
        listing, page = f"{api}/actors/v2/{actor}/executions", f"/actors/{actor}/executions/"
        figure, costs = Figure("first look at 5,000 executions, against the API's own answer", most_ratio=FIRST), []
        for number in range(rounds + 1):
            base, answer = timed(lambda: raw.get(listing, timeout=PATIENCE))
            total = answer.json()["result"]["totalExecutions"]
            forget(file)
            before = portal.cpu()
            value, shown = timed(lambda: portal.get(page))
            cpu = portal.cpu() - before
            if len(rows_of(shown.text)) != 50 or total != 5_000:
                raise AssertionError(f"Of {total:,} executions the first look shows {len(rows_of(shown.text))}.")
            if number:  # the first of all makes connections
                figure.add(base, value)
                costs.append(cpu)
    figure.note = f"{statistics.median(costs):.0f} ms of CPU in the portal"
    return figure


def timed(ask: Callable[[], requests.Response]) -> tuple[float, requests.Response]:
    """Return how many milliseconds an answer took, and the answer."""
    started = time.perf_counter()
    answer = ask()
    return (time.perf_counter() - started) * 1000, answer


def forget(file: Path) -> None:
    """Empty the history of a running portal."""
    with closing(sqlite3.connect(file, timeout=10)) as store, store:
        for table in TABLES:
            store.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own


def asked_again(path: str, portal: Portal, api: StubAPI, away: float = AWAY) -> Asked:
    """Return what the API is asked by a page that was opened a short while ago."""
    portal.get(path)
    time.sleep(away)
    api.asked()
    portal.get(path)
    return api.asked()


def second_look(page: str, path: str, portal: Portal, api: StubAPI) -> Figure:
    """Count the calls, and their bytes, of a page that was opened a short while ago."""
    asked = asked_again(path, portal, api)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(asked.calls.items()))
    note = f"{kinds or 'none'}; {asked.bytes:,} bytes"
    figure = Figure(f"{page}: second look, calls", 0, sum(asked.calls.values()), "calls", most_value=1, note=note)
    if asked.bytes > SMALL:
        figure.most_value = 0
        figure.note += ", which is not small"
    return figure
