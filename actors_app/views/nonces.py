"""The nonces of an actor: the list, making one, which is shown once, one of them, and deleting it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actors_app.credentials import abaco_for
from actors_app.curl import Curl
from actors_app.decorators import credentials_required
from actors_app.forms.base import PortalForm
from actors_app.forms.nonces import NonceFilter, NonceForm
from actors_app.handles import nonce_behind, nonce_handle
from actors_app.htmx import render_page
from actors_app.moments import When, when
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, NotFound
from actors_app.services.types import Nonce
from actors_app.templatetags.actors import now, thousands, visible
from actors_app.writes import Answer, answered, perform, record_read

PER_PAGE = 50
OLDEST = datetime.min


@dataclass(frozen=True, slots=True)
class NonceRow:
    """One nonce as the table shows it; the nonce itself is not in it."""

    masked: str
    url: str
    level: str
    uses: str
    is_exhausted: bool
    description: str
    owner: str
    created: When
    used: When


@require_http_methods(["GET", "POST"])
@credentials_required
def nonce_list(request: HttpRequest, actor_id: str) -> HttpResponse:
    """Show an actor's nonces, masked, and make one, which this one answer shows in full.

    `GET` and `POST /actors/{id}/nonces`.
    """
    abaco = abaco_for(request)
    if request.method == "GET":
        return _page(request, actor_id, {"form": NonceForm()}, ask=abaco, partial="nonces/_table.html")
    form = NonceForm(request.POST)
    status = 422
    if form.is_valid():
        typed = form.cleaned_data
        try:
            written = perform(
                request,
                "nonce.create",
                lambda: _create(abaco, actor_id, typed),
                lambda made: Answer(
                    f"The nonce {made.masked} was made.", reverse("actors:nonce-list", args=[actor_id])
                ),
                actor_id=actor_id,
                details={name: typed[name] for name in ("level", "max_uses", "description")},
            )
        except AbacoError as error:
            status = form.refuse(error)
        else:
            if written.value is None:
                return _page(request, actor_id, {"form": NonceForm(), "was_sent": True}, ask=abaco, status=409)
            shown = _shown_once(request, actor_id, written.value)
            return _page(request, actor_id, shown, ask=abaco, partial="nonces/_made.html")
    return _page(request, actor_id, {"form": form}, status=status)


@require_http_methods(["GET"])
@credentials_required
def nonce_detail(request: HttpRequest, actor_id: str, handle: str) -> HttpResponse:
    """Show one nonce, masked. `GET /actors/{id}/nonces/{nonce}`."""
    abaco = abaco_for(request)
    answers = abaco.wave(actor=lambda: abaco.actors.get(actor_id), nonces=lambda: abaco.nonces.list(actor_id))
    nonce = nonce_behind(handle, actor_id, answers["nonces"].need())
    context = _frame(actor_id) | {
        "actor": answers["actor"].need(),
        "nonce": abaco.nonces.get(actor_id, nonce.id),
        "handle": handle,
        "counts": {"nonces": len(answers["nonces"].need())},
    }
    return render_page(request, "nonces/detail.html", context)


@require_http_methods(["GET", "POST"])
@credentials_required
def nonce_reveal(request: HttpRequest, actor_id: str, handle: str) -> HttpResponse:
    """Show one nonce in full once more, by a POST alone, and record who looked. `GET /actors/{id}/nonces`."""
    if request.method == "GET":
        return redirect("actors:nonce-detail", actor_id, handle)
    abaco = abaco_for(request)
    answers = abaco.wave(actor=lambda: abaco.actors.get(actor_id), nonces=lambda: abaco.nonces.list(actor_id))
    nonce = nonce_behind(handle, actor_id, answers["nonces"].need())
    actor = answers["actor"].need()
    record_read(request, "nonce.reveal", actor_id=actor_id, object_id=handle, details={"nonce": nonce.masked})
    context = _frame(actor_id) | {
        "actor": actor,
        "nonce": nonce,
        "handle": handle,
        "counts": {"nonces": len(answers["nonces"].need())},
        "revealed": nonce.id,
        "curl_read": Curl(request, nonce.actor_id or actor_id).actor_with_nonce(nonce.id),
    }
    return render_page(request, "nonces/detail.html", context)


@require_http_methods(["GET", "POST"])
@credentials_required
def nonce_delete(request: HttpRequest, actor_id: str, handle: str) -> HttpResponse:
    """Say who is shut out, then delete the nonce. `DELETE /actors/{id}/nonces/{nonce}`."""
    abaco = abaco_for(request)
    context = _frame(actor_id) | {"handle": handle, "form": PortalForm()}
    status = 200
    if request.method == "GET":
        answers = abaco.wave(actor=lambda: abaco.actors.get(actor_id), nonces=lambda: abaco.nonces.list(actor_id))
        context["nonce"] = nonce_behind(handle, actor_id, answers["nonces"].need())
        context["actor"] = answers["actor"].need()
    else:
        if earlier := answered(request, "nonce.delete", actor_id=actor_id, object_id=handle):
            return earlier.go(request)
        nonce = nonce_behind(handle, actor_id, abaco.nonces.list(actor_id))
        context["nonce"], context["form"] = nonce, PortalForm(request.POST)
        try:
            return perform(
                request,
                "nonce.delete",
                lambda: _delete(abaco, actor_id, nonce),
                lambda said: Answer(said, reverse("actors:nonce-list", args=[actor_id])),
                actor_id=actor_id,
                object_id=handle,
                details={"nonce": nonce.masked},
            ).go(request)
        except AbacoError as error:
            status = context["form"].refuse(error)
    return render_page(request, "nonces/delete.html", context, partial="nonces/_delete.html", status=status)


def _delete(abaco: Abaco, actor_id: str, nonce: Nonce) -> str:
    """Delete a nonce; the API answers a second deletion with an error, though what was wanted is so."""
    try:
        abaco.nonces.delete(actor_id, nonce.id)
    except NotFound:
        return f"The nonce {nonce.masked} was gone already."
    return f"The nonce {nonce.masked} was deleted. It opens nothing any more."


def _frame(actor_id: str) -> dict[str, Any]:
    return {"actor_id": actor_id, "actor": None, "section": "actors", "tab": "nonces", "counts": {}}


def _page(
    request: HttpRequest,
    actor_id: str,
    more: dict[str, Any],
    *,
    ask: Abaco | None = None,
    partial: str = "nonces/_create.html",
    status: int = 200,
) -> HttpResponse:
    """Render the page of an actor's nonces; the API is asked only where `ask` is given."""
    context = _frame(actor_id) | more
    if ask is not None:
        answers = ask.wave(actor=lambda: ask.actors.get(actor_id), nonces=lambda: ask.nonces.list(actor_id))
        # A nonce that was just made is shown even where the rest of the page could not be loaded.
        context["actor"] = answers["actor"].value if "created" in more else answers["actor"].need()
        context["error"] = answers["nonces"].error
        if context["error"] is None:
            context |= _table(request, actor_id, answers["nonces"].value)
            context["counts"] = {"nonces": context["total"]}
    response = render_page(request, "nonces/list.html", context, partial=partial, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _create(abaco: Abaco, actor_id: str, typed: dict[str, Any]) -> Nonce:
    return abaco.nonces.create(
        actor_id, level=typed["level"], max_uses=typed["max_uses"], description=typed["description"]
    )


def _shown_once(request: HttpRequest, actor_id: str, created: Nonce) -> dict[str, Any]:
    """Return the new nonce and the lines that use it; a nonce works under the actor's id, not under an alias."""
    curl = Curl(request, created.actor_id or actor_id)
    return {
        "form": NonceForm(),
        "created": created,
        "curl_read": curl.actor_with_nonce(created.id),
        "curl_message": "" if created.level == "READ" else curl.message_with_nonce(created.id),
    }


def _table(request: HttpRequest, actor_id: str, nonces: Sequence[Nonce]) -> dict[str, Any]:
    """Return what the table shows: the chosen ones, newest first, fifty to a page."""
    chosen = NonceFilter(request.GET).chosen
    kept = [nonce for nonce in nonces if _is_shown(nonce, chosen["show"])]
    kept.sort(key=lambda nonce: nonce.create_time.replace(tzinfo=None) if nonce.create_time else OLDEST, reverse=True)
    page = Paginator(kept, PER_PAGE).get_page(chosen["page"])
    at = now()
    prefix = reverse("actors:nonce-list", args=[actor_id])
    return {
        "rows": [_row(nonce, f"{prefix}{nonce_handle(actor_id, nonce.id)}/", at) for nonce in page.object_list],
        "page": page,
        "total": len(nonces),
        "show": chosen["show"],
        "choices": NonceFilter.SHOW,
    }


def _is_shown(nonce: Nonce, show: str) -> bool:
    if show == "usable":
        return not nonce.is_exhausted
    if show == "unlimited":
        return nonce.is_unlimited
    return nonce.is_exhausted if show == "used-up" else True


def _row(nonce: Nonce, url: str, at: datetime) -> NonceRow:
    return NonceRow(
        masked=visible(nonce.masked),
        url=url,
        level=visible(nonce.level),
        uses=uses_words(nonce),
        is_exhausted=nonce.is_exhausted,
        description=visible(nonce.description),
        owner=visible(nonce.owner),
        created=when(nonce.create_time, at, "not reported"),
        used=when(nonce.last_use_time, at, "never"),
    )


def uses_words(nonce: Nonce) -> str:
    """Write how often a nonce was used and may still be, as far as the API said."""
    if nonce.is_unlimited:
        return f"unlimited, used {thousands(nonce.current_uses or 0)}"
    if nonce.remaining_uses is None or nonce.max_uses is None:
        return "not reported"
    return f"{thousands(nonce.remaining_uses)} of {thousands(nonce.max_uses)} left"
