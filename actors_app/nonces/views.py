"""The nonces of an actor or of an alias: the list, making one, which is shown once, one of them, and deleting it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from actors_app.core.htmx import render_page
from actors_app.core.pages import csv_lists
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.formatting import now, thousands, visible
from actors_app.core.pages.forms import ReasonForm, form_page
from actors_app.core.pages.preferences import preferences_of
from actors_app.core.pages.snippets import Curl
from actors_app.core.pages.timezones import RelativeTime, when
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.nonces import commands
from actors_app.nonces.commands import Holder, note
from actors_app.nonces.forms import AliasNonceForm, NonceFilter, NonceForm, NonceNoteForm
from actors_app.nonces.notes import nonce_behind, nonce_handle, noted
from actors_app.services import Abaco, Result
from actors_app.services.errors import AbacoError, NotFound, SignedOut
from actors_app.services.types import Nonce

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
    created: RelativeTime
    used: RelativeTime


@abaco_page("GET", "POST")
def nonce_list(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show an actor's nonces, masked, and make one (`GET` and `POST /actors/{id}/nonces`)."""
    return _list(request, abaco, Holder(actor_id))


@abaco_page("GET", "POST")
def alias_nonce_list(request: HttpRequest, abaco: Abaco, alias: str) -> HttpResponse:
    """Show an alias's nonces, masked, and make one (`GET` and `POST /actors/aliases/{alias}/nonces`)."""
    return _list(request, abaco, Holder(alias, is_alias=True))


@abaco_page("GET")
def nonce_detail(request: HttpRequest, abaco: Abaco, actor_id: str, handle: str) -> HttpResponse:
    """Show one nonce, masked (`GET /actors/{id}/nonces/{nonce}`)."""
    return _detail(request, abaco, Holder(actor_id), handle)


@abaco_page("GET")
def alias_nonce_detail(request: HttpRequest, abaco: Abaco, alias: str, handle: str) -> HttpResponse:
    """Show one nonce of an alias, masked (`GET /actors/aliases/{alias}/nonces/{nonce}`)."""
    return _detail(request, abaco, Holder(alias, is_alias=True), handle)


@page("GET", "POST")
def nonce_reveal(request: HttpRequest, actor_id: str, handle: str) -> HttpResponse:
    """Show one nonce in full once more, by a POST alone, and record who looked (`GET /actors/{id}/nonces`)."""
    return _reveal(request, Holder(actor_id), handle)


@page("GET", "POST")
def alias_nonce_reveal(request: HttpRequest, alias: str, handle: str) -> HttpResponse:
    """Show one nonce of an alias in full once more, and record who looked (`GET /actors/aliases/{alias}/nonces`)."""
    return _reveal(request, Holder(alias, is_alias=True), handle)


@abaco_page("GET", "POST")
def nonce_delete(request: HttpRequest, abaco: Abaco, actor_id: str, handle: str) -> HttpResponse:
    """Say who is shut out, then delete the nonce (`DELETE /actors/{id}/nonces/{nonce}`)."""
    return _delete_page(request, abaco, Holder(actor_id), handle)


@abaco_page("GET", "POST")
def alias_nonce_delete(request: HttpRequest, abaco: Abaco, alias: str, handle: str) -> HttpResponse:
    """Say who is shut out, then delete the nonce (`DELETE /actors/aliases/{alias}/nonces/{nonce}`)."""
    return _delete_page(request, abaco, Holder(alias, is_alias=True), handle)


def _list(request: HttpRequest, abaco: Abaco, holder: Holder) -> HttpResponse:
    """Show the nonces, and make one, which this one answer shows in full."""
    make = NonceForm if not holder.is_alias else AliasNonceForm
    if request.method == "GET":
        return _page(request, holder, {"form": make()}, ask=abaco, partial="nonces/_table.html")
    form = make(request.POST)
    if form.is_valid():
        try:
            result = commands.create(request, abaco, holder, form.cleaned_data)
        except AbacoError as error:
            form.refuse(error)
        else:
            if result.value is None:
                return _page(request, holder, {"form": make(), "was_sent": True}, ask=abaco, status=409)
            context = _shown_once(request, holder, result.value) | {"form": make()}
            return _page(request, holder, context, ask=abaco, partial="nonces/_made.html")
    return _page(request, holder, {"form": form}, status=form.status_code)


