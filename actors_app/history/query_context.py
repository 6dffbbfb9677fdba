"""The filters of a request, and the actors whose executions its visitor may read."""

from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest

from actors_app.core.clock import now_ms
from actors_app.core.pages.preferences import ROWS, preferences_of
from actors_app.core.security.credentials import load
from actors_app.history import coverage, visibility
from actors_app.history.filters import Filters
from actors_app.history.forms import HistoryForm
from actors_app.history.visibility import SeenActor
from actors_app.services import Abaco, Result
from actors_app.services.errors import AbacoError
from actors_app.services.types import AdminRole


@dataclass(frozen=True)
class QueryContext:
    """A filter without errors, and the actors whose executions it can let through, by name.

    `error` is why the rights rest on what the API said before it fell silent, if they do; `checked` is when it said so.
    """

    form: HistoryForm
    filters: Filters
    readable: tuple[SeenActor, ...]
    actors: tuple[SeenActor, ...]
    checked: int
    error: AbacoError | None = None
    role: AdminRole | None = None  # None where one actor is meant, for which it decides nothing
    username: str = ""
    tenant: str = ""
    page_size: int = ROWS
    beside: dict[str, Result] = field(default_factory=dict)  # what the API was asked at the same time

    @cached_property
    def keys(self) -> list[int]:
        """Return the history's keys of the actors, in the order of their names."""
        return [actor.key for actor in self.actors]

    @cached_property
    def named(self) -> list[int]:
        """Return the keys of the actors that the text of the filter names."""
        return self.filters.named(self.actors)

    def coverage(self) -> coverage.Coverage:
        """Return what is known now of what the filter selects."""
        return coverage.coverage(self.keys, self.filters.since or 0, self.filters.until)

    @property
    def has_no_actor(self) -> bool:
        """Whether the filter names an actor, by name or id, that is none of those that may be read."""
        actor = self.filters.values.get("actor")
        is_named = actor is not None and not actor.is_not
        return is_named and not any(actor.admits(row.id, row.name) for row in self.readable if actor)

    @cached_property
    def by_key(self) -> dict[int, SeenActor]:
        """Return the actors by the history's keys."""
        return {actor.key: actor for actor in self.actors}


def query_context_of(
    request: HttpRequest, abaco: Abaco, actor_id: str = "", form: HistoryForm | None = None
) -> QueryContext:
    """Return the context of one actor, or of all that the visitor may read; the form must have no errors.

    Raises what the API refuses, and its silence where nothing is remembered of what it allowed.
    """
    form = form or HistoryForm(request.GET)
    credentials = load(request)
    username, tenant = (credentials.username, credentials.tenant) if credentials else ("", "")
    size = form.page_size(preferences_of(request).page_size)
    filters = form.as_filters()
    if actor_id:
        beside: dict[str, Result] = {}
        page_actor = visibility.one_readable(request, abaco, actor_id, beside)
        matching = tuple(filters.of_actors([page_actor]))
        return QueryContext(
            form=form,
            filters=filters,
            readable=(page_actor,),
            actors=matching,
            checked=now_ms(),
            beside=beside,
            username=username,
            tenant=tenant,
            page_size=size,
        )
    readers = visibility.readable(request, abaco)
    readable = tuple(sorted(readers.actors.values(), key=lambda actor: (actor.label.casefold(), actor.id)))
    return QueryContext(
        form=form,
        filters=filters,
        readable=readable,
        actors=tuple(filters.of_actors(readable)),
        checked=readers.checked,
        error=readers.error,
        role=readers.role,
        username=username,
        tenant=tenant,
        page_size=size,
    )
