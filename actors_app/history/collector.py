"""Bringing the history up to date, in small steps that a page has time for.

The first look at an actor reads its listing as a stream: that names every execution, without exit codes. The newest go
into the history at once, the others into pieces that later looks work off, newest first. A listing that takes longer
than there is time for, or is larger than we take, is left alone: then searches bring the past, span by span. What came
after is read by `sync.py`.
"""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from django.core.cache import cache
from django.db.models import Min

from actors_app.core.clock import DAY, MINUTE, SECOND, api_time, from_ms, now_ms, to_ms
from actors_app.core.pages.converters import is_id
from actors_app.history.backfill import FARTHEST, lacks, read_back, read_back_one
from actors_app.history.coverage import misses
from actors_app.history.ingest import UNFINISHED, record
from actors_app.history.models import ActorHistory, ExecutionRecord, UnreadHistory
from actors_app.history.sync import OVERLAP, newest_known, reached, read_newer, read_sketches, save, span
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, BadAnswer, Forbidden, NotFound, TimedOut
from actors_app.services.executions import MAX_DETAILS, MAX_SEARCH
from actors_app.services.types import Execution, ExecutionRow

PIECE = 400  # rows of the listing in one piece of what is unread
MUCH = 1000  # executions of a first listing, from which on a page shows the newest before it knows their exit codes
FRESH_ROWS = 60  # of a first listing, which are recorded at once
EXPECTED = 700  # executions that are known since then, from which on one search is not tried
LEASE = 40 * SECOND
FIRST_TRY = 0.6  # of a look's time, that a listing may take before searches are tried instead
PATIENT = 8.0  # seconds of a look, from which on a listing that took too long is tried once more
TOO_LONG = 3600  # seconds for which such a listing is remembered
ACTORS_AT_ONCE = 4  # whose histories one step of the page over all actors reads
WITNESSES = 5  # searches at once, for a hundred actors each, that find out which of them the search shows


@dataclass(slots=True)
class Look:
    """What came of a look at the API: how many executions are new to the history, and what went wrong, if anything."""

    new: int = 0
    error: AbacoError | None = None
    sketches: bool = False  # whether executions are left of which only the listing has told
    # Whether the search shows an actor to the caller.
    searchable: dict[int, bool] = field(default_factory=dict, compare=False)


def look_at(
    abaco: Abaco, actor: ActorHistory, *, seconds: float, back_to: int = 0, reading: float | None = None,
    listing: Iterator[tuple[ExecutionRow, ...]] | None = None,
) -> Look:  # fmt: skip
    """Bring one actor's history a step further, for about so many seconds; errors of the API are part of the answer.

    Its past is read back to a moment (milliseconds), and for so many seconds of them, where that is less. A `listing`
    that was asked for already serves the first look, which then reads no more than its newest executions: somebody
    waits for them. Raises SignedOut.
    """
    started, look, is_current = time.monotonic(), Look(), False
    until, past = started + seconds, started + min(seconds, reading or seconds)
    hurried = abaco.hurried(max(seconds, 0.5))
    reads_past = misses(actor, back_to) and _lease(actor)
    try:
        if actor.total is not None or (actor.until is not None and (_is_long(actor) or not misses(actor, back_to))):
            look.new += read_newer(hurried, actor, until)
        elif reads_past:
            look.new += _first_look(abaco, actor, seconds, listing)
        is_current = True
        if reads_past and actor.total is None and actor.is_searchable and misses(actor, back_to):
            look.new += read_back_one(hurried, actor, past)
        while reads_past and listing is None and misses(actor, back_to) and time.monotonic() < past - 0.3:
            step = _unread_piece(hurried, actor)
            if step is None:
                break
            look.new += step
        if listing is None and time.monotonic() < past - 0.3:
            look.sketches = read_sketches(hurried, actor)
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
    searchable: Mapping[int, bool] | None = None,
) -> Look:  # fmt: skip
    """Bring the histories of several actors a step further: what is new in all of them by one search.

    `since` is the beginning of what the page shows, in milliseconds: actors of which less is known, or that the search
    does not show, are read one by one, a few at each step. `searchable` says whether it shows some to the caller.
    Raises SignedOut.
    """
    look, until = Look(), time.monotonic() + min(seconds, reading or seconds)
    actors = {row.pk: row for row in ActorHistory.objects.filter(pk__in=keys, deleted=None)}
    if not actors:
        return look
    hurried, behind = abaco.hurried(max(seconds, 0.5)), set[int]()
    is_window = since >= now_ms() - FARTHEST
    look.searchable = dict(searchable or {})
    try:
        if any(actor.until is not None for actor in actors.values()):
            look.new, behind = _newer_of_all(hurried, actors, look.searchable)
        # Even where all time is wanted, the last day comes first.
        sure = {key for key, is_searchable in look.searchable.items() if is_searchable}
        look.new += read_back(hurried, actors, sure, since if is_window else now_ms() - DAY, until)
        _find_witnesses(hurried, actors, look.searchable)
    except AbacoError as error:
        look.error = error
        return look
    newest, at = max(actor.until or 0 for actor in actors.values()), now_ms()
    late = [
        actor
        for actor in actors.values()
        if actor.pk in behind
        or (misses(actor, since) and not (is_window and look.searchable.get(actor.pk) and lacks(actor, since)))
        or (look.searchable.get(actor.pk) is False and at - actor.looked > MINUTE)
        or _lags(actor, newest, at)
    ]
    late.sort(key=lambda actor: (actor.until is not None, actor.looked))
    for actor in late[:ACTORS_AT_ONCE]:
        remaining = until - time.monotonic()
        if remaining < 0.3:
            break
        step = look_at(abaco, actor, seconds=remaining, back_to=since)
        look.new += step.new
        if step.error and not isinstance(step.error, Forbidden | NotFound):
            look.error = step.error
            break
    return look


