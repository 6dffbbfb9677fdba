"""The mailbox of an actor: how many messages wait, sending one, seeing beforehand what arrives, and purging."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods

from actors_app.credentials import abaco_for
from actors_app.curl import Curl
from actors_app.decorators import credentials_required
from actors_app.delivery import delivery_of
from actors_app.forms.messages import MessageForm, PurgeForm
from actors_app.htmx import is_poll, render_page, render_poll
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError
from actors_app.services.types import Mailbox, SentMessage
from actors_app.templatetags.actors import thousands
from actors_app.writes import Answer, perform


@require_http_methods(["GET", "POST"])
@credentials_required
def message_create(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Show how many messages wait and send one; Abaco answers with the execution it became.

    `GET` and `POST /actors/{id}/messages`.
    """
    abaco = abaco_for(request)
    if is_poll(request):
        mailbox = abaco.messages.count(actor_id)
        context = {"actor_id": actor_id, "mailbox": mailbox}
        return render_poll(request, "messages/_waiting.html", context, state=mailbox, done=False)
    if request.method == "GET":
        return _compose(request, actor_id, MessageForm(), ask=abaco)
    if "more_rows" in request.POST:
        return _compose(request, actor_id, MessageForm.unchecked(request.POST))
    form = MessageForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        try:
            return perform(
                request,
                "message.send",
                lambda: _send(abaco, actor_id, form.cleaned_data),
                lambda sent: Answer("Message sent.", _execution_address(actor_id, sent.execution_id)),
                actor_id=actor_id,
                details=_told(form.cleaned_data),
            ).go(request)
        except AbacoError as error:
            status = form.refuse(error)
    return _compose(request, actor_id, form, status=status)


@require_http_methods(["GET", "POST"])
@credentials_required
def message_preview(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Show what the actor would receive, without asking the API anything."""
    if request.method == "GET":
        return redirect("actors:message-create", actor_id)
    form = MessageForm(request.POST, request.FILES, for_preview=True)
    status = 200 if form.is_valid() else 422
    return _compose(request, actor_id, form, partial="messages/_preview.html", status=status)


@require_http_methods(["GET", "POST"])
@credentials_required
def message_purge(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Ask for the actor's name, then drop all messages that wait. `DELETE /actors/{id}/messages`."""
    abaco = abaco_for(request)
    status = 200
    context: dict[str, Any] = {"actor_id": actor_id, "section": "actors", "tab": "messages", "counts": {}}
    if request.method == "GET":
        answers = abaco.wave(actor=lambda: abaco.actors.get(actor_id), mailbox=lambda: abaco.messages.count(actor_id))
        context["actor"] = answers["actor"].need()
        context["mailbox"] = answers["mailbox"].value
        form = PurgeForm(actor_id=actor_id, label=context["actor"].label)
    else:
        form = PurgeForm(request.POST, actor_id=actor_id)
        status = 422
        if form.is_valid():
            before: Mailbox | None = abaco.wave(mailbox=lambda: abaco.messages.count(actor_id))["mailbox"].value
            try:
                return perform(
                    request,
                    "mailbox.purge",
                    lambda: abaco.messages.purge(actor_id),
                    lambda _: Answer(_purged(before), reverse("actors:message-create", args=[actor_id])),
                    actor_id=actor_id,
                    details={"before": {"waiting": before.messages if before else None}},
                ).go(request)
            except AbacoError as error:
                status = form.refuse(error)
    context["form"] = form
    return render_page(request, "messages/purge.html", context, partial="messages/_purge.html", status=status)


def _compose(
    request: HttpRequest,
    actor_id: str,
    form: MessageForm,
    *,
    ask: Abaco | None = None,
    partial: str = "messages/_compose.html",
    status: int = 200,
) -> HttpResponse:
    """Render the page; the API is asked about the actor only where `ask` is given."""
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "actor": None,
        "section": "actors",
        "tab": "messages",
        "counts": {},
        "form": form,
        **_preview(request, actor_id, form),
    }
    if ask is not None:
        answers = ask.wave(actor=lambda: ask.actors.get(actor_id), mailbox=lambda: ask.messages.count(actor_id))
        context["actor"] = answers["actor"].need()
        context["mailbox"], context["mailbox_error"] = answers["mailbox"].value, answers["mailbox"].error
        if context["mailbox"]:
            context["counts"] = {"messages": context["mailbox"].messages}
    return render_page(request, "messages/form.html", context, partial=partial, status=status)


def _preview(request: HttpRequest, actor_id: str, form: MessageForm) -> dict[str, Any]:
    """Return what the preview shows: a delivery and a line for the shell, or neither while something is wrong."""
    if not form.is_bound or not form.is_valid():
        return {"delivery": None}
    typed = form.cleaned_data
    value = _value(typed)
    return {
        "delivery": delivery_of(typed["kind"], value, typed["environment"]),
        "curl": Curl(request, actor_id).message(typed["kind"], value, typed["environment"]),
    }


def _value(typed: dict[str, Any]) -> Any:
    """Return the text or the JSON object that was typed; None for a file."""
    return {"json": typed.get("value"), "file": None}.get(typed["kind"], typed["message"])


def _send(abaco: Abaco, actor_id: str, typed: dict[str, Any]) -> SentMessage:
    if typed["kind"] == "file":
        return abaco.messages.send_binary(actor_id, typed["file"].read(), typed["environment"])
    if typed["kind"] == "json":
        return abaco.messages.send_json(actor_id, typed["value"], typed["environment"])
    return abaco.messages.send_text(actor_id, typed["message"], typed["environment"])


def _told(typed: dict[str, Any]) -> dict[str, Any]:
    """Return what the trail keeps of a message: its form and size and the names of its variables, not its words."""
    told = {"kind": typed["kind"], "environment": sorted(typed["environment"])}
    if typed["kind"] == "file":
        return told | {"bytes": typed["file"].size}
    return told | {"bytes": len(typed["message"].encode(errors="replace"))}


def _execution_address(actor_id: str, execution_id: str) -> str:
    """Return the page of the execution, or of the list where the API did not name it in a form we know."""
    try:
        return reverse("actors:execution-detail", args=[actor_id, execution_id])
    except NoReverseMatch:
        return reverse("actors:execution-list", args=[actor_id])


def _purged(before: Mailbox | None) -> str:
    """Say what was dropped, as far as it is known."""
    if before is None or before.messages is None:
        return "The mailbox was purged."
    if before.messages == 0:
        return "The mailbox was purged; no message was waiting in it."
    noun = "message was" if before.messages == 1 else "messages were"
    return f"The mailbox was purged; {thousands(before.messages)} {noun} waiting in it."
