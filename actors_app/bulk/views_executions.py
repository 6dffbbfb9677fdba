"""An act on many executions before it is ordered, and what is picked of them as a file."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from actors_app.bulk.execution_plans import CAP, LISTED, ExecutionPlan, page_rows, picked_rows, plan_of
from actors_app.bulk.forms import BulkForm, OrderForm, PickedForm
from actors_app.bulk.kinds import ACTS
from actors_app.bulk.progress import address
from actors_app.bulk.views import TOO_OLD, place_order, plan_context
from actors_app.core.htmx import render_page
from actors_app.core.pages import drafts
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.decorators import page
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.history.export import export_rows
from actors_app.history.forms import HistoryForm
from actors_app.history.query_context import QueryContext, query_context_of
from actors_app.services import Abaco
from actors_app.services.errors import Forbidden, NotFound, Unaddressable


@page("GET", "POST")
def bulk_create(request: HttpRequest) -> HttpResponse:
    """Show what an act on many executions would do, and to which; then order it. Nothing is done yet."""
    draft = drafts.restored()
    if request.method == "GET" and not draft:
        return _preview(request)
    plan = ExecutionPlan.unsigned(signed_in(request), (draft or request.POST).get("plan", ""))
    if plan is None or not plan.items:
        return _refused(request, [TOO_OLD], reverse("actors:history"))
    if request.method == "GET":
        return _page(request, _context(plan, OrderForm()), 200)
    form = OrderForm(request.POST)
    return place_order(request, plan, form) or _page(request, _context(plan, form), form.status_code)


def _preview(request: HttpRequest) -> HttpResponse:
    form, filters = BulkForm(request.GET), HistoryForm(request.GET)
    complaints = [] if form.is_valid() else form.complaints
    complaints += [str(text) for texts in filters.errors.values() for text in texts]
    if complaints:
        return _refused(request, complaints, _back(filters), request.GET.get("act", ""))
    chosen = form.cleaned_data
    abaco = abaco_for(request)
    context, credentials = context_of(request, abaco, filters), signed_in(request)
    plan = plan_of(
        credentials,
        abaco,
        context,
        act=chosen["act"],
        scope=chosen["scope"],
        picks=chosen["pick"],
        query=filters.query(),
    )
    order = OrderForm(initial={"plan": plan.signed(credentials)})
    return _page(request, _context(plan, order), 200 if plan.items else 409)


def context_of(request: HttpRequest, abaco: Abaco, filters: HistoryForm) -> QueryContext:
    """Return what a filter asks; an actor that it names by its id is asked for by itself, as its own page does.

    So one that was made, or shared, within the last minute is found too.
    """
    actor = filters.as_filters().values.get("actor")
    if actor and not actor.is_not and is_id(actor.text):
        with suppress(Forbidden, NotFound, Unaddressable):  # it may be a name
            context = query_context_of(request, abaco, actor.text, filters)
            if context.actors:
                return context
    return query_context_of(request, abaco, form=filters)


def _context(plan: ExecutionPlan, form: OrderForm) -> dict[str, Any]:
    return {**plan_context(plan, form), "cap": CAP, "listed": LISTED}


def _refused(request: HttpRequest, complaints: list[str], back: str, act: str = "") -> HttpResponse:
    verb = "Export" if act == "export" else ACTS[act].verb if act in ACTS else "Bulk action"
    return _page(request, {"complaints": complaints, "back": back, "verb": verb}, 422)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    context = {"section": "history", "back_words": "Executions", **context}
    return render_page(request, "bulk/executions.html", context, status=status)


def _back(filters: HistoryForm) -> str:
    """Return the way to the list that the address names; to the whole where it cannot be read."""
    return address("history", "" if filters.errors else filters.query())


@page("GET")
def executions_picked(request: HttpRequest) -> HttpResponse:
    """Give out what was picked as a file; the page, or all that match, by the list's own address."""
    form, filters = PickedForm(request.GET), HistoryForm(request.GET)
    complaints = [] if form.is_valid() else form.complaints
    complaints += [str(text) for texts in filters.errors.values() for text in texts]
    if complaints:
        return _refused(request, complaints, _back(filters), "export")
    format_ = filters.cleaned_data["format"] or "csv"
    if form.cleaned_data["scope"] == "all":
        return redirect(address("history", filters.query(format=format_)))
    context = context_of(request, abaco_for(request), filters)
    if form.cleaned_data["scope"] == "page":
        rows = page_rows(context)
    else:
        rows, _ = picked_rows(context, form.cleaned_data["pick"])
    return export_rows(context, [rows], format_, bom=True)  # type: ignore[return-value]  # no HttpResponse to mypy
