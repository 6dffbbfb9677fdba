"""What was changed through the portal, by whom and what came of it: the list, one line, its check, the export."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse

from actors_app.audit.activity import (
    Reader,
    answer_of,
    end_of,
    iter_entries,
    lines_of,
    outcome_of,
    record_of,
    visible_details,
)
from actors_app.audit.checks import check
from actors_app.audit.forms import WINDOWS, ActivityForm
from actors_app.audit.readers import is_no_actor, of_actor, readable_line, reader_of
from actors_app.core.htmx import render_page
from actors_app.core.operations.models import AuditEntry
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.downloads import BOM, CSV_TYPE, DOWNLOAD_HEADERS, safe_cell
from actors_app.core.pages.formatting import now
from actors_app.core.pages.preferences import preferences_of
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError


@abaco_page("GET")
def activity_list(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show what the visitor did, and what others did to the actors that the visitor may read (`GET /actors`).

    Where the API does not answer, their own lines stand.
    """
    form = ActivityForm(request.GET)
    reader, ids, error = reader_of(signed_in(request), abaco, form.value_of("actor") or "")
    context = {"section": "activity", "error": error, "show_actor": True, "role": reader.role}
    context["no_actor"] = bool(ids) and error is None and is_no_actor(reader, ids)
    return _answer(request, form, reader, reader.lines(), ids, context)


@abaco_page("GET")
def actor_activity(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show what was done to one actor, to whoever may read it (`GET /actors/{id}`)."""
    actor, reader, lines = of_actor(signed_in(request), abaco, actor_id)
    context = {
        "actor_id": actor_id,
        "actor": actor,
        "tab": "activity",
        "section": "actors",
        "counts": {},
        "show_actor": False,
    }
    return _answer(request, ActivityForm(request.GET), reader, lines, frozenset(), context)


def _answer(
    request: HttpRequest,
    form: ActivityForm,
    reader: Reader,
    lines: QuerySet[AuditEntry],
    actors: frozenset[str],
    context: dict[str, Any],
) -> HttpResponse:
    """Answer with the lines that are wanted, as a page or as a file."""
    selected = form.filters(actors).apply(lines)
    kind = form.value_of("format")
    # A file holds what was asked for or it is not made; a page says what was not understood.
    if kind and not form.errors:
        return export_response(selected, kind, reader, bom=True)  # type: ignore[return-value]  # no HttpResponse to mypy
    before = form.value_of("before")
    size = preferences_of(request).page_size
    entries = list((selected.filter(pk__lt=before) if before else selected)[: size + 1])
    context |= {
        "form": form,
        "lines": lines_of(entries[:size], reader),
        "older": entries[size - 1].pk if len(entries) > size else None,
        "is_first": not before,
        "windows": [(name, label) for name, (label, _) in WINDOWS.items()],
        "window": form.window_name,
        "is_empty": not entries and not lines.exists(),
        "file_query": _file_query(request, form),
    }
    template = "audit/list.html" if "actor_id" not in context else "audit/actor.html"
    status = 422 if "format" in request.GET else 200
    return render_page(request, template, context, partial="audit/_card.html", status=status)


def _file_query(request: HttpRequest, form: ActivityForm) -> str:
    """Return the filters of the page without those that it left out, as the beginning of a query string."""
    filters = request.GET.copy()
    for name in ("before", "format", *form.errors):
        filters.pop(name, None)
    return filters.urlencode() + "&" if filters else ""


def export_response(
    lines: QuerySet[AuditEntry], kind: str, reader: Reader, *, bom: bool = False
) -> StreamingHttpResponse:
    """Send the lines while they are read; `bom` marks CSV as UTF-8 for spreadsheets."""
    pieces, content_type = _json_lines(lines, reader), "application/jsonl"
    if kind == "csv":
        pieces, content_type = _csv(lines, reader, BOM if bom else ""), CSV_TYPE
    name = f"activity-{now():%Y-%m-%d}.{kind}"
    return StreamingHttpResponse(
        pieces,
        content_type=content_type,
        headers={**DOWNLOAD_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'},
    )


def _json_lines(lines: QuerySet[AuditEntry], reader: Reader) -> Iterator[str]:
    """Write each line as one JSON object; line ends and controls within it are escaped."""
    for entry in iter_entries(lines):
        yield json.dumps(record_of(entry, reader)) + "\n"


def _csv(lines: QuerySet[AuditEntry], reader: Reader, mark: str) -> Iterator[str]:
    buffer = StringIO()
    table: csv.DictWriter[str] | None = None
    for entry in iter_entries(lines):
        record = {
            name: safe_cell(json.dumps(value) if isinstance(value, dict) else value)
            for name, value in record_of(entry, reader).items()
        }
        if table is None:
            buffer.write(mark)
            table = csv.DictWriter(buffer, record)
            table.writeheader()
        table.writerow(record)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


@page("GET")
def activity_detail(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Show all that the trail keeps of a line (`GET /actors/{id}`, to know whether the visitor may read the actor)."""
    entry, reader = line_or_404(request, entry_id)
    return render_page(request, "audit/detail.html", _context(entry, reader))


@page("GET")
def activity_check(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Ask the API what became of a write whose answer never came; only GET calls are made."""
    entry, reader = line_or_404(request, entry_id)
    context = _context(entry, reader)
    error: AbacoError | None = None
    try:
        context["finding"] = check(abaco_for(request), entry)
    except AbacoError as failed:
        context["error"] = error = failed
    return render_page(request, "audit/check.html", context, status=error.status if error else 200)


def line_or_404(request: HttpRequest, entry_id: int) -> tuple[AuditEntry, Reader]:
    """Return a line and its reader; raise Http404 where there is none, or none for this visitor to see."""
    line = readable_line(signed_in(request), lambda: abaco_for(request), entry_id)
    if line is None:
        raise Http404("Entry not found, or you do not have access to it.")
    return line


def _context(entry: AuditEntry, reader: Reader) -> dict[str, Any]:
    """Return what the pages of one line show."""
    (line,) = lines_of([entry], reader)
    details, (message, reason) = visible_details(entry, reader), answer_of(entry)
    details.pop("reason", None)  # the line has it
    if line.actor_url:
        back = (
            (reverse("actors:actor-activity", args=[entry.actor_id]), "Audit log of the actor")
            if entry.actor_id
            else None
        )
    else:
        back = None
    return {
        "section": "activity",
        "line": line,
        "entry": entry,
        "end": end_of(entry),
        "outcome": outcome_of(entry, now()),
        "before": details.pop("before", None),
        "after": details.pop("after", None),
        "details": details,
        "said": message,
        "reason": reason,
        "back": back,
    }
