"""Reading a window of time of many actors at once, newest first, by searches over all of them.

The search has no order and brings at most so many, so a span of time is asked for that it can bring whole; then the one
before it. Each step begins where the last one ended.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from django.db.models import Sum

from actors_app.core.clock import DAY, HOUR, MINUTE, api_time, now_ms, to_ms
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory, ExecutionTally
from actors_app.services import Abaco
from actors_app.services.executions import MAX_SEARCH
from actors_app.services.types import Execution, ExecutionPage

FARTHEST = 8 * DAY  # of a window that is read in this way; older executions are read actor by actor
FULL = 0.7  # of what a search can bring, at which the next span aims
SHORTEST = MINUTE // 6  # milliseconds of a span, which is then read page by page


def lacks(actor: ActorHistory, since: int) -> bool:
    """Whether an actor that the search shows is known only for a later part of a window."""
    return not actor.is_whole and bool(actor.is_searchable) and actor.since is not None and actor.since > since


def read_back(
    abaco: Abaco, actors: Mapping[int, ActorHistory], searchable: Collection[int], since: int, until: float
) -> int:
    """Record what actors received from `since` on (milliseconds), newest first, until a time; return how many are new.

    Raises what the API refuses; what was recorded before stays.
    """

    def search(filters: Mapping[str, str], skip: int = 0) -> ExecutionPage:
        return abaco.search.executions(limit=MAX_SEARCH, skip=skip, filters=filters)

    return _read_back(search, actors, searchable, since, until)


def read_back_one(abaco: Abaco, actor: ActorHistory, until: float) -> int:
    """Do the same for one actor back to its beginning; it stays unknown where the search shows nothing of it.

    What the API says no time of is not found so.
    """

    def search(filters: Mapping[str, str], skip: int = 0) -> ExecutionPage:
        return abaco.executions.search(actor.actor_id, limit=MAX_SEARCH, skip=skip, filters=filters)

    searchable = [actor.pk] if actor.until is not None else []
    new = _read_back(search, {actor.pk: actor}, searchable, 0, until)
    if actor.since == 0:
        count = ActorHistory.objects.only("known").get(pk=actor.pk).known
        actor.is_whole, actor.total, actor.looked = True, count, now_ms()
        ActorHistory.objects.filter(pk=actor.pk).update(is_whole=True, total=count, looked=actor.looked)
    return new


def _read_back(
    search: Callable[..., ExecutionPage], actors: Mapping[int, ActorHistory], searchable: Collection[int],
    since: int, until: float,
) -> int:  # fmt: skip
    at, searchable = now_ms(), set(searchable)
    incomplete = [actor for key, actor in actors.items() if key in searchable and lacks(actor, since)]
    if not incomplete and any(actor.until is not None and actor.is_searchable for actor in actors.values()):
        return 0
    # Nothing is known yet: then the first span has no end, since no clock of ours is asked.
    end = max((actor.since or 0 for actor in incomplete), default=0) - 1 if incomplete else None
    reached = min((actor.until or 0 for actor in incomplete), default=0)
    step, new = _first_step(actors, since, end, at), 0
    while time.monotonic() < until - 0.3:
        start = max((end if end is not None else at) - step, since - 1)
        filters = {"message_received_time.gt": api_time(start)}
        if end is not None:
            filters["message_received_time.lte"] = api_time(end)
        page = search(filters)
        brought = len(page.executions)
        if page.total is not None and page.total > brought:
            if not brought:
                return new
            if step > SHORTEST:
                step = max(int(step * FULL * brought / page.total), SHORTEST)
                continue
            page = _whole(search, filters, page)
        grouped = _by_actor(page.executions, actors)
        new += sum(record(actors[key], executions) for key, executions in grouped.items())
        searchable |= grouped.keys()  # and so a span in which it finds none has none
        if end is None:
            reached = max((to_ms(execution.message_received_time) or 0 for execution in page.executions), default=start)
        _cover(actors, searchable, start + 1, end, max(reached, start + 1))
        if start < since:
            break
        end, step = start, int(step * min(4.0, FULL * MAX_SEARCH / max(brought, 1)))
    return new


def _whole(search: Callable[..., ExecutionPage], filters: Mapping[str, str], page: ExecutionPage) -> ExecutionPage:
    """Return all of a span that cannot be cut further; the order is the store's and stands still for so long."""
    while page.total is not None and len(page.executions) < page.total:
        batch = search(filters, len(page.executions)).executions
        if not batch:
            break
        page = replace(page, executions=page.executions + batch)
    return page


def _first_step(actors: Mapping[int, ActorHistory], since: int, end: int | None, at: int) -> int:
    """Return a span that one search can likely bring, by what ran in the day after it; the whole at the beginning."""
    whole = max((end or at) - since + 1, SHORTEST)
    if end is None:
        return min(whole, FARTHEST)
    rows = ExecutionTally.objects.filter(actor__in=list(actors), span=HOUR, start__gt=end - HOUR, start__lt=end + DAY)
    count: int = rows.aggregate(count=Sum("count"))["count"] or 0
    day = min(DAY, at - end)
    return max(min(whole, int(day * FULL * MAX_SEARCH / max(count, 1))), SHORTEST)


def _by_actor(executions: Iterable[Execution], actors: Mapping[int, ActorHistory]) -> dict[int, list[Execution]]:
    keys = {actor.actor_id: key for key, actor in actors.items()}
    grouped: dict[int, list[Execution]] = {}
    for execution in executions:
        if execution.actor_id in keys:
            grouped.setdefault(keys[execution.actor_id], []).append(execution)
    return grouped


def _cover(actors: Mapping[int, ActorHistory], searchable: set[int], start: int, end: int | None, reached: int) -> None:
    """Note that all is known of a span before what was known; an actor that first shows here had nothing later."""
    new = [key for key, actor in actors.items() if actor.until is None and key in searchable]
    further = [
        key
        for key, actor in actors.items()
        if key not in new
        and key in searchable
        and actor.since is not None
        and start < actor.since <= (end if end is not None else start) + 1
    ]
    at = now_ms()
    ActorHistory.objects.filter(pk__in=new).update(until=reached, since=start, is_searchable=True, looked=at)
    ActorHistory.objects.filter(pk__in=further).update(since=start, is_searchable=True, looked=at)
    for key in new:
        actors[key].until, actors[key].since, actors[key].is_searchable = reached, start, True
    for key in further:
        actors[key].since, actors[key].is_searchable = start, True
