"""Who wants to know of the calls: the store, before a thread waits; the metrics, when one has ended.

The services know neither. Both say here, once, what is to be done.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from actors_app.services.calls import Call
from actors_app.services.errors import CallError, Resting

Ended = Callable[[str, Call, str, float], None]

_before: list[Callable[[], None]] = []
_after: list[Ended] = []


def before_waiting(act: Callable[[], None]) -> None:
    """Have something done by each thread that is about to wait for the API."""
    if act not in _before:
        _before.append(act)


def after_calls(act: Ended) -> None:
    """Have something told of each call: the API's origin, the call, what came of it, and the seconds it took."""
    if act not in _after:
        _after.append(act)


def about_to_wait() -> None:
    """Do what is to be done before this thread waits."""
    for act in _before:
        act()


@contextmanager
def watched(origin: str, call: Call) -> Iterator[None]:
    """Tell of one call; what came of it is `answered`, `not-sent`, or the kind of the error."""
    about_to_wait()
    began, outcome = time.perf_counter(), "answered"
    try:
        yield
    except CallError as error:
        outcome = "not-sent" if isinstance(error, Resting) else error.kind
        raise
    finally:
        for act in _after:
            act(origin, call, outcome, time.perf_counter() - began)
