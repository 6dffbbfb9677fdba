"""One act on many executions: its preview, ordering it, the page that moves it on, stopping it; and what is picked."""

from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actors_app import bulk
from actors_app.bulk_pages import Page, page_of, pages_of
from actors_app.bulk_plans import CAP, LISTED, Plan, page_rows, picked_rows, plan_of, unsealed
from actors_app.converters import is_id
from actors_app.credentials import Credentials, SessionCredentials, abaco_for
from actors_app.decorators import credentials_required
from actors_app.forms.bulk import BulkForm, OrderForm, PickedForm
from actors_app.forms.history import HistoryForm
from actors_app.history.asking import Asked, asked
from actors_app.history.exporting import export_rows
from actors_app.htmx import go_to, is_poll, render_page, render_poll, say
from actors_app.keys import FIELD, is_key, new_key
from actors_app.models import BulkJob
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Forbidden, NotFound, SignedOut
from actors_app.writes import Answer, form_key, perform

STEP_SECONDS, STEP_ITEMS = 2.0, 10  # of a page that asks by itself
LONG_SECONDS, LONG_ITEMS = 6.0, 50  # of a press on the button


def _who(request: HttpRequest) -> Credentials:
    who = SessionCredentials.of(request).current
    if who is None:
        raise SignedOut
    return who


@require_http_methods(["GET", "POST"])
@credentials_required
def bulk_create(request: HttpRequest) -> HttpResponse:
    """Show what an act on many executions would do, and to which; then order it. Nothing is done yet."""
    return _ordered(request) if request.method == "POST" else _previewed(request)


def _previewed(request: HttpRequest) -> HttpResponse:
    form, filters = BulkForm(request.GET), HistoryForm(request.GET)
    complaints = [] if form.is_valid() else form.complaints
    complaints += [str(text) for texts in filters.errors.values() for text in texts]
    if complaints:
        context = {"complaints": complaints, "back": _back(filters), "act": request.GET.get("act", "")}
        return _page(request, context, 422)
    chosen = form.cleaned_data
    abaco = abaco_for(request)
    what, who = _asked(request, abaco, filters), _who(request)
    plan = plan_of(who, abaco, what, chosen["act"], chosen["scope"], chosen["pick"], filters.query())
    order = OrderForm(initial={"plan": plan.sealed(who)})
    return _page(request, _plan_context(plan, order), 200 if plan.items else 409)


def _asked(request: HttpRequest, abaco: Abaco, filters: HistoryForm) -> Asked:
    """Return what a filter asks; an actor that it names by its id is asked for by itself, as its own page does.

    So one that was made, or shared, within the last minute is found too.
    """
    actor = filters.wanted().actor
    if actor and not actor.is_not and is_id(actor.text):
        with suppress(Forbidden, NotFound):  # it may be a name
            what = asked(request, abaco, actor.text, filters)
            if what.actors:
                return what
    return asked(request, abaco, form=filters)


def _ordered(request: HttpRequest) -> HttpResponse:
    who, form = _who(request), OrderForm(request.POST)
    plan = unsealed(who, request.POST.get("plan", ""))
    if plan is None or not plan.items:
        text = "This page is too old to be used, or is not yours. Go back to the list and begin again."
        return _page(request, {"complaints": [text], "back": reverse("actors:history"), "act": ""}, 422)
    status = 422
    if form.is_valid():
        try:
            sent_key = request.POST.get(FIELD, "")
            handle = bulk.handle_of(who, sent_key if is_key(sent_key) else new_key())
            key = form_key(request, "bulk.start", object_id=handle)
            return perform(
                request,
                "bulk.start",
                lambda: bulk.order(who, plan, handle, key),
                lambda job: Answer(_said(plan), reverse("actors:bulk-detail", args=[job.handle])),
                object_id=handle,
                details={
                    "name": f"{plan.number} execution{'s' if plan.number != 1 else ''}",
                    "act": plan.act,
                    "reason": form.cleaned_data["reason"],
                    "filter": plan.query,
                },
            ).go(request)
        except AbacoError as error:
            status = form.refuse(error)
    return _page(request, _plan_context(plan, form), status)


