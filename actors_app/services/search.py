"""Searching across all actors; the search within one actor belongs to `executions.py`."""

import json
from collections.abc import Mapping, Sequence

from actors_app.services.caller import Caller
from actors_app.services.calls import Call
from actors_app.services.errors import InvalidRequest
from actors_app.services.executions import MAX_DETAILS, page_query
from actors_app.services.types import Execution, ExecutionPage, WorkerPage
from actors_app.services.urls import execution


class Search:
    """What the API finds over all actors that the visitor has a permission entry for, at any level."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def executions(self, limit: int = 100, skip: int = 0, filters: Mapping[str, str] | None = None) -> ExecutionPage:
        """Return one page of the executions of all actors, each whole, in the store's order.

        `filters` maps a name of SEARCH_FIELDS, alone or with `.gt`, `.gte`, `.lt`, `.lte` or `.neq`, to a
        value. Raises InvalidRequest for other names and for a limit outside 1 to 1000. `GET
        /actors/search/executions?limit=…&skip=…`.
        """
        query = page_query(self._caller.dialect, limit, skip, filters)
        result = self._caller.object(Call("GET", self._caller.path("search", "executions"), query=query))
        return ExecutionPage.from_api(result, self._caller.dialect)

    def workers(self, limit: int = 1000) -> WorkerPage:
        """Return the first workers of all those actors, in no order. `GET /actors/search/workers?limit=…`."""
        query = page_query(self._caller.dialect, limit, 0, None)
        result = self._caller.object(Call("GET", self._caller.path("search", "workers"), query=query))
        return WorkerPage.from_api(result, self._caller.dialect)

    def details(self, ids: Sequence[str]) -> dict[str, Execution]:
        """Return some executions whole, of whichever actors, by their ids; those the search does not give are missing.

        At most 100 ids. `GET /actors/search/executions?id.in=[…]&limit=…`.
        """
        if not ids:
            return {}
        if len(ids) > MAX_DETAILS:
            raise InvalidRequest("details of too many executions", user_message="There is no such page.")
        wanted = json.dumps([execution(one).text for one in ids], separators=(",", ":"))
        query = ((f"{self._caller.dialect.name('id')}.in", wanted), ("limit", str(len(ids))))
        result = self._caller.object(Call("GET", self._caller.path("search", "executions"), query=query))
        found = ExecutionPage.from_api(result, self._caller.dialect).executions
        return {one.id: one for one in found if one.id in ids}
