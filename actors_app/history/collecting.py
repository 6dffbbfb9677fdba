"""Bringing the history up to date, in small steps that a page has time for.

The first look at an actor reads its listing as a stream: that names every execution, without exit codes. The newest go
into the history at once, the others into pieces that later looks work off, newest first. Whatever came after is
found by the search (`message_received_time.gt`), which has everything but shows only actors in whose permissions the
caller is named; elsewhere the listing is all there is. The search has no order, so a look reads all that is new, or
halves the span until it can. It compares the API's times only with each other: no clock of ours is asked.
"""

import json
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Max, Min

from actors_app.converters import is_id
from actors_app.history.clock import DAY, HOUR, MINUTE, SECOND, api_time, from_ms, now_ms, to_ms
from actors_app.history.reading_back import FARTHEST, lacks, read_back
from actors_app.history.recording import UNFINISHED, forget_in_api, record
from actors_app.models import ActorHistory, ExecutionRecord, UnreadHistory
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Forbidden, NotFound, SignedOut, TimedOut
from actors_app.services.executions import MAX_DETAILS, MAX_SEARCH
from actors_app.services.types import Execution, ExecutionPage, ExecutionRow

OVERLAP = MINUTE  # of the API's own clocks, which may disagree with each other
AT_ONCE = 500  # executions that one search may bring
PIECE = 400  # rows of the listing in one piece of what is unread
MUCH = 1000  # executions of a first listing, from which on a page shows the newest before it knows their exit codes
FRESH_ROWS = 60  # of a first listing, which are recorded at once
RECHECK = 10 * MINUTE  # between two looks at what has been unfinished for long
EXPECTED = 700  # executions that are known since then, from which on one search is not tried
LEASE = 20 * SECOND
ACTORS_AT_ONCE = 4  # whose histories one step of the page over all actors reads
SINGLY = 20  # executions that are asked for one by one where the search shows none


@dataclass(slots=True)
class Look:
    """What came of a look at the API: how many executions are new to the history, and what went wrong, if anything."""

    new: int = 0
    error: AbacoError | None = None
    is_shown: bool = False  # whether the search shows the actor to whoever asked
    sketches: bool = False  # whether executions are left of which only the listing has told


def look_at(
    abaco: Abaco, actor: ActorHistory, *, seconds: float, back_to: int = 0, reading: float | None = None,
    listing: Iterator[tuple[ExecutionRow, ...]] | None = None,
) -> Look:  # fmt: skip
    """Bring one actor's history a step further, for about so many seconds; errors of the API are part of the answer.

    Its past is read back to a moment (milliseconds), and for so many seconds of them, where that is less. A `listing`
    that was asked for already serves the first look, which then reads no more than its newest executions: somebody
    waits for them. Raises SignedOut.
    """
    begun, look, is_current = time.monotonic(), Look(), False
    until, past = begun + seconds, begun + min(seconds, reading or seconds)
    hurried = abaco.hurried(max(seconds, 0.5))
    reads_past = _misses(actor, back_to) and _lease(actor)
    try:
        if actor.total is not None or (actor.until is not None and not _misses(actor, back_to)):
            look.new += _newer(hurried, actor, until)
        elif reads_past:
            look.new += _first_look(hurried, actor, listing)
        is_current = True
        while reads_past and listing is None and _misses(actor, back_to) and time.monotonic() < past - 0.3:
            step = _unread_piece(hurried, actor)
            if step is None:
                break
            look.new += step
        if listing is None and time.monotonic() < past - 0.3:
            look.sketches = _sketches(hurried, actor)
    except SignedOut:
        raise
    except AbacoError as error:
        # Once it is known what is new, the end of the page's own time is no failure of the API's.
        if not (is_current and isinstance(error, TimedOut)):
            look.error = error
    finally:
        if reads_past:
            ActorHistory.objects.filter(pk=actor.pk).update(busy_until=0)
    return look


