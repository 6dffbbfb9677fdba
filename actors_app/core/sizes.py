"""How many bytes an actor's container can be given, and the sentence about a value that exceeds it.

A worker passes text as environment variables and a file through a pipe (TACC/abaco actors/worker.py,
actors/docker_utils.py). Linux refuses a variable longer than MAX_ARG_STRLEN: no container starts, and after six tries
the actor is in error. The pipe is filled before there is a container to read it: a file larger than the pipe blocks
the worker forever. `PORTAL_MAX_VARIABLE_BYTES` and `PORTAL_MAX_BINARY_BYTES` change both limits.
"""

from typing import Any

from django.conf import settings

STATE_VARIABLE = "_abaco_actor_state"  # in which each execution finds the state
_LEAST_INTEGER, _LARGEST_INTEGER = -(2**63), 2**63 - 1  # MongoDB stores 8 bytes of an integer
ELSEWHERE = "Store the data elsewhere and send its URL."


def size_of(value: Any) -> int:
    """Return the bytes of a value as a container finds it: UTF-8, JSON values as Python writes them."""
    return len(str(value).encode("utf-8", "replace"))


def room(name: str) -> int:
    """Return how many bytes the value of a variable may have: the limit counts `NAME=` and the final zero too."""
    return int(settings.MAX_VARIABLE_BYTES) - size_of(name) - 2


def variable_excess(name: str, value: Any) -> str:
    """Return a sentence where `NAME=value` does not fit into one environment variable; otherwise an empty text."""
    size, limit = size_of(value), room(name)
    if size <= limit:
        return ""
    return f"The value has {size:,} bytes; the limit of the variable {name[:40]} is {limit:,}. {ELSEWHERE}"


def message_excess(kind: str, value: Any) -> str:
    """Return a sentence where a text or JSON message cannot be delivered; otherwise an empty text."""
    return _text_excess(size_of(value), " in its Python representation" if kind == "json" else "")


def kept_excess(kind: str, size: int) -> str:
    """Return a sentence where the size of a kept body alone shows that it cannot be delivered, as of text and files."""
    return {"binary": file_excess, "text": _text_excess}.get(kind, lambda _: "")(size)


def file_excess(size: int) -> str:
    """Return a sentence where a file of so many bytes cannot be delivered; otherwise an empty text."""
    limit = settings.MAX_BINARY_BYTES
    if size <= limit:
        return ""
    return f"The file has {size:,} bytes; the limit is {limit:,}. Larger files block the worker. {ELSEWHERE}"


def _text_excess(size: int, note: str = "") -> str:
    limit = room("MSG")
    if size <= limit:
        return ""
    excess = f"The message has {size:,} bytes{note}; the limit is {limit:,}"
    return f"{excess}. Larger messages put the actor in error. {ELSEWHERE}"


def _has_long_integer(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(_has_long_integer(inner) for inner in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and not _LEAST_INTEGER <= value <= _LARGEST_INTEGER


def storage_problem(state: Any) -> str:
    """Return a sentence where the API cannot store a state, or hand it to an execution; otherwise an empty text."""
    if _has_long_integer(state):
        return "The API cannot store integers of more than 64 bits: use quotes or a decimal point."
    return variable_excess(STATE_VARIABLE, state)