def _lags(actor: ActorHistory, newest: int, at: int) -> bool:
    """Whether others' executions show that time has gone on at the API since this actor's were last read."""
    return (actor.until or 0) < newest - 2 * OVERLAP and at - actor.looked > MINUTE


# The first look ---------------------------------------------------------------------------------------------


def remember_long(actor: ActorHistory) -> None:
    """Remember for a while that an actor's listing took too long, or was too large: searches are tried instead."""
    cache.set(f"long-listing:{actor.pk}", True, timeout=TOO_LONG)


def _is_long(actor: ActorHistory) -> bool:
    """Whether this actor's listing took too long not long ago."""
    return bool(cache.get(f"long-listing:{actor.pk}"))


def _first_look(
    abaco: Abaco, actor: ActorHistory, seconds: float, listing: Iterator[tuple[ExecutionRow, ...]] | None
) -> int:
    """Read the listing; where that is too long, the newest that searches bring. Raises TimedOut where neither came."""
    started, problem = time.monotonic(), None
    if not _is_long(actor):
        hurried = abaco.hurried(max(seconds * FIRST_TRY, 0.5))
        try:
            return _read_listing(hurried, actor, listing or hurried.executions.stream(actor.actor_id), listing is None)
        except (TimedOut, BadAnswer) as error:
            problem = error
            if isinstance(error, TimedOut) or error.kind == "too-large":
                remember_long(actor)
            else:
                raise
    remaining = started + seconds - time.monotonic()
    new = read_back_one(abaco.hurried(max(remaining, 0.5)), actor, started + seconds)
    if actor.until is not None:
        return new
    # The search shows nothing to whoever asks, so the listing is all there is, and is given all the time there is.
    remaining = started + seconds - time.monotonic()
    if remaining < PATIENT:
        raise problem or TimedOut("a listing that takes longer than this page may")
    patient = abaco.hurried(remaining)
    return _read_listing(patient, actor, patient.executions.stream(actor.actor_id), True)


def _read_listing(
    abaco: Abaco, actor: ActorHistory, listing: Iterable[tuple[ExecutionRow, ...]], asks_details: bool
) -> int:
    """Read the whole listing; record its newest rows and put the others aside."""
    at_api = reached(actor)
    rows: list[tuple[int, int, ExecutionRow]] = []
    for batch in listing:
        rows.extend((to_ms(row.message_received_time) or 0, len(rows) + index, row) for index, row in enumerate(batch))
    # Times are to the second there, so the later of two in the same second is the one the API names later.
    rows.sort(key=lambda row: (row[0], row[1]), reverse=True)
    newest, older = rows[:FRESH_ROWS], rows[FRESH_ROWS:]
    new = record(actor, [row for _, _, row in newest])
    pieces = [older[index : index + PIECE] for index in range(0, len(older), PIECE)]
    UnreadHistory.objects.filter(actor=actor).delete()
    UnreadHistory.objects.bulk_create(
        UnreadHistory(
            actor=actor, number=number, rows=msgspec.json.encode([_packed(row) for _, _, row in piece]).decode()
        )
        for number, piece in enumerate(pieces)
    )
    save(
        actor,
        until=max(at_api, rows[0][0] if rows else 0),
        since=min(newest[-1][0], actor.since or newest[-1][0]) if older else 0,
        is_whole=not older,
        total=len(rows),
        looked=now_ms(),
    )
    if not asks_details and len(rows) > MUCH:
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
            save(actor, is_whole=True, since=0)
        return None
    rows = [_unpacked(packed) for packed in json.loads(piece.rows)]
    received = [to_ms(row.message_received_time) or 0 for row in rows]
    executions: Sequence[Execution] = ()
    if actor.is_searchable is not False and received:
        # Whole seconds in the listing: so the span is a little wider at both ends.
        executions = span(abaco, actor, min(received) - SECOND, max(received) + SECOND).executions
        actor.is_searchable = bool(executions) or actor.is_searchable
    new = record(actor, executions) + record(actor, rows)
    piece.delete()
    save(actor, since=min(received, default=0), is_searchable=actor.is_searchable, looked=now_ms())
    return new


