"""The execution history: of all actors that the visitor may read, and of one of them; the same list for both."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from actors_app.core.clock import DAY, MINUTE, from_ms, now_ms
from actors_app.core.htmx import is_poll, render_page, render_poll, wants_fragment
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.formatting import duration
from actors_app.core.pages.forms_slice import shown_slice
from actors_app.core.pages.preferences import PAGE_SIZES, preferences_of
from actors_app.history import query as history_query
from actors_app.history import visibility
from actors_app.history.actor_summary import RECENT, summary
from actors_app.history.chart_data import cached_count, chart_data, charts
from actors_app.history.coverage import Coverage
from actors_app.history.export import export
from actors_app.history.facets import (
    COLUMNS,
    Column,
    actor_choices,
    chips,
    heads,
    segments,
    selected_columns,
    window_words,
    windows,
)
from actors_app.history.filters import EXACT, Count
from actors_app.history.forms import HistoryForm, cursor_text
from actors_app.history.ingest import UNFINISHED
from actors_app.history.query import Cursor, HistoryRow, Page, cursor_of
from actors_app.history.query_context import QueryContext, query_context_of
from actors_app.history.refresh import READING, bring_up_to_date, complete_rows, is_known, last_looked
from actors_app.history.rows import Row, table_rows
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Forbidden, NotFound, TimedOut

DRAWN_DAYS = 14  # on the actor's own page


@abaco_page("GET")
def history(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show the executions of all actors that the visitor may read (`GET /actors/search/executions`)."""
    return _answer(request, abaco, "")


