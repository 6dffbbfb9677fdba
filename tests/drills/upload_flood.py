"""Bodies that nobody may send, by the dozen, straight at gunicorn, while others sign in: nothing dies, nothing fills.

The portal's temporary folder has 256 MB and the folder of its counts 32 MB, as in `compose.yaml`. That takes root: the
drill starts itself again in a mount namespace of its own. In the last part both are full.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import repeat
from pathlib import Path

from tests.drills.stall import check, say
from tests.sandbox.support import start_sandbox
from tests.support.load import Crowd, Met, Visitor, percentile, table
from tests.support.running import RunningPortal, running_portal
from tests.support.uploads import CHUNKED, MEGABYTE, MULTIPART, PIECE, Answer, endless_chunks, many_parts, of_size, send

PARALLEL = 24
TEMPORARY, COUNTS = 256, 32  # MB
RATE = 10  # requests a second of those who do nothing wrong
MEMORY = 150  # MB that one process may rise: four bodies of 2 MiB, each some five times, what threads keep, and pages
ADDRESSES = (
    "/sign-in/",
    "/sign-in/token/",
    "/account/theme/",
    "/account/preferences/",
    "/account/log-wrap/",
    "/nowhere/",
)
ADDRESSES += ("/actors/x/messages/", "/api/v1/", "/api/v1/actors/", "/api/v1/docs/", "/api/v1/nowhere/", "/metrics")
ADDRESSES += ("/livez", "/readyz", "/static/css/portal.css")


def main(arguments: list[str]) -> int:
    """Run the drill; return 0 when every figure held."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills upload_flood", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each flood comes (default: 3)")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if os.geteuid() == 0 and not options.alone:
        again = [sys.executable, "-m", "tests.drills", "upload_flood", "--alone", *arguments]
        return subprocess.run(["unshare", "--mount", *again], check=False).returncode
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = {"TMPDIR": TEMPORARY, "PORTAL_METRICS_DIR": COUNTS}
        disks = {name: stack.enter_context(disk(directory / name, size)) for name, size in places.items()}
        sandbox = start_sandbox(directory, fill="none", SANDBOX_ENGINE="off")
        stack.callback(sandbox.stop)
        settings = {name: str(path) for name, path in disks.items()}
        with running_portal(directory, sandbox.url, None, **settings) as portal:
            held = drill(portal, disks, options.rounds)
        (directory / "full").mkdir()
        fill(disks.values())
        with running_portal(directory / "full", sandbox.url, None, **settings) as portal:
            held += when_full(portal)
    return 0 if all(held) else 1


@contextmanager
def disk(path: Path, megabytes: int) -> Iterator[Path]:
    """Yield a folder with a disk of its own, where this process may make one."""
    path.mkdir()
    is_root = os.geteuid() == 0
    if is_root:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", path], check=True)
    else:
        say(f"{path.name} has no disk of its own: that takes root")
    try:
        yield path
    finally:
        if is_root:
            subprocess.run(["umount", "--lazy", path], check=True)


def fill(paths: Iterable[Path]) -> None:
    """Leave no byte free on these disks."""
    for path in paths if os.geteuid() == 0 else ():
        with (path / "full").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(PIECE)
            except OSError:
                continue


