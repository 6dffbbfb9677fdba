"""One process: an image's program started with a clean environment, watched, and what it left behind.

It knows processes, pipes and sockets, and no records; `worker.py` writes down what it returns.
"""

import contextlib
import errno
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sandbox import times

CUT = " LOG LIMIT EXCEEDED; this execution log was TRUNCATED!"
RESULT_BYTES = 131072
VARIABLE_BYTES = 131072
POLL_SECONDS = 0.1
LOG_SECONDS = 0.5


@dataclass(frozen=True)
class Limits:
    """How long a process may run and end once asked (seconds), hold memory (bytes) and write log (characters)."""

    run_seconds: float
    stop_seconds: float
    memory_bytes: int
    log_length: int


@dataclass
class Outcome:
    """What a process left: times, exit code, CPU in nanoseconds, I/O in bytes, its log."""

    started: datetime
    finished: datetime
    exit_code: int
    cpu: int
    io: int
    out_of_memory: bool
    log: str = field(repr=False)


class Log:
    """Collect output as text, up to a limit, and hand it on at most twice a second."""

    def __init__(self, limit: int, publish: Callable[[str], None]) -> None:
        self._limit = limit
        self._publish = publish
        self._parts = bytearray()
        self._published_at = 0.0
        self._published_size = 0

    @property
    def text(self) -> str:
        """Return what was collected, cut as Abaco cuts it."""
        text = self._parts.decode("utf-8", "replace")
        return text if len(text) <= self._limit else text[: self._limit] + CUT

    def add(self, data: bytes) -> None:
        """Take more output; what lies far beyond the limit is dropped, since it will not be shown."""
        if len(self._parts) <= self._limit * 4:
            self._parts += data

    def publish_when_due(self) -> None:
        """Hand the text on, if it grew and half a second has passed."""
        moment = time.monotonic()
        if len(self._parts) > self._published_size and moment - self._published_at >= LOG_SECONDS:
            self._published_at, self._published_size = moment, len(self._parts)
            self._publish(self.text)


class StartError(Exception):
    """A container that could not be started; the text is that of Docker's refusal."""


def run(
    program: Path,
    environment: dict[str, str],
    binary: bytes | None,
    limits: Limits,
    ordered: Callable[[], signal.Signals | None],
    on_start: Callable[[int], None],
    on_log: Callable[[str], None],
    on_result: Callable[[bytes], None],
) -> Outcome:
    """Run a program to its end in its own process group and temporary directory, and return what it left.

    `ordered` is asked all the time for the signal the group is to get: SIGTERM leaves it the time of `limits`, SIGKILL
    none. `on_start` gets the process id, `on_log` the text so far, `on_result` each datagram the program sends to the
    socket named in `_abaco_results_sock`. A binary message lies in the file named in `_abaco_binary_data`. Raises
    StartError where the process cannot be started.
    """
    home = tempfile.mkdtemp(prefix="abaco-")
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        results = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        results.bind(f"{home}/_abaco_results.sock")
        results.setblocking(False)
        machine = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": home,
            "HOSTNAME": Path(home).name,
            "LANG": "C.UTF-8",
        }
        places = {"_abaco_results_sock": f"{home}/_abaco_results.sock"}
        if binary is not None:
            places["_abaco_binary_data"] = f"{home}/_abaco_binary_data"
            Path(home, "_abaco_binary_data").write_bytes(binary)
        started = times.now()
        process = _start(program, machine | environment | places, home)
        stack.callback(_signal_group, process.pid, signal.SIGKILL)
        on_start(process.pid)
        return _watch(process, results, started, limits, ordered, Log(limits.log_length, on_log), on_result)


def _start(program: Path, environment: dict[str, str], home: str) -> "subprocess.Popen[bytes]":
    if not program.is_file():
        missing = f'exec: \\"/{program.name}\\": stat /{program.name}: no such file or directory'
        raise StartError(f'500 Server Error: Internal Server Error ("OCI runtime create failed: {missing}")')
    try:
        # Linux refuses such a variable itself; elsewhere it would be let through.
        if any(len(os.fsencode(f"{name}={value}")) >= VARIABLE_BYTES for name, value in environment.items()):
            raise OSError(errno.E2BIG, os.strerror(errno.E2BIG))
        return subprocess.Popen(  # noqa: S603 - the programs are our own, named in the catalogue
            [sys.executable, "-u", "-B", "-P", str(program)],
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise StartError(f"[Errno {error.errno}] {error.strerror}") from error


def _watch(
    process: "subprocess.Popen[bytes]",
    results: socket.socket,
    started: datetime,
    limits: Limits,
    ordered: Callable[[], signal.Signals | None],
    log: Log,
    on_result: Callable[[bytes], None],
) -> Outcome:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    output = process.stdout
    os.set_blocking(output.fileno(), False)
    until = time.monotonic() + limits.run_seconds
    kill_at = 0.0
    out_of_memory = False
    io = 0
    with output, selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        selector.register(results, selectors.EVENT_READ)
        while True:
            open_output = bool(selector.get_map().get(output.fileno()))
            selector.select(POLL_SECONDS if open_output else 0.01)
            if open_output and _read_output(output.fileno(), log):
                selector.unregister(output)
            _read_results(results, on_result)
            io = _io_bytes(process.pid) or io
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            out_of_memory = out_of_memory or _memory_bytes(process.pid) > limits.memory_bytes
            order = signal.SIGKILL if out_of_memory else ordered()
            if order == signal.SIGKILL or 0.0 < kill_at < time.monotonic():
                _signal_group(process.pid, signal.SIGKILL)
            elif not kill_at and (order or time.monotonic() > until):
                _signal_group(process.pid, signal.SIGTERM)
                kill_at = time.monotonic() + limits.stop_seconds
            log.publish_when_due()
        process.returncode = os.waitstatus_to_exitcode(status)
        _signal_group(process.pid, signal.SIGKILL)
        _read_output(output.fileno(), log)
        _read_results(results, on_result)
    code = process.returncode
    return Outcome(
        started=started,
        finished=times.now(),
        exit_code=128 - code if code < 0 else code,
        cpu=int((usage.ru_utime + usage.ru_stime) * 1e9),
        io=max(io, (usage.ru_inblock + usage.ru_oublock) * 512),
        out_of_memory=out_of_memory,
        log=log.text,
    )


def _read_output(descriptor: int, log: Log) -> bool:
    """Read what is there; say whether the output has ended."""
    while True:
        try:
            data = os.read(descriptor, 65536)
        except BlockingIOError:
            return False
        if not data:
            return True
        log.add(data)
        log.publish_when_due()


def _read_results(results: socket.socket, on_result: Callable[[bytes], None]) -> None:
    while True:
        try:
            on_result(results.recv(RESULT_BYTES))
        except BlockingIOError:
            return


def _signal_group(pid: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, sign)


def _io_bytes(pid: int) -> int:
    """Return what a process has read and written, where the system tells (Linux); 0 elsewhere."""
    with contextlib.suppress(OSError):
        lines = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
        return int(lines["rchar"]) + int(lines["wchar"])
    return 0


def _memory_bytes(pid: int) -> int:
    """Return the memory a process holds, where the system tells (Linux); 0 elsewhere."""
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
