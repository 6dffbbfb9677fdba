"""Registering, editing and deleting actors. Each is a form that keeps what was typed, whatever the API answers."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from actors_app.actors import archive as definition_archive
from actors_app.actors import commands
from actors_app.actors.definition import (
    LABELS,
    Definition,
    definition_of,
    differences,
    full_update,
    limits_in,
    sign_definition,
    taken_back,
    unsign_definition,
)
from actors_app.actors.deletion_effects import ask, effects
from actors_app.actors.former_values import Sight, sight_of
from actors_app.actors.forms import ActorDeleteForm, ActorForm
from actors_app.actors.forms_import import ImportForm
from actors_app.actors.forms_inputs import clone_of, filled, initial_of
from actors_app.actors.models import KeptDefinition
from actors_app.actors.operations import CREATE_ACTOR, RESTART_ACTOR, UPDATE_ACTOR
from actors_app.actors.review import changes_between, unchanged
from actors_app.core.clock import from_ms
from actors_app.core.htmx import render_page
from actors_app.core.operations.perform import answered
from actors_app.core.pages import drafts
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.forms import ReasonForm, form_page
from actors_app.core.security.credentials import abaco_for, signed_in, tenant_of
from actors_app.links.graph import ring_words
from actors_app.services import Abaco
from actors_app.services.errors import Forbidden, NotFound
from actors_app.services.jsons import is_same
from actors_app.services.types import Actor


@sensitive_post_parameters()
@page("GET", "POST")
def actor_create(request: HttpRequest) -> HttpResponse:
    """Register an actor (`POST /actors`); `?from=` fills the form with another's definition (`GET /actors/{id}`)."""
    tenant = tenant_of(signed_in(request))
    form, imports = ActorForm(tenant=tenant), ImportForm()
    context: dict[str, Any] = {"section": "new"}
    if "import" in request.POST:
        imports = ImportForm(request.POST, request.FILES)
        if imports.is_valid():
            imported = imports.cleaned_data["imported"].for_version(tenant.version)
            form = ActorForm(initial=filled(imported.definition), tenant=tenant)
            context |= {"imported": imported, "limits": limits_in(imported.definition)}
            imports = ImportForm()
        elif "image" in request.POST:
            form = ActorForm.unchecked(request.POST, tenant=tenant)
    elif request.method != "POST" and "from" in request.GET:
        source = _source(request)
        form = ActorForm(initial=clone_of(source), tenant=tenant)
        context |= {"source": source, "limits": limits_in(definition_of(source))}
    elif "more_rows" in request.POST:
        form = ActorForm.unchecked(request.POST, tenant=tenant)
    elif request.method == "POST":
        form = ActorForm(request.POST, tenant=tenant)
        if form.is_valid():
            with form.catch_refusal():
                return commands.create(request, abaco_for(request), form.new_definition()).go(request)
    sends = {CREATE_ACTOR.name: form.new_definition()} if form.is_bound and not form.errors else {}
    context |= {"form": form, "imports": imports, "sends": sends}
    return render_page(
        request, "actors/create.html", context, status=imports.status_code if imports.is_bound else form.status_code
    )


def _source(request: HttpRequest) -> Actor:
    """Return the actor that is to be cloned, as the API lets this visitor read it."""
    identifier = request.GET.get("from", "")
    if not is_id(identifier):
        raise NotFound("no id", user_message="There is no actor with this name to clone.", changed="no")
    actor = abaco_for(request).actors.get(identifier)
    definition_archive.record(request.session["who"]["tenant"], [actor])
    return actor


