"""The first page: whether everything is well, at a glance."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from actors_app.credentials import abaco_for
from actors_app.day import KINDS, SPAN, day_of
from actors_app.decorators import credentials_required
from actors_app.htmx import render_page
from actors_app.services.errors import SignedOut
from actors_app.services.executions import MAX_SEARCH
from actors_app.services.types import Actor
from actors_app.templatetags.actors import now
from actors_app.zones import here, zone_words

TOO_LONG = timedelta(minutes=10)  # to wait for a first worker; pulling a large image takes a few


@require_http_methods(["GET", "HEAD"])
@credentials_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show what is ready, what needs attention, and what ran in the last 24 hours.

    Two calls at once: `GET /actors` and `GET /actors/search/executions`. Where either fails, its panels say so and
    the other's stand.
    """
    abaco, at = abaco_for(request), now()
    wanted = {"message_received_time.gt": (at - SPAN).strftime("%Y-%m-%dT%H:%M:%S.%f")}
    answers = abaco.wave(
        actors=lambda: abaco.actors.list(),
        page=lambda: abaco.search.executions(limit=MAX_SEARCH, filters=wanted),
    )
    for answer in answers.values():
        if isinstance(answer.error, SignedOut):
            raise answer.error
    actors: tuple[Actor, ...] | None = answers["actors"].value
    names = {actor.id: actor.label for actor in actors or ()}
    page = answers["page"].value
    context = {
        "section": "overview",
        "actors": actors,
        "actors_error": answers["actors"].error,
        "day": day_of(page, names, at) if page is not None else None,
        "day_error": answers["page"].error,
        "kinds": KINDS,
        "ready": sum(actor.is_ready for actor in actors or ()),
        "attention": attention(actors or (), at),
        "at": at,
        "hours_head": f"Hour ({zone_words(here(at))})",
        "asks": {"executions-search": {"limit": str(MAX_SEARCH), **wanted}},
    }
    failed = answers["actors"].error
    return render_page(request, "overview/detail.html", context, status=failed.status if failed else 200)


def attention(actors: Sequence[Actor], at: datetime) -> list[Actor]:
    """Return the actors that somebody should look at: in error, or submitted so long ago that nothing may come."""
    return [actor for actor in actors if actor.is_error or _is_stuck(actor, at)]


def _is_stuck(actor: Actor, at: datetime) -> bool:
    since = actor.last_update_time or actor.create_time
    return actor.is_submitted and since is not None and at - since > TOO_LONG