@abaco_page("GET")
def execution_list(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show an actor's executions (`GET /actors/{id}/executions`)."""
    if "recent" in request.GET:
        if wants_fragment(request):
            return _recent(request, abaco, actor_id)
        return redirect("actors:execution-list", actor_id)
    return _answer(request, abaco, actor_id)


def _answer(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    form = HistoryForm(request.GET)
    base: dict[str, Any] = {"form": form, "actor_id": actor_id, "is_all": not actor_id, **_place_in_portal(actor_id)}
    if form.cleaned_data.get("format") and form.selected_slice:
        form.add_error("offset", "Exports contain the whole list. Remove limit and offset.")
    base |= {
        "span_fields": [form["window"], *(form[name] for name in EXACT)],
        "other_fields": form.other_fields(is_all=not actor_id),
        "open_filter": _open_filter(form),
        "hidden_names": [("sort", form.data["sort"])] if form.data.get("sort") else [],
        "complaints": [
            str(text)
            for name in ("sort", "after", "before", "format", "limit", "offset")
            for text in form.errors.get(name, [])
        ],
    }
    if form.errors:
        return render_page(request, "history/list.html", base | {"is_refused": True}, status=422)
    try:
        ctx = query_context_of(request, abaco, actor_id, form)
    except (Forbidden, NotFound):
        raise
    except AbacoError as error:
        if wants_fragment(request):
            raise
        return render_page(request, "history/list.html", base | {"error": error}, status=error.status)
    silence = ctx.error or bring_up_to_date(
        abaco, ctx, actor_id, ctx.filters.since or 0, None if is_poll(request) else READING
    )
    if actor_id and isinstance(silence, Forbidden | NotFound):
        # It lets this visitor read less than it did within the last minute.
        visibility.forget_one(request, actor_id)
        ctx = query_context_of(request, abaco, actor_id, form)
        silence = None if ctx.readable[0].deleted else silence
    is_file = bool(ctx.form.cleaned_data.get("format"))
    if not is_file and isinstance(silence, TimedOut) and now_ms() - last_looked(ctx) < MINUTE:
        silence = None  # only the page's own time was over; what it shows is new enough
    # Whoever may read the actor is not sent away because its listing is long: the page goes on reading by itself.
    is_shown = not is_file and not is_poll(request)
    is_long = isinstance(silence, TimedOut) and actor_id and is_shown and ctx.error is None
    if is_long and not is_known(ctx):
        silence = None
    elif silence and not is_known(ctx):
        if wants_fragment(request):
            raise silence
        return render_page(request, "history/list.html", base | {"error": silence}, status=silence.status)
    if is_file:
        return export(ctx, last_looked(ctx) if silence else None, bom=True)  # type: ignore[return-value]  # no HttpResponse to mypy
    context = base | {
        "error_now": silence,
        "role": ctx.role,
        "actor": ctx.readable[0].as_actor() if actor_id else None,
    }
    if actor_id:
        context["deleted"] = from_ms(ctx.readable[0].deleted)
    if is_poll(request):
        return _live(request, abaco, ctx, context)
    if "charts" in request.GET and wants_fragment(request):
        return render(request, "history/_charts.html", {"charts": charts(ctx)})
    return render_page(request, "history/list.html", context | _page_context(request, abaco, ctx, actor_id, silence))


def _open_filter(form: HistoryForm) -> str:
    """Return which part of the filter bar stands open: the one with a field that was refused."""
    parts = dict.fromkeys(("window", *EXACT), "span") | {"actor": "actor", "outcome": "outcome", "q": "q"}
    return next((parts.get(name, "more") for name in form.errors), "")


def _place_in_portal(actor_id: str) -> dict[str, Any]:
    return {"section": "actors", "tab": "executions", "counts": {}} if actor_id else {"section": "history"}


# The page ---------------------------------------------------------------------------------------------------


def _columns(request: HttpRequest, *, is_all: bool) -> list[Column]:
    return selected_columns(preferences_of(request).columns, is_all=is_all)


def _page_context(
    request: HttpRequest, abaco: Abaco, ctx: QueryContext, actor_id: str, error: AbacoError | None
) -> dict[str, Any]:
    form, filters, selected = ctx.form, ctx.filters, ctx.form.selected_slice
    size, skip = ctx.page_size, selected.offset if selected else 0
    cursor, is_back = form.cursor()
    newest = None if filters.is_newest_first and not skip else history_query.newest(filters, ctx.keys, ctx.named)
    page = history_query.page(filters, ctx.keys, ctx.named, cursor=cursor, back=is_back, number=size, skip=skip)
    is_waited_for = "listing" in ctx.beside and (page.rows and page.has_more)
    if actor_id and error is None and not is_waited_for and complete_rows(abaco, page.rows, ctx):
        page = history_query.page(filters, ctx.keys, ctx.named, cursor=cursor, back=is_back, number=size, skip=skip)
    above = chart_data(ctx)
    total = above.counts.total(filters.outcomes)
    columns = _columns(request, is_all=not actor_id)
    rows = table_rows(page.rows, ctx.by_key, form, columns)
    # Whoever comes back to the beginning by "Previous" stands at it, and is told what is new.
    is_first = not skip and (cursor is None or (is_back and bool(page.rows) and not page.has_more))
    is_open = is_first and filters.until is None  # so that something new can come
    freshness = _freshness(request, ctx)
    known: Coverage = freshness["coverage"]
    is_polled = is_open or known.incomplete
    poll = _poll(ctx, rows, page, newest or page.rows, total, known) if is_polled else ""
    return {
        "rows": rows,
        "page": page,
        "total": total,
        "segments": segments(form, ctx, above.counts.of),
        "strip": above.strip,
        "charts": charts(ctx) if "charts" in request.GET else None,
        "columns": heads(form, columns),
        "column_choices": [
            (column, column in columns)
            for column in COLUMNS
            if column.is_optional and column in selected_columns([c.name for c in COLUMNS], is_all=not actor_id)
        ],
        "actor_choices": [] if actor_id else actor_choices(ctx),
        "chips": chips(form, ctx),
        "windows": windows(form),
        "window_words": window_words(form, ctx),
        "has_others": any(form.data.get(bound.name) for bound in form.other_fields(is_all=not actor_id)),
        "charts_query": "&".join(filter(None, (form.query(), "charts=1"))),
        "is_first": is_first,
        "begins": cursor_text(history_query.cursor_before(filters, page.rows[0], ctx.keys)) if page.rows else "",
        **_pages(ctx, page, cursor, is_back),
        "slice": shown_slice(selected, len(rows), total.number, is_exact=total.is_exact, has_more=page.has_more)
        if selected
        else None,
        **freshness,
        "poll": poll,
        "step": _step(request, known, poll, error),
        "csv": form.query(format="csv"),
        "jsonl": form.query(format="jsonl"),
        "evidence": form.query(**({"actor": ctx.readable[0].id} if actor_id else {})),
        "asks": {"execution.search" if actor_id else "search.executions": filters.as_search() | {"limit": str(size)}},
        "no_actor": ctx.filters.values["actor"].text if ctx.has_no_actor else "",
        "is_empty": not page.rows and not above.counts.total().number and not form.is_narrowed,
    }


def _pages(ctx: QueryContext, page: Page, cursor: Cursor | None, is_back: bool) -> dict[str, str]:
    """Return the ways to the pages around this one; `more` goes on looking where a page stopped before the end."""
    older, newer, further = "", "", ""
    rows, form = page.rows, ctx.form
    if rows:
        last, first = cursor_of(ctx.filters, rows[-1], ctx.keys), cursor_of(ctx.filters, rows[0], ctx.keys)
        if page.has_more or is_back:
            older = "?" + form.query(after=cursor_text(last))
        if (is_back and page.has_more) or (cursor is not None and not is_back):
            newer = "?" + form.query(before=cursor_text(first))
    if page.looked_back_to is not None:
        further = "?" + form.query(after=cursor_text(Cursor((page.looked_back_to, -1))))
    return {"next_url": older, "previous_url": newer, "more_url": further, "first_url": "?" + form.query()}


def _freshness(request: HttpRequest, ctx: QueryContext) -> dict[str, Any]:
    """Return how much of what is asked is known, and since when that has not been asked again."""
    known = ctx.coverage()
    begun, _, known_then = request.GET.get("begun", "").partition(".")
    seconds = known.seconds_left(int(begun), int(known_then)) if _is_number(begun) and _is_number(known_then) else None
    return {
        "coverage": known,
        "as_of": from_ms(known.looked) if known.looked else None,
        "gaps": [(ctx.by_key[gap.actor].label, gap) for gap in known.gaps],
        "time_left": duration(max(seconds, 1.0)) if seconds is not None else "",
        "percent": None if known.share is None else int(100 * known.share),
    }


def _poll(
    ctx: QueryContext, rows: list[Row], page: Page, newest: list[HistoryRow], total: Count, known: Coverage
) -> str:
    """Return the address that a page asks for what is new.

    It names the newest that the filter finds, how many there are where they come under it by how they end, the rows
    not yet finished, and whether the page was made before all had
    been read.
    """
    received, pk = max(((row.received, row.pk) for row in newest), default=(ctx.form.at, 0))
    sketches = {row.pk for row in page.rows if row.is_sketch}
    open_rows = ",".join(str(row.pk) for row in rows if row.is_open or row.pk in sketches)
    extra = f"poll=1&newest={received}.{pk}" + (f"&open={open_rows}" if open_rows else "")
    if ctx.filters.is_of_ends and total.is_exact and not known.incomplete:
        extra += f"&seen={total.number}" + (f".{ctx.filters.since}" if ctx.filters.since else "")
    extra += f"&filling=1&begun={now_ms()}.{known.executions}" if known.incomplete else ""
    query = ctx.form.query()
    return f"{query}&{extra}" if query else extra


# What a page asks by itself ---------------------------------------------------------------------------------


def _live(request: HttpRequest, abaco: Abaco, ctx: QueryContext, context: dict[str, Any]) -> HttpResponse:
    """Answer a poll: how many have come, how far reading has come, and the rows that were not finished, as they are."""
    received, pk = _newest(request)
    newer = history_query.newer(ctx.filters, ctx.keys, ctx.named, received, pk) if received else 0
    newer = max(newer, _ended_since(request, ctx))
    open_pks = [
        int(part)
        for part in request.GET.get("open", "").split(",")[: max(PAGE_SIZES)]
        if part.isascii() and part.isdigit()
    ]
    rows = [row for row in history_query.rows_of([pk for pk in open_pks if pk < 2**62]) if row.actor in ctx.by_key]
    if context["actor_id"] and context["error_now"] is None and complete_rows(abaco, rows, ctx):
        rows = history_query.rows_of([row.pk for row in rows])
    freshness = _freshness(request, ctx)
    known: Coverage = freshness["coverage"]
    context |= freshness | {
        "is_read_now": "filling" in request.GET and not known.incomplete,
        "step": _step(request, known, request.GET.urlencode(), context["error_now"]),
        "newer": newer,
        "rows": table_rows(rows, ctx.by_key, ctx.form, _columns(request, is_all=context["is_all"])),
        "first_url": "?" + ctx.form.query(),
    }
    state = (newer, [(row.pk, row.outcome, row.status) for row in rows], _progress(known))
    # Nothing more comes to a closed range that is known as a whole.
    is_open = ctx.filters.until is None or any(row.outcome in UNFINISHED for row in rows)
    is_done = not is_open and not known.incomplete
    return render_poll(request, "history/_live.html", context, state=state, done=is_done)


def _progress(known: Coverage) -> str:
    return f"{known.incomplete}.{known.executions}.{known.back_to}"


def _step(request: HttpRequest, known: Coverage, poll: str, error: AbacoError | None) -> str:
    """Return the query of the next step of a sync; empty where the last one brought nothing, or none is needed.

    The page then asks at its usual pace only.
    """
    progress = _progress(known)
    if error is not None or not known.incomplete or request.GET.get("last") == progress:
        return ""
    former, _, _ = poll.partition("&last=")
    return f"{former}&last={progress}"


def _ended_since(request: HttpRequest, ctx: QueryContext) -> int:
    """Return how many more the filter finds than when the page was made, up to a hundred.

    One that was received before others and ended after them is new under a filter of how they end.
    """
    number, _, since = request.GET.get("seen", "").partition(".")
    if not ctx.filters.is_of_ends or not _is_number(number) or not (since == "" or _is_number(since)):
        return 0
    count = cached_count(ctx, int(since) if since else None)
    return min(max(count.number - int(number), 0), 100) if count.is_exact else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _newest(request: HttpRequest) -> tuple[int, int]:
    received, _, pk = request.GET.get("newest", "").partition(".")
    if _is_number(received) and _is_number(pk):
        return int(received), int(pk)
    return 0, 0


def _recent(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Answer the actor's page, which shows its newest executions."""
    form = HistoryForm({"window": "all"})
    ctx = query_context_of(request, abaco, actor_id, form)
    error = bring_up_to_date(abaco, ctx, actor_id, now_ms() - DRAWN_DAYS * DAY)
    if error and not is_known(ctx):
        raise error
    if error is None:
        complete_rows(abaco, history_query.page(ctx.filters, ctx.keys, number=RECENT).rows, ctx)
    actor_summary = summary(ctx.readable[0].key)
    context = {
        "rows": actor_summary.recent if actor_summary else [],
        "known": actor_summary,
        "actor_id": actor_id,
        "error_now": error,
        "is_read": True,
    }
    return render(request, "executions/_recent.html", context)
