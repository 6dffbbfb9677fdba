"""What the API shows to administrators alone, of all its tenants; and its utilization, which it shows to everybody.

The lists are slow: for the first of them the API opens every mailbox and counts every execution. `roles.admin()`
says whether a visitor may have them.
"""

from actors_app.services.caller import Service
from actors_app.services.calls import Call
from actors_app.services.fields import Fields
from actors_app.services.types import AdminActor, AdminTotals, Utilization, Worker


class Admin(Service):
    """The admin lists, each raising Forbidden for whoever is no administrator, and the utilization."""

    def actors(self) -> tuple[AdminActor, ...]:
        """Return the actors of all tenants; fewer where something fails inside the API. `GET /actors/admin`."""
        rows = self._caller.rows(self._slow("admin"))
        return tuple(AdminActor.from_api(row, self._caller.dialect) for row in rows)

    def workers(self) -> tuple[Worker, ...]:
        """Return the workers of all tenants, each with its actor's id. `GET /actors/admin/workers`."""
        result = self._caller.object(self._slow("admin", "workers"))
        rows = Fields(result, self._caller.dialect).items("workers")
        return tuple(Worker.from_api(row, self._caller.dialect) for row in rows)

    def totals(self) -> AdminTotals:
        """Return what the executions of all tenants came to. `GET /actors/admin/executions`.

        v3 fails with 500 once any actor has executions (TACC/abaco actors/controllers.py of v3).
        """
        return AdminTotals.from_api(self._caller.object(self._slow("admin", "executions")), self._caller.dialect)

    def utilization(self) -> Utilization:
        """Return how many actors, workers and commands the whole server has. `GET /actors/utilization`."""
        return Utilization.from_api(self._caller.object(Call("GET", self._caller.path("utilization"))))

    def _slow(self, *words: str) -> Call:
        return Call("GET", self._caller.path(*words), repeatable=False, is_slow=True, is_large=True)
