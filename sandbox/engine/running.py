"""What runs at this moment, in this process: what each worker listens to, and the bell for sleepers."""

import signal
import threading

WAKE = threading.Condition()


class Control:
    """What one worker listens to as long as its process lives.

    A halt ends its execution and then the process, whose record stays; a stop ends the process at once.
    """

    def __init__(self, actor_id: str) -> None:
        self.actor_id = actor_id
        self.execution_id = ""
        self.halted = self.stopped = False
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether the worker takes no further message."""
        return self._ended.is_set()

    def halt(self) -> None:
        """End what runs, and the process after it."""
        self.halted = True
        self._ended.set()

    def stop(self) -> None:
        """End the process."""
        self.stopped = True
        self._ended.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the worker is halted or stopped, at most `seconds`."""
        self._ended.wait(seconds)

    def signal(self) -> signal.Signals | None:
        """Return the signal that the running container gets now, if any: Docker asks first, a stop does not."""
        if self.stopped:
            return signal.SIGKILL
        return signal.SIGTERM if self.halted else None


class Running:
    """Keep the control of each worker whose process lives; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._controls: dict[str, Control] = {}

    def enter(self, worker_id: str, actor_id: str) -> Control:
        """Note that a worker's process starts and return what it listens to."""
        control = Control(actor_id)
        with self._lock:
            self._controls[worker_id] = control
        return control

    def leave(self, worker_id: str) -> None:
        """Note that a worker's process has ended."""
        with self._lock:
            self._controls.pop(worker_id, None)

    def listening(self) -> set[str]:
        """Return the ids of the workers whose processes live."""
        with self._lock:
            return set(self._controls)

    def has_workers_of(self, actor_id: str) -> bool:
        """Say whether the process of any worker of an actor lives."""
        return any(control.actor_id == actor_id for control in self._all())

    def halt(self, execution_id: str) -> None:
        """Halt one execution, if it runs."""
        for control in self._all():
            if control.execution_id == execution_id:
                control.halt()

    def halt_actor(self, actor_id: str) -> None:
        """Halt every worker of an actor, with what it runs."""
        for control in self._all():
            if control.actor_id == actor_id:
                control.halt()

    def stop(self, worker_id: str) -> bool:
        """Stop one worker; return whether its process was there to hear it."""
        with self._lock:
            control = self._controls.get(worker_id)
        if control:
            control.stop()
        return control is not None

    def stop_all(self) -> None:
        """Stop every worker."""
        for control in self._all():
            control.stop()

    def _all(self) -> list[Control]:
        with self._lock:
            return list(self._controls.values())


RUNNING = Running()
