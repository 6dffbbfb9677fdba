"""How gunicorn serves the portal: threads, since a page mostly waits for the API.

Its first process reads this again when it is told to reload (HUP), and has no settings: only what stands here.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from portal import counts

worker_class = "portal.workers.Worker"
workers = 2
threads = 32
timeout = 60  # above the longest answer of the API (25 s) with its renewal
graceful_timeout = 30
keepalive = 5
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1"
limit_request_line = 8190
limit_request_fields = 100
# Cookies of everything else on the domain come along in one field. Above the 32 kB of the proxy, which says what to do.
limit_request_field_size = 40_000
logger_class = "portal.logs.GunicornLogger"

# The processes count into files of one directory, so that whichever answers /metrics adds all of them.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts.new_directory(os.environ.get("PORTAL_METRICS_DIR") or None)
_METRICS = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
_NO_ROOM = "%s has no space for the counters of this process: /metrics reports only its own counters."


def on_starting(server: object) -> None:
    """Begin to count at nothing."""
    _METRICS.mkdir(parents=True, exist_ok=True)
    for old in _METRICS.glob("*.db"):
        old.unlink()
    counts.reserve(_METRICS, counts.ENDED)


def post_fork(server: object, worker: object) -> None:
    """Keep room for what a process counts; where there is none it counts in its own memory."""
    pid: int = worker.pid  # type: ignore[attr-defined]
    if not counts.reserve(_METRICS, pid):
        del os.environ["PROMETHEUS_MULTIPROC_DIR"]
        from prometheus_client import values

        # It may be loaded already, when another process ended; no metric was made yet.
        values.ValueClass = values.MutexValue
        worker.log.warning(_NO_ROOM, _METRICS)  # type: ignore[attr-defined]


def child_exit(server: object, worker: object) -> None:
    """Forget what a process that ended had in its hands, and add what it counted to that of all that ended."""
    from prometheus_client.multiprocess import mark_process_dead

    pid: int = worker.pid  # type: ignore[attr-defined]
    mark_process_dead(pid)  # type: ignore[no-untyped-call]
    for kind in counts.OF_ENDED:
        # A file that cannot be read goes on standing there; the portal must not fall for a count.
        with suppress(OSError, RuntimeError):
            _add_to_the_ended(_METRICS / f"{kind}_{pid}.db", _METRICS / f"{kind}_{counts.ENDED}.db")


def _add_to_the_ended(one: Path, ended: Path) -> None:
    """Add a process's counts to those of all that ended: otherwise each reload would leave files for ever."""
    from prometheus_client.mmap_dict import MmapedDict

    counted = list(MmapedDict.read_all_values_from_file(str(one)))  # type: ignore[no-untyped-call]
    if not ended.exists():
        one.unlink()  # there was no room for it
        return
    total = MmapedDict(str(ended))  # type: ignore[no-untyped-call]
    for key, value, _, _ in counted:
        total.write_value(key, total.read_value(key)[0] + value, 0.0)  # type: ignore[no-untyped-call]
    one.unlink()
    total.close()  # type: ignore[no-untyped-call]


def on_exit(server: object) -> None:
    """Leave nothing behind."""
    if _METRICS.name.startswith(counts.PREFIX):
        shutil.rmtree(_METRICS, ignore_errors=True)
