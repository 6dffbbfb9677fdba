"""Serving: gunicorn with one process and 32 threads, and the engine in that process."""

import threading
import time
from typing import Any

import gunicorn
from django.conf import settings
from django.core.wsgi import get_wsgi_application

gunicorn.SERVER = "actors-sandbox"  # gunicorn reads the name when its modules below are imported

from gunicorn.app.base import BaseApplication  # noqa: E402

from sandbox.engine.scheduler import Scheduler  # noqa: E402


class SandboxServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, told what we want in code rather than in a file."""

    def load_config(self) -> None:
        """Set gunicorn's options."""
        options = {
            "bind": [f"{settings.SANDBOX_HOST}:{settings.SANDBOX_PORT}"],
            "workers": 1,
            "worker_class": "gthread",
            "threads": 32,
            "timeout": 0,
            "graceful_timeout": 2,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
            "limit_request_line": 0,  # the front refuses what is too long, as nginx does
            "limit_request_field_size": 65_536,
            "post_worker_init": start_engine,
            "worker_exit": stop_engine,
        }
        if settings.SANDBOX_CERTIFICATE:
            options |= {"certfile": settings.SANDBOX_CERTIFICATE, "keyfile": settings.SANDBOX_CERTIFICATE}
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the WSGI application."""
        return get_wsgi_application()


def start_engine(worker: Any) -> None:
    """Start the engine in the process that serves, unless it is switched off.

    It is made here, after the fork: Python 3.13.0 takes a thread object of the parent process for one that has started
    (mended in 3.13.4; python/cpython#134381).
    """
    if settings.SANDBOX_ENGINE:
        worker.scheduler = Scheduler()
        worker.scheduler.start()
        threading.Thread(target=_stop_with, args=(worker,), daemon=True).start()


def _stop_with(worker: Any) -> None:
    # gunicorn calls `worker_exit` after its own time of grace, when it may be too late to end our processes.
    while worker.alive:
        time.sleep(0.05)
    worker.scheduler.close()


def stop_engine(server: object, worker: object) -> None:
    """Stop the engine and the processes it runs; a second call finds nothing left to do."""
    if scheduler := getattr(worker, "scheduler", None):
        scheduler.close()


def serve() -> None:
    """Serve until SIGTERM or SIGINT."""
    SandboxServer().run()