def _said(plan: Plan) -> str:
    plural = "s" if plan.number != 1 else ""
    if plan.act == "halt":
        return f"Ordered: {plan.number} execution{plural} to halt."
    return f"Ordered: {plan.number} message{plural} to send again."


def _plan_context(plan: Plan, form: OrderForm) -> dict[str, Any]:
    return {
        "plan": plan,
        "act": plan.act,
        "form": form,
        "back": _address("actors:history", plan.query),
        "cap": CAP,
        "listed": LISTED,
    }


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render_page(request, "bulk/preview.html", {"section": "history", **context}, status=status)


def _address(name: str, query: str) -> str:
    return reverse(name) + (f"?{query}" if query else "")


def _back(filters: HistoryForm) -> str:
    """Return the way to the list that the address names; to the whole where it cannot be read."""
    return _address("actors:history", "" if filters.errors else filters.query())


# Jobs ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
@credentials_required
def bulk_list(request: HttpRequest) -> HttpResponse:
    """Show one's own bulk acts, newest first, so that one whose page was closed is found again."""
    context = {"section": "history", "pages": pages_of(_who(request)), "most": bulk.LISTED}
    return render_page(request, "bulk/list.html", context)


@require_http_methods(["GET", "POST"])
@credentials_required
def bulk_detail(request: HttpRequest, handle: str) -> HttpResponse:
    """Show how far a bulk act is; a POST moves it on by a step."""
    who = _who(request)
    job = _own(who, handle)
    error: AbacoError | None = None
    if request.method == "POST" and not page_of(who, job).is_over:
        seconds, most = (STEP_SECONDS, STEP_ITEMS) if is_poll(request) else (LONG_SECONDS, LONG_ITEMS)
        error = bulk.step(request, abaco_for(request), job, seconds=seconds, most=most)
        job = _own(who, handle)
    if request.method == "POST" and not is_poll(request) and error is None:
        return go_to(request, "actors:bulk-detail", handle)
    page = page_of(who, job, after=_after(request) if is_poll(request) else None)
    context = {"section": "history", "page": page, "job": job, "error": error}
    if is_poll(request):
        done = page.is_over or error is not None
        return render_poll(request, "bulk/_live.html", context, state=_state(page, error), done=done)
    return render_page(request, "bulk/detail.html", context, status=error.status if error else 200)


@require_http_methods(["GET", "POST"])
@credentials_required
def bulk_stop(request: HttpRequest, handle: str) -> HttpResponse:
    """Begin nothing more of a bulk act; what was begun is not taken back. Opened plainly, go to its page."""
    if request.method == "GET":
        return redirect("actors:bulk-detail", handle)
    job = _own(_who(request), handle)
    left = bulk.stop(job)
    if left:
        say(request, f"Stopped. Nothing was sent for the {left} execution{'s' if left != 1 else ''} that still waited.")
    return go_to(request, "actors:bulk-detail", handle)


def _own(who: Credentials, handle: str) -> BulkJob:
    job = bulk.job_of(who, handle)
    if job is None:
        raise Http404("no such job of this person's")
    return job


def _after(request: HttpRequest) -> int:
    """Return up to which item the page that asks has every result."""
    text = request.POST.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _state(page: Page, error: AbacoError | None) -> object:
    return (sorted(page.counts.items()), page.job.stopped, error.kind if error else "")


# What is picked ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
@credentials_required
def executions_picked(request: HttpRequest) -> HttpResponse:
    """Give out what was picked as a file; the page, or all that match, by the list's own address."""
    form, filters = PickedForm(request.GET), HistoryForm(request.GET)
    complaints = [] if form.is_valid() else form.complaints
    complaints += [str(text) for texts in filters.errors.values() for text in texts]
    if complaints:
        return _page(request, {"complaints": complaints, "back": _back(filters), "act": "export"}, 422)
    format_ = filters.cleaned_data["format"] or "csv"
    if form.cleaned_data["scope"] == "all":
        return redirect(_address("actors:history", filters.query(format=format_)))
    what = _asked(request, abaco_for(request), filters)
    if form.cleaned_data["scope"] == "page":
        rows = page_rows(what)
    else:
        rows, _ = picked_rows(what, form.cleaned_data["pick"])
    return export_rows(what, [rows], format_)  # type: ignore[return-value]  # no HttpResponse to mypy
