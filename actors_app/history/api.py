"""A page of the history for a program: the filters of the page's form, and what is remembered, brought up to date."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import StreamingHttpResponse
from rest_framework.response import Response

from actors_app.core.api import paging
from actors_app.core.api.base import Resource
from actors_app.core.api.exceptions import not_valid
from actors_app.core.api.paging import Page
from actors_app.core.clock import from_ms
from actors_app.history import collector, visibility
from actors_app.history import query as history_query
from actors_app.history.chart_data import counted
from actors_app.history.export import export
from actors_app.history.forms import HistoryForm, place_text
from actors_app.history.query import Found, Place, place_of
from actors_app.history.query_context import Asked, asked
from actors_app.history.refresh import bring_up_to_date, completed, is_known, last_looked
from actors_app.history.serializers import ExecutionRow
from actors_app.services.errors import AbacoError, Forbidden, NotFound, TimedOut
from actors_app.services.types import AdminRole

_OURS = ("cursor", "limit", "offset", "bom")


def answer(resource: Resource, actor_id: str = "") -> Response:
    """Answer with a page of what is remembered of an actor, or of all that the caller may read."""
    what, error = _asked(resource, actor_id)
    page, found = _cut(what, resource.params)
    if actor_id and error is None and completed(resource.abaco, found.rows, what):
        page, found = _cut(what, resource.params)
    count = counted(what, what.wanted.since)
    return resource.page_of(
        ExecutionRow,
        page,
        total=count.number,
        total_is_exact=count.is_exact,
        as_of=from_ms(last_looked(what) or None),
        csv=_file_address(resource, "csv"),
        jsonl=_file_address(resource, "jsonl"),
        is_complete=_is_complete(what, error),
    )


def file(resource: Resource, actor_id: str = "") -> StreamingHttpResponse:
    """Send all that fit, in the order that was asked for; where it is not all there is, the last line says so."""
    what, error = _asked(resource, actor_id)
    return export(what, last_looked(what) if error else None, bom="bom" in resource.params)


def _asked(resource: Resource, actor_id: str) -> tuple[Asked, AbacoError | None]:
    """Return what is asked, after bringing it up to date, and why that failed where it did."""
    form = form_of(resource.params)
    what = asked(resource.http, resource.abaco, actor_id, form)
    error = what.error or bring_up_to_date(resource.abaco, what, actor_id, what.wanted.since or 0)
    if actor_id and isinstance(error, Forbidden | NotFound):
        # It lets this caller read less than it did within the last minute.
        visibility.forget_one(resource.http, actor_id)
        what = asked(resource.http, resource.abaco, actor_id, form)
        error = None if what.readable[0].deleted else error
    if error and not is_known(what) and not (actor_id and isinstance(error, TimedOut)):
        raise error
    return what, error


def _file_address(resource: Resource, format_: str) -> str:
    query = {name: value for name, value in resource.http.GET.dict().items() if name not in _OURS}
    return resource.http.build_absolute_uri(f"{resource.http.path}export/?{urlencode({**query, 'format': format_})}")


def form_of(given: dict[str, Any]) -> HistoryForm:
    """Return the form of what was asked, without errors; raise a problem for one that has any."""
    data = {name: str(value) for name, value in given.items() if name not in _OURS}
    if given.get("from") or given.get("to"):
        del data["window"]
    if given.get("cursor"):
        way, place = paging.read_cursor(given["cursor"])
        data[way] = place if isinstance(place, str) else "?"
    form = HistoryForm(data)
    if form.errors:
        places = {"after": "cursor", "before": "cursor"}
        raise not_valid({places.get(name, name): [str(one) for one in found] for name, found in form.errors.items()})
    return form


def _cut(what: Asked, given: Mapping[str, Any]) -> tuple[Page[dict[str, Any]], history_query.Page]:
    limit: int = given["limit"]
    if selected := paging.slice_of(given):
        found = history_query.page(what.wanted, what.keys, what.named, number=limit, skip=selected.offset)
        page = paging.slice_page([_row(row, what) for row in found.rows], selected, has_more=found.has_more)
        if found.looked_back_to is not None:
            page = replace(page, next=paging.write_cursor("after", place_text(Place((found.looked_back_to, -1)))))
        return page, found
    place, is_back = what.form.place()
    found = history_query.page(what.wanted, what.keys, what.named, place=place, back=is_back, number=limit)
    older = newer = None
    if found.rows:
        last, first = (place_of(what.wanted, found.rows[at], what.keys) for at in (-1, 0))
        if found.has_more or is_back:
            older = paging.write_cursor("after", place_text(last))
        if (is_back and found.has_more) or (place is not None and not is_back):
            newer = paging.write_cursor("before", place_text(first))
    if found.looked_back_to is not None:
        # It stopped before the end: the next page goes on looking, and may have nothing on it.
        older = paging.write_cursor("after", place_text(Place((found.looked_back_to, -1))))
    return Page([_row(row, what) for row in found.rows], older, newer), found


def _row(row: Found, what: Asked) -> dict[str, Any]:
    actor = what.by_key[row.actor]
    return {
        "id": row.id,
        "actor_id": actor.id,
        "actor_name": actor.name or None,
        "executor": row.executor or None,
        "status": row.status,
        "outcome": row.outcome,
        "exit_code": row.exit_code,
        "worker_id": row.worker_id or None,
        "message_received_time": from_ms(row.received or None),
        "start_time": from_ms(row.started),
        "finish_time": from_ms(row.finished),
        "queued_seconds": _seconds(row.waited),
        "run_seconds": _seconds(row.ran),
        "runtime": row.runtime,
        "cpu": row.cpu,
        "io": row.io,
        "is_in_api": row.in_api,
    }


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _is_complete(what: Asked, error: AbacoError | None) -> bool:
    keys = [actor.key for actor in what.readable]
    is_all = error is None and what.role is not AdminRole.UNKNOWN
    return is_all and not collector.incomplete(keys, what.wanted.since or 0)
