"""A real portal of one process and one thread, with a store and an API of its own, and what it costs."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from benchmarks.stores import ROOT, environment
from benchmarks.stub import COUNTS

PATIENCE = 120.0  # seconds


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], url: str, env: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server until the block ends; it has answered once when the block begins."""
    with log.open("wb") as output:
        running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)  # noqa: S603 - ours
        try:
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
            running.wait(timeout=40)


@contextmanager
def stub_of(shape: str, folder: Path, store: Path | None = None) -> Iterator[str]:
    """Run the stub of the API, which finds what is in a store; yield its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "benchmarks.stub", "--port", str(port), "--shape", shape]
    command += ["--store", str(store)] if store else []
    with process(command, url + COUNTS, environment(folder / "none"), folder / f"stub-{shape}.log"):
        yield url


def collect_static(folder: Path) -> None:
    """Gather the static files that pages name."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment(folder / "none"), check=True)  # noqa: S603 - ours


@dataclass
class Portal:
    """A running portal, and a browser in which somebody is signed in."""

    url: str
    api: str
    pid: int  # of the process that answers
    browser: requests.Session = field(default_factory=requests.Session)

    def sign_in(self, name: str = "", password: str = "") -> None:
        """Sign in with a password, or, without one, with a token."""
        page = self.get("/sign-in/").text
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if not found:
            raise RuntimeError("The page for signing in has no form.")
        form = {"csrfmiddlewaretoken": found[1]}
        path = "/sign-in/" if password else "/sign-in/token/"
        form |= {"username": name, "password": password} if password else {"access_token": "benchmark"}
        answer = self.browser.post(self.url + path, form, timeout=PATIENCE, allow_redirects=False)
        if answer.status_code != 302:
            raise RuntimeError(f"Signing in was answered with {answer.status_code}.")

    def get(self, path: str) -> requests.Response:
        """Open a page; it must be answered with a page."""
        answer = self.browser.get(self.url + path, timeout=PATIENCE)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered with {answer.status_code}.")
        return answer

    def cpu(self) -> float:
        """Return how long the portal has computed, in milliseconds, threads that have ended included."""
        clock = ~self.pid << 3 | 2  # as clock_getcpuclockid(3) makes it: the scheduler's own count, in nanoseconds
        return time.clock_gettime_ns(clock) / 1e6

    def memory(self, name: str) -> float:
        """Return a size of the portal's memory in MB: `VmRSS` as it is now, `VmHWM` the most it has been."""
        found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text(), re.MULTILINE)
        return int(found[1]) / 1000 if found else 0.0

    def forget_most(self) -> None:
        """Let `VmHWM` begin anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def calls(self) -> dict[str, int]:
        """Return what the stub was asked since this was last called."""
        counts: dict[str, int] = requests.get(self.api + COUNTS, timeout=PATIENCE).json()
        return counts


@contextmanager
def portal_of(file: Path, api: str, folder: Path, **more: str) -> Iterator[Portal]:
    """Run a portal with one process and one thread on a store; nobody is signed in yet."""
    url = f"http://127.0.0.1:{free_port()}"
    env = environment(file, api) | {"STATIC_ROOT": str(folder / "static")} | more
    command = [
        sys.executable, "-m", "gunicorn", "-c", "portal/gunicorn_conf.py", "--workers", "1", "--threads", "1",
        "--bind", url.removeprefix("http://"), "portal.wsgi",
    ]  # fmt: skip
    with process(command, url + "/livez", env, folder / f"portal-{file.stem}.log") as running:
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        yield Portal(url, api, int(children[0]))
