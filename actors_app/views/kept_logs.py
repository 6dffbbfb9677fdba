"""Keeping a log, which the API forgets after a while, and deleting what was kept."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actors_app import kept_logs
from actors_app.credentials import Credentials, abaco_for
from actors_app.decorators import credentials_required
from actors_app.endings import log_is_settled
from actors_app.forms.base import PortalForm
from actors_app.htmx import render_page
from actors_app.models import KeptLog
from actors_app.services import Answer as Asked
from actors_app.services.errors import AbacoError, Conflict
from actors_app.services.permissions import WORLD, level_of
from actors_app.templatetags.actors import size
from actors_app.views.logs import signed_in, visible_kept
from actors_app.writes import Answer, answered, perform


def _page(actor_id: str, execution_id: str) -> str:
    return reverse("actors:execution-logs", args=[actor_id, execution_id])


@require_http_methods(["GET", "POST"])
@credentials_required
def log_keep(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Archive the log of an execution that has ended, for the button on its page (`GET …/logs`)."""
    if request.method == "GET":
        return redirect("actors:execution-logs", actor_id, execution_id)
    if before := answered(request, "log.keep", actor_id=actor_id, object_id=execution_id):
        return before.go(request)
    who, abaco = signed_in(request), abaco_for(request)
    execution = abaco.executions.get(actor_id, execution_id)
    if not log_is_settled(execution):
        raise Conflict(
            user_message="The log may still be written to, so it is not kept yet.",
            advice="Keep it when the execution has ended.",
        )

    def keep() -> KeptLog | None:
        known_as = execution.actor_id or actor_id
        return kept_logs.keep(who, known_as, execution_id, lambda: abaco.logs.stream(actor_id, execution_id))

    def said(row: KeptLog | None) -> Answer:
        if row is None:
            return Answer("The log is empty, so there is nothing to keep.", _page(actor_id, execution_id), "info")
        words = f"The log is kept here, {size(row.size)}. It stays when the API has forgotten it."
        return Answer(words, _page(actor_id, execution_id))

    return perform(request, "log.keep", keep, said, actor_id=actor_id, object_id=execution_id).go(request)


def _may_delete(who: Credentials, kept: KeptLog, answers: Mapping[str, Asked]) -> bool:
    """Whether somebody may delete an archived log: who kept it, and whoever may change the actor."""
    actor, levels = answers["actor"].value, answers["levels"].value or {}
    is_owner = actor is not None and actor.owner == who.username
    may_change = WORLD in levels or level_of(levels, who.username) == "UPDATE"
    return kept.username == who.username or is_owner or may_change


@require_http_methods(["GET", "POST"])
@credentials_required
def log_forget(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Ask before deleting an archived log, then delete it; the API is asked only who may do that."""
    if before := answered(request, "log.delete", actor_id=actor_id, object_id=execution_id):
        return before.go(request)
    who, abaco = signed_in(request), abaco_for(request)
    answers = abaco.wave(
        actor=lambda: abaco.actors.get(actor_id),
        execution=lambda: abaco.executions.get(actor_id, execution_id),
        levels=lambda: abaco.permissions.get(actor_id),
    )
    kept = visible_kept(request, actor_id, execution_id, answers)
    if kept is None:
        answers["execution"].need()
        raise Http404
    form, may_delete = PortalForm(request.POST or None), _may_delete(who, kept, answers)
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "execution_id": execution_id,
        "actor": answers["actor"].value,
        "form": form,
        "kept_log": kept,
        "may_delete": may_delete,
        "tab": "executions",
        "section": "actors",
        "counts": {},
    }
    if request.method == "GET" or not may_delete:
        return render_page(request, "executions/log_forget.html", context, status=200 if may_delete else 403)
    try:
        return perform(
            request,
            "log.delete",
            lambda: kept_logs.forget(kept),
            lambda _: Answer("The kept log was deleted.", _page(actor_id, execution_id)),
            actor_id=actor_id,
            object_id=execution_id,
            details={"before": {"kept_by": kept.username, "size": kept.size, "sha256": kept.sha256}},
        ).go(request)
    except AbacoError as error:
        return render_page(request, "executions/log_forget.html", context, status=form.refuse(error))
