"""Pages of the portal about itself: help for a page, and all places, for which the bar of a phone has no room."""

from django.http import HttpRequest, HttpResponse

from actors_app.core.htmx import render_page
from actors_app.core.pages.decorators import page
from actors_app.core.pages.help import EVERYWHERE, has_purpose, purpose_of
from actors_app.core.pages.help import places as places_with_letters


@page("GET")
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the help of the page that `?of=` names; the API is not asked."""
    of = request.GET.get("of", "")
    context = {
        "section": "help",
        "is_of_a_page": has_purpose(of),
        "purpose": purpose_of(of),
        "everywhere": EVERYWHERE,
        "letters": places_with_letters(),
    }
    return render_page(request, "help/detail.html", context, partial="help/_help.html")


@page("GET")
def places(request: HttpRequest) -> HttpResponse:
    """Show every place of the portal; the API is not asked."""
    return render_page(request, "places/list.html", {"section": "places"})
