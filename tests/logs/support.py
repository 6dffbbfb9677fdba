"""The address of a log, its calls at the API, and its text."""

from tests.support.payloads import ACTOR_ID, EXECUTION_ID

PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/logs/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
LOGS = f"{EXECUTION}/logs"
RUNNING = {"status": "RUNNING", "startTime": None, "finishTime": None, "exitCode": None, "finalState": {}}
CUT = " LOG LIMIT EXCEEDED; this execution log was TRUNCATED!"


def numbered(count):
    return "".join(f"line {number}\n" for number in range(1, count + 1))


def body(answer):
    """Return a page that may come in pieces."""
    return b"".join(answer).decode()