def _detail(request: HttpRequest, abaco: Abaco, holder: Holder, handle: str) -> HttpResponse:
    context = one_nonce(request, abaco, holder, handle)
    context["nonce"] = holder.service(abaco).get(holder.id, context["nonce"].id)
    return render_page(request, "nonces/detail.html", context)


def _reveal(request: HttpRequest, holder: Holder, handle: str) -> HttpResponse:
    if request.method == "GET":
        return redirect(f"actors:{holder.action}-detail", holder.id, handle)
    context = one_nonce(request, abaco_for(request), holder, handle)
    nonce: Nonce = context["nonce"]
    context["revealed"] = commands.reveal(request, holder, handle, nonce)
    context["curl_read"] = curl_of(request, holder, nonce).actor_with_nonce(nonce.id)
    return render_page(request, "nonces/detail.html", context)


def _delete_page(request: HttpRequest, abaco: Abaco, holder: Holder, handle: str) -> HttpResponse:
    if request.method == "GET":
        context = one_nonce(request, abaco, holder, handle) | {"form": ReasonForm()}
    else:
        if earlier := commands.deleted_before(request, holder, handle):
            return earlier.go(request)
        nonces = holder.service(abaco).list(holder.id)
        try:
            nonce = nonce_behind(handle, holder.id, nonces)
        except NotFound as error:
            return commands.gone(holder, handle, request.POST.get("seen", ""), error).go(request)
        note = noted(tenant_of(request), handle)
        form = ReasonForm(request.POST)
        context = frame(holder) | {"handle": handle, "nonce": nonce, "note": note, "form": form}
        if form.is_valid():
            with form.catch_refusal():
                return commands.delete(request, abaco, holder, handle, nonce).go(request)
    context["seen"] = commands.page_token(holder, handle)
    return form_page(request, "nonces/delete.html", context, partial="nonces/_delete.html")


def tenant_of(request: HttpRequest) -> str:
    """Return the tenant that the visitor is signed in to."""
    return signed_in(request).tenant


def frame(holder: Holder) -> dict[str, Any]:
    """Return what every page of its nonces has."""
    common: dict[str, Any] = {"holder": holder, "tab": "nonces", "counts": {}, "actor": None}
    if holder.is_alias:
        return common | {"alias": holder.id, "section": "aliases"}
    return common | {"actor_id": holder.id, "section": "actors"}


def wave_of(abaco: Abaco, holder: Holder) -> dict[str, Result]:
    """Ask for the nonces and, where they are an actor's, for the actor that the page's head shows."""
    calls: dict[str, Any] = {"nonces": lambda: holder.service(abaco).list(holder.id)}
    if not holder.is_alias:
        calls["actor"] = lambda: abaco.actors.get(holder.id)
    return {"actor": Result(), **abaco.gather(**calls)}


def one_nonce(request: HttpRequest, abaco: Abaco, holder: Holder, handle: str) -> dict[str, Any]:
    """Return what a page of one nonce needs; raise NotFound where there is none behind the handle."""
    answers = wave_of(abaco, holder)
    nonces = answers["nonces"].unwrap()
    return frame(holder) | {
        "actor": answers["actor"].unwrap(),
        "nonce": nonce_behind(handle, holder.id, nonces),
        "handle": handle,
        "note": noted(tenant_of(request), handle),
        "counts": {"nonces": len(nonces)},
    }


