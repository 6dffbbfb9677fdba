"""A PostgreSQL of the tests' own: a real server in a temporary directory, reached by a socket in it alone.

`python -m tests.postgresql COMMAND …` runs a command with DATABASE_URL naming such a server. Where PostgreSQL is not
installed, the command is left out; with REQUIRE_POSTGRESQL set, that is a failure.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

# A store of tests may be lost with the power, so it need not wait for the disk. Its plans shall not depend on what
# autovacuum has counted in the tests before.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class NotInstalled(Exception):  # noqa: N818 - it says what is the matter
    """No PostgreSQL server is installed on this machine."""


@dataclass
class PostgreSQL:
    """A server: where its programs and its data lie, and whom it runs as."""

    programs: Path
    directory: Path
    options: dict[str, Any] = field(repr=False)
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Return the DATABASE_URL of its one database."""
        return f"postgres://portal@/{self.directory}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = SETTINGS | {"unix_socket_directories": str(self.directory)}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.programs / "postgres"), "-D", str(self.directory / "data"), *flags]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=log, **self.options)
        end = time.monotonic() + 120
        while True:
            try:
                psycopg.connect(host=str(self.directory), user="portal", dbname="postgres").close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        """End it, and every connection to it."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=30)
            self.process = None


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """Yield a new server that runs until the end of the block; raise NotInstalled without one to run."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise NotInstalled
    programs = found[-1].parent if found else Path(str(on_path)).resolve().parent
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        directory, options = Path(name), {}
        if os.geteuid() == 0:  # the server refuses to run as root
            account = pwd.getpwnam("postgres")
            os.chown(directory, account.pw_uid, account.pw_gid)
            options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        subprocess.run(
            [programs / "initdb", "-D", directory / "data", "-U", "portal", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=directory,
            **options,
        )
        server = PostgreSQL(programs, directory, {"cwd": directory, **options})
        server.start()
        try:
            yield server
        finally:
            server.stop()


def main(command: list[str]) -> int:
    """Run a command beside a server; return its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with running() as server:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": server.url}).returncode
    except NotInstalled:
        sys.stderr.write("PostgreSQL is not installed: what touches the store was tested on SQLite alone.\n")
        sys.stderr.write("On Debian: apt install postgresql\n")
        return 1 if os.environ.get("REQUIRE_POSTGRESQL") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
