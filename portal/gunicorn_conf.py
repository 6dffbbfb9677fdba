"""How gunicorn serves the portal: threads, since a page mostly waits for the API.

Its first process reads this again when it is told to reload (HUP), and has no settings: only what stands here.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

worker_class = "gthread"
workers = 2
threads = 32
timeout = 60  # above the longest answer of the API (25 s) with its renewal
graceful_timeout = 30
keepalive = 5
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1"
limit_request_line = 8190
limit_request_fields = 100
logger_class = "portal.logs.GunicornLogger"

# The processes count into files of one directory, so that whichever answers /metrics adds all of them.
_OURS = "portal-metrics-"
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=_OURS)
_METRICS = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def on_starting(server: object) -> None:
    """Begin to count at nothing."""
    _METRICS.mkdir(parents=True, exist_ok=True)
    for old in _METRICS.glob("*.db"):
        old.unlink()


def child_exit(server: object, worker: object) -> None:
    """Forget what a process that ended had in its hands, and add what it counted to that of all that ended."""
    from prometheus_client.multiprocess import mark_process_dead

    pid: int = worker.pid  # type: ignore[attr-defined]
    mark_process_dead(pid)  # type: ignore[no-untyped-call]
    for kind in ("counter", "histogram"):
        # A file that cannot be read goes on standing there; the portal must not fall for a count.
        with suppress(OSError, RuntimeError):
            _add_to_the_ended(_METRICS / f"{kind}_{pid}.db", _METRICS / f"{kind}_ended.db")


def _add_to_the_ended(one: Path, ended: Path) -> None:
    """Add a process's counts to those of all that ended: otherwise each reload would leave files for ever."""
    from prometheus_client.mmap_dict import MmapedDict

    counts = list(MmapedDict.read_all_values_from_file(str(one)))  # type: ignore[no-untyped-call]
    total = MmapedDict(str(ended))  # type: ignore[no-untyped-call]
    for key, value, _, _ in counts:
        total.write_value(key, total.read_value(key)[0] + value, 0.0)  # type: ignore[no-untyped-call]
    one.unlink()
    total.close()  # type: ignore[no-untyped-call]


def on_exit(server: object) -> None:
    """Leave nothing behind."""
    if _METRICS.name.startswith(_OURS):
        shutil.rmtree(_METRICS, ignore_errors=True)
