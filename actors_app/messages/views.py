"""The mailbox of an actor: how many messages wait, sending one, seeing beforehand what arrives, and purging."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from actors_app.core.htmx import is_poll, render_poll
from actors_app.core.pages import drafts
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.form_fields import read_json
from actors_app.core.pages.forms import form_page
from actors_app.core.pages.snippets import Curl
from actors_app.core.security.capabilities import is_plain
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.messages import commands
from actors_app.messages.archive import OriginalMessage, Sent
from actors_app.messages.delivery import delivery_of
from actors_app.messages.forms import MessageForm, PurgeForm
from actors_app.messages.operations import SEND_FILE, SEND_MESSAGE
from actors_app.messages.resending import ResendDraft, masked_of, original_of, resend_draft, restored
from actors_app.services import Abaco, Result
from actors_app.services.jsons import dump_json
from actors_app.services.messages import privileged_key
from actors_app.workers.waits import standing_still


@abaco_page("GET", "POST")
def message_create(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show how many messages wait and send one; Abaco answers with the execution it became.

    `GET` and `POST /actors/{id}/messages`.
    """
    if is_poll(request):
        mailbox = abaco.messages.count(actor_id)
        context = {"actor_id": actor_id, "mailbox": mailbox}
        return render_poll(request, "messages/_waiting.html", context, state=mailbox, done=False)
    if request.method == "GET":
        return _opened(request, abaco, actor_id)
    if "more_rows" in request.POST:
        return _compose(request, actor_id, MessageForm.unchecked(request.POST))
    form = MessageForm(request.POST, request.FILES, is_plain=is_plain(signed_in(request)))
    if form.is_valid() and (sent := _to_send(request, abaco, actor_id, form)):
        with form.catch_refusal():
            return commands.send_message(request, abaco, actor_id, sent).go(request)
    return _compose(request, actor_id, form)


@page("GET", "POST")
def message_preview(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Show what the actor would receive, without asking the API anything."""
    if request.method == "GET":
        if drafts.current():
            return _opened(request, abaco_for(request), actor_id)
        return redirect("actors:message-create", actor_id)
    form = MessageForm(request.POST, request.FILES, for_preview=True, is_plain=is_plain(signed_in(request)))
    return _compose(request, actor_id, form, partial="messages/_previewed.html")


@abaco_page("GET", "POST")
def message_purge(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Ask for the actor's name, then drop all messages that wait. `DELETE /actors/{id}/messages`."""
    context: dict[str, Any] = {"actor_id": actor_id, "section": "actors", "tab": "messages", "counts": {}}
    if request.method == "GET":
        answers = abaco.gather(actor=lambda: abaco.actors.get(actor_id), mailbox=lambda: abaco.messages.count(actor_id))
        context["actor"] = answers["actor"].unwrap()
        context["mailbox"] = answers["mailbox"].value
        form = PurgeForm(actor_id=actor_id, label=context["actor"].label, key=context["actor"].id)
    else:
        form = PurgeForm(request.POST, actor_id=actor_id)
        if form.is_valid():
            with form.catch_refusal():
                return commands.purge(request, abaco, actor_id).go(request)
    context["form"] = form
    return form_page(request, "messages/purge.html", context, partial="messages/_purge.html")


def _compose(
    request: HttpRequest,
    actor_id: str,
    form: MessageForm,
    *,
    answers: dict[str, Result] | None = None,
    again: ResendDraft | None = None,
    sent: Sent | None = None,
    partial: str = "messages/_compose.html",
) -> HttpResponse:
    """Render the page; `answers` are those of the API, None where it was not asked.

    `sent` is the message that the form was filled with, as it was.
    """
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "actor": None,
        "section": "actors",
        "tab": "messages",
        "counts": {},
        "form": form,
        "again": again,
        **_preview(request, actor_id, form),
    }
    if sent is not None:
        is_file, text = sent.kind == "binary", sent.body.decode(errors="replace")
        value = json.loads(text) if sent.kind == "json" else text
        context |= _as_code("file" if is_file else sent.kind, None if is_file else value, sent.environment)
    if answers is not None:
        context["actor"] = answers["actor"].unwrap()
        workers, waiting = answers["workers"].value, answers["mailbox"].value
        context["standstills"] = standing_still(
            abaco_for(request), context["actor"], workers, waiting.messages if waiting else None
        )
        context["mailbox"], context["mailbox_error"] = answers["mailbox"].value, answers["mailbox"].error
        if context["mailbox"]:
            context["counts"] = {"messages": context["mailbox"].messages}
    return form_page(request, "messages/form.html", context, partial=partial)


