"""The state of an actor: as a tree and raw, edited as checked JSON, and reset the way the API allows it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from actors_app.core.htmx import render_page
from actors_app.core.operations.perform import answered
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.formatting import pretty_json
from actors_app.core.pages.forms import ReasonForm, form_page
from actors_app.core.security.capabilities import is_plain
from actors_app.core.security.credentials import signed_in
from actors_app.executions.comparison import difference, tail_of
from actors_app.executions.shapes import tree_of
from actors_app.masking import Masker
from actors_app.services import Abaco
from actors_app.services.errors import BadAnswer, Conflict
from actors_app.services.jsons import is_same
from actors_app.services.types import Actor
from actors_app.state import commands
from actors_app.state.forms import StateForm, mark_of
from actors_app.state.operations import RESET_STATE, UPDATE_STATE

MAX_RAW = 100_000  # characters of an answer that is no JSON


@abaco_page("GET")
def state_detail(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show the state as a tree and raw (`GET /actors/{id}/state`)."""
    answers = abaco.gather(actor=lambda: abaco.actors.get(actor_id), state=lambda: abaco.state.get(actor_id))
    error, status = answers["state"].error, 200
    raw = error.raw if isinstance(error, BadAnswer) else ""
    # An actor is answered with its state, which makes the one as unreadable as the other.
    is_hidden = raw and isinstance(answers["actor"].error, BadAnswer)
    actor: Actor | None = None if is_hidden else answers["actor"].unwrap()
    context = _context(actor_id, actor)
    if raw:
        text = Masker(actor_id).text(raw[:MAX_RAW])
        context |= {"error": error, "raw": text, "raw_rest": max(0, len(raw) - MAX_RAW)}
        status = error.status if error else 200
    elif isinstance(error, Conflict) or (actor and actor.stateless):
        context["is_stateless"] = True
    elif error:
        context["error"], status = error, error.status
    else:
        state = answers["state"].value
        context |= {"state": state, "tree": tree_of(state), "is_empty": not state}
    return render_page(request, "state/detail.html", context, status=status)


@sensitive_post_parameters()
@abaco_page("GET", "POST")
def state_update(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Edit the state in two steps, review and save (`POST /actors/{id}/state`).

    The API has no lock: a state that moved since the page was made is saved over only by a tick.
    """
    context = _context(actor_id)
    if request.method != "POST":
        answers = abaco.gather(actor=lambda: abaco.actors.get(actor_id), state=lambda: abaco.state.get(actor_id))
        actor: Actor = answers["actor"].unwrap()
        state = answers["state"].unwrap()
        initial = {"state": pretty_json(state), "seen": mark_of(actor_id, state)}
        form = StateForm(initial=initial, actor_id=actor_id)
        return render_page(request, "state/update.html", context | {"actor": actor, "form": form})
    form = StateForm(request.POST, actor_id=actor_id, is_plain=is_plain(signed_in(request)))
    context["form"] = form
    if not form.is_valid() or request.POST.get("step") == "back":
        return form_page(request, "state/update.html", context)
    if request.POST.get("step") == "save" and (earlier := answered(request, UPDATE_STATE, actor_id=actor_id)):
        return earlier.go(request)
    with form.catch_refusal():
        return _review_or_save(request, abaco, actor_id, form, context)
    return form_page(request, "state/update.html", context)


def _review_or_save(
    request: HttpRequest, abaco: Abaco, actor_id: str, form: StateForm, context: dict[str, Any]
) -> HttpResponse:
    """Compare with the state as it is now; save where the page has shown that, or where saving over it is meant."""
    after, now = form.cleaned_data["state"], abaco.state.get(actor_id)
    has_moved = form.has_moved(now)
    if request.POST.get("step") == "save" and (not has_moved or form.cleaned_data["over"]):
        return commands.save(request, abaco, actor_id, now, after, over=has_moved).go(request)
    context |= {
        "diff": difference(tail_of([pretty_json(now)]), tail_of([pretty_json(after)]), exact=True),
        "is_same": is_same(now, after),
        "has_moved": has_moved,
        "typed": form.data.get("state", ""),
        "seen": form.data.get("seen", ""),
        "sends": {UPDATE_STATE.name: after} if isinstance(after, dict) else {},
    }
    return render_page(request, "state/review.html", context, status=409 if has_moved else 200)


@abaco_page("GET", "POST")
def state_reset(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Make the state empty, which the API does by an update of the whole actor alone (`PUT /actors/{id}`)."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    context = _context(actor_id) | {"form": form}
    if request.method != "POST":
        actor = abaco.actors.get(actor_id)
        context |= {"actor": actor, "state": actor.state}
    else:
        if earlier := answered(request, RESET_STATE, actor_id=actor_id):
            return earlier.go(request)
        if form.is_valid():
            with form.catch_refusal():
                actor = abaco.actors.get(actor_id)
                return commands.reset(request, abaco, actor_id, actor).go(request)
    return form_page(request, "state/reset.html", context, partial="state/_reset.html")


def _context(actor_id: str, actor: Actor | None = None) -> dict[str, Any]:
    return {"actor_id": actor_id, "actor": actor, "section": "actors", "tab": "state", "counts": {}}
