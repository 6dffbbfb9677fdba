"""The numbers of a report as a file: CSV or JSON Lines, one row for each row of its tables."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.http import HttpResponse

from actors_app.core.pages.downloads import BOM, CSV_TYPE, DOWNLOAD_HEADERS, safe_cell
from actors_app.core.pages.formatting import now
from actors_app.core.pages.timezones import to_local, zone_here
from actors_app.history.aggregates import Tally
from actors_app.history.export import coverage_notes, file_name
from actors_app.history.filters import OUTCOMES
from actors_app.history.query_context import QueryContext
from actors_app.reports.report import Report

COLUMNS = ("table", "row", "actor_id", "executions", *OUTCOMES, "failed_percent", "run_seconds", "cpu_seconds", "note")
TYPES = {"csv": CSV_TYPE, "jsonl": "application/jsonl"}


def file_of(report: Report, ctx: QueryContext, kind: str) -> HttpResponse:
    """Answer with the numbers of a report as a file; its last rows say what it lacks."""
    records = list(_records(report, ctx))
    if kind == "csv":
        buffer = StringIO()
        buffer.write(BOM)
        table = csv.DictWriter(buffer, COLUMNS)
        table.writeheader()
        table.writerows({name: safe_cell(value) for name, value in record.items()} for record in records)
        text = buffer.getvalue()
    else:
        text = "".join(json.dumps(record) + "\n" for record in records)
    name = file_name(ctx.form, ctx.actors[0] if len(ctx.actors) == 1 else None, first="report")
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(text, content_type=TYPES[kind], headers={**headers, "Cache-Control": "no-store"})


def _records(report: Report, ctx: QueryContext) -> Iterator[dict[str, Any]]:
    ends = (to_local(moment).isoformat(timespec="seconds") if moment else "" for moment in (report.start, report.end))
    yield {"table": "report", "row": "time", "note": " to ".join(ends)}
    yield {"table": "report", "row": "time zone", "note": str(zone_here())}
    yield {"table": "report", "row": "filter", "note": ctx.form.query() or "the last 24 hours"}
    yield {"table": "report", "row": "created", "note": to_local(now()).isoformat(timespec="seconds")}
    yield {"table": "total", "row": "all", **_numbers(report.whole)}
    for actor, tally in report.actors:
        yield {"table": "actor", "row": actor.label, "actor_id": actor.id, **_numbers(tally)}
    for user, tally in report.users:
        yield {"table": "user", "row": user, **_numbers(tally)}
    for image, tally in report.images:
        yield {"table": "image", "row": image, **_numbers(tally)}
    for start, _, tally in report.months:
        yield {"table": "month", "row": f"{start:%Y-%m}", **_numbers(tally)}
    for note in coverage_notes(report.coverage, ctx):
        yield {"table": note.kind, "note": note.text}


def _numbers(tally: Tally) -> dict[str, Any]:
    return {
        "executions": tally.total,
        **{outcome: tally.outcomes.get(outcome, 0) for outcome in OUTCOMES},
        "failed_percent": round(tally.failed_percent, 2),
        "run_seconds": tally.ran / 1000,
        "cpu_seconds": round(tally.cpu / 1e9, 3),
    }
