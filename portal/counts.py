"""The files into which the processes of one portal count, and the room on their disk that is kept for them.

prometheus_client maps them into memory: where the disk is full when a page of such a file is first used, the kernel
ends the process. So each file gets its blocks before it is used. Nothing here needs the settings.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "portal-metrics-"
MEGABYTE = 1024 * 1024
# Bytes for each kind of file. All views in all their outcomes take less than half (`tests/portal/test_metrics.py`).
ROOMS = {"counter": 2 * MEGABYTE, "histogram": 2 * MEGABYTE, "gauge_livesum": MEGABYTE // 16}
OF_ENDED = ("counter", "histogram")  # kinds that outlive a process
ENDED = "ended"


def new_directory(where: str | None) -> str:
    """Make a directory for the counts of a portal below `where`, None for the temporary files; drop what is left."""
    try:
        return _new_directory(where)
    except OSError as problem:
        raise SystemExit(f"PORTAL_METRICS_DIR: no folder can be created in {where} ({problem.strerror}).") from None


def _new_directory(where: str | None) -> str:
    for left in Path(where or tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        if not _is_running(left.name.removeprefix(PREFIX).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=where)


def _is_running(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True


def reserve(directory: Path, whose: int | str) -> bool:
    """Make the files of a process, or of those that ended, with all their blocks; False, and none, where it is full."""
    files = {directory / f"{kind}_{whose}.db": ROOMS[kind] for kind in (OF_ENDED if whose == ENDED else ROOMS)}
    try:
        for file, room in files.items():
            with file.open("wb") as made:
                os.posix_fallocate(made.fileno(), 0, room)
    except OSError:
        for file in files:
            with suppress(OSError):
                file.unlink()
        return False
    return True


def needed(processes: int) -> int:
    """Return how many bytes so many processes take, and those that ended."""
    return processes * sum(ROOMS.values()) + sum(ROOMS[kind] for kind in OF_ENDED)
