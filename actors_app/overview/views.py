"""The first page: whether everything is well, at a glance."""

from django.http import HttpRequest, HttpResponse

from actors_app.core.htmx import render_page
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.formatting import now
from actors_app.core.pages.timezones import to_local, zone_words
from actors_app.overview.day import KINDS
from actors_app.overview.inputs import gather_inputs
from actors_app.overview.wellness import wellness
from actors_app.search.operations import SEARCH_EXECUTIONS
from actors_app.services import Abaco
from actors_app.services.executions import MAX_SEARCH


@abaco_page("GET")
def overview(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show whether everything is well, what needs attention, what runs, and what ran in the last 24 hours.

    Five calls at once: `GET /actors`, twice `GET /actors/search/executions`, `GET /actors/search/workers` and `GET
    /actors/aliases`. Where one fails, what it is for says so and the rest stands.
    """
    at, account = now(), request.session["who"]
    inputs = gather_inputs(abaco, account["tenant"], at)
    answers = inputs.answers
    actors, day = answers.actors, answers.day
    context = {
        "section": "overview",
        "actors": actors,
        "actors_error": inputs.errors["actors"],
        "well": wellness(answers, account["username"], at),
        "unfinished_error": inputs.errors["unfinished"],
        "day": day,
        "day_error": inputs.errors["page"],
        "kinds": KINDS,
        "ready": sum(actor.is_ready for actor in actors or ()),
        "at": at,
        "hours_head": f"Hour ({zone_words(to_local(at))})",
        "asks": {SEARCH_EXECUTIONS.name: {"limit": str(MAX_SEARCH), **inputs.filters}},
    }
    failed = inputs.errors["actors"]
    return render_page(request, "overview/detail.html", context, status=failed.status if failed else 200)
