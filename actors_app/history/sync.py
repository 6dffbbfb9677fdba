"""What came to one actor since the last look, and what became of its unfinished executions.

The search has everything but shows only actors in whose permissions the caller is named, so who looks matters: an
administrator may find nothing where the owner finds all. Its answer is therefore asked to hold the newest execution
that is known, as a witness. Where that is missing the search does not show this actor to the caller, and the listing
is read instead. The API's times are compared only with each other: no clock of ours is asked.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db.models import Max

from actors_app.core.clock import DAY, HOUR, MINUTE, SECOND, api_time, now_ms, to_ms
from actors_app.core.pages.converters import is_id
from actors_app.history.coverage import add_gap
from actors_app.history.ingest import UNFINISHED, forget_in_api, record
from actors_app.history.models import ActorHistory, ExecutionRecord, HistoryGap
from actors_app.services import Abaco
from actors_app.services.errors import NotFound
from actors_app.services.executions import MAX_DETAILS, MAX_SEARCH
from actors_app.services.types import Execution, ExecutionPage, ExecutionRow

OVERLAP = MINUTE  # of the API's own clocks, which may disagree with each other
AT_ONCE = 500  # executions that one search may bring
RECHECK = 10 * MINUTE  # between two looks at what has been unfinished for long
SINGLY = 20  # executions that are asked for one by one where the search shows none


def read_newer(abaco: Abaco, actor: ActorHistory, until: float) -> int:
    """Record what was received since the last look, and how the unfinished ones stand now; return how many are new.

    Afterwards `actor.is_searchable` says whether the search shows the actor to whoever asks now.
    """
    lower, unfinished = _lower_bound(actor)
    witness = newest_known([actor.pk]).get(actor.pk)
    if witness:
        lower = min(lower, max(witness[0] - 1, 0))
    at_api = reached(actor)
    calls: dict[str, Callable[[], object]] = {"newer": lambda: _search(abaco, actor, lower)}
    if unfinished:
        calls["unfinished"] = lambda: abaco.executions.details(actor.actor_id, unfinished)
    answers = abaco.gather(**calls)
    page: ExecutionPage = answers["newer"].unwrap()
    if not page.executions and (witness or not actor.is_searchable):
        # Nothing found may mean that nothing can be found by searching: the listing tells.
        return _newer_in_listing(abaco, actor, witness[1] if witness else "")
    executions = list(page.executions)
    if unfinished and answers["unfinished"].error is None:
        details = answers["unfinished"].value
        executions += details.values()
        if details:
            forget_in_api(actor, set(unfinished) - set(details))
        save(actor, rechecked=now_ms())
    new = record(actor, executions)
    if page.total is not None and page.total > len(page.executions):
        return new + _catch_up(abaco, actor, lower, until)
    if witness and all(execution.id != witness[1] for execution in page.executions):
        _forgotten(actor, witness[1], page.executions)
    newest = max((to_ms(execution.message_received_time) or 0 for execution in page.executions), default=0)
    # An empty answer proves nothing about a time.
    proven = max(newest, at_api) if page.executions else 0
    searchable = bool(page.executions) or actor.is_searchable
    save(actor, until=max(actor.until or 0, proven), is_searchable=searchable, looked=now_ms())
    return new


def newest_known(keys: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return of each actor when the newest execution was received that is known and that the API has, and its id."""
    newest = {}
    for key in keys:
        rows = ExecutionRecord.objects.filter(actor=key, in_api=True, received__gt=0).order_by("-received", "-pk")
        row = rows.values_list("received", "execution_id").first()
        if row is not None:
            newest[key] = row
    return newest


def reached(actor: ActorHistory) -> int:
    """Return a time that the API's clock has passed: whatever it received before then can be found from now on."""
    latest: int | None = ActorHistory.objects.filter(tenant=actor.tenant).aggregate(found=Max("until"))["found"]
    return latest or 0


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


def span(abaco: Abaco, actor: ActorHistory, after: int, to: int) -> ExecutionPage:
    """Return what was received after one moment and up to another; too much for one search, where that is no second."""
    filters = {"message_received_time.gt": api_time(after), "message_received_time.lte": api_time(to)}
    page = abaco.executions.search(actor.actor_id, limit=MAX_SEARCH, filters=filters)
    # A span cannot be cut further than that. The order is the store's and stands still for so long.
    while to - after <= SECOND and page.total is not None and 0 < len(page.executions) < page.total:
        batch = abaco.executions.search(actor.actor_id, MAX_SEARCH, len(page.executions), filters).executions
        if not batch:
            break
        page = replace(page, executions=page.executions + batch)
    return page