def drill(portal: RunningPortal, disks: dict[str, Path], rounds: int) -> list[bool]:
    """Flood a running portal while others use it; say what came of it."""
    visitor, nobody = Visitor.signed_in(portal.url, "demo"), Visitor(portal.url)
    acts: list[tuple[int, Callable[[], Met]]] = [
        (2, lambda: nobody.ask("sign-in", "/sign-in/")),
        (1, lambda: visitor.ask("page", "/actors/")),
        (1, lambda: visitor.ask("write", "/account/theme/", {"theme": "dark"})),
        (1, lambda: nobody.ask("livez", "/livez")),
    ]
    workers = portal.workers
    before = {worker: peak(worker) for worker in workers}
    say(f"load average {os.getloadavg()[0]:.1f}; memory of the processes: {[before[each] // 1024 for each in workers]}")
    held = []
    with Fullest(disks["TMPDIR"]) as temporary, Crowd(acts, RATE) as crowd:
        for _ in range(rounds):
            held += [judged(name, flood(portal.url), statuses) for name, flood, statuses in FLOODS]
            held += large_of_somebody(portal.url, visitor)
            say(f"memory of the processes at most, in MB: {[peak(worker) // 1024 for worker in workers]}")
    held.append(check("processes that died", len(set(workers) ^ set(portal.workers)), 0))
    rise = max((peak(worker) - before[worker]) / 1024 for worker in workers)
    say("those who did nothing wrong:\n" + table(crowd.met))
    return [
        *held,
        check("most in the temporary folder, in kB", temporary.most / 1024, 0),
        check("rise of a process's memory, in MB", rise, MEMORY),
        *others(crowd.met),
    ]


def others(met: list[Met]) -> list[bool]:
    """Judge what became of those who did nothing wrong."""
    return [
        check("others' answers that were no success", sum(each.status not in (200, 302) for each in met), 0),
        check("others' p95, in s", percentile([each.seconds for each in met], 0.95), 5),
        check("others' longest answer, in s", max((each.seconds for each in met), default=99), 15),
    ]


def when_full(portal: RunningPortal) -> list[bool]:
    """Use a portal whose disks were full before it started, whose processes therefore count in their own memory."""
    statuses = Counter(each.status for each in in_parallel(portal.url, large(31), of_size(31 * MEGABYTE)))
    say(f"with full disks, {PARALLEL} forms of 31 MB: {dict(statuses)}")
    visitor = Visitor.signed_in(portal.url, "demo")
    met = [visitor.ask("page", path) for path in ("/actors/", "/sign-in/", "/metrics", "/livez") for _ in range(5)]
    return [
        check("with full disks: answers that were no success", sum(each.status not in (200, 302) for each in met), 0),
        check("with full disks: forms that were not refused", PARALLEL - statuses[413], 0),
        check("with full disks: processes that are missing", 2 - len(portal.workers), 0),
    ]


# The floods ------------------------------------------------------------------------------------------------------


def large(megabytes: int) -> list[str]:
    """Return the head of a form of so many MB."""
    return [MULTIPART, f"Content-Length: {megabytes * MEGABYTE}"]


def in_parallel(url: str, head: list[str], body: Iterable[bytes], **more: str) -> list[Answer]:
    """Send the same from 24 clients at once."""
    pieces = list(body) if not isinstance(body, repeat) else body
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(lambda _: send(url, head, pieces, **more), range(PARALLEL)))


def to_each_address(url: str) -> list[Answer]:
    """Send 31 MB to each address that may read a body, by four methods."""
    targets = [f"{method} {address}" for address in ADDRESSES for method in ("POST", "PUT", "PATCH", "GET")]
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(lambda target: send(url, large(31), of_size(31 * MEGABYTE), target), targets))


def of_parts(url: str) -> list[Answer]:
    """Send forms of as many parts as 64 KiB hold, whose connection is asked to close."""
    form = many_parts(800)
    return in_parallel(url, [MULTIPART, f"Content-Length: {len(form)}", "Connection: close"], [form])


