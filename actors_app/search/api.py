"""The API's own search over actors, executions, workers and logs, with the conditions of the page's form."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from actors_app.actors.serializers import ActorRow
from actors_app.core.api import paging
from actors_app.core.api.base import Resource
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.paging import Page
from actors_app.core.api.schema import operation
from actors_app.executions.api import execution_data
from actors_app.executions.serializers import Execution
from actors_app.masking import Masker
from actors_app.search import serializers
from actors_app.search.forms import SearchForm
from actors_app.search.operations import SEARCH_ACTORS, SEARCH_EXECUTIONS, SEARCH_LOGS, SEARCH_WORKERS
from actors_app.search.views import LOGS_PER_PAGE, has_more
from actors_app.services.search import Kind
from actors_app.services.types import Log, SearchPage

TAG = "Search"
ABOUT = (
    "Accepts up to three conditions, each with a field (`f1`), an operator (`o1`) and a value (`v1`). Covers only "
    "items that you have explicit permission for. Results are not sorted by time."
)
MAX_OFFSET = 5_000_000  # things found before a page


class Search(Resource):
    """What the addresses of the search do."""

    secret = True

    def find(self, kind: Kind, shape: type[Serializer], show: Callable[[Any], Any] = lambda row: row) -> Response:
        """Answer with a page of what is found."""
        params = {name: value for name, value in self.params.items() if name not in ("cursor", "limit")}
        params["exact"] = params.get("exact") == "true"
        cleaned = checked(SearchForm(typed([("kind", kind), *params.items()]))).cleaned_data
        limit: int = self.params["limit"]
        skip = _offset_of(self.params.get("cursor", ""))
        results: SearchPage[Any] = self.abaco.search.find(
            kind, cleaned["q"], exact=cleaned["exact"], conditions=cleaned["conditions"], limit=limit, skip=skip
        )
        page = Page(
            [show(row) for row in results.rows],
            paging.write_cursor("after", skip + limit) if has_more(results, limit) else None,
            paging.write_cursor("after", max(0, skip - limit)) if skip else None,
        )
        return self.page_of(shape, page, total=results.total)


class ActorSearch(Search):
    """`/search/actors/`."""

    @operation(
        SEARCH_ACTORS,
        tag=TAG,
        query=serializers.query_of("actors", 250, 50),
        gives=serializers.found_of(ActorRow),
        about=ABOUT,
    )
    def get(self, request: Request) -> Response:
        """Answer with the actors found."""
        return self.find("actors", ActorRow)


class ExecutionSearch(Search):
    """`/search/executions/`."""

    @operation(
        SEARCH_EXECUTIONS,
        tag=TAG,
        query=serializers.query_of("executions", 250, 50),
        gives=serializers.found_of(Execution),
        about=f"{ABOUT} To get the newest first, use `GET /api/v1/executions/`.",
    )
    def get(self, request: Request) -> Response:
        """Answer with the executions found."""
        return self.find("executions", Execution, execution_data)


class WorkerSearch(Search):
    """`/search/workers/`."""

    @operation(
        SEARCH_WORKERS,
        tag=TAG,
        query=serializers.query_of("workers", 250, 50),
        gives=serializers.found_of(serializers.FoundWorker),
        about=ABOUT,
    )
    def get(self, request: Request) -> Response:
        """Answer with the workers found."""
        return self.find("workers", serializers.FoundWorker)


class LogSearch(Search):
    """`/search/logs/`."""

    @operation(
        SEARCH_LOGS,
        tag=TAG,
        query=serializers.query_of("logs", LOGS_PER_PAGE, LOGS_PER_PAGE),
        gives=serializers.found_of(serializers.FoundLog),
        about=f"{ABOUT} Each log can be up to 1 MB. Detected secrets are masked; others may remain.",
    )
    def get(self, request: Request) -> Response:
        """Answer with the logs found."""
        return self.find("logs", serializers.FoundLog, _log)


def _log(log: Log) -> dict[str, str]:
    text = Masker(log.actor_id, log.execution_id).text(log.text)
    return {"actor_id": log.actor_id, "execution_id": log.execution_id, "logs": text}


def _offset_of(cursor: str) -> int:
    """Return how many things stand before a page."""
    if not cursor:
        return 0
    _, position = paging.read_cursor(cursor)
    if not isinstance(position, int) or isinstance(position, bool) or not 0 <= position <= MAX_OFFSET:
        raise paging.no_such_page()
    return position
