"""The execution history: of all actors that the visitor may read, and of one of them; the same list for both."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from actors_app.core.clock import DAY, MINUTE, from_ms, now_ms
from actors_app.core.htmx import is_poll, render_page, render_poll, wants_fragment
from actors_app.core.pages.decorators import credentials_required
from actors_app.core.pages.forms_slice import shown_slice
from actors_app.core.pages.preferences import PAGE_SIZES
from actors_app.core.security.credentials import abaco_for
from actors_app.history import collector, visibility
from actors_app.history import query as history_query
from actors_app.history.actor_summary import RECENT, summary
from actors_app.history.chart_data import counted, drawn
from actors_app.history.export import export
from actors_app.history.facets import chips, columns, segments, window_words, windows
from actors_app.history.filters import Count
from actors_app.history.forms import HistoryForm, place_text
from actors_app.history.models import ActorHistory
from actors_app.history.query import Found, Page, Place, place_of
from actors_app.history.query_context import Asked, asked
from actors_app.history.refresh import READING, bring_up_to_date, completed, is_known, last_looked
from actors_app.history.rows import Row, table_rows
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Forbidden, NotFound, SignedOut, TimedOut

DRAWN_DAYS = 14  # on the actor's own page


@require_http_methods(["GET", "HEAD"])
@credentials_required
def history(request: HttpRequest) -> HttpResponse:
    """Show the executions of all actors that the visitor may read (`GET /actors/search/executions`)."""
    return _answer(request, abaco_for(request), "")


@require_http_methods(["GET", "HEAD"])
@credentials_required
def execution_list(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Show an actor's executions (`GET /actors/{id}/executions`)."""
    abaco = abaco_for(request)
    if "recent" in request.GET:
        if wants_fragment(request):
            return _recent(request, abaco, actor_id)
        return redirect("actors:execution-list", actor_id)
    return _answer(request, abaco, actor_id)


