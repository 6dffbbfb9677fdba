"""How long the API keeps a log, and why one is empty, in sentences."""

from datetime import timedelta

from actors_app.core.pages.formatting import ago_words, duration, now
from actors_app.core.pages.timezones import exact
from actors_app.services.types import Execution

# The API writes the log after it has written that the execution has ended (TACC/abaco actors/worker.py).
LOG_SETTLES = timedelta(seconds=6)


TOKEN_LIFE = timedelta(hours=4)  # of the owner's token in an execution's environment, from its start on


# What is known of the operators' own times: no sample configuration keeps a log for less than 12 hours or for more
# than 24.
LOG_IS_THERE = timedelta(hours=1)


LOG_IS_GONE = timedelta(hours=24)


HOW_LONG = "The API keeps logs for a limited time, often 12 or 24 hours."


def log_is_settled(execution: Execution) -> bool:
    """Whether nothing more will be written to the log: it has ended, and not only just now.

    Two machines' clocks may disagree, so an end far in the future counts as long past.
    """
    if not execution.is_finished:
        return False
    return execution.finish_time is None or abs(now() - execution.finish_time) > LOG_SETTLES


def no_log_in_words(execution: Execution | None, kept_for: int | None = None, is_lost: bool = False) -> str:
    """Say why a log is empty, as far as it can be told: the API answers the same for several reasons.

    `kept_for` is for how many seconds the actor asks the API to keep a log, None where it does not; `is_lost` whether
    the API loses a log that is to be kept for so long.
    """
    if execution is None:
        return "The log is empty. The execution's status is unknown."
    if execution.outcome == "waiting":
        return "No log yet: the execution has not started."
    if execution.is_running:
        return "No output yet (updates every few seconds)."
    if is_lost and kept_for is not None:
        return (
            f"No log: the API discards logs when the actor's log retention is {kept_for} seconds. Set it above zero, "
            "or leave it empty."
        )
    if execution.finish_time is not None:
        age, ended = now() - execution.finish_time, ago_words(execution.finish_time, now())
        if age > (timedelta(seconds=kept_for) if kept_for else LOG_IS_GONE):
            how_long = f"This actor's logs are kept for up to {duration(kept_for)}." if kept_for else HOW_LONG
            return f"The log has probably expired, or nothing was written: the execution finished {ended}. {how_long}"
        if age < LOG_IS_THERE:
            if execution.outcome == "halted":
                return "No log: killed before any output."
            return "No log: the execution wrote no output."
    if execution.outcome == "halted":
        return "No log: killed before any output, or the log has expired."
    if execution.outcome == "error":
        return "No log: the API could not run the execution, or the log has expired."
    return "No log: no output was written, or the log has expired."


def credential_life_in_words(execution: Execution | None) -> str:
    """Say how long the token lives that each execution has in `_abaco_access_token`; empty where it is over."""
    if execution is None or execution.start_time is None:
        return f"for up to {duration(TOKEN_LIFE.total_seconds())} after the execution started"
    over = execution.start_time + TOKEN_LIFE
    return f"until about {exact(over, seconds=False)} ({ago_words(over, now())})" if over > now() else ""


def log_life_in_words(execution: Execution | None, kept_for: int | None, is_known: bool = True) -> str:
    """Say when a log that is there expires, as far as it is known: the API counts from its last writing.

    `is_known` is whether the actor is: where it could not be read, nothing is claimed about it.
    """
    if not is_known:
        return HOW_LONG
    if not kept_for:
        return f"{HOW_LONG} This actor sets no retention of its own."
    at_most = "or earlier if the API's limit is lower"
    if execution is None or not execution.is_finished or execution.finish_time is None:
        return f"Expires {duration(kept_for)} after the last line, {at_most}."
    expires = execution.finish_time + timedelta(seconds=kept_for)
    if expires <= now():
        return "Past retention: the API may delete it at any time."
    return f"Expires about {exact(expires, seconds=False)} ({ago_words(expires, now())}), {at_most}."
