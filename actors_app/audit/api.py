"""The activity: who changed what through this portal, one line of it, and what became of a write without an answer."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.audit import serializers
from actors_app.audit.activity import Reader, record_of
from actors_app.audit.checks import check
from actors_app.audit.forms import ActivityForm
from actors_app.audit.readers import of_actor, readable_line, reader_of
from actors_app.audit.views import export_response
from actors_app.core.api import paging
from actors_app.core.api.base import Resource
from actors_app.core.api.form_checks import checked, typed
from actors_app.core.api.formats import FILES, FileRenderers
from actors_app.core.api.paging import Page
from actors_app.core.api.schema import operation
from actors_app.core.operations.models import AuditEntry

TAG = "Audit log"
_OWN_PARAMS = ("cursor", "limit", "format", "bom")


def line_data(entry: AuditEntry, reader: Reader) -> dict[str, Any]:
    """Return a line as it goes out: as an export has it, with null for what is not known."""
    record = record_of(entry, reader)
    return record | {name: record[name] or None for name in ("actor_id", "object_id")}


class Lines(Resource):
    """What the lists of lines do."""

    def filtered(self, lines: QuerySet[AuditEntry], actors: frozenset[str]) -> QuerySet[AuditEntry]:
        """Return the lines that were asked for, by the rules of the page's form."""
        form = checked(
            ActivityForm(typed((name, value) for name, value in self.params.items() if name not in _OWN_PARAMS))
        )
        return form.filters(actors).apply(lines)

    def page_of_lines(self, lines: QuerySet[AuditEntry], reader: Reader, *, is_complete: bool) -> Response:
        """Answer with a page, newest first."""
        limit: int = self.params["limit"]
        direction, position = (
            paging.read_cursor(self.params["cursor"]) if self.params.get("cursor") else ("after", None)
        )
        if position is not None and (
            not isinstance(position, int) or isinstance(position, bool) or not 0 < position < 2**62
        ):
            raise paging.no_such_page()
        if direction == "before":
            rows = list(lines.filter(pk__gt=position).order_by("pk")[: limit + 1])
            entries = rows[:limit][::-1]
            has_next, has_previous = True, len(rows) > limit
        else:
            rows = list((lines.filter(pk__lt=position) if position else lines)[: limit + 1])
            entries = rows[:limit]
            has_next, has_previous = len(rows) > limit, position is not None
        page = Page(
            [line_data(entry, reader) for entry in entries],
            paging.write_cursor("after", entries[-1].pk) if entries and has_next else None,
            paging.write_cursor("before", entries[0].pk) if entries and has_previous else None,
        )
        return self.page_of(serializers.ActivityLine, page, is_complete=is_complete)


class Activity(Lines):
    """`/activity/`."""

    @operation(
        "List audit log entries",
        tag=TAG,
        query=serializers.ActivityQuery,
        gives=serializers.ActivityPage,
        about="Returns your own entries, and entries about actors that you can access; administrators get all entries "
        "of the tenant.",
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of lines."""
        reader, ids, error = reader_of(self.user, self.abaco, self.params.get("actor", ""))
        return self.page_of_lines(
            self.filtered(reader.lines(), ids), reader, is_complete=error is None and not reader.role.is_unknown
        )


class ActivityFile(Lines):
    """`/activity/export/`."""

    secret = True
    renderer_classes = FileRenderers

    @operation(
        "Export the audit log",
        tag=TAG,
        query=serializers.ActivityFileQuery,
        gives=FILES,
        about="Streams all matching entries as CSV or JSON Lines.",
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Send the lines."""
        reader, ids, error = reader_of(self.user, self.abaco, self.params.get("actor", ""))
        if error is not None:
            raise error
        return export_response(
            self.filtered(reader.lines(), ids), self.params["format"], reader, bom="bom" in self.params
        )


class ActorActivity(Lines):
    """`/actors/<actor>/activity/`."""

    @operation(
        ("List audit log entries of an actor"),
        tag=TAG,
        query=serializers.ActorActivityQuery,
        gives=serializers.ActivityPage,
        about="Returns the entries about one actor.",
    )
    def get(self, request: Request, actor_id: str) -> Response:
        """Return the entries about one actor."""
        _, reader, lines = of_actor(self.user, self.abaco, actor_id)
        return self.page_of_lines(self.filtered(lines, frozenset()), reader, is_complete=True)


class ActivityDetail(Resource):
    """`/activity/<line>/`."""

    @operation("Get an audit log entry", tag=TAG, gives=serializers.ActivityLine, about="Returns one entry.")
    def get(self, request: Request, entry_id: int) -> Response:
        """Return one entry of the audit log."""
        return Response(serializers.ActivityLine(line_data(*_line(self, entry_id))).data)


class ActivityCheck(Resource):
    """`/activity/<line>/check/`."""

    @operation(
        "Check a write's outcome",
        tag=TAG,
        gives=serializers.CheckFinding,
        about="Asks the API for the outcome of an unanswered write. Changes nothing.",
    )
    def get(self, request: Request, entry_id: int) -> Response:
        """Answer with what the API shows now."""
        return Response(serializers.CheckFinding(check(self.abaco, _line(self, entry_id)[0])).data)


def _line(resource: Resource, entry_id: int) -> tuple[AuditEntry, Reader]:
    line = readable_line(resource.user, lambda: resource.abaco, entry_id)
    if line is None:
        raise Http404
    return line
