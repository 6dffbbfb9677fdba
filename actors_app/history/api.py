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
from actors_app.history import query as history_query
from actors_app.history import visibility
from actors_app.history.chart_data import cached_count
from actors_app.history.export import export
from actors_app.history.forms import HistoryForm, cursor_text
from actors_app.history.query import Cursor, HistoryRow, cursor_of
from actors_app.history.query_context import QueryContext, query_context_of
from actors_app.history.refresh import bring_up_to_date, complete_rows, is_known, last_looked
from actors_app.history.serializers import ExecutionRow
from actors_app.services.errors import AbacoError, Forbidden, NotFound, TimedOut
from actors_app.services.types import AdminRole

_OURS = ("cursor", "limit", "offset", "bom")


def answer(resource: Resource, actor_id: str = "") -> Response:
    """Answer with a page of what is remembered of an actor, or of all that the caller may read."""
    ctx, error = _refreshed(resource, actor_id)
    page, result = _cut(ctx, resource.params)
    if actor_id and error is None and complete_rows(resource.abaco, result.rows, ctx):
        page, result = _cut(ctx, resource.params)
    count, known = cached_count(ctx, ctx.filters.since), ctx.coverage()
    return resource.page_of(
        ExecutionRow,
        page,
        total=count.number,
        total_is_exact=count.is_exact,
        as_of=from_ms(last_looked(ctx) or None),
        csv=_file_address(resource, "csv"),
        jsonl=_file_address(resource, "jsonl"),
        is_complete=error is None and ctx.role is not AdminRole.UNKNOWN and not known.incomplete,
        coverage={
            "actors": known.actors,
            "complete": known.complete,
            "not_synced": known.unsynced,
            "gaps": [
                {
                    "actor_id": ctx.by_key[gap.actor].id,
                    "start": from_ms(gap.start or None),
                    "end": from_ms(gap.end),
                    "reason": gap.reason,
                }
                for gap in known.gaps
            ],
        },
    )


def file(resource: Resource, actor_id: str = "") -> StreamingHttpResponse:
    """Send all that fit, in the order that was asked for; where it is not all there is, the last line says so."""
    ctx, error = _refreshed(resource, actor_id)
    return export(ctx, last_looked(ctx) if error else None, bom="bom" in resource.params)


def _refreshed(resource: Resource, actor_id: str) -> tuple[QueryContext, AbacoError | None]:
    """Return the context of a request after a refresh, and the error of the refresh."""
    form = form_of(resource.params)
    ctx = query_context_of(resource.http, resource.abaco, actor_id, form)
    error = ctx.error or bring_up_to_date(resource.abaco, ctx, actor_id, ctx.filters.since or 0)
    if actor_id and isinstance(error, Forbidden | NotFound):
        # It lets this caller read less than it did within the last minute.
        visibility.forget_one(resource.http, actor_id)
        ctx = query_context_of(resource.http, resource.abaco, actor_id, form)
        error = None if ctx.readable[0].deleted else error
    if error and not is_known(ctx) and not (actor_id and isinstance(error, TimedOut)):
        raise error
    return ctx, error


def _file_address(resource: Resource, format_: str) -> str:
    query = {name: value for name, value in resource.http.GET.dict().items() if name not in _OURS}
    return resource.http.build_absolute_uri(f"{resource.http.path}export/?{urlencode({**query, 'format': format_})}")


def form_of(params: dict[str, Any]) -> HistoryForm:
    """Return the form of what was asked, without errors; raise a problem for one that has any."""
    data = {name: str(value) for name, value in params.items() if name not in _OURS}
    if params.get("from") or params.get("to"):
        del data["window"]
    if params.get("cursor"):
        direction, cursor = paging.read_cursor(params["cursor"])
        data[direction] = cursor if isinstance(cursor, str) else "?"
    form = HistoryForm(data)
    if form.errors:
        fields = {"after": "cursor", "before": "cursor"}
        raise not_valid(
            {fields.get(name, name): [str(message) for message in messages] for name, messages in form.errors.items()}
        )
    return form


def _cut(ctx: QueryContext, params: Mapping[str, Any]) -> tuple[Page[dict[str, Any]], history_query.Page]:
    limit: int = params["limit"]
    if selected := paging.slice_of(params):
        result = history_query.page(ctx.filters, ctx.keys, ctx.named, number=limit, skip=selected.offset)
        page = paging.slice_page([_row(row, ctx) for row in result.rows], selected, has_more=result.has_more)
        if result.looked_back_to is not None:
            page = replace(page, next=paging.write_cursor("after", cursor_text(Cursor((result.looked_back_to, -1)))))
        return page, result
    cursor, is_back = ctx.form.cursor()
    result = history_query.page(ctx.filters, ctx.keys, ctx.named, cursor=cursor, back=is_back, number=limit)
    older = newer = None
    if result.rows:
        last, first = (cursor_of(ctx.filters, result.rows[at], ctx.keys) for at in (-1, 0))
        if result.has_more or is_back:
            older = paging.write_cursor("after", cursor_text(last))
        if (is_back and result.has_more) or (cursor is not None and not is_back):
            newer = paging.write_cursor("before", cursor_text(first))
    if result.looked_back_to is not None:
        # It stopped before the end: the next page goes on looking, and may have nothing on it.
        older = paging.write_cursor("after", cursor_text(Cursor((result.looked_back_to, -1))))
    return Page([_row(row, ctx) for row in result.rows], older, newer), result


def _row(row: HistoryRow, ctx: QueryContext) -> dict[str, Any]:
    actor = ctx.by_key[row.actor]
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
