"""One act on many things: ordering what a preview showed, the page that moves it on, stopping it, and one's own."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from actors_app.bulk import commands, jobs, steps
from actors_app.bulk.forms import OrderForm
from actors_app.bulk.kinds import ACTS
from actors_app.bulk.models import BulkJob
from actors_app.bulk.plans import Plan
from actors_app.bulk.progress import Page, address, page_of, pages_of
from actors_app.core.htmx import go_to, is_poll, render_page, render_poll, say
from actors_app.core.pages.decorators import page
from actors_app.core.security.credentials import Credentials, abaco_for, signed_in
from actors_app.services.errors import CallError

STEP_SECONDS, STEP_ITEMS = 2.0, 10  # of a page that asks by itself
TOO_OLD = "This page has expired. Go back to the list and start again."


def place_order(request: HttpRequest, plan: Plan, form: OrderForm) -> HttpResponse | None:
    """Write down what a plan says and lead to its page; None where the form is to be shown again."""
    if form.is_valid():
        with form.catch_refusal():
            return commands.order(request, plan, form.cleaned_data["reason"]).go(request)
    return None


def plan_context(plan: Plan, form: OrderForm) -> dict[str, Any]:
    """Return what the page of a preview shows of any plan."""
    act = ACTS[plan.act]
    return {
        "plan": plan,
        "act": act,
        "title": act.question(plan.number),
        "press": act.button(plan.number),
        "form": form,
        "back": address(plan.place, plan.query),
    }


@page("GET")
def bulk_list(request: HttpRequest) -> HttpResponse:
    """Show one's own bulk acts, newest first, so that one whose page was closed is found again."""
    context = {"section": "activity", "pages": pages_of(signed_in(request)), "most": jobs.LISTED}
    return render_page(request, "bulk/list.html", context)


@page("GET", "POST")
def bulk_detail(request: HttpRequest, handle: str) -> HttpResponse:
    """Show how far a bulk act is; a POST moves it on by a step."""
    credentials = signed_in(request)
    job = _own_job(credentials, handle)
    error: CallError | None = None
    if request.method == "POST" and not page_of(credentials, job).is_over:
        seconds, most = (STEP_SECONDS, STEP_ITEMS) if is_poll(request) else (commands.LONG_SECONDS, commands.LONG_ITEMS)
        error = steps.step(request, abaco_for(request), job, seconds=seconds, most=most)
        job = _own_job(credentials, handle)
    if request.method == "POST" and not is_poll(request) and error is None:
        return go_to(request, "actors:bulk-detail", handle)
    page = page_of(credentials, job, after=_after(request) if is_poll(request) else None)
    context = {"section": page.section, "page": page, "job": job, "error": error}
    if is_poll(request):
        done = page.is_over or error is not None
        return render_poll(request, "bulk/_live.html", context, state=_state(page, error), done=done)
    return render_page(request, "bulk/detail.html", context, status=error.status if error else 200)


@page("GET", "POST")
def bulk_stop(request: HttpRequest, handle: str) -> HttpResponse:
    """Begin nothing more of a bulk act; what was begun is not taken back. Opened plainly, go to its page."""
    if request.method == "GET":
        return redirect("actors:bulk-detail", handle)
    job = _own_job(signed_in(request), handle)
    skipped = jobs.stop(job)
    if skipped:
        say(request, f"Stopped. {ACTS[job.act].count_label(skipped)} not processed.")
    return go_to(request, "actors:bulk-detail", handle)


def _own_job(credentials: Credentials, handle: str) -> BulkJob:
    job = jobs.job_of(credentials, handle)
    if job is None:
        raise Http404("no such job of this person's")
    return job


def _after(request: HttpRequest) -> int:
    """Return up to which item the page that asks has every result."""
    text = request.POST.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _state(page: Page, error: CallError | None) -> object:
    return (sorted(page.counts.items()), page.job.stopped, error.kind if error else "")
