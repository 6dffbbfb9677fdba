"""An act on many actors, or on many of their workers, before it is ordered."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from actors_app.administration.lists import admin_role
from actors_app.bulk.actor_plans import CAP, ActorPlan, plan_of
from actors_app.bulk.forms import ActorBulkForm, ActorOrderForm
from actors_app.bulk.kinds import ACTS
from actors_app.bulk.progress import PLACES, address
from actors_app.bulk.views import TOO_OLD, place_order, plan_context
from actors_app.core.htmx import render_page
from actors_app.core.pages import drafts
from actors_app.core.pages.decorators import page
from actors_app.core.security.credentials import abaco_for, signed_in


@page("GET", "POST")
def actor_bulk_create(request: HttpRequest) -> HttpResponse:
    """Show what an act on many actors would do, and what each loses; then order it. Nothing is done yet."""
    draft = drafts.restored()
    if request.method == "GET" and not draft:
        return _preview(request)
    plan = ActorPlan.unsigned(signed_in(request), (draft or request.POST).get("plan", ""))
    if plan is None or not plan.items:
        return _refused(request, [TOO_OLD], "actor-list", "", "")
    if request.method == "GET":
        return _page(request, _context(plan, ActorOrderForm(expected=plan.number)), 200)
    form = ActorOrderForm(request.POST, expected=plan.number)
    return place_order(request, plan, form) or _page(request, _context(plan, form), form.status_code)


def _preview(request: HttpRequest) -> HttpResponse:
    form = ActorBulkForm(request.GET)
    is_valid = form.is_valid()
    chosen = form.cleaned_data
    if not is_valid:
        return _refused(request, form.complaints, chosen["place"], chosen["query"], request.GET.get("act", ""))
    abaco, credentials = abaco_for(request), signed_in(request)
    plan = plan_of(
        credentials,
        abaco,
        lambda: admin_role(request, abaco),
        act=chosen["act"],
        picks=chosen["pick"],
        place=chosen["place"],
        query=chosen["query"],
    )
    order = ActorOrderForm(initial={"plan": plan.signed(credentials)}, expected=plan.number)
    context = _context(plan, order) | {"retry": request.get_full_path()}
    return _page(request, context, 200 if plan.items else 409)


def _context(plan: ActorPlan, form: ActorOrderForm) -> dict[str, Any]:
    section, back_words = PLACES[plan.place]
    return {**plan_context(plan, form), "cap": CAP, "section": section, "back_words": back_words}


def _refused(request: HttpRequest, complaints: list[str], place: str, query: str, act: str) -> HttpResponse:
    section, back_words = PLACES[place]
    verb = ACTS[act].verb if act in ACTS else "Bulk action"
    context = {"complaints": complaints, "back": address(place, query), "section": section, "back_words": back_words}
    return _page(request, {**context, "verb": verb}, 422)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render_page(request, "bulk/actors.html", context, status=status)
