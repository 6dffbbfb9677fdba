"""Patience with the portal's own store: what is tried again while it is locked, and what counts as its failure.

And thrift: a thread that is about to wait for the API gives its connection back to the pool first.

What is kept in the store is the business of the models; the page for a store that fails is in `core/pages/errors.py`.
"""

import random
import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

T = TypeVar("T")

FAILURES = (OperationalError, InterfaceError)
TRIES = 4  # one, and three more
PATIENCE = 1.7  # seconds after which no try begins; with the 0.3 that one waits on SQLite, two in all
PAUSE = 0.1  # seconds before the second try, on average; each later pause is twice as long

_SQLITE_LOCKED = {5, 6}  # SQLITE_BUSY: by another process; SQLITE_LOCKED: by another connection of this one
_POSTGRESQL_LOCKED = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available


def patiently(work: Callable[[], T]) -> T:
    """Do something idempotent at the store; try again, with a new connection where the old one broke.

    Raises the last of FAILURES after TRIES or PATIENCE, and at once inside a transaction, which it has broken.
    """

    def once() -> T:
        if connection.errors_occurred and not connection.in_atomic_block:
            connection.close()  # Django opens another
        return work()

    return _repeat(once, connection, lambda failure: True)


def watch(sender: object, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Make each statement of a new connection wait for locks; a receiver of `connection_created`."""
    if _wait_for_locks not in connection.execute_wrappers:
        connection.execute_wrappers.append(_wait_for_locks)


def start() -> None:
    """Watch every connection that this process will make."""
    connection_created.connect(watch, dispatch_uid="portal.store")


def missing_migrations() -> list[str]:
    """Return the names of the migrations that this code has and the store has not, such as `actors_app.0003`."""
    applied = MigrationRecorder(connection).applied_migrations()
    return [f"{app}.{name}" for app, name in known_migrations() if (app, name) not in applied]


def unknown_migrations() -> list[str]:
    """Return the names of those that the store has and this code has not: the store is of a newer portal."""
    apps = {app for app, _ in known_migrations()}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in apps and (app, name) not in known_migrations())


@cache
def known_migrations() -> tuple[tuple[str, str], ...]:
    """Return the migrations that this code has."""
    return tuple(sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations))


def fill_pool(seconds: float) -> bool:
    """Make the connections that a process always keeps, before anybody waits for one; return whether that was done."""
    pool = getattr(connection, "pool", None)
    if pool is None:
        return True
    pool.open()
    end = time.monotonic() + seconds
    # Its own `wait` would close it for good where it takes too long.
    while pool.get_stats()["pool_available"] < pool.min_size:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def lend() -> None:
    """Give this thread's connection back to the pool until it is needed again; without a pool it is kept.

    A page waits for the API a hundred times as long as for the store: so a few connections serve all threads, and an
    API that hangs holds none.
    """
    if getattr(connection, "pool", None) and connection.connection is not None and not connection.in_atomic_block:
        connection.close()


def _wait_for_locks(execute: Callable[..., T], sql: str, params: Any, many: bool, context: dict[str, Any]) -> T:
    # A statement that met a lock outside a transaction has done nothing, so that it may be made again. Inside one
    # it is too late; on SQLite that cannot happen, since a transaction has the lock from its BEGIN.
    return _repeat(lambda: execute(sql, params, many, context), context["connection"], _is_locked)


def _repeat(work: Callable[[], T], connection: Any, may_pass: Callable[[BaseException], bool]) -> T:
    end = time.monotonic() + PATIENCE
    for number in range(1, TRIES):
        try:
            return work()
        except FAILURES as failure:
            pause = random.uniform(0, PAUSE * 2**number)  # noqa: S311 - it spreads tries and protects nothing
            if connection.in_atomic_block or not may_pass(failure) or time.monotonic() + pause > end:
                raise
        time.sleep(pause)
    return work()


def _is_locked(failure: BaseException) -> bool:
    cause = failure.__cause__
    if getattr(cause, "sqlstate", None) in _POSTGRESQL_LOCKED:
        return True
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _SQLITE_LOCKED