def look_at_all(
    abaco: Abaco, keys: Collection[int], *, since: int, seconds: float, reading: float | None = None,
    shown: Collection[int] = (),
) -> Look:  # fmt: skip
    """Bring the histories of several actors a step further: what is new in all of them by one search.

    `since` is the beginning of what the page shows, in milliseconds: actors of which less is known, or that the search
    does not show, are read one by one, a few at each step. `shown` are those that it surely shows to whoever asks.
    Raises SignedOut.
    """
    look, until = Look(), time.monotonic() + min(seconds, reading or seconds)
    actors = {row.pk: row for row in ActorHistory.objects.filter(pk__in=keys, deleted=None)}
    if not actors:
        return look
    hurried, behind = abaco.hurried(max(seconds, 0.5)), set[int]()
    is_window = since >= now_ms() - FARTHEST
    try:
        if any(actor.until is not None for actor in actors.values()):
            look.new, behind = _newer_of_all(hurried, actors, shown)
        # Even where all time is wanted, the last day comes first.
        look.new += read_back(hurried, actors, shown, since if is_window else now_ms() - DAY, until)
    except SignedOut:
        raise
    except AbacoError as error:
        look.error = error
        return look
    newest, at = max(actor.until or 0 for actor in actors.values()), now_ms()
    late = [
        actor
        for actor in actors.values()
        if actor.pk in behind
        or (_misses(actor, since) and not (is_window and actor.pk in shown and lacks(actor, since)))
        or _lags(actor, newest, at)
    ]
    late.sort(key=lambda actor: (actor.until is not None, actor.looked))
    for actor in late[:ACTORS_AT_ONCE]:
        left = until - time.monotonic()
        if left < 0.3:
            break
        step = look_at(abaco, actor, seconds=left, back_to=since)
        look.new += step.new
        if step.error and not isinstance(step.error, Forbidden | NotFound):
            look.error = step.error
            break
    return look


def incomplete(keys: Collection[int], since: int) -> int:
    """Return of how many actors less is known than all that was received from `since` on."""
    return sum(
        _misses(actor, since) for actor in ActorHistory.objects.filter(pk__in=keys, deleted=None, is_whole=False)
    )


def _misses(actor: ActorHistory, since: int) -> bool:
    return not actor.is_whole and (actor.since is None or actor.since > since)


def _lags(actor: ActorHistory, newest: int, at: int) -> bool:
    """Whether others' executions show that time has gone on at the API since this actor's were last read."""
    return (actor.until or 0) < newest - 2 * OVERLAP and at - actor.looked > MINUTE


# The first look ---------------------------------------------------------------------------------------------


def _first_look(abaco: Abaco, actor: ActorHistory, listing: Iterator[tuple[ExecutionRow, ...]] | None = None) -> int:
    """Read the whole listing; record its newest rows and put the others aside."""
    reached = _reached(actor)
    rows: list[tuple[int, int, ExecutionRow]] = []
    for some in listing or abaco.executions.stream(actor.actor_id):
        rows.extend((to_ms(row.message_received_time) or 0, len(rows) + place, row) for place, row in enumerate(some))
    # Times are to the second there, so the later of two in the same second is the one the API names later.
    rows.sort(key=lambda row: (row[0], row[1]), reverse=True)
    newest, others = rows[:FRESH_ROWS], rows[FRESH_ROWS:]
    new = record(actor, [row for _, _, row in newest])
    pieces = [others[place : place + PIECE] for place in range(0, len(others), PIECE)]
    UnreadHistory.objects.filter(actor=actor).delete()
    UnreadHistory.objects.bulk_create(
        UnreadHistory(actor=actor, number=number, rows=json.dumps([_packed(row) for _, _, row in piece]))
        for number, piece in enumerate(pieces)
    )
    _save(
        actor,
        until=max(reached, rows[0][0] if rows else 0),
        since=min(newest[-1][0], actor.since or newest[-1][0]) if others else 0,
        is_whole=not others,
        total=len(rows),
        looked=now_ms(),
    )
    if listing is not None and len(rows) > MUCH:
        return new  # their exit codes come with the next look, which the page asks for by itself
    return new + _details(abaco, actor, [row.id for _, _, row in newest])


