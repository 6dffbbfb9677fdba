"""The definitions that an actor had, and its definition as a file; stored definitions are in `archive.py`."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from actors_app.actors import archive as definition_archive
from actors_app.actors.definition_files import as_text, export_definition
from actors_app.actors.former_values import reader_despite, reader_of
from actors_app.actors.forms_revisions import WHO, RevisionsForm
from actors_app.actors.revisions import ELSEWHERE, HERE, MAYBE, Revision, difference, line_of, panels
from actors_app.core.clock import from_ms
from actors_app.core.htmx import render_page
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.security.credentials import signed_in, tenant_of
from actors_app.history import visibility
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Forbidden, NotFound

ROWS = 25
ORIGINS = {"here": (HERE,), "elsewhere": (ELSEWHERE, MAYBE)}


@abaco_page("GET")
def revision_list(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show the definitions that the portal has seen of an actor, and what differs between two (`GET /actors/{id}`).

    Of an actor that is gone, and while the API is silent, those that are kept are shown, to whoever may see them.
    """
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "tab": "revisions",
        "section": "actors",
        "counts": {},
        "actor": None,
    }
    credentials = signed_in(request)
    tenant, reader = credentials.tenant, None
    try:
        actor = abaco.actors.get(actor_id)
    except AbacoError as error:
        try:
            record = visibility.remembered_actor(request, abaco, actor_id, error)
        except (NotFound, Forbidden):
            raise
        except AbacoError:
            return render_page(request, "revisions/list.html", {**context, "error": error}, status=error.status)
        key, reader = record.id, reader_despite(credentials, record.id, record.owner, error)
        context |= {"label": record.label, "error_now": error, "deleted": from_ms(record.deleted)}
    else:
        # With its owner too, who is shown the definitions when it is gone.
        visibility.remember(tenant, [actor])
        key = actor.id
        context["actor"] = actor
    revisions = line_of(definition_archive.line(tenant, key))
    if context["actor"] and len(revisions) > 1:
        reader = reader_of(abaco, credentials, context["actor"])
    form = RevisionsForm(request.GET, revisions)
    by = form.value_of("by") or ""
    listed = [revision for revision in revisions if not by or revision.origin in ORIGINS[by]]
    paginator = Paginator(listed, ROWS)
    before, after = form.chosen(revisions)
    context |= {
        "form": form,
        "by": by,
        "choices": WHO,
        "revisions": revisions,
        "page": paginator.get_page(min(form.value_of("page") or 1, paginator.num_pages)),
        "before": before,
        "after": after,
        "sight": reader.sight if reader else None,
        "panels": panels(tenant, key, revisions),
    }
    if before and after and reader:
        earlier, later = (_opened(tenant, key, side) for side in (before, after))
        is_readable = earlier is not None and later is not None
        context |= {"is_readable": is_readable, "differences": difference(reader, earlier or {}, later or {})}
    is_wrong = bool({"from", "to"} & set(form.errors))
    return render_page(request, "revisions/list.html", context, status=422 if is_wrong else 200)


def _opened(tenant: str, actor_id: str, revision: Revision) -> dict[str, object] | None:
    row = definition_archive.find(tenant, actor_id, revision.key)
    return definition_archive.opened(row) if row else None


@never_cache
@abaco_page("GET")
def definition_download(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Give an actor's definition as a file that registers it again, by the API's own names (`GET /actors/{id}`)."""
    actor = abaco.actors.get(actor_id)
    tenant = request.session["who"]["tenant"]
    definition_archive.record(tenant, [actor])
    response = HttpResponse(
        as_text(export_definition(actor, tenant_of(signed_in(request)).version)),
        content_type="application/json; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{actor_id}.json"'
    return response
