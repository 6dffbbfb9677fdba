"""The first page: the problems, what runs, and the last 24 hours, at a glance."""

from django.http import HttpRequest, HttpResponse

from actors_app.core.htmx import is_poll, render_page, render_poll
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.formatting import now
from actors_app.history.visibility import known_actors
from actors_app.overview.inputs import gather_inputs
from actors_app.overview.tiles import tiles
from actors_app.overview.wellness import wellness
from actors_app.search.operations import SEARCH_EXECUTIONS
from actors_app.services import Abaco
from actors_app.services.executions import MAX_SEARCH


@abaco_page("GET")
def overview(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show what needs attention, what runs, and what ran in the last 24 hours.

    Five calls at once: `GET /actors`, twice `GET /actors/search/executions`, `GET /actors/search/workers` and `GET
    /actors/aliases`. Where one fails, what it is for says so and the rest stands.
    """
    at, account = now(), request.session["who"]
    inputs = gather_inputs(abaco, account["tenant"], at)
    answers = inputs.answers
    well = wellness(answers, account["username"], at)
    actors_error = inputs.errors["actors"]
    context = {
        "section": "overview",
        "actors": answers.actors,
        "actors_error": actors_error,
        "known_actors": known_actors(request),
        "tiles": tiles(answers, at),
        "well": well,
        "problem_count": len(well.problems) + well.unlisted,
        "unfinished_error": inputs.errors["unfinished"],
        "day": answers.day,
        "day_error": inputs.errors["page"],
        "at": at,
        "asks": {SEARCH_EXECUTIONS.name: {"limit": str(MAX_SEARCH), **inputs.filters}},
    }
    if is_poll(request):
        state = (well, answers.day and (answers.day.total, answers.day.failed, answers.day.recent))
        return render_poll(request, "overview/_live.html", context, state=state, done=False)
    return render_page(request, "overview/detail.html", context, status=actors_error.status if actors_error else 200)
