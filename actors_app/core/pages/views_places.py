"""All places of the portal on one page: what the bar of a phone has no room for."""

from django.http import HttpRequest, HttpResponse

from actors_app.core.htmx import render_page
from actors_app.core.pages.decorators import page


@page("GET")
def places(request: HttpRequest) -> HttpResponse:
    """Show every place of the portal; the API is not asked."""
    return render_page(request, "places/list.html", {"section": "places"})