def _packed(row: ExecutionRow) -> list[object]:
    return [row.id, row.status, *map(to_ms, (row.message_received_time, row.start_time, row.finish_time))]


def _unpacked(packed: list[object]) -> ExecutionRow:
    id_, status, *times = packed
    received, started, finished = (from_ms(moment) if isinstance(moment, int) else None for moment in times)
    return ExecutionRow(str(id_), str(status), received, started, finished)


def _unread_piece(abaco: Abaco, actor: ActorHistory) -> int | None:
    """Record the newest piece that is unread; return how many are new, or None where none is left."""
    piece = UnreadHistory.objects.filter(actor=actor).order_by("number").first()
    if piece is None:
        if actor.total is not None and not actor.is_whole:
            _save(actor, is_whole=True, since=0)
        return None
    rows = [_unpacked(packed) for packed in json.loads(piece.rows)]
    received = [to_ms(row.message_received_time) or 0 for row in rows]
    found: Sequence[Execution] = ()
    if actor.is_searchable is not False and received:
        # Whole seconds in the listing: so the span is a little wider at both ends.
        found = _span(abaco, actor, min(received) - SECOND, max(received) + SECOND).executions
        actor.is_searchable = bool(found) or actor.is_searchable
    new = record(actor, found) + record(actor, rows)
    piece.delete()
    _save(actor, since=min(received, default=0), is_searchable=actor.is_searchable, looked=now_ms())
    return new


def _details(abaco: Abaco, actor: ActorHistory, ids: list[str]) -> int:
    """Ask for executions as a whole, by one search; learn from it whether the search shows them at all."""
    if not ids or actor.is_searchable is False:
        return 0
    named = [one for one in ids if is_id(one)]
    found = abaco.executions.details(actor.actor_id, named[:MAX_DETAILS])
    _save(actor, is_searchable=bool(found))
    return record(actor, found.values())


# What came since --------------------------------------------------------------------------------------------


def _newer(abaco: Abaco, actor: ActorHistory, until: float) -> int:
    """Record what was received since the last look, and how the unfinished ones stand now."""
    if actor.is_searchable is False:
        return _newer_in_listing(abaco, actor)
    lower, unfinished = _lower_bound(actor)
    reached = _reached(actor)
    calls: dict[str, Callable[[], object]] = {"newer": lambda: _search(abaco, actor, lower)}
    if unfinished:
        calls["unfinished"] = lambda: abaco.executions.details(actor.actor_id, unfinished)
    answers = abaco.wave(**calls)
    page: ExecutionPage = answers["newer"].need()
    executions = list(page.executions)
    complete = page.total is None or page.total <= len(executions)
    if unfinished and answers["unfinished"].error is None:
        again = answers["unfinished"].value
        executions += again.values()
        if again:
            forget_in_api(actor, set(unfinished) - set(again))
        _save(actor, rechecked=now_ms())
    new = record(actor, executions)
    if complete:
        newest = max((to_ms(one.message_received_time) or 0 for one in page.executions), default=0)
        # Nothing found may mean that nothing can be found by searching: the listing tells, unless we know better.
        if not page.executions and actor.is_searchable is None:
            return new + _newer_in_listing(abaco, actor)
        searchable = actor.is_searchable or bool(page.executions) or None
        # An empty answer proves nothing: the search may show the actor to others and not to whoever asks now.
        proven = max(newest, reached) if page.executions else 0
        _save(actor, until=max(actor.until or 0, proven), is_searchable=searchable, looked=now_ms())
        return new
    return new + _catch_up(abaco, actor, lower, until)


