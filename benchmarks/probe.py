"""What a process costs, by the kernel's own count; and the cores and ports of this machine."""

import os
import re
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ALL = os.sched_getaffinity(0)  # the cores that this process was given


def cpu(pids: Iterable[int]) -> float:
    """Return how long processes have computed, in milliseconds: all threads, those that have ended included."""
    # As clock_getcpuclockid(3) makes it: the scheduler's own count, in nanoseconds.
    return sum(time.clock_gettime_ns(~pid << 3 | 2) for pid in pids) / 1e6


def own_cpu() -> float:
    """Return how long this thread has computed, in milliseconds."""
    return time.thread_time_ns() / 1e6


def memory(pid: int, name: str) -> float:
    """Return a size of a process's memory in MB: `VmRSS` as it is now, `VmHWM` the most it has been."""
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1000 if found else 0.0


def forget_most(pid: int) -> None:
    """Let `VmHWM` of a process begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def children(pid: int) -> list[int]:
    """Return the processes that a process has begun and that still live."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cores() -> tuple[set[int], set[int]]:
    """Return the core on which servers are measured and those for the rest; the same one where there is only one."""
    first, *others = sorted(ALL)
    return {first}, set(others) or {first}


@contextmanager
def on(chosen: set[int]) -> Iterator[None]:
    """Let this thread, and what it begins, run on these cores alone until the block ends."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, chosen)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def listening() -> socket.socket:
    """Return a socket that listens on a port of its own, to be handed to a server: no stranger can answer there."""
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    found.listen(512)
    found.set_inheritable(True)
    return found


def address(found: socket.socket, scheme: str = "http") -> str:
    """Return where a listening socket of this machine is reached."""
    return f"{scheme}://127.0.0.1:{found.getsockname()[1]}"