def _details(abaco: Abaco, actor: ActorHistory, ids: list[str]) -> int:
    """Ask for executions as a whole, by one search; learn from it whether the search shows them at all."""
    if not ids:
        return 0
    valid_ids = [id_ for id_ in ids if is_id(id_)]
    details = abaco.executions.details(actor.actor_id, valid_ids[:MAX_DETAILS])
    save(actor, is_searchable=bool(details))
    return record(actor, details.values())


# All actors at once -----------------------------------------------------------------------------------------


def _newer_of_all(abaco: Abaco, actors: dict[int, ActorHistory], searchable: dict[int, bool]) -> tuple[int, set[int]]:
    """Record by one search what is new in all actors that it shows, and note which these are.

    Return how many are new, and the actors that have more than the search could bring, which are to be read singly.
    """
    at = now_ms()
    # A little more than a day, which is what the page over all actors shows at first.
    day_ago = at - DAY - MINUTE
    lower = max(day_ago, min((actor.until or 0 for actor in actors.values()), default=0) - OVERLAP)
    records = ExecutionRecord.objects.filter(actor__in=list(actors), in_api=True)
    if records.filter(received__gt=lower)[:EXPECTED].count() == EXPECTED:
        # Too much for one search: so only what is newest, and whoever lags behind is read singly.
        lower = max(lower, max((actor.until or 0 for actor in actors.values()), default=0) - OVERLAP)
    else:
        oldest = records.filter(outcome__in=UNFINISHED, received__gt=day_ago).aggregate(oldest=Min("received"))[
            "oldest"
        ]
        lower = min(lower, (oldest or at) - 1)
    page = abaco.search.executions(limit=MAX_SEARCH, filters={"message_received_time.gt": api_time(lower)})
    by_id = {actor.actor_id: actor for actor in actors.values()}
    grouped: dict[int, list[Execution]] = {}
    for execution in page.executions:
        if execution.actor_id in by_id:
            grouped.setdefault(by_id[execution.actor_id].pk, []).append(execution)
    new = sum(record(actors[key], executions) for key, executions in grouped.items())
    searchable |= dict.fromkeys(grouped, True)
    if page.total is None or page.total <= len(page.executions):
        latest = max((to_ms(item.message_received_time) or 0 for item in page.executions), default=lower)
        _cover(actors, searchable, lower, latest, at)
        return new, set()
    return new, set(grouped)


def _find_witnesses(abaco: Abaco, actors: dict[int, ActorHistory], searchable: dict[int, bool]) -> None:
    """Find out of actors whether the search shows them to whoever asks: whether it has their newest known execution."""
    unsure = [key for key, actor in actors.items() if key not in searchable and actor.until is not None]
    witnesses = {key: row[1] for key, row in newest_known(unsure[: WITNESSES * MAX_DETAILS]).items() if is_id(row[1])}
    keys = list(witnesses)
    for start in range(0, len(keys), MAX_DETAILS):
        batch = keys[start : start + MAX_DETAILS]
        details = abaco.search.details([witnesses[key] for key in batch])
        searchable |= {key: witnesses[key] in details for key in batch}


def _cover(actors: dict[int, ActorHistory], searchable: Mapping[int, bool], lower: int, latest: int, at: int) -> None:
    """Note of every actor that the search shows to whoever asks that all since `lower` is known now."""
    for actor in actors.values():
        if not searchable.get(actor.pk):
            continue
        follows = actor.until is not None and actor.until >= lower
        if follows:
            changes = {"until": max(actor.until or 0, latest)}
        elif actor.until is None:
            changes = {"until": latest, "since": lower}
        else:
            continue
        if any(getattr(actor, name) != value for name, value in changes.items()) or at - actor.looked > MINUTE:
            save(actor, **changes, is_searchable=True, looked=at)


# Who does it ------------------------------------------------------------------------------------------------


def _lease(actor: ActorHistory) -> bool:
    """Take the right to read this actor's past, for a while; only one page at a time has it."""
    at = now_ms()
    free = ActorHistory.objects.filter(pk=actor.pk, busy_until__lt=at)
    return bool(free.update(busy_until=at + LEASE))