def _page(
    request: HttpRequest,
    holder: Holder,
    more: dict[str, Any],
    *,
    ask: Abaco | None = None,
    partial: str = "nonces/_create.html",
    status: int = 200,
) -> HttpResponse:
    """Render the page of the nonces; the API is asked only where `ask` is given."""
    context = frame(holder) | more
    if ask is not None:
        try:
            answers = wave_of(ask, holder)
        except SignedOut as error:
            if "created" not in more:
                raise
            answers = {
                "actor": Result(),
                "nonces": Result(error=AbacoError(error.detail, user_message=error.user_message)),
            }
        # A nonce that was just made is shown even where the rest of the page could not be loaded.
        context["actor"] = answers["actor"].value if "created" in more else answers["actor"].unwrap()
        context["error"] = answers["nonces"].error
        if context["error"] is None:
            if csv_lists.is_asked(request) and request.method == "GET":
                return csv_lists.csv_of("nonces", csv_lists.NONCES, _newest_first(request, answers["nonces"].value))
            context |= _table(request, holder, answers["nonces"].value)
            context["counts"] = {"nonces": context["total"]}
    response = render_page(request, "nonces/list.html", context, partial=partial, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def curl_of(request: HttpRequest, holder: Holder, nonce: Nonce) -> Curl:
    """Return lines that use a nonce: of an actor under its id alone, of an alias under the alias alone."""
    return Curl(request, holder.id if holder.is_alias else nonce.actor_id or holder.id)


def _shown_once(request: HttpRequest, holder: Holder, created: Nonce) -> dict[str, Any]:
    """Return the new nonce and the lines that use it."""
    curl = curl_of(request, holder, created)
    return {
        "created": created,
        "curl_read": curl.actor_with_nonce(created.id),
        "curl_message": "" if created.level == "READ" else curl.message_with_nonce(created.id),
    }


def _table(request: HttpRequest, holder: Holder, nonces: Sequence[Nonce]) -> dict[str, Any]:
    """Return what the table shows: the chosen ones, newest first, fifty to a page."""
    chosen = NonceFilter(request.GET).chosen
    selected = _newest_first(request, nonces)
    page = Paginator(selected, preferences_of(request).page_size).get_page(chosen["page"])
    at = now()
    return {
        "rows": [_row(nonce, f"{holder.url}{nonce_handle(holder.id, nonce.id)}/", at) for nonce in page.object_list],
        "page": page,
        "total": len(nonces),
        "show": chosen["show"],
        "choices": NonceFilter.SHOW,
    }


def _newest_first(request: HttpRequest, nonces: Sequence[Nonce]) -> list[Nonce]:
    """Return the nonces of the kind that the address names."""
    show = NonceFilter(request.GET).chosen["show"]
    selected = [nonce for nonce in nonces if _is_shown(nonce, show)]
    selected.sort(
        key=lambda nonce: nonce.create_time.replace(tzinfo=None) if nonce.create_time else OLDEST, reverse=True
    )
    return selected


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
        created=when(nonce.create_time, at, "Not reported"),
        used=when(nonce.last_use_time, at, "never"),
    )


def uses_words(nonce: Nonce) -> str:
    """Write how often a nonce was used and may still be, as far as the API said."""
    if nonce.is_unlimited:
        return f"Unlimited, {thousands(nonce.current_uses or 0)} used"
    if nonce.remaining_uses is None or nonce.max_uses is None:
        return "Not reported"
    return f"{thousands(nonce.remaining_uses)} of {thousands(nonce.max_uses)} left"


@page("GET", "POST")
def nonce_note(request: HttpRequest, actor_id: str, handle: str) -> HttpResponse:
    """Update the recipients of a nonce; the API is asked only whether the visitor may read it."""
    return _note(request, Holder(actor_id), handle)


@page("GET", "POST")
def alias_nonce_note(request: HttpRequest, alias: str, handle: str) -> HttpResponse:
    """Note where a nonce of an alias was handed out; the API is asked only whether the visitor may read it."""
    return _note(request, Holder(alias, is_alias=True), handle)


def _note(request: HttpRequest, holder: Holder, handle: str) -> HttpResponse:
    form = NonceNoteForm(request.POST if request.method == "POST" else None)
    context = frame(holder) | {"handle": handle}
    if not form.is_bound or form.is_valid():
        context |= one_nonce(request, abaco_for(request), holder, handle)
        if not form.is_bound:
            form = NonceNoteForm(initial={"text": context["note"].text if context["note"] else ""})
        elif refusal := note(request, handle, context["nonce"], form.cleaned_data["text"]):
            form.add_error("text", refusal)
        else:
            return redirect(f"{holder.url}{handle}/")
    status = 422 if form.is_bound else 200
    return render_page(request, "nonces/note.html", context | {"form": form}, status=status)