def _catch_up(abaco: Abaco, actor: ActorHistory, lower: int, until: float) -> int:
    """Record a long stretch from its oldest end, by spans that one search can bring; as far as the time allows."""
    new, step, upper = 0, HOUR, now_ms() + DAY  # beyond any clock of the API's
    while lower < upper and time.monotonic() < until - 0.3:
        page = span(abaco, actor, lower, min(lower + step, upper))
        if page.total is not None and page.total > len(page.executions) and step > SECOND:
            step = max(step // 4, SECOND)
            continue
        new += record(actor, page.executions)
        lower = min(lower + step, upper)
        newest = max((to_ms(execution.message_received_time) or 0 for execution in page.executions), default=0)
        save(actor, until=max(actor.until or 0, newest), is_searchable=True, looked=now_ms())
        step *= 2
    return new


def _newer_in_listing(abaco: Abaco, actor: ActorHistory, witness: str) -> int:
    """Record what the listing has and the history has not, where the search shows nothing to whoever asks.

    A `witness` that is not in the listing either is what the API has no more.
    """
    lower, rows, total, newest = max((actor.until or 0) - OVERLAP, 0), [], 0, reached(actor)
    open_rows = ExecutionRecord.objects.filter(actor=actor, outcome__in=UNFINISHED, in_api=True)
    unfinished = set(open_rows.values_list("execution_id", flat=True)[:1000])
    singly, is_there = [], False
    for batch in abaco.executions.stream(actor.actor_id):
        for row in batch:
            total += 1
            received = to_ms(row.message_received_time) or 0
            newest = max(newest, received)
            is_there = is_there or row.id == witness
            if received >= lower:
                rows.append(row)
            if row.id in unfinished and row.is_finished:
                singly.append(row.id)
    new = record(actor, rows)
    if witness and not is_there:
        _forgotten(actor, witness, rows)
    searchable = False if total else actor.is_searchable
    save(actor, until=newest, total=total, is_searchable=searchable, looked=now_ms())
    record_singly(abaco, actor, singly)
    return new


def _forgotten(actor: ActorHistory, witness: str, listed: Sequence[Execution | ExecutionRow]) -> None:
    """Note that the API has the newest known execution no more, and so perhaps others that came after it."""
    forget_in_api(actor, [witness])
    start = actor.until or 0
    later = [to_ms(execution.message_received_time) or 0 for execution in listed]
    add_gap(actor, start, min((at for at in later if at > start), default=now_ms()), HistoryGap.FORGOTTEN)


def record_singly(abaco: Abaco, actor: ActorHistory, ids: Sequence[str]) -> None:
    """Ask for executions one by one, a few of them at once, and record what they have become."""
    batch = [id_ for id_ in ids if is_id(id_)][:SINGLY]
    answers = abaco.gather(**{id_: lambda id_=id_: abaco.executions.get(actor.actor_id, id_) for id_ in batch})
    record(actor, [answer.value for answer in answers.values() if answer.error is None])
    forget_in_api(actor, [id_ for id_, answer in answers.items() if isinstance(answer.error, NotFound)])


def read_sketches(abaco: Abaco, actor: ActorHistory) -> bool:
    """Ask for some executions of which only the listing has told; return whether any are left."""
    most = SINGLY if actor.is_searchable is False else MAX_DETAILS
    rows = ExecutionRecord.objects.filter(actor=actor, is_sketch=True, in_api=True).order_by("-received")
    ids = [row for row in rows.values_list("execution_id", flat=True)[: most + 1] if is_id(row)]
    if ids and actor.is_searchable is not False:
        details = abaco.executions.details(actor.actor_id, ids[:most])
        record(actor, details.values())
        if details:
            forget_in_api(actor, set(ids[:most]) - set(details))
            return len(ids) > most
        ids = ids[: SINGLY + 1]  # not shown by the search after all
    record_singly(abaco, actor, ids)
    # What the API cannot tell of stays as it is, and is not asked for without end.
    remaining = rows.filter(execution_id__in=ids[:SINGLY]).count()
    return len(ids) > SINGLY and remaining < SINGLY


def save(actor: ActorHistory, **changes: object) -> None:
    """Change an actor's history here and in the store."""
    for name, value in changes.items():
        setattr(actor, name, value)
    ActorHistory.objects.filter(pk=actor.pk).update(**changes)
