"""One execution of an actor: its page, its live state, why it waits, halting it; and registering one.

Its log and its results have modules of their own.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from actors_app.core.clock import from_ms
from actors_app.core.htmx import render_page, render_poll, wants_fragment
from actors_app.core.operations import secrets
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.formatting import as_written, now
from actors_app.core.pages.forms import ReasonForm, form_page
from actors_app.core.security.credentials import Credentials, abaco_for, signed_in
from actors_app.executions import commands
from actors_app.executions.archive import shown_results
from actors_app.executions.endings import cpu_in_words, final_state_in_words, freshness, running_for, state_in_words
from actors_app.executions.forms import ExecutionForm
from actors_app.executions.neighbours import earlier, later
from actors_app.executions.shapes import shape_of
from actors_app.executions.timeline import timeline
from actors_app.history.ingest import execution_of, forget_in_api
from actors_app.history.single import Neighbours, neighbours, remember
from actors_app.history.single import last_known as last_known_record
from actors_app.history.visibility import SeenActor, if_deleted, one_readable
from actors_app.logs.views import TAIL, log_context, log_part
from actors_app.masking import Masker
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import OriginalMessage, Sent
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, Forbidden, NotFound, ServiceFailed, Unreachable
from actors_app.services.types import Actor, Execution
from actors_app.workers.standstill import after_halt, still_waits
from actors_app.workers.waits import actor_since, why_of, why_waiting

MOST_COPIED = 20_000  # bytes of a message that stand in the page a second time, to be copied
UNASKED = "Message unavailable: your access could not be checked."


def _state_context(
    actor_id: str, execution_id: str, execution: Execution, at: datetime | None = None
) -> dict[str, Any]:
    """Return what `executions/_status.html` shows of an execution as it stands, or stood at a moment."""
    at = at or now()
    return {
        "actor_id": actor_id,
        "execution_id": execution_id,
        "execution": execution,
        "worker_is_id": is_id(execution.worker_id or ""),
        "state_in_words": state_in_words(execution),
        "final_state": final_state_in_words(execution),
        "running_for": running_for(execution, at),
        "timeline": timeline(execution, at),
        "cpu": cpu_in_words(execution.cpu),
        "at": at,
        "can_halt": execution.status == "RUNNING",
    }


def _page_context(
    credentials: Credentials,
    actor_id: str,
    execution_id: str,
    execution: Execution,
    actor: Actor | None,
    as_of: datetime | None = None,
    *,
    reveals: bool = False,
) -> dict[str, Any]:
    """Return what the page shows beside the log; also of an execution that is only remembered `as_of` a moment."""
    # Who may see the message is the API's to say, now.
    near = neighbours(credentials.tenant, actor.id if actor else actor_id, execution_id)
    message = (
        OriginalMessage(why_not=UNASKED)
        if as_of
        else message_archive.original_message(credentials, execution_id, actor)
    )
    of_message, of_results = (Masker(actor_id, execution_id, execution.worker_id, reveals=reveals) for _ in range(2))
    sent = message.sent.masked(of_message) if message.sent else None
    return {
        **_state_context(actor_id, execution_id, execution, as_of),
        "actor": actor,
        "tab": "executions",
        "section": "history",
        "counts": {},
        "kept": shown_results(credentials, execution_id, of_results),
        "message": replace(message, sent=sent),
        "message_masked": of_message.count,
        "message_shape": shape_of(sent.body, is_whole=True) if sent else None,
        "message_text": _copyable(sent),
        "is_owner": secrets.is_owner(credentials.username, actor),
        "reveals": reveals,
        **_neighbour_urls(actor_id, execution_id, near, asks=as_of is None),
        "as_of": as_of,
    }


def _copyable(sent: Sent | None) -> str:
    """Return a message as a text that can be copied; empty for a file, and for one that would weigh down the page."""
    if sent is None or sent.kind == "binary" or len(sent.body) > MOST_COPIED:
        return ""
    return as_written(sent.body.decode(errors="replace"))


def _neighbour_urls(actor_id: str, execution_id: str, near: Neighbours, *, asks: bool) -> dict[str, str]:
    """Return where the newer and the older one are; where that is not remembered, the page that `asks` the API."""
    urls = {}
    for name, neighbour_id, may_be in (
        ("newer", near.newer, near.may_be_newer),
        ("older", near.older, near.may_be_older),
    ):
        if neighbour_id:
            urls[f"{name}_url"] = reverse("actors:execution-detail", args=[actor_id, neighbour_id])
        elif may_be and asks:
            urls[f"{name}_url"] = reverse(f"actors:execution-{name}", args=[actor_id, execution_id])
    return urls


@abaco_page("GET", "POST")
def execution_detail(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> HttpResponse:
    """Show an execution, its log and the results taken (`GET /actors/{id}/executions/{execution}`).

    Secrets in them are masked; by a POST the owner of the actor sees them.
    """
    credentials = signed_in(request)
    reveals = secrets.asked_for(request, abaco, actor_id, execution_id, "page")
    answers = abaco.gather(
        actor=lambda: abaco.actors.get(actor_id),
        execution=lambda: abaco.executions.get(actor_id, execution_id),
        log=lambda: log_part(abaco, actor_id, execution_id, TAIL, reveals=reveals),
    )
    error = answers["execution"].error
    if error is not None:
        return _remembered(request, abaco, actor_id, execution_id, error)
    execution: Execution = answers["execution"].value
    answers["actor"] = actor_since(abaco, actor_id, execution, answers["actor"])
    remember(credentials.tenant, answers["actor"].value, execution)
    gone = if_deleted(credentials, actor_id, answers["actor"].error)
    context = {
        **_page_context(credentials, actor_id, execution_id, execution, answers["actor"].value, reveals=reveals),
        **log_context(request, actor_id, execution_id, answers, reveals=reveals),
        **gone,
        "can_halt": execution.status == "RUNNING" and not gone["deleted"],
    }
    if still_waits(execution, answers["actor"].value) and not gone["deleted"]:
        context["why"] = why_waiting(abaco, actor_id, execution, answers["actor"])
    return render_page(request, "executions/detail.html", context)


def _remembered(
    request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str, error: AbacoError
) -> HttpResponse:
    """Show what the portal remembers of an execution that the API does not give; raise the error where that is nothing.

    The API may be silent, or have forgotten the execution or deleted its actor. Whoever it lets read the actor sees it.
    """
    if not isinstance(error, Unreachable | ServiceFailed | NotFound | Forbidden):
        raise error
    record = last_known_record(signed_in(request).tenant, actor_id, execution_id)
    if record is None:
        raise error
    try:
        seen_actor = one_readable(request, abaco, actor_id)
    except AbacoError:
        raise error from None
    if isinstance(error, NotFound):
        forget_in_api(record.actor, [execution_id])
    as_of = from_ms(record.last_seen) or now()
    return last_known(
        request,
        actor_id,
        execution_id,
        execution=execution_of(record, seen_actor.id),
        as_of=as_of,
        error=error,
        seen_actor=seen_actor,
    )


def last_known(
    request: HttpRequest,
    actor_id: str,
    execution_id: str,
    execution: Execution,
    as_of: datetime,
    error: AbacoError,
    seen_actor: SeenActor | None = None,
) -> HttpResponse:
    """Show an execution as the portal last saw it, with nothing to change or to follow: the API does not answer."""
    context = _page_context(signed_in(request), actor_id, execution_id, execution, None, as_of)
    context |= {"error": error, "can_halt": False}
    if seen_actor:
        context |= {"label": seen_actor.label, "deleted": from_ms(seen_actor.deleted)}
    return render_page(request, "executions/detail.html", context)


@page("GET")
def execution_why(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Answer the poll of why an execution waits, until it does not; opened plainly, go to its page."""
    if not wants_fragment(request):
        return redirect("actors:execution-detail", actor_id, execution_id)
    execution, why, actor = why_of(abaco_for(request), actor_id, execution_id)
    context = {"actor_id": actor_id, "execution_id": execution_id, "why": why, "actor": actor}
    state = (why and (why.kind, why.reason), freshness(execution.message_received_time))
    return render_poll(request, "executions/_why.html", context, state=state, done=why is None)


