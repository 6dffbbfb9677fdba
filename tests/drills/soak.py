"""Hours of visitors while one call in ten fails: no failure of the portal's own, and nothing grows.

Of 20 requests a second 70 % are pages, 20 % parts of pages and 10 % writes. Memory, open files and threads of the
serving processes are read from /proc every five seconds and compared from the third part of the time on.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path
from statistics import fmean

from tests.drills.stall import check, say
from tests.faults.failures import hang_up, raw, refuse, reset
from tests.faults.stand_in import Exchange, StandIn
from tests.sandbox.support import start_sandbox
from tests.support.load import Crowd, Visitor, percentile, table
from tests.support.running import RunningPortal, running_portal

RATE = 20  # requests a second
SHARE = 0.1  # of the calls fail
FAILURES = (
    refuse("500 Internal Server Error", "Unrecognized exception type"),
    refuse("502 Bad Gateway", "no answer"),
    refuse("404 Not Found", "Actor not found"),
    refuse("429 Too Many Requests", "slow down", "Retry-After: 1"),
    raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut"),
    hang_up,
    reset,
)
EXPECTED = (200, 286, 302, 400, 401, 404, 409, 422, 502, 503, 504)


class FlakyAPI(StandIn):
    """A stand-in that lets one call in ten fail, whatever it is, but for signing in."""

    async def _answer(self, exchange: Exchange) -> None:
        if exchange.path != "/token" and random.random() < SHARE:
            await random.choice(FAILURES)(exchange)
            return
        await super()._answer(exchange)


def main(arguments: list[str]) -> int:
    """Run the drill; return 0 when every figure held."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: 10; an hour is 60)")
    parser.add_argument("--port", type=int, default=None, help="where the portal listens (default: a free port)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        sandbox = start_sandbox(directory, SANDBOX_ENGINE="off")
        behind = ("127.0.0.1", int(sandbox.url.rpartition(":")[2]))
        try:
            actors = [row["id"] for row in sandbox.sign_in("demo").get("") if row["owner"] == "demo"][:8]
            with FlakyAPI(behind=behind) as api, running_portal(directory, api.url, options.port) as portal:
                return drill(api, portal, actors, options.minutes * 60)
        finally:
            sandbox.stop()


def drill(api: StandIn, portal: RunningPortal, actors: list[str], seconds: float) -> int:
    """Load a running portal, take samples of its processes, and say what was met."""
    people = [signed_in(portal.url, name) for name in ("demo", "admin", "demo", "admin")]
    acts = []
    for number, actor in enumerate(actors):
        who, at = people[number % len(people)], f"/actors/{actor}/"
        pages = ["/", "/actors/", at, at + "executions/", at + "workers/", at + "nonces/", at + "configuration/"]
        acts += [(10, lambda who=who, page=page: who.ask("page", page)) for page in pages]
        parts = ["/actors/?q=a", at + "executions/"]
        acts += [(10, lambda who=who, part=part: who.ask("fragment", part, fragment=True)) for part in parts]
        form = {"kind": "text", "message": "a message of the soak"}
        acts.append((10, lambda who=who, at=at, form=form: who.ask("write", f"{at}messages/", form)))
    samples: list[tuple[float, float, int, int]] = []
    with Crowd(acts, RATE) as crowd:
        start = time.monotonic()
        while (now := time.monotonic() - start) < seconds:
            samples.append((now, *usage(portal.workers)))
            api.asked.clear()
            time.sleep(5)
    say(table(crowd.met))
    own = [one for one in crowd.met if one.status not in EXPECTED]
    return 0 if all([*growth(samples, seconds), check("unexpected answers", len(own), 0)]) else 1


def signed_in(url: str, name: str) -> Visitor:
    """Sign somebody in; one call in ten fails, so try again."""
    for _ in range(10):
        try:
            return Visitor.signed_in(url, name)
        except AssertionError:
            time.sleep(0.5)
    raise AssertionError("Nobody could sign in.")


def growth(samples: list[tuple[float, float, int, int]], seconds: float) -> list[bool]:
    """Say how the memory, files and threads after the third of ten parts compare with those at the end."""
    late = [sample for sample in samples if sample[0] > seconds * 0.3]
    half = len(late) // 2
    first, last = late[:half], late[half:]
    before, after = fmean(sample[1] for sample in first), fmean(sample[1] for sample in last)
    shown = samples[:: max(1, len(samples) // 20)]
    say(f"memory of all processes in MB, over time: {', '.join(f'{sample[1]:.0f}' for sample in shown)}")
    held = [
        check(
            "rise of the memory from the first to the second half of the last seven tenths, in %",
            (after / before - 1) * 100,
            1,
        )
    ]
    for name, column in (("open files", 2), ("threads", 3)):
        most = [percentile([sample[column] for sample in part], 0.5) for part in (first, last)]
        held.append(check(f"rise of the {name} (median)", most[1] - most[0], 3))
    return held


def usage(processes: list[int]) -> tuple[float, int, int]:
    """Return the resident memory in MB, the open files and the threads of some processes together."""
    memory, files, threads = 0.0, 0, 0
    for process in processes:
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines() if ":" in line
        )
        memory += int(status["VmRSS"].split()[0]) / 1024
        threads += int(status["Threads"])
        files += len(list(Path(f"/proc/{process}/fd").iterdir()))
    return memory, files, threads