@sensitive_post_parameters()
@page("GET", "POST")
def actor_update(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Edit an actor in two steps, review and save, and lose nothing (`PUT /actors/{id}`).

    The API replaces the whole definition, so the whole is sent. The form carries the definition it was opened with; an
    actor that somebody else has changed since is not saved over.
    """
    if request.method != "POST":
        if drafts.current():
            return _edit_draft(request, actor_id)
        actor = abaco_for(request).actors.get(actor_id)
        definition_archive.record(request.session["who"]["tenant"], [actor])
        now = definition_of(actor)
        if "back" in request.GET:
            return _edit_back(request, actor_id, actor, now)
        form = ActorForm(opened=now, actor_id=actor_id, tenant=tenant_of(signed_in(request)))
        return _edit_page(
            request, actor_id, form, sign_definition(actor_id, actor), actor=actor, sends=_sends(actor, {})
        )
    signed = request.POST.get("seen", "")
    opened = unsign_definition(actor_id, signed)
    if opened is None:
        return render_page(request, "actors/outdated.html", _context(actor_id), status=422)
    if "more_rows" in request.POST:
        form = ActorForm.unchecked(
            request.POST, opened=opened["definition"], actor_id=actor_id, tenant=tenant_of(signed_in(request))
        )
        return _edit_page(request, actor_id, form, signed, label=opened["label"])
    _, former = _former(request, opened.get("id", actor_id), request.POST.get("back", ""))
    if former is not None and not _sight(request, opened.get("id", actor_id), opened.get("owner", "")).is_whole:
        former = None
    form = ActorForm(
        request.POST,
        opened=opened["definition"],
        actor_id=actor_id,
        former=former,
        tenant=tenant_of(signed_in(request)),
    )
    if not form.is_valid():
        return _edit_page(request, actor_id, form, signed, label=opened["label"])
    if request.POST.get("step") == "save" and (earlier := answered(request, UPDATE_ACTOR, actor_id=actor_id)):
        return earlier.go(request)
    if request.POST.get("step") == "back":
        return _edit_page(request, actor_id, form, signed, label=opened["label"])
    with form.catch_refusal():
        return _review_or_save(request, actor_id, form, opened, signed)
    return _edit_page(request, actor_id, form, signed, label=opened["label"])


def _former(request: HttpRequest, actor_id: str, key: str) -> tuple[KeptDefinition | None, Definition | None]:
    """Return a former definition that an address or a form names, and what it holds; nothing where it cannot."""
    tenant = request.session["who"]["tenant"]
    row = definition_archive.find(tenant, actor_id, int(key)) if re.fullmatch("[0-9]{1,18}", key) else None
    return row, definition_archive.opened(row) if row else None


def _sight(request: HttpRequest, actor_id: str, owner: str) -> Sight:
    return sight_of(abaco_for(request), signed_in(request), actor_id, owner)


def _edit_back(request: HttpRequest, actor_id: str, actor: Actor, now: Definition) -> HttpResponse:
    """Open the form with a former definition in it; nothing is sent before it was reviewed and saved as any other."""
    row, former = _former(request, actor.id, request.GET["back"])
    if row is None or former is None:
        raise NotFound("no kept definition", user_message="Revision not found.")
    sight = _sight(request, actor.id, actor.owner)
    if not sight.is_whole:
        raise Forbidden("former values", user_message=sight.reason, changed="no")
    restored, stays = taken_back(now, former)
    form = ActorForm(opened=now, actor_id=actor_id, initial=initial_of(restored), tenant=tenant_of(signed_in(request)))
    extra: dict[str, Any] = {
        "actor": actor,
        "back_to": row,
        "back_seen": from_ms(row.last_seen),
        "stays": stays,
        "sends": _sends(actor, {}),
    }
    return _edit_page(request, actor_id, form, sign_definition(actor_id, actor), **extra)


def _edit_draft(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Open the form at its first step as a draft has it, with the definition that it was opened with."""
    draft = drafts.restored()
    signed = draft.get("seen", "")
    opened = unsign_definition(actor_id, signed)
    if opened is None:
        return render_page(request, "actors/outdated.html", _context(actor_id), status=422)
    form = ActorForm(opened=opened["definition"], actor_id=actor_id, tenant=tenant_of(signed_in(request)))
    return _edit_page(request, actor_id, form, signed, label=opened["label"], back=draft.get("back", ""))


def _context(actor_id: str, **extra: Any) -> dict[str, Any]:
    """Return what the head of an actor's page needs, whether or not the API was asked."""
    return {"actor": None, "actor_id": actor_id, "tab": "", "section": "actors", "counts": {}, **extra}


def _edit_page(request: HttpRequest, actor_id: str, form: ActorForm, signed: str, **extra: Any) -> HttpResponse:
    context = _context(actor_id, form=form, seen=signed, **extra)
    return form_page(request, "actors/update.html", context)


def _review_or_save(
    request: HttpRequest, actor_id: str, form: ActorForm, opened: dict[str, Any], signed: str
) -> HttpResponse:
    """Compare with the actor as it is now, then say what will change, or change it."""
    abaco = abaco_for(request)
    actor = abaco.actors.get(actor_id)
    before, after = definition_of(actor), form.values()
    if by_others := differences(opened["definition"], before):
        return _conflict(request, actor_id, form, opened, actor, by_others)
    changes = differences(before, after)
    force = form.cleaned_data["force"]
    if not changes and not force:
        return _edit_page(request, actor_id, form, signed, actor=actor, sends=_sends(actor, {}), nothing_to_save=True)
    if before["link"] != after["link"] and (ring := commands.ring(abaco, actor, after["link"])):
        form.add_error("link", ring_words(ring))
        return _edit_page(request, actor_id, form, signed, actor=actor)
    if request.POST.get("step") == "save":
        return commands.update(request, abaco, actor_id, actor, before, after, force=force).go(request)
    changed = {change.name for change in changes}
    context = _context(
        actor_id,
        actor=actor,
        seen=signed,
        typed=form.typed,
        form=form,
        changes=changes_between(before, after),
        unchanged=unchanged(before, after),
        adds_schedule="cron_schedule" in changed and not before["cron_schedule"],
        becomes_stateful="stateless" in changed,
        force=force,
        restarts=force or "image" in changed,
        next_revision=(actor.revision or 0) + 1,
        sends=_sends(actor, {change.name: change.after for change in changes}, force=force),
    )
    return render_page(request, "actors/review.html", context)


def _sends(actor: Actor, changes: Mapping[str, Any], *, force: bool = False) -> dict[str, Any]:
    """Return what the page as code sends: the whole definition with these changes."""
    return {UPDATE_ACTOR.name: full_update(actor, dict(changes)) | ({"force": True} if force else {})}


def _conflict(
    request: HttpRequest,
    actor_id: str,
    form: ActorForm,
    opened: dict[str, Any],
    actor: Actor,
    by_others: Sequence[Any],
) -> HttpResponse:
    """Refuse to save over what somebody else changed; show both and offer to go on from what is there now."""
    now = definition_of(actor)
    submitted = {change.name: change.after for change in differences(opened["definition"], form.values())}
    names = [name for name in LABELS if name in submitted or any(change.name == name for change in by_others)]
    rows = [
        {
            "label": LABELS[name],
            "before": opened["definition"][name],
            "now": now[name],
            "mine": submitted.get(name),
            "is_mine": name in submitted,
            "is_theirs": not is_same(opened["definition"][name], now[name]),
        }
        for name in names
    ]
    context = _context(
        actor_id,
        actor=actor,
        form=form,
        rows=rows,
        seen=sign_definition(actor_id, actor),
        typed=form.typed_over(now),
        opened_at=datetime.fromisoformat(opened["updated"]) if opened["updated"] else None,
    )
    return render_page(request, "actors/conflict.html", context, status=409)


@abaco_page("GET", "POST")
def actor_restart(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Say what starting the same image again means, then save the actor as it is with `force` (`PUT /actors/{id}`)."""
    if request.method == "POST" and (earlier := answered(request, RESTART_ACTOR, actor_id=actor_id)):
        return earlier.go(request)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    actor = abaco.actors.get(actor_id)
    if form.is_valid():
        with form.catch_refusal():
            return commands.restart(request, abaco, actor_id, actor).go(request)
    context = _context(actor_id, form=form, actor=actor, sends=_sends(actor, {}, force=True))
    return form_page(request, "actors/restart.html", context)


@abaco_page("GET", "POST")
def actor_delete(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Say what depends on an actor, then delete it once its name was typed (`DELETE /actors/{id}`)."""
    if request.method != "POST":
        answers = ask(abaco, actor_id)
        actor = answers["actor"].unwrap()
        form = ActorDeleteForm(actor_id=actor_id, label=actor.label, key=actor.id)
        context = _context(actor_id, form=form, actor=actor, effects=effects(actor, answers))
        return render_page(request, "actors/delete.html", context)
    form = ActorDeleteForm(request.POST, actor_id=actor_id)
    if not form.label:
        # Sent without the page, or long after it: then the API says what the actor is called.
        actor = abaco.actors.get(actor_id)
        form = ActorDeleteForm(request.POST, actor_id=actor_id, label=actor.label, key=actor.id)
    if form.is_valid():
        with form.catch_refusal():
            return commands.delete(request, abaco, actor_id, form.label).go(request)
    return form_page(request, "actors/delete.html", _context(actor_id, form=form))
