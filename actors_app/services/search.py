"""Searching across all actors; the search within one actor belongs to `executions.py`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from actors_app.services.caller import Service
from actors_app.services.calls import Call
from actors_app.services.errors import InvalidRequest
from actors_app.services.executions import MAX_DETAILS, page_query
from actors_app.services.fields import Fields
from actors_app.services.types import Actor, Execution, ExecutionPage, Log, SearchPage, Worker, WorkerPage
from actors_app.services.urls import execution

Kind = Literal["actors", "executions", "workers", "logs"]
Condition = tuple[str, str, str]  # our name of a field, an operator of the API or nothing for equal, and a value
_READ: Mapping[str, Any] = {"actors": Actor, "executions": Execution, "workers": Worker, "logs": Log}
_OPERATORS = frozenset({"", "neq", "gt", "gte", "lt", "lte", "in", "nin", "like", "nlike", "between"})


class Search(Service):
    """What the API finds over all actors that the visitor has a permission entry for, at any level."""

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
            raise InvalidRequest("details of too many executions", user_message="Page not found.")
        id_list = json.dumps([execution(item).text for item in ids], separators=(",", ":"))
        query = ((f"{self._caller.dialect.name('id')}.in", id_list), ("limit", str(len(ids))))
        result = self._caller.object(Call("GET", self._caller.path("search", "executions"), query=query))
        executions = ExecutionPage.from_api(result, self._caller.dialect).executions
        return {item.id: item for item in executions if item.id in ids}

    def find(
        self,
        kind: Kind,
        words: str = "",
        *,
        exact: bool = False,
        conditions: Sequence[Condition] = (),
        limit: int = 50,
        skip: int = 0,
    ) -> SearchPage[Any]:
        """Return one page of what fits words and conditions, in no order by time.

        `exact` looks for the words as a phrase. Raises InvalidRequest for an unknown operator. `GET
        /actors/search/{kind}?limit=…&skip=…`.
        """
        query = [("limit", str(limit)), ("skip", str(skip))]
        if words:
            query.append(("exactsearch" if exact else "search", words))
        for name, operator, value in conditions:
            if operator not in _OPERATORS:
                raise InvalidRequest("a search by an unknown operator", user_message="Unknown filter.")
            sent = self._caller.dialect.name(name)
            query.append((f"{sent}.{operator}" if operator else sent, value))
        call = Call("GET", self._caller.path("search", kind), query=tuple(query))
        fields = Fields(self._caller.object(call), self._caller.dialect)
        about = Fields(fields.mapping("_metadata"), self._caller.dialect)
        rows = tuple(_READ[kind].from_api(row, self._caller.dialect) for row in fields.items("search"))
        return SearchPage(rows, about.number("total_count"), about.number("records_skipped") or 0)
