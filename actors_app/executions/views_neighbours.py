"""The way from one execution to the newer and the older one, where the portal does not remember which it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actors_app.core.pages.decorators import credentials_required
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.executions.neighbours import earlier, later


@require_http_methods(["GET"])
@credentials_required
def execution_newer(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Go to the execution received after this one (`GET /actors/{id}/executions`, as a search)."""
    return _go(request, actor_id, execution_id, newer=True)


@require_http_methods(["GET"])
@credentials_required
def execution_older(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Go to the execution received before this one (`GET /actors/{id}/executions`, as a search)."""
    return _go(request, actor_id, execution_id, newer=False)


def _go(request: HttpRequest, actor_id: str, execution_id: str, *, newer: bool) -> HttpResponse:
    """Go to a neighbour; where there is none, stay and say so."""
    who, abaco = signed_in(request), abaco_for(request)
    execution = abaco.executions.get(actor_id, execution_id)
    tenant = who.tenant
    found = later(abaco, tenant, execution) if newer else earlier(abaco, tenant, execution, success=False)
    if found:
        return redirect("actors:execution-detail", actor_id, found)
    # Said by the address, so that looking changes nothing, not even the session.
    here = reverse("actors:execution-detail", args=[actor_id, execution_id])
    return redirect(f"{here}?end={'newest' if newer else 'oldest'}")