def _answer(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    form = HistoryForm(request.GET)
    base: dict[str, Any] = {"form": form, "actor_id": actor_id, "is_all": not actor_id, **_place_in_portal(actor_id)}
    if form.cleaned_data.get("format") and form.selected_slice:
        form.add_error("offset", "A file holds the whole list: leave out limit and offset.")
    base |= {
        "span_fields": [form[name] for name in ("from", "to")],
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
        what = asked(request, abaco, actor_id, form)
    except (Forbidden, NotFound, SignedOut):
        raise
    except AbacoError as error:
        if wants_fragment(request):
            raise
        return render_page(request, "history/list.html", base | {"error": error}, status=error.status)
    silence = what.error or bring_up_to_date(
        abaco, what, actor_id, what.wanted.since or 0, None if is_poll(request) else READING
    )
    if actor_id and isinstance(silence, Forbidden | NotFound):
        # It lets this visitor read less than it did within the last minute.
        visibility.forget_one(request, actor_id)
        what = asked(request, abaco, actor_id, form)
        silence = None if what.readable[0].deleted else silence
    is_file = bool(what.form.cleaned_data.get("format"))
    if not is_file and isinstance(silence, TimedOut) and now_ms() - last_looked(what) < MINUTE:
        silence = None  # only the page's own time was over; what it shows is new enough
    # Whoever may read the actor is not sent away because its listing is long: the page goes on reading by itself.
    is_shown = not is_file and not is_poll(request)
    is_long = isinstance(silence, TimedOut) and actor_id and is_shown and what.error is None
    if is_long and not is_known(what):
        silence = None
    elif silence and not is_known(what):
        if wants_fragment(request):
            raise silence
        return render_page(request, "history/list.html", base | {"error": silence}, status=silence.status)
    if is_file:
        return export(what, last_looked(what) if silence else None, bom=True)  # type: ignore[return-value]  # no HttpResponse to mypy
    context = base | {
        "error_now": silence,
        "role": what.role,
        "actor": what.readable[0].as_actor() if actor_id else None,
    }
    if actor_id:
        context["deleted"] = from_ms(what.readable[0].deleted)
    if is_poll(request):
        return _live(request, abaco, what, context)
    return render_page(request, "history/list.html", context | _page_context(abaco, what, actor_id, silence))


def _place_in_portal(actor_id: str) -> dict[str, Any]:
    return {"section": "actors", "tab": "executions", "counts": {}} if actor_id else {"section": "history"}


# The page ---------------------------------------------------------------------------------------------------


def _page_context(abaco: Abaco, what: Asked, actor_id: str, error: AbacoError | None) -> dict[str, Any]:
    form, wanted, selected = what.form, what.wanted, what.form.selected_slice
    size, skip = what.page_size, selected.offset if selected else 0
    place, is_back = form.place()
    newest = None if wanted.is_newest_first and not skip else history_query.newest(wanted, what.keys, what.named)
    page = history_query.page(wanted, what.keys, what.named, place=place, back=is_back, number=size, skip=skip)
    is_waited_for = "listing" in what.beside and (page.rows and page.has_more)
    if actor_id and error is None and not is_waited_for and completed(abaco, page.rows, what):
        page = history_query.page(wanted, what.keys, what.named, place=place, back=is_back, number=size, skip=skip)
    above = drawn(what)
    total = above.counts.total(wanted.outcomes)
    rows = table_rows(page.rows, what.by_key, form, of_all=not actor_id)
    # Whoever comes back to the beginning by "Previous" stands at it, and is told what is new.
    is_first = not skip and (place is None or (is_back and bool(page.rows) and not page.has_more))
    is_open = is_first and wanted.until is None  # so that something new can come
    freshness = _freshness(what, error)
    return {
        "rows": rows,
        "page": page,
        "total": total,
        "segments": segments(form, what, above.counts.of),
        "charts": above.charts,
        "columns": columns(form, is_all=not actor_id),
        "chips": chips(form, what),
        "windows": windows(form),
        "window_words": window_words(form, what),
        "since": from_ms(wanted.since),
        "until": from_ms(wanted.until),
        "is_first": is_first,
        "begins": place_text(history_query.place_before(wanted, page.rows[0], what.keys)) if page.rows else "",
        **_pages(what, page, place, is_back),
        "slice": shown_slice(selected, len(rows), total.number, is_exact=total.is_exact, has_more=page.has_more)
        if selected
        else None,
        **freshness,
        "poll": _poll(what, rows, page, newest or page.rows, total, freshness["incomplete"]) if is_open else "",
        "csv": form.query(format="csv"),
        "jsonl": form.query(format="jsonl"),
        "evidence": form.query(**({"actor": what.readable[0].id} if actor_id else {})),
        "asks": {"execution.search" if actor_id else "search.executions": wanted.as_search() | {"limit": str(size)}},
        "no_actor": what.wanted.actor.text if what.has_no_actor and what.wanted.actor else "",
        "is_empty": not page.rows and not above.counts.total().number and not form.is_narrowed,
    }


def _pages(what: Asked, page: Page, place: Place | None, is_back: bool) -> dict[str, str]:
    """Return the ways to the pages around this one; `more` goes on looking where a page stopped before the end."""
    older, newer, more = "", "", ""
    rows, form = page.rows, what.form
    if rows:
        last, first = place_of(what.wanted, rows[-1], what.keys), place_of(what.wanted, rows[0], what.keys)
        if page.has_more or is_back:
            older = "?" + form.query(after=place_text(last))
        if (is_back and page.has_more) or (place is not None and not is_back):
            newer = "?" + form.query(before=place_text(first))
    if page.looked_back_to is not None:
        more = "?" + form.query(after=place_text(Place((page.looked_back_to, -1))))
    return {"next_url": older, "previous_url": newer, "more_url": more, "first_url": "?" + form.query()}


def _freshness(what: Asked, error: AbacoError | None) -> dict[str, Any]:
    """Return how much of what is asked is known, and since when that has not been asked again."""
    keys = [actor.key for actor in what.readable]
    every = list(ActorHistory.objects.filter(pk__in=keys).values_list("looked", "known", "total", "is_whole"))
    looked = max((row[0] for row in every), default=0)
    incomplete = collector.incomplete(keys, what.wanted.since or 0) if error is None else 0
    known, total = 0, 0
    if incomplete and len(every) == 1:
        known, total = every[0][1], max(every[0][2] or 0, every[0][1])
    return {
        "as_of": from_ms(looked) if looked else None,
        "incomplete": incomplete,
        "actors_known": len(every) - incomplete,
        "actors_total": len(every),
        "known": known,
        "known_total": total,
        "known_executions": sum(row[1] for row in every),
    }


def _poll(what: Asked, rows: list[Row], page: Page, newest: list[Found], total: Count, incomplete: int) -> str:
    """Return the address that a page asks for what is new.

    It names the newest that the filter finds, how many there are where they come under it by how they end, the rows
    not yet finished, and whether the page was made before all had
    been read.
    """
    received, pk = max(((row.received, row.pk) for row in newest), default=(what.form.at, 0))
    sketches = {row.pk for row in page.rows if row.is_sketch}
    open_rows = ",".join(str(row.pk) for row in rows if row.is_open or row.pk in sketches)
    extra = f"poll=1&newest={received}.{pk}" + (f"&open={open_rows}" if open_rows else "")
    if what.wanted.is_of_ends and total.is_exact and not incomplete:
        extra += f"&seen={total.number}" + (f".{what.wanted.since}" if what.wanted.since else "")
    extra += "&filling=1" if incomplete else ""
    query = what.form.query()
    return f"{query}&{extra}" if query else extra


# What a page asks by itself ---------------------------------------------------------------------------------


def _live(request: HttpRequest, abaco: Abaco, what: Asked, context: dict[str, Any]) -> HttpResponse:
    """Answer a poll: how many have come, how far reading has come, and the rows that were not finished, as they are."""
    received, pk = _newest(request)
    newer = history_query.newer(what.wanted, what.keys, what.named, received, pk) if received else 0
    newer = max(newer, _ended_since(request, what))
    asked_for = [
        int(one) for one in request.GET.get("open", "").split(",")[: max(PAGE_SIZES)] if one.isascii() and one.isdigit()
    ]
    rows = [row for row in history_query.rows_of([one for one in asked_for if one < 2**62]) if row.actor in what.by_key]
    if context["actor_id"] and context["error_now"] is None and completed(abaco, rows, what):
        rows = history_query.rows_of([row.pk for row in rows])
    freshness = _freshness(what, context["error_now"])
    context |= freshness | {
        "is_read_now": "filling" in request.GET and not freshness["incomplete"],
        "newer": newer,
        "rows": table_rows(rows, what.by_key, what.form, of_all=context["is_all"]),
        "first_url": "?" + what.form.query(),
    }
    # A page that is still being filled is asked for without a pause.
    filling = (freshness["incomplete"], freshness["known"], now_ms() if freshness["incomplete"] else 0)
    state = (newer, [(row.pk, row.outcome, row.status) for row in rows], filling)
    return render_poll(request, "history/_live.html", context, state=state, done=False)


def _ended_since(request: HttpRequest, what: Asked) -> int:
    """Return how many more the filter finds than when the page was made, up to a hundred.

    One that was received before others and ended after them is new under a filter of how they end.
    """
    number, _, since = request.GET.get("seen", "").partition(".")
    if not what.wanted.is_of_ends or not _is_number(number) or not (since == "" or _is_number(since)):
        return 0
    count = counted(what, int(since) if since else None)
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
    what = asked(request, abaco, actor_id, form)
    error = bring_up_to_date(abaco, what, actor_id, now_ms() - DRAWN_DAYS * DAY)
    if error and not is_known(what):
        raise error
    if error is None:
        completed(abaco, history_query.page(what.wanted, what.keys, number=RECENT).rows, what)
    known = summary(what.readable[0].key)
    context = {
        "rows": known.recent if known else [],
        "known": known,
        "actor_id": actor_id,
        "error_now": error,
        "is_read": True,
    }
    return render(request, "executions/_recent.html", context)