@page("GET")
def execution_status(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Answer the poll of an execution's state; opened plainly, go to its page."""
    if not wants_fragment(request):
        return redirect("actors:execution-detail", actor_id, execution_id)
    execution = abaco_for(request).executions.get(actor_id, execution_id)
    context = {**_state_context(actor_id, execution_id, execution), "is_fragment": True}
    watched = freshness(execution.message_received_time)
    state = (execution.status, execution.worker_id, execution.exit_code, watched)
    return render_poll(request, "executions/_status.html", context, state=state, done=execution.is_finished)


@abaco_page("GET", "POST")
def execution_halt(request: HttpRequest, abaco: Abaco, actor_id: str, execution_id: str) -> HttpResponse:
    """Ask before halting a running execution, then halt it (`DELETE /actors/{id}/executions/{execution}`)."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "execution_id": execution_id,
        "actor": None,
        "form": form,
        "tab": "executions",
        "section": "history",
        "counts": {},
        "can_halt": True,
    }
    if request.method == "POST":
        if form.is_valid():
            with form.catch_refusal():
                return commands.halt(request, abaco, actor_id, execution_id).go(request)
        return form_page(request, "executions/halt.html", context)
    answers = abaco.gather(
        actor=lambda: abaco.actors.get(actor_id),
        execution=lambda: abaco.executions.get(actor_id, execution_id),
    )
    execution: Execution = answers["execution"].unwrap()
    gone = if_deleted(signed_in(request), actor_id, answers["actor"].error)
    can_halt = execution.status == "RUNNING" and not gone["deleted"]
    actor: Actor | None = answers["actor"].value
    context |= {"actor": actor, "execution": execution, "can_halt": can_halt} | gone
    context["after_halt"] = after_halt(actor.api if actor else None)
    context["state_in_words"] = state_in_words(execution)
    return render_page(request, "executions/halt.html", context, status=200 if can_halt else 409)


@page("GET", "POST")
def execution_create(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Register an external execution; Abaco refuses every one (`POST /actors/{id}/executions`)."""
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
    elif form.is_valid():
        with form.catch_refusal():
            return commands.register(request, abaco_for(request), actor_id, form.cleaned_data).go(request)
    return form_page(request, "executions/form.html", context)


@page("GET")
def execution_newer(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Go to the execution received after this one (`GET /actors/{id}/executions`, as a search)."""
    return _go(request, actor_id, execution_id, newer=True)


@page("GET")
def execution_older(request: HttpRequest, actor_id: str, execution_id: str) -> HttpResponse:
    """Go to the execution received before this one (`GET /actors/{id}/executions`, as a search)."""
    return _go(request, actor_id, execution_id, newer=False)


def _go(request: HttpRequest, actor_id: str, execution_id: str, *, newer: bool) -> HttpResponse:
    """Go to a neighbour; where there is none, stay and say so."""
    credentials, abaco = signed_in(request), abaco_for(request)
    execution = abaco.executions.get(actor_id, execution_id)
    tenant = credentials.tenant
    neighbour_id = later(abaco, tenant, execution) if newer else earlier(abaco, tenant, execution, success=False)
    if neighbour_id:
        return redirect("actors:execution-detail", actor_id, neighbour_id)
    # Said by the address, so that looking changes nothing, not even the session.
    url = reverse("actors:execution-detail", args=[actor_id, execution_id])
    return redirect(f"{url}?end={'newest' if newer else 'oldest'}")
