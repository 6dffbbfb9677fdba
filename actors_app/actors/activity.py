"""What the actors of the list do now and did of late: what a page asks for once it is painted."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from actors_app.actors.rows import Activity
from actors_app.core.clock import DAY, now_ms
from actors_app.core.security.credentials import signed_in
from actors_app.history.actor_summary import DAYS, recent
from actors_app.history.refresh import refresh_all, searched_actors
from actors_app.services import Abaco
from actors_app.services.executions import MAX_SEARCH
from actors_app.services.types import ActorLines

_WAITING = (("status", "", "SUBMITTED"),)


@dataclass(frozen=True, slots=True)
class Live:
    """The actors as the API lists them now, and how many messages wait for each and how many workers each has.

    A number is None where the API did not answer, or where there may be more than it gave.
    """

    listing: ActorLines
    queued: Mapping[str, int] | None
    workers: Mapping[str, int] | None


def read_live(abaco: Abaco) -> Live:
    """Ask for the actors, the waiting executions and the workers, all at once.

    `GET /actors`, `GET /actors/search/executions` and `GET /actors/search/workers`; raises what the first raises.
    """
    answers = abaco.gather(
        actors=lambda: abaco.actors.lines(),
        waiting=lambda: abaco.search.find("executions", conditions=_WAITING, limit=MAX_SEARCH),
        workers=lambda: abaco.search.workers(),
    )
    waiting, workers = answers["waiting"].value, answers["workers"].value
    return Live(
        answers["actors"].unwrap(),
        _counts(waiting.rows, waiting.total) if waiting else None,
        _counts(workers.workers, workers.total) if workers else None,
    )


def _counts(items: Collection[object], total: int | None) -> Mapping[str, int] | None:
    if total is not None and total > len(items):
        return None
    return Counter(item.actor_id for item in items)  # type: ignore[attr-defined]  # executions or workers


def activities(request: HttpRequest, abaco: Abaco, live: Live, actor_ids: Collection[str]) -> dict[str, Activity]:
    """Return what some of the actors do and did, after a look at what is new in the history.

    The search tells nothing of an actor for which somebody has no permission entry, such as one shared with everyone:
    there a zero is unknown.
    """
    refresh_all(request, abaco, now_ms() - DAYS * DAY)
    person = signed_in(request)
    is_searched = searched_actors(person.tenant, person.username) | {
        actor.id for actor in live.listing.lines if actor.owner == person.username
    }
    of_late = recent(person.tenant, list(actor_ids), reverse("actors:actor-list"))

    def number(counts: Mapping[str, int] | None, actor_id: str) -> int | None:
        if counts is None:
            return None
        return counts.get(actor_id) or (0 if actor_id in is_searched else None)

    return {
        actor_id: Activity(number(live.queued, actor_id), number(live.workers, actor_id), of_late.get(actor_id))
        for actor_id in actor_ids
    }
