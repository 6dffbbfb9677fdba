"""Run the real portal as its users get it: gunicorn, a store and static files of its own, for tests and drills."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.sandbox.support import PATIENCE, free_port

ROOT = Path(__file__).resolve().parents[2]
# Names the directory in which the processes of one test run share what every portal starts from (tests/conftest.py).
SHARED = "TESTS_SHARED_DIRECTORY"


@dataclass(frozen=True)
class RunningPortal:
    """A running portal: where it answers, the file it writes its log to, its store and its first process."""

    url: str
    log: Path
    store: Path
    process: "subprocess.Popen[bytes]"

    @property
    def workers(self) -> list[int]:
        """The ids of the processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]


@contextmanager
def running_portal(
    directory: Path, api_url: str, port: int | None = None, root: Path = ROOT, **environment: str
) -> Iterator[RunningPortal]:
    """Run a portal of an API, from its files below `root`, until the block ends; `environment` adds to its settings.

    In a test run the static files and the empty store of this checkout are built once, not for each portal.
    """
    url = f"http://127.0.0.1:{port or free_port()}"
    store = directory / "portal.sqlite3"
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | {
        "SECRET_KEY": "e2e-only-" + "s" * 50,
        "PORTAL_CREDENTIAL_KEYS": "ZTJlLW9ubHkta2V5LTMyLWJ5dGVzLWxvbmctISEhISE=",
        "EVIDENCE_KEY": "ZTJlLW9ubHktZXZpZGVuY2Uta2V5LTMyLWJ5dGVzISE=",
        "PORTAL_PLAIN_HTTP": "true",
        "ACTORS_API_URL": api_url,
        "ACTORS_API_VERSION": "v2",
        "ACTORS_API_LABEL": "Sandbox",
        "ACTORS_API_SIGN_IN": "password,code,token",
        "ACTORS_API_SANDBOX_ACCOUNTS": "demo=owner,team=colleague,admin=administrator",
        "ACTORS_API_CLIENT_KEY": "sandbox",
        "ACTORS_API_CLIENT_SECRET": "sandbox",
        "DATABASE_URL": f"sqlite:///{store}",
        "STATIC_ROOT": str(directory / "static"),
    }
    shared = shared_files(env) if root == ROOT else None
    if shared:
        env["STATIC_ROOT"] = str(shared / "static")
    env |= environment
    if shared and "DATABASE_URL" not in environment and not store.exists():
        shutil.copy(shared / "portal.sqlite3", store)
    else:
        manage(root, env, "migrate", "-v0")
    if not shared or "STATIC_ROOT" in environment:
        manage(root, env, "collectstatic", "--noinput", "-v0")
    log = directory / "portal.log"
    gunicorn = ["-m", "gunicorn", "-c", "portal/gunicorn_conf.py", "--bind", url.removeprefix("http://")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *gunicorn, "portal.wsgi"], cwd=root, env=env, stdout=output, stderr=output
        )
        try:
            wait_for(url + "/livez", process)
            yield RunningPortal(url, log, store, process)
        finally:
            process.terminate()
            process.wait(timeout=40)


def shared_files(env: dict[str, str]) -> Path | None:
    """Return the directory with static files and an empty store, which the first caller fills; None without one."""
    if not os.environ.get(SHARED):
        return None
    directory = Path(os.environ[SHARED])
    done, store = directory / "done", directory / "portal.sqlite3"
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            env = {**env, "DATABASE_URL": f"sqlite:///{store}", "STATIC_ROOT": str(directory / "static")}
            manage(ROOT, env, "migrate", "-v0")
            manage(ROOT, env, "collectstatic", "--noinput", "-v0")
            done.touch()
    return directory


def manage(root: Path, env: dict[str, str], *arguments: str) -> None:
    """Run one of the portal's commands, which must succeed."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=root, env=env, check=True)


def wait_for(url: str, process: "subprocess.Popen[bytes]", allow_redirects: bool = True) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "It ended instead of starting."
        try:
            requests.get(url, timeout=PATIENCE, allow_redirects=allow_redirects)
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"Nothing answered at {url} within {PATIENCE:.0f} seconds.")
