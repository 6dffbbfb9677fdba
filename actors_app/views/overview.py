"""The first page: whether everything is well, at a glance."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from actors_app.credentials import abaco_for
from actors_app.decorators import credentials_required
from actors_app.history import counting
from actors_app.history.clock import to_ms
from actors_app.history.wanted import FAILED, Wanted
from actors_app.htmx import render_page
from actors_app.models import ActorHistory
from actors_app.overview.day import KINDS, SPAN, Day, day_of
from actors_app.overview.wellness import Heard, wellness
from actors_app.services.errors import SignedOut
from actors_app.services.executions import MAX_SEARCH
from actors_app.services.types import Actor
from actors_app.wording import now
from actors_app.zones import here, zone_words

UNFINISHED = ("SUBMITTED", "RUNNING", "CREATING CONTAINER")
MOST_UNFINISHED = 200  # that are read; how many there are is told in any case


@require_http_methods(["GET", "HEAD"])
@credentials_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show whether everything is well, what needs attention, what runs, and what ran in the last 24 hours.

    Five calls at once: `GET /actors`, twice `GET /actors/search/executions`, `GET /actors/search/workers` and `GET
    /actors/aliases`. Where one fails, what it is for says so and the rest stands.
    """
    abaco, at, who = abaco_for(request), now(), request.session["who"]
    wanted = {"message_received_time.gt": (at - SPAN).strftime("%Y-%m-%dT%H:%M:%S.%f")}
    open_ = (("status", "in", json.dumps(UNFINISHED)),)
    answers = abaco.wave(
        actors=lambda: abaco.actors.list(),
        page=lambda: abaco.search.executions(limit=MAX_SEARCH, filters=wanted),
        unfinished=lambda: abaco.search.find("executions", conditions=open_, limit=MOST_UNFINISHED),
        workers=lambda: abaco.search.workers().workers,
        aliases=lambda: abaco.aliases.list(),
    )
    for answer in answers.values():
        if isinstance(answer.error, SignedOut):
            raise answer.error
    actors: tuple[Actor, ...] | None = answers["actors"].value
    names = {actor.id: actor.label for actor in actors or ()}
    page = answers["page"].value
    day = day_of(page, names, at) if page is not None else None
    heard = Heard(
        actors=actors,
        day=day,
        unfinished=answers["unfinished"].value,
        workers=answers["workers"].value,
        aliases=answers["aliases"].value,
        failed=_failed(who["tenant"], actors or (), day, at),
    )
    context = {
        "section": "overview",
        "actors": actors,
        "actors_error": answers["actors"].error,
        "well": wellness(heard, who["username"], at),
        "unfinished_error": answers["unfinished"].error,
        "day": day,
        "day_error": answers["page"].error,
        "kinds": KINDS,
        "ready": sum(actor.is_ready for actor in actors or ()),
        "at": at,
        "hours_head": f"Hour ({zone_words(here(at))})",
        "asks": {"executions-search": {"limit": str(MAX_SEARCH), **wanted}},
    }
    failed = answers["actors"].error
    return render_page(request, "overview/detail.html", context, status=failed.status if failed else 200)


def _failed(tenant: str, actors: Sequence[Actor], day: Day | None, at: datetime) -> tuple[int, bool] | None:
    """Return how many failed in the day, and whether it may be more; None where nobody knows.

    Where the API gave only some of them, or nothing, the portal's own history knows more.
    """
    if day is not None and not day.is_drawn_from_some:
        return day.failed, False
    read = ActorHistory.objects.filter(tenant=tenant, actor_id__in=[one.id for one in actors], until__isnull=False)
    keys = list(read.values_list("pk", flat=True))
    if not keys:
        return (day.failed, True) if day else None
    known = counting.counts(Wanted(since=to_ms(at - SPAN)), keys).total(FAILED)
    return max(known.number, day.failed if day else 0), True
