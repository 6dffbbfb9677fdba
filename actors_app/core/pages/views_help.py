"""Help for a page: what it is for and which keys do something there; a dialog over the page, or a page of its own."""

from django.http import HttpRequest, HttpResponse

from actors_app.core.htmx import render_page
from actors_app.core.pages.decorators import page
from actors_app.core.pages.help import EVERYWHERE, has_purpose, places, purpose_of


@page("GET")
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the help of the page that `?of=` names; the API is not asked."""
    of = request.GET.get("of", "")
    context = {
        "section": "help",
        "is_of_a_page": has_purpose(of),
        "purpose": purpose_of(of),
        "everywhere": EVERYWHERE,
        "letters": places(),
    }
    return render_page(request, "help/detail.html", context, partial="help/_help.html")
