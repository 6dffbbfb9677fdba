"""How gunicorn serves the portal: threads, since a page mostly waits for the API.

Its first process reads this again when it is told to reload (HUP), and has no settings: only what stands here.
"""

import os
import shutil
import tempfile
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
    """Forget what a process that ended had in its hands; what it counted stays."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[attr-defined, no-untyped-call]


def on_exit(server: object) -> None:
    """Leave nothing behind."""
    if _METRICS.name.startswith(_OURS):
        shutil.rmtree(_METRICS, ignore_errors=True)
