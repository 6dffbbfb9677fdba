"""When to stop asking an API that does not answer, so that pages can say so at once instead of waiting with it.

It counts calls and knows no network; what counts as a failure is decided by the client, who asks it before each call.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import cache

from actors_app.services.errors import Resting

IN_A_ROW = 5  # failures after which the API is left alone
WINDOW = 20  # the last calls, of which half failing is as bad
REST = 10.0  # seconds from one probe to the next


class Breaker:
    """Whether one API is asked: always, or, after it failed too often, by one call every ten seconds.

    The next probe is due ten seconds after the last one began, not after it failed: a silent API would otherwise
    be left alone for the probe's own time on top, long after it is well again. `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last: deque[bool] = deque(maxlen=WINDOW)
        self._probe_at: float | None = None  # None while the API is asked as usual

    @property
    def is_open(self) -> bool:
        """Whether the API is left alone but for probes."""
        return self._probe_at is not None

    def enter(self, call: object) -> None:
        """Let a call be made, or raise Resting with the time until the next one may be."""
        with self._lock:
            if self._probe_at is None:
                return
            wait = self._probe_at - self._clock()
            if wait <= 0:
                self._probe_at = self._clock() + REST
                return
        raise Resting.until(max(1, math.ceil(wait)), f"{call} was not sent: the API did not answer the calls before")

    def answered(self) -> None:
        """Note that a call was answered; one answer is enough to ask as usual again."""
        with self._lock:
            if self._probe_at is not None:
                self._probe_at = None
                self._last.clear()
            self._last.append(True)

    def failed(self) -> None:
        """Note that a call was not answered."""
        with self._lock:
            if self._probe_at is not None:
                return
            self._last.append(False)
            calls = list(self._last)
            if (not any(calls[-IN_A_ROW:]) and len(calls) >= IN_A_ROW) or (
                len(calls) == WINDOW and calls.count(False) * 2 >= WINDOW
            ):
                self._probe_at = self._clock() + REST


@cache
def breaker_of(origin: str) -> Breaker:
    """Return this process's one breaker of an API, by its scheme, host and port, or of its token endpoint."""
    return Breaker()
