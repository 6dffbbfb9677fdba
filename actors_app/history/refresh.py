"""Bringing what is remembered of executions up to date, in the time that somebody waits; and how far that has come."""

import time

from django.core.cache import cache
from django.db.models import Max
from django.http import HttpRequest

from actors_app.core.clock import SECOND, now_ms
from actors_app.core.pages.converters import is_id
from actors_app.history import collector, sync
from actors_app.history.coverage import incomplete
from actors_app.history.forms import HistoryForm
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory
from actors_app.history.query import HistoryRow
from actors_app.history.query_context import QueryContext, query_context_of
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, TimedOut
from actors_app.services.executions import MAX_DETAILS

BUDGET = 2.0  # seconds a page may wait for the API
READING = 1.0  # of them, seconds for reading what is past; what a page asks by itself may take them all
FIRST_BUDGET = 6.0  # where nothing is known yet
POLL_BUDGET = 14.0  # for which nobody waits: of a listing that is all there is, when a page asks by itself
SHOWN_FOR = 600  # seconds for which it is remembered whom the search shows what
PAUSE = 2 * SECOND  # for which what was just read counts as new


def bring_up_to_date(
    abaco: Abaco, ctx: QueryContext, actor_id: str, since: int, reading: float | None = READING
) -> AbacoError | None:
    """Ask the API for what is new, within the page's time; return why that failed, where it did."""
    keys = [actor.key for actor in ctx.actors if actor.deleted is None]
    if not keys:
        return None
    if actor_id:
        actor = ActorHistory.objects.get(pk=keys[0])
        if actor.until is not None and not incomplete(keys, since) and now_ms() - actor.looked < PAUSE:
            return None
        seconds = FIRST_BUDGET if actor.total is None and actor.until is None else BUDGET
        if reading is None and (actor.until is None or actor.is_searchable is False):
            seconds, reading = POLL_BUDGET, BUDGET
        listing = ctx.beside.get("listing")
        if listing is not None and isinstance(listing.error, TimedOut):
            collector.remember_long(actor)
            listing, seconds = None, BUDGET
        if listing is not None and listing.error is not None:
            return listing.error
        rows = listing.value if listing else None
        return collector.look_at(abaco, actor, seconds=seconds, back_to=since, reading=reading, listing=rows).error
    memory = f"looked:{hash(tuple(sorted(keys)))}"
    if cache.get(memory) and not incomplete(keys, since):
        return None
    owned = {actor.key: True for actor in ctx.actors if actor.owner == ctx.username}
    searchable_key = _searchable_key(ctx.tenant, ctx.username)
    # Whoever registers an actor is named in its permissions, so the search shows it; of others an earlier look told.
    look = collector.look_at_all(
        abaco, keys, since=since, seconds=BUDGET, reading=reading, searchable=cache.get(searchable_key, {}) | owned
    )
    if look.error is None:
        cache.set(memory, time.time(), timeout=PAUSE / SECOND)
        cache.set(searchable_key, look.searchable, timeout=SHOWN_FOR)
    return look.error


def refresh_all(request: HttpRequest, abaco: Abaco, since: int) -> None:
    """Bring the history of all actors that the visitor may read up to date, as far as the API lets it in a page's time.

    `since` is the beginning of what is shown, in milliseconds. Errors of the API leave the history as it is.
    """
    try:
        ctx = query_context_of(request, abaco, form=HistoryForm({"window": "all"}))
    except AbacoError:
        return
    if ctx.error is None:
        bring_up_to_date(abaco, ctx, "", since, reading=None)


def searched_actors(tenant: str, username: str) -> frozenset[str]:
    """Return the ids of the actors of which it is certain that the API's search shows them to somebody."""
    keys = [key for key, is_shown in cache.get(_searchable_key(tenant, username), {}).items() if is_shown]
    return frozenset(ActorHistory.objects.filter(pk__in=keys).values_list("actor_id", flat=True))


def _searchable_key(tenant: str, username: str) -> str:
    return f"shown:{tenant}:{username}"


def last_looked(ctx: QueryContext) -> int:
    """Return when any of these actors was last brought up to date, in milliseconds."""
    looked: int | None = ActorHistory.objects.filter(pk__in=ctx.keys).aggregate(looked=Max("looked"))["looked"]
    return looked or 0


def is_known(ctx: QueryContext) -> bool:
    """Whether anything is remembered of these actors, so that a page can be made without the API."""
    return ActorHistory.objects.filter(pk__in=ctx.keys, until__isnull=False).exists()


def complete_rows(abaco: Abaco, rows: list[HistoryRow], ctx: QueryContext) -> bool:
    """Ask for the rows of one actor that are known from the listing alone; return whether any were recorded."""
    sketches = [row.id for row in rows if row.is_sketch and row.outcome not in ("waiting", "running") and is_id(row.id)]
    if not sketches:
        return False
    actor = ActorHistory.objects.get(pk=rows[0].actor)
    hurried = abaco.hurried(BUDGET)
    try:
        if actor.is_searchable is not False:
            details = hurried.executions.details(actor.actor_id, sketches[:MAX_DETAILS])
            record(actor, details.values())
            return bool(details)
        sync.record_singly(hurried, actor, sketches)
    except AbacoError:
        return False
    return True
