"""What the state and the end of an execution mean, in sentences."""

from datetime import datetime

from actors_app.core.pages.formatting import duration, now, visible
from actors_app.services.types import Execution

YOUNG = 120  # seconds after its message arrived in which an execution is watched closely

EXIT_CODES = {
    1: "Exit code 1 (general error). See the log.",
    2: "Exit code 2 (often invalid arguments). See the log.",
    126: "The image's command is not executable (exit code 126).",
    127: "The image's command was not found (exit code 127).",
    134: "Aborted (SIGABRT, exit code 134).",
    137: "Killed (SIGKILL, exit code 137): halted or timed out.",
    139: "Segmentation fault (SIGSEGV, exit code 139).",
    143: "Terminated (SIGTERM, exit code 143): halted or timed out.",
}
STATES = {
    "waiting": "Waiting for a worker.",
    "running": "Running on a worker.",
    "succeeded": "Completed successfully (exit code 0).",
    "error": "The API could not run this execution.",
    "oom": "Killed: memory limit exceeded.",
    "finished": "Finished; exit code not reported.",
}


def state_in_words(execution: Execution) -> str:
    """Say in a sentence how an execution stands or ended."""
    if execution.outcome == "waiting" and execution.worker_id:
        return "Picked up by a worker; its container has not started."
    if execution.outcome in STATES:
        return STATES[execution.outcome]
    code = execution.exit_code
    if isinstance(code, int) and execution.is_finished:
        return EXIT_CODES.get(code, f"Exit code {code}. See the log.")
    return f"Unknown status: {visible(execution.status)}."


def final_state_in_words(execution: Execution) -> str:
    """Say what the container's final state adds to the exit code; empty when it adds nothing."""
    final = execution.final_state
    if execution.outcome == "error" and not final:
        return "No times, exit code or final state were recorded; the log may be partial."
    if final.get("unavailable") is True:
        return "The container's final state could not be read."
    error = final.get("Error") or final.get("message")
    if isinstance(error, str) and error.strip():
        return f"Container error: {visible(error)}"
    return ""


def cpu_in_words(nanoseconds: int | None) -> str:
    """Write a CPU time of nanoseconds as people read it: `35 ms`, `4.4 s`; empty for None."""
    if nanoseconds is None:
        return ""
    milliseconds = nanoseconds / 1e6
    return f"{max(1, round(milliseconds))} ms" if 0 < milliseconds < 100 else duration(milliseconds / 1000)


def freshness(received: datetime | None) -> int:
    """Return a number that changes every second of an execution's first two minutes, then every minute.

    A poll slows down while its answers stay the same; so a young execution, whose end is near, is asked for often.
    """
    if received is None:
        return 0
    age = int((now() - received).total_seconds())
    return age if age < YOUNG else YOUNG + age // 60


def running_for(execution: Execution, at: datetime) -> str:
    """Say for how long an execution has been running; empty for others, and where the API gives no time.

    While it runs the API gives no start time, so only the time since its message arrived can be said.
    """
    arrived = execution.message_received_time
    if not execution.is_running or arrived is None:
        return ""
    return f"{duration((at - arrived).total_seconds())} since its message arrived"
