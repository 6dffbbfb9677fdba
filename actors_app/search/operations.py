"""The searches of the API."""

from actors_app.core.operations.operation import Operation

SEARCH = Operation("search.any", "GET", "/actors/search/{kind}", title="Search", has_filter=True)
SEARCH_ACTORS = Operation("search.actors", "GET", "/actors/search/actors", summary="Search actors")
SEARCH_EXECUTIONS = Operation(
    "search.executions",
    "GET",
    "/actors/search/executions",
    summary="Search executions",
    title="Search executions across actors",
    has_filter=True,
)
SEARCH_WORKERS = Operation(
    "search.workers",
    "GET",
    "/actors/search/workers",
    summary="Search workers",
    title="Search workers across actors",
)
SEARCH_LOGS = Operation("search.logs", "GET", "/actors/search/logs", summary="Search logs")