def _reached(actor: ActorHistory) -> int:
    """Return a time that the API's clock has passed: whatever it received before then can be found from now on."""
    found: int | None = ActorHistory.objects.filter(tenant=actor.tenant).aggregate(found=Max("until"))["found"]
    return found or 0


def _lower_bound(actor: ActorHistory) -> tuple[int, list[str]]:
    """Return from when to search, and which unfinished executions to ask for by themselves.

    Where the unfinished ones are young, the search begins before them, and one call tells of all.
    """
    lower = max((actor.until or 0) - OVERLAP, 0)
    rows = ExecutionRecord.objects.filter(actor=actor, outcome__in=UNFINISHED, in_api=True)
    waiting = list(rows.order_by("-received").values_list("received", "execution_id")[:MAX_DETAILS])
    waiting = [row for row in waiting if is_id(row[1])]
    if not waiting:
        return lower, []
    oldest = waiting[-1][0] - 1
    if oldest >= lower:
        return lower, []
    between = ExecutionRecord.objects.filter(actor=actor, received__gte=oldest)[: AT_ONCE // 2].count()
    if between < AT_ONCE // 2:
        return max(oldest, 0), []
    is_due = now_ms() - actor.rechecked > RECHECK
    young = [id_ for received, id_ in waiting if received >= lower - HOUR]
    return lower, [id_ for _, id_ in waiting] if is_due else young


def _search(abaco: Abaco, actor: ActorHistory, after: int, limit: int = AT_ONCE) -> ExecutionPage:
    return abaco.executions.search(actor.actor_id, limit=limit, filters={"message_received_time.gt": api_time(after)})


def _span(abaco: Abaco, actor: ActorHistory, after: int, to: int) -> ExecutionPage:
    filters = {"message_received_time.gt": api_time(after), "message_received_time.lte": api_time(to)}
    return abaco.executions.search(actor.actor_id, limit=MAX_SEARCH, filters=filters)


def _catch_up(abaco: Abaco, actor: ActorHistory, lower: int, until: float) -> int:
    """Record a long stretch from its oldest end, by spans that one search can bring; as far as the time allows."""
    new, step, upper = 0, HOUR, now_ms() + DAY  # beyond any clock of the API's
    while lower < upper and time.monotonic() < until - 0.3:
        page = _span(abaco, actor, lower, min(lower + step, upper))
        if page.total is not None and page.total > len(page.executions) and step > SECOND:
            step //= 4
            continue
        new += record(actor, page.executions)
        lower = min(lower + step, upper)
        newest = max((to_ms(one.message_received_time) or 0 for one in page.executions), default=0)
        _save(actor, until=max(actor.until or 0, newest), is_searchable=True, looked=now_ms())
        step *= 2
    return new


def _newer_in_listing(abaco: Abaco, actor: ActorHistory) -> int:
    """Record what the listing has and the history has not, where the search shows nothing."""
    lower, rows, total, newest = max((actor.until or 0) - OVERLAP, 0), [], 0, _reached(actor)
    open_rows = ExecutionRecord.objects.filter(actor=actor, outcome__in=UNFINISHED, in_api=True)
    unfinished = set(open_rows.values_list("execution_id", flat=True)[:1000])
    singly = []
    for some in abaco.executions.stream(actor.actor_id):
        for row in some:
            total += 1
            received = to_ms(row.message_received_time) or 0
            newest = max(newest, received)
            if received >= lower:
                rows.append(row)
            if row.id in unfinished and row.is_finished:
                singly.append(row.id)
    new = record(actor, rows)
    searchable = actor.is_searchable
    if searchable is None and total:
        searchable = False
    _save(actor, until=newest, total=total, is_searchable=searchable, looked=now_ms())
    record_singly(abaco, actor, singly)
    return new


def record_singly(abaco: Abaco, actor: ActorHistory, ids: Sequence[str]) -> None:
    """Ask for executions one by one, a few of them at once, and record what they have become."""
    some = [one for one in ids if is_id(one)][:SINGLY]
    answers = abaco.wave(**{id_: lambda id_=id_: abaco.executions.get(actor.actor_id, id_) for id_ in some})
    record(actor, [answer.value for answer in answers.values() if answer.error is None])
    forget_in_api(actor, [id_ for id_, answer in answers.items() if isinstance(answer.error, NotFound)])


def _sketches(abaco: Abaco, actor: ActorHistory) -> bool:
    """Ask for some executions of which only the listing has told, where no search shows them; say if any are left."""
    if actor.is_searchable is not False:
        return False
    rows = ExecutionRecord.objects.filter(actor=actor, is_sketch=True, in_api=True).order_by("-received")
    ids = [row for row in rows.values_list("execution_id", flat=True)[: SINGLY + 1] if is_id(row)]
    record_singly(abaco, actor, ids)
    return len(ids) > SINGLY


# All actors at once -----------------------------------------------------------------------------------------


def _newer_of_all(abaco: Abaco, actors: dict[int, ActorHistory], shown: Collection[int]) -> tuple[int, set[int]]:
    """Record by one search what is new in all actors that it shows.

    Return how many are new, and the actors that have more than the search could bring, which are to be read singly.
    """
    at = now_ms()
    # A little more than a day, which is what the page over all actors shows at first.
    day_ago = at - DAY - MINUTE
    lower = max(day_ago, min((actor.until or 0 for actor in actors.values()), default=0) - OVERLAP)
    known = ExecutionRecord.objects.filter(actor__in=list(actors), in_api=True)
    if known.filter(received__gt=lower)[:EXPECTED].count() == EXPECTED:
        # Too much for one search: so only what is newest, and whoever lags behind is read singly.
        lower = max(lower, max((actor.until or 0 for actor in actors.values()), default=0) - OVERLAP)
    else:
        oldest = known.filter(outcome__in=UNFINISHED, received__gt=day_ago).aggregate(oldest=Min("received"))["oldest"]
        lower = min(lower, (oldest or at) - 1)
    page = abaco.search.executions(limit=MAX_SEARCH, filters={"message_received_time.gt": api_time(lower)})
    by_id = {actor.actor_id: actor for actor in actors.values()}
    found: dict[int, list[Execution]] = {}
    for execution in page.executions:
        if execution.actor_id in by_id:
            found.setdefault(by_id[execution.actor_id].pk, []).append(execution)
    new = sum(record(actors[key], some) for key, some in found.items())
    if page.total is None or page.total <= len(page.executions):
        latest = max((to_ms(one.message_received_time) or 0 for one in page.executions), default=lower)
        _cover(actors, set(found), shown, lower, latest, at)
        return new, set()
    return new, set(found)


def _cover(
    actors: dict[int, ActorHistory], found: set[int], shown: Collection[int], lower: int, latest: int, at: int
) -> None:
    """Note of every actor that the search shows to whoever asks that all since `lower` is known now."""
    for actor in actors.values():
        if actor.pk not in found and actor.pk not in shown:
            continue
        follows = actor.until is not None and actor.until >= lower
        if follows:
            changes = {"until": max(actor.until or 0, latest)}
        elif actor.until is None:
            changes = {"until": latest, "since": lower}
        else:
            continue
        if any(getattr(actor, name) != value for name, value in changes.items()) or at - actor.looked > MINUTE:
            _save(actor, **changes, is_searchable=True, looked=at)


# Who does it ------------------------------------------------------------------------------------------------


def _save(actor: ActorHistory, **changes: object) -> None:
    for name, value in changes.items():
        setattr(actor, name, value)
    ActorHistory.objects.filter(pk=actor.pk).update(**changes)


def _lease(actor: ActorHistory) -> bool:
    """Take the right to read this actor's past, for a while; only one page at a time has it."""
    at = now_ms()
    free = ActorHistory.objects.filter(pk=actor.pk, busy_until__lt=at)
    return bool(free.update(busy_until=at + LEASE))
