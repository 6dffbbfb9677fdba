"""Executions of an actor: the list, one of them, its live state, halting it, registering one.

Their logs and results have modules of their own.
"""

from collections.abc import Container, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actors_app.converters import is_id
from actors_app.credentials import SessionCredentials, abaco_for
from actors_app.decorators import credentials_required
from actors_app.endings import final_state_in_words, freshness, log_is_settled, state_in_words, time_spent
from actors_app.forms.executions import ExecutionFilterForm, ExecutionForm, HaltForm
from actors_app.htmx import is_poll, render_page, render_poll, wants_fragment
from actors_app.kept_results import kept
from actors_app.listing import PER_PAGE, SortedListing, table_rows
from actors_app.loglines import TAIL_LINES
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Forbidden, NotFound, SignedOut
from actors_app.services.types import Execution, ExecutionRow
from actors_app.views.logs import log_context
from actors_app.writes import Answer, perform

# Errors that are about the actor itself: a list that "could not be loaded" would be the wrong thing to say.
ABOUT_THE_ACTOR = (Forbidden, NotFound, SignedOut)
ENDED_FOR = 600  # seconds for which this process remembers how an execution ended


def _details(request: HttpRequest, abaco: Abaco, actor_id: str, rows: Sequence[ExecutionRow]) -> dict[str, Execution]:
    """Return the rows' executions with their exit codes, as many as can be had; the page stands without them.

    Somebody without an entry of their own in the actor's permissions finds nothing by searching, but may ask
    for each.
    """
    ids = [row.id for row in rows if is_id(row.id)]
    prefix = f"ended:{request.session['who']['tenant']}:{actor_id}:"
    known: dict[str, Execution] = cache.get_many([prefix + one for one in ids])
    found = {execution.id: execution for execution in known.values()}
    missing = [one for one in ids if one not in found]
    if missing:
        found |= _asked(abaco, actor_id, missing, {row.id for row in rows if row.is_finished})
        # What has ended stays as it is, and whoever was just given its row may see it: it is not asked for again.
        ended = {prefix + one: found[one] for one in missing if one in found and found[one].is_finished}
        cache.set_many(ended, timeout=ENDED_FOR)
    return found


def _asked(abaco: Abaco, actor_id: str, ids: Sequence[str], finished: Container[str]) -> dict[str, Execution]:
    """Ask for executions by one search, or, where it finds none of the finished, for each of those."""
    try:
        found = abaco.executions.details(actor_id, ids)
    except SignedOut:
        raise
    except AbacoError:
        return {}
    singly = [one for one in ids if one in finished]
    if found or not singly:
        return found
    answers = abaco.wave(**{one: lambda one=one: abaco.executions.get(actor_id, one) for one in singly})
    return {one: answer.value for one, answer in answers.items() if answer.error is None}


def _live_table(
    request: HttpRequest, actor_id: str, abaco: Abaco, everything: SortedListing, newest: str
) -> HttpResponse:
    """Answer the list's poll: the same rows as they stand now, and how many have come since."""
    newer, rows = everything.since(newest)
    details = _details(request, abaco, everything.listing.actor_id or actor_id, rows)
    context = {
        "actor_id": actor_id,
        "rows": table_rows(actor_id, rows, details),
        "newer": newer,
        "status": everything.status,
        "total": len(everything.rows),
    }
    state = (newer, [(row.id, row.status) for row in rows], everything.freshness)
    return render_poll(request, "executions/_table.html", context, state=state, done=not everything.is_live)


def _recent(request: HttpRequest, actor_id: str, abaco: Abaco, count: int) -> HttpResponse:
    """Answer the actor's page, which shows its newest executions, with how each of them ended."""
    newest = SortedListing(abaco.executions.list(actor_id))
    rows = newest.rows[:count]
    details = _details(request, abaco, newest.listing.actor_id or actor_id, rows)
    return render(request, "executions/_recent.html", {"rows": table_rows(actor_id, rows, details)})


@require_http_methods(["GET"])
@credentials_required
def execution_list(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Show an actor's executions, newest first (`GET /actors/{id}/executions`)."""
    abaco = abaco_for(request)
    form = ExecutionFilterForm(request.GET)
    status = form.chosen_status
    if "recent" in request.GET:
        if wants_fragment(request):
            return _recent(request, actor_id, abaco, form.chosen_recent)
        return redirect("actors:execution-list", actor_id)
    if is_poll(request):
        everything = SortedListing(abaco.executions.list(actor_id), status)
        return _live_table(request, actor_id, abaco, everything, request.GET.get("newest", ""))
    answers = abaco.wave(actor=lambda: abaco.actors.get(actor_id), executions=lambda: abaco.executions.list(actor_id))
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "actor": answers["actor"].value,
        "tab": "executions",
        "section": "actors",
        "counts": {},
        "status": status,
        "note": form.note,
    }
    error = answers["executions"].error
    if error is not None:
        if isinstance(error, ABOUT_THE_ACTOR):
            raise error
        return render_page(request, "executions/list.html", {**context, "error": error}, status=error.status)
    everything = SortedListing(answers["executions"].value, status)
    paginator = Paginator(everything.chosen(), PER_PAGE)
    page = paginator.get_page(form.chosen_page)
    note = form.note
    if not note and form.chosen_page > paginator.num_pages:
        note = f"There is no page {form.chosen_page}; this is the last."
    rows = list(page.object_list)
    details = _details(request, abaco, everything.listing.actor_id or actor_id, rows)
    context |= {
        "counts": {"executions": everything.total},
        "everything": everything,
        "segments": everything.segments(),
        "page": page,
        "note": note,
        "rows": table_rows(actor_id, rows, details),
        "total": len(everything.rows),
        "poll": urlencode({"poll": 1, "status": status, "newest": everything.newest}),
        "is_live": everything.is_live and page.number == 1,
    }
    return render_page(request, "executions/list.html", context, partial="executions/_table.html")


