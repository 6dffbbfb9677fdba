"""Results of an execution: taken from the API, which forgets them, kept here for their taker, downloaded."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from actors_app.core.htmx import render_page
from actors_app.core.operations import secrets
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.downloads import DOWNLOAD_HEADERS
from actors_app.core.pages.forms import PortalForm
from actors_app.core.security.credentials import SessionCredentials, abaco_for
from actors_app.executions import archive as result_archive
from actors_app.executions import commands_results
from actors_app.executions.models import KeptResult
from actors_app.executions.shapes import image_type
from actors_app.history.visibility import deleted_at, if_deleted
from actors_app.masking import Masker
from actors_app.services import Abaco
from actors_app.services.errors import Forbidden, NotFound, SignedOut


def _owner(request: HttpRequest) -> Any:
    """Return who is signed in; raise SignedOut when nobody is."""
    owner = SessionCredentials.of(request).current
    if owner is None:
        raise SignedOut
    return owner


@abaco_page("GET", "POST")
def result_take(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> HttpResponse:
    """Show what was taken; by a POST take the next result, once (`GET …/executions/{execution}/results`).

    The actor is read for the head of the page (`GET /actors/{id}`).
    """
    owner = _owner(request)
    form = PortalForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "execution_id": execution_id,
        "form": form,
        "tab": "executions",
        "section": "history",
        "counts": {},
        "deleted": deleted_at(owner.tenant, actor_id),
    }
    status = 200
    if request.method == "POST":
        if not result_archive.has_room(owner):
            form.add_error(None, commands_results.FULL)
            status = 409
        else:
            with form.catch_refusal():
                return commands_results.take(request, abaco, actor_id, execution_id).go(request)
            status = form.status_code
            context["may_be_lost"] = commands_results.may_be_lost(form.refusal)
    if request.method == "GET" or isinstance(form.refusal, NotFound | Forbidden):
        answer = abaco.gather(actor=lambda: abaco.actors.get(actor_id))["actor"]
        context |= {"actor": answer.value, "error": answer.error, **if_deleted(owner, actor_id, answer.error)}
    context["kept"] = result_archive.shown_results(owner, execution_id)
    return render_page(request, "executions/results.html", context, status=status)


@page("GET", "POST")
def result_download(request: HttpRequest, actor_id: str, execution_id: str, result_id: int) -> HttpResponse:
    """Send a kept result as a file, to the person who took it and to nobody else; `?show=1` a picture as such.

    Secrets in it are masked; by a POST the taker has them too, if the actor is theirs (`GET /actors/{id}`).
    """
    reveals = request.method == "POST" and secrets.asked_for(
        request, abaco_for(request), actor_id, execution_id, "file of a result"
    )
    masker = Masker(actor_id, execution_id, reveals=reveals)
    try:
        data = result_archive.content(_owner(request), execution_id, result_id, masker)
    except KeptResult.DoesNotExist:
        raise Http404 from None
    if request.GET.get("show") == "1":
        # Only what browsers draw and never run; the policy of a download goes along, should one think otherwise.
        if not (kind := image_type(data)) or len(data) > result_archive.MAX_IMAGE:
            raise Http404
        return HttpResponse(data, content_type=kind, headers={**DOWNLOAD_HEADERS, "Content-Disposition": "inline"})
    return HttpResponse(
        data,
        content_type="application/octet-stream",
        headers={
            **DOWNLOAD_HEADERS,
            "Content-Disposition": f'attachment; filename="{execution_id}-result-{result_id}"',
        },
    )
