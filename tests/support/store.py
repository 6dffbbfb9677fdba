"""What tests do to the portal's own store, on SQLite and on PostgreSQL: hold it locked, take it away."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


class Lock:
    """A lock on the sessions and preferences, held by somebody else's connection."""

    def __init__(self) -> None:
        settings = connection.settings_dict
        if connection.vendor == "sqlite":
            self._other = sqlite3.connect(str(settings["NAME"]), isolation_level=None, check_same_thread=False)
            self._other.execute("BEGIN IMMEDIATE")
        else:
            import psycopg

            self._other = psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"])
            self._other.execute("LOCK TABLE portal_session, portal_preference IN SHARE ROW EXCLUSIVE MODE")

    def free(self) -> None:
        """Give it back; once is enough."""
        self._other.close()

    def free_after(self, seconds: float) -> threading.Timer:
        """Give it back later; join the timer that is returned."""
        timer = threading.Timer(seconds, self.free)
        timer.start()
        return timer


@contextmanager
def taken_away(nowhere: Path) -> Iterator[None]:
    """Make the store one that cannot be reached, until the end of the block."""
    with moved_to(nowhere / "missing" / "store"):
        yield


@contextmanager
def moved_to(path: Path) -> Iterator[None]:
    """Look for the store at another file, or for PostgreSQL in another folder, until the end of the block."""
    name = "NAME" if connection.vendor == "sqlite" else "HOST"
    _let_go()
    kept = connection.settings_dict[name]
    connection.settings_dict[name] = str(path)
    try:
        yield
    finally:
        _let_go()
        connection.settings_dict[name] = kept


def _let_go() -> None:
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # it keeps the address it was made with