FLOODS: list[tuple[str, Callable[[str], list[Answer]], tuple[int, ...]]] = [
    (f"{PARALLEL} forms of 31 MB", lambda url: in_parallel(url, large(31), of_size(31 * MEGABYTE)), (413,)),
    ("one form of 400 MB", lambda url: [send(url, large(400), of_size(400 * MEGABYTE))], (413,)),
    ("31 MB to each address", to_each_address, (200, 405, 413)),
    ("chunks without end", lambda url: in_parallel(url, [MULTIPART, CHUNKED], endless_chunks()), (413,)),
    ("chunks of one byte", lambda url: in_parallel(url, [MULTIPART, CHUNKED], endless_chunks(1)), (413,)),
    (
        "a chunk of 2^63 bytes",
        lambda url: in_parallel(url, [MULTIPART, CHUNKED], [b"7fffffffffffffff\r\n", *[PIECE] * 99]),
        (413,),
    ),
    ("a line of a chunk without end", lambda url: in_parallel(url, [MULTIPART, CHUNKED], repeat(b"1" * 99)), (408,)),
    ("31 MB announced, none sent", lambda url: in_parallel(url, large(31), []), (413,)),
    (
        "60 kB announced, ten bytes sent",
        lambda url: in_parallel(url, [MULTIPART, "Content-Length: 60000"], [b"x" * 10]),
        (408,),
    ),
    (
        "5 bytes announced, 31 MB sent",
        lambda url: in_parallel(url, [MULTIPART, "Content-Length: 5"], of_size(31 * MEGABYTE)),
        (403,),
    ),
    ("a negative length", lambda url: in_parallel(url, [MULTIPART, "Content-Length: -1"], []), (400,)),
    ("two lengths", lambda url: in_parallel(url, ["Content-Length: 5", "Content-Length: 6"], [b"xxxxx"]), (400,)),
    ("a length and chunks", lambda url: in_parallel(url, ["Content-Length: 5", CHUNKED], [b"xxxxx"]), (400,)),
    ("forms of 800 parts", of_parts, (403,)),
]


def judged(name: str, answers: list[Answer], statuses: tuple[int, ...]) -> bool:
    """Say what a flood was answered; return whether each answer was one of these."""
    met = Counter(each.status for each in answers)
    sent = max(each.sent for each in answers) / MEGABYTE
    say(f"{name}: {dict(met)}, the slowest after {max(each.seconds for each in answers):.1f} s, at most {sent:.1f} MB")
    return check(f"{name}: other answers", sum(met[status] for status in met if status not in statuses), 0)


def large_of_somebody(url: str, visitor: Visitor) -> list[bool]:
    """Send 24 forms of 2 MiB at once as somebody who is signed in; some are read, the others told to wait."""
    form = {"zone": "x" * (2 * MEGABYTE - 200)}  # of which nothing is saved: the drill is not about the store
    with ThreadPoolExecutor(PARALLEL) as pool:
        met = list(pool.map(lambda _: visitor.ask("large", "/account/preferences/", form), range(PARALLEL)))
    statuses = Counter(each.status for each in met)
    say(f"{PARALLEL} forms of 2 MiB of somebody: {dict(statuses)}")
    parts = many_parts(20_000)
    head = [MULTIPART, f"Content-Length: {len(parts)}", "Cookie: " + "; ".join(map("=".join, visitor.cookies.items()))]
    with ThreadPoolExecutor(PARALLEL) as pool:
        of_many = Counter(answer.status for answer in pool.map(lambda _: send(url, head, [parts]), range(PARALLEL)))
    say(f"{PARALLEL} forms of 20,000 parts of somebody: {dict(of_many)}")
    return [
        check("forms of 2 MiB neither read nor told to wait", PARALLEL - statuses[422] - statuses[503], 0),
        check("forms of 2 MiB: whether none was read", float(not statuses[422]), 0),
        check("forms of 20,000 parts that were taken", sum(of_many.values()) - of_many[400] - of_many[503], 0),
    ]


# What is measured ------------------------------------------------------------------------------------------------


class Fullest:
    """Look at a folder all the time, on its disk and for files that have no name any more; `most` is in bytes."""

    def __init__(self, path: Path) -> None:
        self._path, self._over = path, threading.Event()
        self.most = 0

    def __enter__(self) -> "Fullest":
        self._before = self._used()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self.most = max(self.most, self._used() - self._before)

    def _used(self) -> int:
        if os.path.ismount(self._path):
            found = os.statvfs(self._path)
            return (found.f_blocks - found.f_bfree) * found.f_frsize
        return sum(path.stat().st_size for path in self._path.rglob("*") if path.is_file())


def peak(process: int) -> int:
    """Return the most memory a process has held, in kB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
