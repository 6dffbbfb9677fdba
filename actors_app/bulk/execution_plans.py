"""What an act on executions would do: to which it applies, which it leaves out and why, as its preview shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Self

from django.utils import timezone

from actors_app.bulk.plans import Item, Plan
from actors_app.core.clock import from_ms
from actors_app.core.pages.converters import is_id
from actors_app.core.security.credentials import Credentials
from actors_app.core.sizes import kept_excess
from actors_app.history import counts as history_counts
from actors_app.history import query as history_query
from actors_app.history.filters import Count
from actors_app.history.forms import outcome_label
from actors_app.history.ingest import record
from actors_app.history.models import ActorHistory, ExecutionRecord
from actors_app.history.query import HistoryRow
from actors_app.history.query_context import QueryContext
from actors_app.history.visibility import SeenActor
from actors_app.messages import archive as message_archive
from actors_app.messages.commands import execution_address
from actors_app.messages.models import KeptMessage
from actors_app.services import Abaco
from actors_app.services.executions import MAX_DETAILS

CAP = 200  # executions that one bulk act applies to
LISTED = 20  # of them that the preview names
LOOKED_AT = 1000  # of all that match, the newest, whose messages are looked for
ACTORS_ASKED = 10  # whose executions are asked for again before the preview
SECONDS = 2.0  # that asking may take
UNSEEN = "Not found, or you do not have access."
GONE = "No longer in the API."


@dataclass(frozen=True, slots=True)
class Line:
    """An execution as the preview names it; `why_not` is why the act does not apply to it."""

    actor_id: str
    execution_id: str
    actor: str
    outcome: str = ""
    exit_code: int | None = None
    executor: str = ""
    received: int = 0
    why_not: str = ""

    @property
    def moment(self) -> datetime | None:
        """Return when it was received."""
        return from_ms(self.received) if self.received else None

    @property
    def url(self) -> str:
        """Return its page; empty for an id that cannot be in an address."""
        has_page = is_id(self.actor_id) and is_id(self.execution_id)
        return execution_address(self.actor_id, self.execution_id) if has_page else ""


@dataclass(frozen=True, slots=True)
class ExecutionPlan(Plan):
    """An act on executions.

    `matched` is how many were picked, stand on the page or match; `fits` of how many of those the act applies to, as
    far as is known; `left` are those of the picked that it leaves out.
    """

    purpose: ClassVar[str] = "actors.bulk-plan"

    scope: str = ""
    matched: int = 0
    is_exact: bool = True
    fits: int = 0
    fits_exactly: bool = True
    lines: tuple[Line, ...] = ()
    looked_at: int = 0  # of those that match, where not all were looked at

    @property
    def beyond(self) -> int:
        """Return how many it applies to and would not be done to now, because of the cap."""
        return max(self.fits - self.number, 0)

    @property
    def unnamed(self) -> int:
        """Return how many more it concerns than the lines name."""
        return self.number + len(self.left) - len(self.lines)

    @classmethod
    def _from_data(cls, data: Mapping[str, Any]) -> Self:
        plan = super(ExecutionPlan, cls)._from_data(data)
        return replace(plan, lines=tuple(Line(**line) for line in data["lines"]))


def plan_of(
    credentials: Credentials,
    abaco: Abaco,
    context: QueryContext,
    *,
    act: str,
    scope: str,
    picks: Sequence[tuple[str, str]],
    query: str,
) -> ExecutionPlan:
    """Return what an act would do to the picked executions, to those on the page, or to all that match."""
    plan = ExecutionPlan(act, "history", query, scope=scope)
    if scope == "all":
        return _of_all(credentials, abaco, context, plan)
    missing: list[tuple[str, str]] = []
    if scope == "page":
        rows = page_rows(context)
    else:
        rows, missing = picked_rows(context, picks)
    actors = context.by_key
    if act == "halt":
        rows = _refreshed(abaco, rows, actors)
    reasons = _reasons(credentials, act, rows, actors, in_words=True)
    fitting = [row for row in rows if not reasons[row.pk]]
    lines = [_line(row, actors[row.actor], reasons[row.pk]) for row in rows]
    lines += [Line(actor_id, id_, actor_id, why_not=UNSEEN) for actor_id, id_ in missing]
    left_out = [Item(line.actor_id, line.execution_id, why_not=line.why_not) for line in lines if line.why_not]
    lines.sort(key=lambda line: bool(line.why_not))
    return replace(
        plan,
        matched=len(lines),
        fits=len(fitting),
        items=_items(fitting, actors),
        left=tuple(left_out),
        lines=tuple(lines[:LISTED]),
    )


def page_rows(context: QueryContext) -> list[HistoryRow]:
    """Return the executions on the page of the list that is asked for."""
    position, is_back = context.form.cursor()
    selected = context.form.selected_slice
    skip = selected.offset if selected else 0
    return history_query.page(
        context.filters, context.keys, context.named, cursor=position, back=is_back, number=context.page_size, skip=skip
    ).rows


def picked_rows(
    context: QueryContext, picks: Iterable[tuple[str, str]]
) -> tuple[list[HistoryRow], list[tuple[str, str]]]:
    """Return the picked executions that the visitor may read, as they were picked, and those there are none of."""
    readable = {actor.id: actor.key for actor in context.actors}
    keyed = [(readable.get(actor_id), actor_id, id_) for actor_id, id_ in picks]
    records: dict[tuple[int, str], int] = {}
    for key in {key for key, _, _ in keyed if key is not None}:
        ids = [id_ for actor_key, _, id_ in keyed if actor_key == key]
        rows = ExecutionRecord.objects.filter(actor=key, execution_id__in=ids).values_list("execution_id", "pk")
        records |= {(key, id_): pk for id_, pk in rows}
    pks = [records[key, id_] for key, _, id_ in keyed if key is not None and (key, id_) in records]
    missing = [(actor_id, id_) for key, actor_id, id_ in keyed if key is None or (key, id_) not in records]
    return history_query.rows_of(pks), missing


def _of_all(credentials: Credentials, abaco: Abaco, context: QueryContext, plan: ExecutionPlan) -> ExecutionPlan:
    filters, keys, named = context.filters, context.keys, context.named
    counts = history_counts.counts(filters, keys, named)
    matched = counts.total(filters.outcomes)
    plan = replace(plan, matched=matched.number, is_exact=matched.is_exact)
    actors = context.by_key
    if plan.act == "halt":
        if filters.outcomes and "running" not in filters.outcomes:
            return plan
        fits = counts.of.get("running", Count())
        page = history_query.page(replace(filters, outcomes=("running",)), keys, named, number=CAP)
        rows = _refreshed(abaco, page.rows, actors)
        fitting = [row for row in rows if not _why_not_halted(row, actors[row.actor])]
        over = fits.number - len(rows) if page.has_more else 0
        plan = replace(plan, fits=len(fitting) + max(over, 0), fits_exactly=fits.is_exact)
        if page.looked_back_to is not None:
            plan = replace(plan, looked_at=len(page.rows))
    else:
        page = history_query.page(filters, keys, named, number=LOOKED_AT)
        reasons = _reasons(credentials, plan.act, page.rows, actors, in_words=False)
        fitting = [row for row in page.rows if not reasons[row.pk]]
        plan = replace(plan, fits=len(fitting))
        if page.has_more or page.looked_back_to is not None:
            plan = replace(plan, looked_at=len(page.rows))
    chosen = fitting[:CAP]
    lines = tuple(_line(row, actors[row.actor]) for row in chosen[:LISTED])
    return replace(plan, items=_items(chosen, actors), lines=lines)


def _items(rows: Iterable[HistoryRow], actors: dict[int, SeenActor]) -> tuple[Item, ...]:
    return tuple(Item(actors[row.actor].id, row.id) for row in rows)


def _line(row: HistoryRow, actor: SeenActor, why_not: str = "") -> Line:
    return Line(
        actor_id=actor.id,
        execution_id=row.id,
        actor=actor.label,
        outcome=row.outcome,
        exit_code=row.exit_code,
        executor=row.executor,
        received=row.received,
        why_not=why_not,
    )


def _reasons(
    credentials: Credentials, act: str, rows: Sequence[HistoryRow], actors: dict[int, SeenActor], *, in_words: bool
) -> dict[int, str]:
    """Return why the act does not apply to each of some executions, empty where it does; only `in_words` a sentence."""
    if act == "halt":
        return {row.pk: _why_not_halted(row, actors[row.actor]) for row in rows}
    at, archived = timezone.now(), dict[str, KeptMessage]()
    for start in range(0, len(rows), 500):
        ids = [row.id for row in rows[start : start + 500]]
        messages = KeptMessage.objects.filter(tenant=credentials.tenant, execution_id__in=ids, expires_at__gt=at)
        for message in messages.exclude(sha256="").defer("content", "environment"):
            archived[message.execution_id] = message
    reasons = {}
    for row in rows:
        actor, stored = actors[row.actor], archived.get(row.id)
        why_not = "" if _is_there(row, actor) else GONE
        may_see = stored is not None and message_archive.may_see(credentials, stored, actor.as_actor())
        if not why_not and (stored is None or not may_see or stored.size > message_archive.MAX_KEPT):
            why_not = "No stored message."
            if in_words:
                why_not = message_archive.original_message(credentials, row.id, actor.as_actor()).why_not or why_not
        if not why_not and stored is not None:
            why_not = kept_excess(stored.kind, stored.size)
        reasons[row.pk] = why_not
    return reasons


def _is_there(row: HistoryRow, actor: SeenActor) -> bool:
    return row.in_api and actor.deleted is None and is_id(row.id) and is_id(actor.id)


def _why_not_halted(row: HistoryRow, actor: SeenActor) -> str:
    if not _is_there(row, actor):
        return GONE
    if row.outcome == "running":
        return ""
    if row.outcome == "waiting":
        return "Not started; only running executions can be halted."
    return f"No longer running: {outcome_label(row.outcome)}."


def _refreshed(abaco: Abaco, rows: Sequence[HistoryRow], actors: dict[int, SeenActor]) -> list[HistoryRow]:
    """Ask the API how the unfinished ones stand now; where it does not say in time, what is known stands."""
    unfinished: dict[int, list[str]] = {}
    for row in rows:
        if row.outcome in ("waiting", "running") and _is_there(row, actors[row.actor]):
            unfinished.setdefault(row.actor, []).append(row.id)
    hurried = abaco.hurried(SECONDS)
    calls: dict[str, Any] = {
        f"{key} {start}": lambda key=key, ids=ids[start : start + MAX_DETAILS]: hurried.executions.details(
            actors[key].id, ids
        )
        for key, ids in list(unfinished.items())[:ACTORS_ASKED]
        for start in range(0, len(ids), MAX_DETAILS)
    }
    if not calls:
        return list(rows)
    for name, answer in hurried.gather(**calls).items():
        if answer.value:
            record(ActorHistory.objects.get(pk=int(name.partition(" ")[0])), answer.value.values())
    return history_query.rows_of([row.pk for row in rows])
