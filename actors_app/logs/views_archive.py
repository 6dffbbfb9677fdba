"""Keeping a log, which the API forgets after a while, and deleting what was kept."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from actors_app.core.htmx import render_page
from actors_app.core.operations.perform import answered
from actors_app.core.pages.decorators import page
from actors_app.core.pages.forms import ReasonForm, form_page
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.history.visibility import if_deleted
from actors_app.logs import commands
from actors_app.logs.archive import visible_kept
from actors_app.logs.operations import DELETE_LOG


@page("GET", "POST")
def log_keep(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Archive the log of an execution that has ended, for the button on its page (`GET …/logs`)."""
    if request.method == "GET":
        return redirect("actors:execution-logs", actor_id, execution_id)
    return commands.keep(request, abaco_for(request), actor_id, execution_id).go(request)


@page("GET", "POST")
def log_forget(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Ask before deleting an archived log, then delete it; the API is asked only who may do that."""
    if before := answered(request, DELETE_LOG, actor_id=actor_id, object_id=execution_id):
        return before.go(request)
    credentials, abaco = signed_in(request), abaco_for(request)
    answers = abaco.gather(
        actor=lambda: abaco.actors.get(actor_id),
        execution=lambda: abaco.executions.get(actor_id, execution_id),
        levels=lambda: abaco.permissions.get(actor_id),
    )
    kept_log = visible_kept(signed_in(request), actor_id, execution_id, answers)
    if kept_log is None:
        answers["execution"].unwrap()
        if request.method == "POST":
            return commands.forgotten(actor_id, execution_id).go(request)
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    may_delete = commands.may_forget(credentials, kept_log, answers)
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "execution_id": execution_id,
        "actor": answers["actor"].value,
        "form": form,
        "kept_log": kept_log,
        "may_delete": may_delete,
        "tab": "executions",
        "section": "history",
        "counts": {},
        **if_deleted(credentials, actor_id, answers["actor"].error),
    }
    if request.method == "GET" or not may_delete:
        return render_page(request, "logs/forget.html", context, status=200 if may_delete else 403)
    if form.is_valid():
        with form.catch_refusal():
            return commands.forget(request, actor_id, execution_id, kept_log).go(request)
    return form_page(request, "logs/forget.html", context)
