"""The API's own search over actors, executions, workers and logs, behind a form; its whole state is in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from actors_app.core.addresses import page_of
from actors_app.core.htmx import render_page
from actors_app.core.pages.badges import status_badge
from actors_app.core.pages.decorators import page
from actors_app.core.pages.formatting import visible
from actors_app.core.pages.preferences import preferences_of
from actors_app.core.pages.timezones import exact
from actors_app.core.security.credentials import abaco_for
from actors_app.masking import Masker
from actors_app.search.by_id import by_id, target_of
from actors_app.search.forms import PAGE_KINDS, SearchForm
from actors_app.search.operations import SEARCH
from actors_app.services.errors import AbacoError, Forbidden
from actors_app.services.types import Actor, Execution, Log, SearchPage, Worker

LOGS_PER_PAGE = 10  # each may be a megabyte
EXCERPT = 300  # characters of a log around what was looked for


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One thing found: its name and page, its state, and what else is said of it."""

    name: str
    url: str
    badge: SafeString | str
    about: str
    details: str
    text: str = ""


@page("GET")
def search(request: HttpRequest) -> HttpResponse:
    """Search actors, workers or logs (`GET /actors/search/{kind}`); nothing is asked before a press."""
    form = SearchForm(request.GET, PAGE_KINDS)
    context: dict[str, Any] = {"section": "search", "form": form, "asked": bool(set(request.GET) - {"kind"})}
    if not form.is_valid():
        return render_page(request, "search/list.html", context | {"is_refused": True}, status=422)
    if not context["asked"]:
        return render_page(request, "search/list.html", context)
    typed = form.cleaned_data
    number = typed["page"] or 1
    size = LOGS_PER_PAGE if typed["kind"] == "logs" else preferences_of(request).page_size
    abaco = abaco_for(request)
    try:
        target = None if typed["page"] or typed["conditions"] else target_of(typed["q"])
        if target and (results := by_id(request, abaco, target)):
            rows = [_row(result, "") for result in results]
            context |= {"rows": rows, "total": len(rows), "first": 1, "last": len(rows), "is_by_id": True}
            return render_page(request, "search/list.html", context)
        page = abaco.search.find(
            typed["kind"],
            typed["q"],
            exact=typed["exact"],
            conditions=typed["conditions"],
            limit=size,
            skip=(number - 1) * size,
        )
    except Forbidden:
        raise
    except AbacoError as error:
        return render_page(request, "search/list.html", context | {"error": error}, status=error.status)
    context |= {
        "rows": [_row(row, typed["q"]) for row in page.rows],
        "total": page.total,
        "first": page.skipped + 1,
        "last": page.skipped + len(page.rows),
        "before": _page(request, number - 1) if number > 1 else "",
        "after": _page(request, number + 1) if has_more(page, size) else "",
        "asks": {SEARCH.name: _api_params(typed)},
    }
    return render_page(request, "search/list.html", context)


def has_more(results: SearchPage[Any], size: int) -> bool:
    """Whether more was found than stands on a page and before it."""
    if results.total is None:
        return len(results.rows) == size
    return results.skipped + len(results.rows) < results.total


def _page(request: HttpRequest, number: int) -> str:
    return "?" + urlencode({**request.GET.dict(), "page": str(number)})


def _api_params(typed: dict[str, Any]) -> dict[str, str]:
    """Return the search as the API takes it, by our names, for the page as code."""
    params = {("exactsearch" if typed["exact"] else "search"): typed["q"]} if typed["q"] else {}
    conditions: Sequence[tuple[str, str, str]] = typed["conditions"]
    return params | {f"{name}.{operator}" if operator else name: value for name, operator, value in conditions}


def _row(result: Any, query: str) -> ResultRow:
    if isinstance(result, Actor):
        return ResultRow(
            visible(result.label),
            page_of("actor-detail", result.id),
            status_badge(result.status),
            visible(result.image),
            f"of {visible(result.owner)}",
        )
    if isinstance(result, Execution):
        return ResultRow(
            visible(result.id),
            page_of("execution-detail", result.actor_id, result.id) if result.actor_id else "",
            status_badge(result.status),
            f"actor {visible(result.actor_id)}",
            f"sent by {visible(result.executor)}"
            + (
                f", received {exact(result.message_received_time, seconds=False)}"
                if result.message_received_time
                else ""
            ),
        )
    if isinstance(result, Worker):
        return ResultRow(
            visible(result.id),
            page_of("worker-detail", result.actor_id, result.id) if result.actor_id else "",
            status_badge(result.status),
            f"actor {visible(result.actor_id)}" if result.actor_id else "",
            visible(result.image or ""),
        )
    of = result.execution_id
    return ResultRow(
        f"Log of {visible(of)}" if of else "Log",
        page_of("execution-logs", result.actor_id, of) if of else "",
        "",
        f"actor {visible(result.actor_id)}" if result.actor_id else "",
        f"{len(result.text)} characters",
        _excerpt(result, query),
    )


def _excerpt(log: Log, query: str) -> str:
    """Return a log around the first word of the query, or its beginning."""
    text, positions = Masker(log.actor_id, log.execution_id).text(log.text), list[int]()
    folded = text.lower()
    for word in query.lower().split():
        position = folded.find(word.strip('"'))
        if position >= 0:
            positions.append(position)
    start = max(0, min(positions, default=0) - EXCERPT // 3)
    cut = text[start : start + EXCERPT]
    return visible(("…" if start else "") + cut + ("…" if start + EXCERPT < len(text) else ""))
