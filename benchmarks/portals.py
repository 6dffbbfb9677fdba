"""A real portal of its own, with a store and an API of its own, and what it costs."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from benchmarks import probe
from benchmarks.stores import ROOT, environment
from benchmarks.stub import COUNTS, SET

PATIENCE = 120.0  # seconds


@contextmanager
def process(
    command: list[str],
    url: str,
    env: dict[str, str],
    log: Path,
    sockets: Sequence[socket.socket] = (),
    cores: set[int] | None = None,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server until the block ends, given its sockets and cores; it has answered once when the block begins."""
    with log.open("wb") as output, ExitStack() as given:
        with probe.on(cores or probe.ALL):
            running = subprocess.Popen(  # noqa: S603 - ours
                command, cwd=ROOT, env=env, stdout=output, stderr=output, pass_fds=[one.fileno() for one in sockets]
            )
        for one in sockets:
            given.enter_context(one)
        try:
            # Ours is closed, so that a server that has ended does not seem to be slow.
            given.close()
            end = time.monotonic() + PATIENCE
            while True:
                if running.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"It could not be started: {log.read_text()[-2000:]}")
                with suppress(requests.RequestException):
                    requests.get(url, timeout=5)
                    break
                time.sleep(0.05)
            yield running
        finally:
            running.terminate()
            try:
                running.wait(timeout=40)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


@dataclass(frozen=True)
class Asked:
    """What a stub was asked: how many calls of each kind, and what that took."""

    calls: dict[str, int]
    bytes: int = 0
    connections: int = 0
    at_once: int = 0  # calls that were under way together, at most


@dataclass(frozen=True)
class StubAPI:
    """A running stub of the API: its plain address, that over TLS, and that of the long line to it."""

    url: str
    tls: str = ""
    far: str = ""

    def asked(self) -> Asked:
        """Return what it was asked since this was last called."""
        counts: dict[str, int] = requests.get(self.url + COUNTS, timeout=PATIENCE).json()
        about = {name: counts.pop(name, 0) for name in ("bytes", "connections", "at_once")}
        return Asked(counts, **about)

    def be_slow(self, latency: float = 0.0, stall: float = 0.0) -> None:
        """Wait before each answer from now on, and before each but that about the visitor."""
        query = {"latency": str(latency), "stall": str(stall)}
        requests.get(self.url + SET, query, timeout=PATIENCE).raise_for_status()


@contextmanager
def stub_of(
    kind: str, folder: Path, *, shape: str = "all-1m", store: Path | None = None, certificate: Path | None = None
) -> Iterator[StubAPI]:
    """Run a stub of the API: of a store, of so many actors, or of long logs; over TLS too with a certificate."""
    plain, sockets = probe.listening(), []
    command = [sys.executable, "-m", "benchmarks.stub", "--kind", kind, "--shape", shape]
    command += ["--plain", str(plain.fileno())]
    command += ["--store", str(store)] if store else []
    found = {"url": probe.address(plain)}
    if certificate:
        for name in ("tls", "relay"):
            sockets.append(probe.listening())
            command += [f"--{name}", str(sockets[-1].fileno())]
            found["far" if name == "relay" else name] = probe.address(sockets[-1], "https")
        command += ["--certificate", str(certificate)]
    api = StubAPI(**found)
    log = folder / f"stub-{kind}-{shape}.log"
    with process(command, api.url + COUNTS, environment(folder / "none"), log, [plain, *sockets]):
        yield api


def collect_static(folder: Path) -> None:
    """Gather the static files that pages name."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment(folder / "none"), check=True)  # noqa: S603 - ours


@dataclass
class Portal:
    """A running portal, and a browser in which somebody is signed in."""

    url: str
    pids: list[int]  # of the processes that answer
    browser: requests.Session = field(default_factory=requests.Session)

    def sign_in(self, name: str = "", password: str = "", tenant: str = "") -> None:
        """Sign in with a password, or, without one, with a token."""
        page = self.get("/sign-in/").text
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if not found:
            raise RuntimeError("The page for signing in has no form.")
        form = {"csrfmiddlewaretoken": found[1]} | ({"tenant": tenant} if tenant else {})
        path = "/sign-in/" if password else "/sign-in/token/"
        form |= {"username": name, "password": password} if password else {"access_token": "benchmark"}
        answer = self.browser.post(self.url + path, form, timeout=PATIENCE, allow_redirects=False)
        if answer.status_code != 302:
            raise RuntimeError(f"Signing in was answered with {answer.status_code}.")

    def at(self, tenant: str) -> "Portal":
        """Return the same portal with another browser, signed in at a tenant."""
        other = Portal(self.url, self.pids)
        other.sign_in(tenant=tenant)
        return other

    def get(self, path: str) -> requests.Response:
        """Open a page; it must be answered with a page."""
        answer = self.browser.get(self.url + path, timeout=PATIENCE)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered with {answer.status_code}.")
        return answer

    @property
    def cookies(self) -> str:
        """What the browser sends with each request."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.browser.cookies)

    def cpu(self) -> float:
        """Return how long the portal has computed, in milliseconds."""
        return probe.cpu(self.pids)

    def memory(self, name: str) -> float:
        """Return a size of the memory of the largest process in MB: `VmRSS` now, `VmHWM` the most it has been."""
        return max(probe.memory(pid, name) for pid in self.pids)

    def forget_most(self) -> None:
        """Let `VmHWM` begin anew."""
        for pid in self.pids:
            probe.forget_most(pid)


@contextmanager
def portal_of(
    file: Path,
    folder: Path,
    *,
    api: str = "",
    app: str = "portal.wsgi",
    workers: int = 1,
    threads: int = 1,
    cores: set[int] | None = None,
    **more: str,
) -> Iterator[Portal]:
    """Run a portal on a store, with one process and one thread unless more are asked for; nobody is signed in yet."""
    place = probe.listening()
    env = environment(file, api) | {"STATIC_ROOT": str(folder / "static"), "MALLOC_ARENA_MAX": "2"} | more
    command = [
        sys.executable, "-m", "gunicorn", "-c", "portal/gunicorn_conf.py", "--workers", str(workers),
        "--threads", str(threads), "--bind", f"fd://{place.fileno()}", app,
    ]  # fmt: skip
    url = probe.address(place)
    log = folder / f"portal-{file.stem}-{app.rpartition('.')[2]}.log"
    with process(command, url + "/livez", env, log, [place], cores) as running:
        end = time.monotonic() + PATIENCE
        while len(found := probe.children(running.pid)) < workers and time.monotonic() < end:
            time.sleep(0.05)
        yield Portal(url, found)
