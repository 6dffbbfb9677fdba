"""What the overview asks the API for, in one gather."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from actors_app.core.clock import to_ms
from actors_app.history import counts
from actors_app.history.filters import FAILED, Filters
from actors_app.history.models import ActorHistory
from actors_app.overview.day import SPAN, Day, day_of
from actors_app.overview.wellness import ApiAnswers
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError
from actors_app.services.executions import MAX_SEARCH
from actors_app.services.types import Actor

UNFINISHED = ("SUBMITTED", "RUNNING", "CREATING CONTAINER")
MOST_UNFINISHED = 200  # that are read; how many there are is told in any case


@dataclass(frozen=True, slots=True)
class OverviewInputs:
    """The answers of the API, the error of each that failed, and the filter of the day."""

    answers: ApiAnswers
    errors: Mapping[str, AbacoError | None]
    filters: Mapping[str, str]


def gather_inputs(abaco: Abaco, tenant: str, at: datetime) -> OverviewInputs:
    """Read from the API all that shows whether everything is well; an answer that fails leaves the others standing."""
    filters = {"message_received_time.gt": (at - SPAN).strftime("%Y-%m-%dT%H:%M:%S.%f")}
    open_ = (("status", "in", json.dumps(UNFINISHED)),)
    answers = abaco.gather(
        actors=lambda: abaco.actors.list(),
        page=lambda: abaco.search.executions(limit=MAX_SEARCH, filters=filters),
        unfinished=lambda: abaco.search.find("executions", conditions=open_, limit=MOST_UNFINISHED),
        workers=lambda: abaco.search.workers().workers,
        aliases=lambda: abaco.aliases.list(),
    )
    actors: tuple[Actor, ...] | None = answers["actors"].value
    names = {actor.id: actor.label for actor in actors or ()}
    page = answers["page"].value
    day = day_of(page, names, at) if page is not None else None
    api_answers = ApiAnswers(
        actors=actors,
        day=day,
        unfinished=answers["unfinished"].value,
        workers=answers["workers"].value,
        aliases=answers["aliases"].value,
        failed=_failed(tenant, actors or (), day, at),
    )
    return OverviewInputs(api_answers, {name: answer.error for name, answer in answers.items()}, filters)


def _failed(tenant: str, actors: Sequence[Actor], day: Day | None, at: datetime) -> tuple[int, bool] | None:
    """Return how many failed in the day, and whether it may be more; None where nobody knows.

    Where the API gave only some of them, or nothing, the portal's own history knows more.
    """
    if day is not None and not day.is_drawn_from_some:
        return day.failed, False
    histories = ActorHistory.objects.filter(
        tenant=tenant, actor_id__in=[actor.id for actor in actors], until__isnull=False
    )
    keys = list(histories.values_list("pk", flat=True))
    if not keys:
        return (day.failed, True) if day else None
    count = counts.counts(Filters(since=to_ms(at - SPAN)), keys).total(FAILED)
    return max(count.number, day.failed if day else 0), True