def _state_context(actor_id: str, execution_id: str, execution: Execution) -> dict[str, Any]:
    """Return what `executions/_status.html` shows."""
    return {
        "actor_id": actor_id,
        "execution_id": execution_id,
        "execution": execution,
        "worker_is_id": is_id(execution.worker_id or ""),
        "state_in_words": state_in_words(execution),
        "final_state": final_state_in_words(execution),
        "spent": time_spent(execution),
        "can_halt": execution.status == "RUNNING",
    }


@require_http_methods(["GET"])
@credentials_required
def execution_detail(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Show an execution, its log and the results taken (`GET /actors/{id}/executions/{execution}`)."""
    abaco = abaco_for(request)
    answers = abaco.wave(
        actor=lambda: abaco.actors.get(actor_id),
        execution=lambda: abaco.executions.get(actor_id, execution_id),
        log=lambda: abaco.logs.get(actor_id, execution_id),
    )
    execution: Execution = answers["execution"].need()
    owner = SessionCredentials.of(request).current
    context = {
        **_state_context(actor_id, execution_id, execution),
        **log_context(actor_id, execution, answers["log"], TAIL_LINES),
        "actor": answers["actor"].value,
        "tab": "executions",
        "section": "actors",
        "counts": {},
        "kept": kept(owner, execution_id) if owner else [],
        "log_is_settled": log_is_settled(execution),
    }
    return render_page(request, "executions/detail.html", context)


@require_http_methods(["GET"])
@credentials_required
def execution_status(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Answer the poll of an execution's state; opened plainly, go to its page."""
    if not wants_fragment(request):
        return redirect("actors:execution-detail", actor_id, execution_id)
    execution = abaco_for(request).executions.get(actor_id, execution_id)
    context = {**_state_context(actor_id, execution_id, execution), "is_fragment": True}
    watched = freshness(execution.message_received_time)
    state = (execution.status, execution.worker_id, execution.exit_code, watched)
    return render_poll(request, "executions/_status.html", context, state=state, done=execution.is_finished)


@require_http_methods(["GET", "POST"])
@credentials_required
def execution_halt(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Ask before halting a running execution, then halt it (`DELETE /actors/{id}/executions/{execution}`)."""
    abaco = abaco_for(request)
    form = HaltForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "execution_id": execution_id,
        "actor": None,
        "form": form,
        "tab": "executions",
        "section": "actors",
        "counts": {},
        "can_halt": True,
    }
    if request.method == "POST":
        try:
            return perform(
                request,
                "execution.halt",
                lambda: abaco.executions.halt(actor_id, execution_id),
                lambda _: Answer(
                    "The halt was ordered. The execution ends in a moment.",
                    reverse("actors:execution-detail", args=[actor_id, execution_id]),
                ),
                actor_id=actor_id,
                object_id=execution_id,
            ).go(request)
        except AbacoError as error:
            return render_page(request, "executions/halt.html", context, status=form.refuse(error))
    answers = abaco.wave(
        actor=lambda: abaco.actors.get(actor_id),
        execution=lambda: abaco.executions.get(actor_id, execution_id),
    )
    execution: Execution = answers["execution"].need()
    can_halt = execution.status == "RUNNING"
    context |= {"actor": answers["actor"].value, "execution": execution, "can_halt": can_halt}
    context["state_in_words"] = state_in_words(execution)
    return render_page(request, "executions/halt.html", context, status=200 if can_halt else 409)


@require_http_methods(["GET", "POST"])
@credentials_required
def execution_create(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Register an execution that ran elsewhere; Abaco refuses every one (`POST /actors/{id}/executions`)."""
    form = ExecutionForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "actor": None,
        "form": form,
        "tab": "executions",
        "section": "actors",
        "counts": {},
    }
    if request.method == "GET":
        context["actor"] = abaco_for(request).actors.get(actor_id)
        return render_page(request, "executions/form.html", context)
    if not form.is_valid():
        return render_page(request, "executions/form.html", context, status=422)
    try:
        abaco = abaco_for(request)
        return perform(
            request,
            "execution.register",
            lambda: abaco.executions.register(actor_id, **form.cleaned_data),
            lambda execution: Answer("The execution was registered.", _address(actor_id, execution)),
            actor_id=actor_id,
            details={"after": form.cleaned_data},
        ).go(request)
    except AbacoError as error:
        return render_page(request, "executions/form.html", context, status=form.refuse(error))


def _address(actor_id: str, execution: Execution | None) -> str:
    """Return the page of an execution, or the list where the API did not name it in a form we know."""
    if execution is None or not is_id(execution.id):
        return reverse("actors:execution-list", args=[actor_id])
    return reverse("actors:execution-detail", args=[actor_id, execution.id])
