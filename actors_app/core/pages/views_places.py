"""All places of the portal on one page: what the bar of a phone has no room for."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from actors_app.core.htmx import render_page
from actors_app.core.pages.decorators import credentials_required


@require_http_methods(["GET", "HEAD"])
@credentials_required
def places(request: HttpRequest) -> HttpResponse:
    """Show every place of the portal; the API is not asked."""
    return render_page(request, "places/list.html", {"section": "places"})