def _preview(request: HttpRequest, actor_id: str, form: MessageForm) -> dict[str, Any]:
    """Return what the preview shows: a delivery and a line for the shell, or neither while something is wrong."""
    if not form.is_bound or not form.is_valid():
        return {"delivery": None}
    typed = form.cleaned_data
    value = _value(typed)
    return {
        "delivery": delivery_of(typed["kind"], value, typed["environment"]),
        "setting": privileged_key(value) if typed["kind"] == "json" else "",
        "curl": Curl(request, actor_id).message(typed["kind"], value, typed["environment"]),
        **_as_code(typed["kind"], value, typed["environment"]),
    }


def _as_code(kind: str, value: Any, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page as code sends and asks: a text, a JSON object, or a file."""
    name = (SEND_FILE if kind == "file" else SEND_MESSAGE).name
    return {
        "sending": name,
        "sends": {name: value if kind == "json" else {"message": value}},
        "asks": {name: environment},
    }


def _value(typed: dict[str, Any]) -> Any:
    """Return the text or the JSON object that was typed; None for a file."""
    return {"json": typed.get("value"), "file": None}.get(typed["kind"], typed["message"])


def _opened(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Open the form: empty, or with the message of the execution that the address names."""
    calls: dict[str, Any] = {
        "actor": lambda: abaco.actors.get(actor_id),
        "mailbox": lambda: abaco.messages.count(actor_id),
        "workers": lambda: abaco.workers.list(actor_id),
    }
    execution_id = request.GET.get("again", "")
    if not is_id(execution_id):
        note = ResendDraft(execution_id, why_not="The URL does not contain an execution ID.") if execution_id else None
        return _compose(request, actor_id, MessageForm(), answers=abaco.gather(**calls), again=note)
    answers = abaco.gather(execution=lambda: abaco.executions.get(actor_id, execution_id), **calls)
    message = original_of(signed_in(request), execution_id, answers["actor"], answers["execution"])
    resending = resend_draft(execution_id, message)
    masked = masked_of(execution_id, message.sent) if message.sent else None
    return _compose(
        request, actor_id, MessageForm(initial=resending.initial), answers=answers, again=resending, sent=masked
    )


def _to_send(request: HttpRequest, abaco: Abaco, actor_id: str, form: MessageForm) -> Sent | None:
    """Return what is to be sent; None, and a sentence in the form, where what was sent before cannot be had."""
    typed, repeats = form.cleaned_data, form.repeats
    if repeats and form.has_masks and not _restore(request, abaco, actor_id, form):
        return None
    if typed["kind"] == "json":
        return Sent("json", dump_json(typed["value"]), typed["environment"], repeats)
    if typed["kind"] == "text":
        return Sent("text", typed["message"].encode(errors="replace"), typed["environment"], repeats)
    if typed.get("file"):
        return Sent("binary", typed["file"].read(), typed["environment"], repeats)
    message = _before(request, abaco, actor_id, repeats)
    if message.sent is None:
        form.add_error("same_file", message.why_not)
        return None
    return Sent("binary", message.sent.body, typed["environment"], repeats)


def _before(request: HttpRequest, abaco: Abaco, actor_id: str, repeats: str) -> OriginalMessage:
    """Return what the visitor may know of the message of an execution."""
    answers = abaco.gather(
        actor=lambda: abaco.actors.get(actor_id), execution=lambda: abaco.executions.get(actor_id, repeats)
    )
    return original_of(signed_in(request), repeats, answers["actor"], answers["execution"])


def _restore(request: HttpRequest, abaco: Abaco, actor_id: str, form: MessageForm) -> bool:
    """Put what was sent before in the place of masks in a form; tell whether it could be done."""
    typed, message = form.cleaned_data, _before(request, abaco, actor_id, form.repeats)
    if message.sent is None:
        form.add_error(None, message.why_not)
        return False
    try:
        text, typed["environment"] = restored(form.repeats, typed, message.sent)
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    typed["message"] = text
    if typed["kind"] == "json":
        typed["value"] = read_json(text)
    return True
