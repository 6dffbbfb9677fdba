"""Searching across all actors; the search within one actor belongs to `executions.py`."""

from collections.abc import Mapping

from actors_app.services.caller import Caller
from actors_app.services.calls import Call
from actors_app.services.executions import page_query
from actors_app.services.types import ExecutionPage


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
