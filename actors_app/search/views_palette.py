"""The command palette: what a text leads to, as it is typed."""

from contextlib import suppress
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from actors_app.core.htmx import wants_fragment
from actors_app.core.pages.decorators import abaco_page
from actors_app.history.visibility import Readers, readable
from actors_app.search.palette import entry_groups
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError

LONGEST = 200  # characters of a text


@abaco_page("GET")
def palette(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """List what a text leads to, of what the visitor may read (`GET /actors`, at most once a minute).

    Without the palette's script the address leads to the search.
    """
    text = request.GET.get("q", "")[:LONGEST].replace("\0", "")
    if not wants_fragment(request):
        return redirect(reverse("actors:search") + ("?" + urlencode({"q": text}) if text else ""))
    readers: Readers | None = None
    with suppress(AbacoError):  # pages can be opened all the same; the palette says that actors are missing
        readers = readable(request, abaco)
    groups = entry_groups(text, readers.actors.values() if readers else ())
    return render(request, "search/_palette.html", {"groups": groups, "is_incomplete": readers is None, "q": text})
