"""What runs at this moment, in this process: the flags by which an execution is halted, and the bell for sleepers."""

import threading

WAKE = threading.Condition()


class Running:
    """Keep a halt flag for each running execution; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flags: dict[str, tuple[str, threading.Event]] = {}

    def enter(self, execution_id: str, actor_id: str) -> threading.Event:
        """Note that an execution starts and return the flag that will halt it."""
        flag = threading.Event()
        with self._lock:
            self._flags[execution_id] = (actor_id, flag)
        return flag

    def leave(self, execution_id: str) -> None:
        """Note that an execution has ended."""
        with self._lock:
            self._flags.pop(execution_id, None)

    def halt(self, execution_id: str) -> None:
        """Raise the flag of one execution, if it runs."""
        with self._lock:
            found = self._flags.get(execution_id)
        if found:
            found[1].set()

    def halt_actor(self, actor_id: str) -> None:
        """Raise the flags of everything an actor runs."""
        with self._lock:
            flags = [flag for owner, flag in self._flags.values() if owner == actor_id]
        for flag in flags:
            flag.set()

    def halt_all(self) -> None:
        """Raise every flag."""
        with self._lock:
            flags = [flag for _, flag in self._flags.values()]
        for flag in flags:
            flag.set()


RUNNING = Running()
