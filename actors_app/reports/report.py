"""An audit report: the counts of everything that a filter selects, access to its actors, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from actors_app.audit.activity import Line, LineFilters, Reader, lines_of
from actors_app.core.clock import from_ms
from actors_app.core.pages.formatting import now
from actors_app.history import aggregates
from actors_app.history.aggregates import Tally
from actors_app.history.coverage import Coverage
from actors_app.history.query_context import QueryContext
from actors_app.history.visibility import SeenActor
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError

MOST_ROWS = 50  # of a table on the page; the files hold all
MOST_ACTORS = 10  # whose access a report lists: each is a call
MOST_CHANGES = 100  # of access
Key = TypeVar("Key", int, str)
_ACCESS = ("permission.grant", "permission.revoke")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use an actor now, by the API; `error` is why that is unknown."""

    actor: SeenActor
    levels: dict[str, str]
    error: AbacoError | None


@dataclass(frozen=True, slots=True)
class Report:
    """The numbers of a report. Tallies are largest first; `start` and `end` are the time that it covers."""

    start: datetime | None
    end: datetime
    whole: Tally
    actors: list[tuple[SeenActor, Tally]]
    users: list[tuple[str, Tally]]
    images: list[tuple[str, Tally]]
    months: list[tuple[datetime, datetime, Tally]]
    coverage: Coverage


def report_of(ctx: QueryContext) -> Report:
    """Return the report of a filter."""
    filters = ctx.filters
    whole, actors, users = aggregates.by_actor_and_user(filters, ctx.keys, ctx.named)
    start = from_ms(filters.since) if filters.since else aggregates.first_received(filters, ctx.keys)
    end = min(from_ms(filters.until) or now(), now())
    images: dict[str, Tally] = {}
    for key, tally in actors.items():
        image = images.setdefault(ctx.by_key[key].image, Tally())
        for outcome, count in tally.outcomes.items():
            image.add(outcome, count, 0, 0)
        image.ran, image.cpu = image.ran + tally.ran, image.cpu + tally.cpu
    return Report(
        start=start,
        end=end,
        whole=whole,
        actors=[(ctx.by_key[key], tally) for key, tally in _largest(actors)],
        users=_largest(users),
        images=_largest(images),
        months=aggregates.by_month(filters, ctx.keys, ctx.named, start, end) if start and start < end else [],
        coverage=ctx.coverage(),
    )


def access_of(abaco: Abaco, actors: Sequence[SeenActor]) -> list[Access]:
    """Return who may use some actors now (`GET /actors/{id}/permissions`), one call for each."""
    existing = [actor for actor in actors if actor.deleted is None][:MOST_ACTORS]
    answers = abaco.gather(**{actor.id: lambda id_=actor.id: abaco.permissions.get(id_) for actor in existing})
    return [Access(actor, answers[actor.id].value or {}, answers[actor.id].error) for actor in existing]


def access_changes(ctx: QueryContext, reader: Reader) -> list[Line]:
    """Return how access to the actors of a filter was changed through the portal in its time, newest first."""
    selected = LineFilters(
        actors=frozenset(actor.id for actor in ctx.actors),
        since=from_ms(ctx.filters.since),
        until=from_ms(ctx.filters.until),
    ).apply(reader.lines())
    return lines_of(selected.filter(action__in=_ACCESS)[:MOST_CHANGES], reader)


def _largest(tallies: dict[Key, Tally]) -> list[tuple[Key, Tally]]:
    return sorted(tallies.items(), key=lambda item: (-item[1].total, str(item[0])))
