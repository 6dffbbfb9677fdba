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


HOW_LONG = "The API keeps logs for a time that its operators set, often 12 or 24 hours."


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
        return "The log is empty. The API did not say how the execution stands."
    if execution.outcome == "waiting":
        return "It has not started, so there is no log yet."
    if execution.is_running:
        return "It runs and has written nothing that has arrived yet. Output arrives every few seconds."
    if is_lost and kept_for is not None:
        return (
            f"There is no log to be read: this actor asks for its logs to be kept for {kept_for} seconds, and the API "
            "then loses them. Give it a number above zero, or none."
        )
    if execution.finish_time is not None:
        age, ended = now() - execution.finish_time, ago_words(execution.finish_time, now())
        if age > (timedelta(seconds=kept_for) if kept_for else LOG_IS_GONE):
            how_long = f"This actor's logs are kept for {duration(kept_for)} at most." if kept_for else HOW_LONG
            return (
                f"The log has most likely expired: the execution ended {ended}. {how_long} "
                "The API answers the same where nothing was written."
            )
        if age < LOG_IS_THERE:
            if execution.outcome == "halted":
                return "There is no log: it was killed before it wrote anything."
            return "There is no log: it ended and wrote nothing."
    if execution.outcome == "halted":
        return "There is no log: it was killed before it wrote anything, or the log has expired."
    if execution.outcome == "error":
        return "There is no log: the API could not run it, or the log has expired."
    return "There is no log: it wrote nothing, or the log has expired. The API does not say which."


def credential_life_in_words(execution: Execution | None) -> str:
    """Say how long the token lives that each execution has in `_abaco_access_token`; empty where it is over."""
    if execution is None or execution.start_time is None:
        return f"for up to {duration(TOKEN_LIFE.total_seconds())} after the execution started"
    over = execution.start_time + TOKEN_LIFE
    return f"until about {exact(over, '%Y-%m-%d %H:%M')} ({ago_words(over, now())})" if over > now() else ""


def log_life_in_words(execution: Execution | None, kept_for: int | None, is_known: bool = True) -> str:
    """Say when a log that is there expires, as far as it is known: the API counts from its last writing.

    `is_known` is whether the actor is: where it could not be read, nothing is claimed about it.
    """
    if not is_known:
        return HOW_LONG
    if not kept_for:
        return f"{HOW_LONG} This actor sets none of its own."
    at_most = "or earlier where the API's operators allow less"
    if execution is None or not execution.is_finished or execution.finish_time is None:
        return f"It expires {duration(kept_for)} after its last line was written, {at_most}."
    expires = execution.finish_time + timedelta(seconds=kept_for)
    if expires <= now():
        return "Its time is over: the API may forget it at any moment."
    return f"It expires about {exact(expires, '%Y-%m-%d %H:%M')} ({ago_words(expires, now())}), {at_most}."
