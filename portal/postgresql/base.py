"""The one thing that differs from Django's own backend: how long a thread waits for a connection of the pool."""

import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg_pool import PoolTimeout

PATIENCE = 10.0  # seconds for a pool whose connections are all in use


class DatabaseWrapper(base.DatabaseWrapper):
    """Wait for a busy pool, and give up at once where no connection can be made.

    The pool tells both by the same timeout. A server that is away must be said within two seconds; a process with more
    to do than it has connections gets to everybody in time.
    """

    def get_new_connection(self, conn_params: Any) -> Any:
        """Return a connection; raise the pool's timeout when one could not be made, or none came free in time."""
        end = time.monotonic() + PATIENCE
        while True:
            failed = self._failed()
            try:
                return super().get_new_connection(conn_params)
            except PoolTimeout:
                if self._failed() != failed or time.monotonic() > end:
                    raise

    def _failed(self) -> int:
        """Return how many connections of the pool could not be made, or broke."""
        stats = self.pool.get_stats() if self.pool else {}
        return int(stats.get("connections_errors", 0)) + int(stats.get("connections_lost", 0))
