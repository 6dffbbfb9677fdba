"""The nonces of all actors and aliases of the visitor, those worth a look first, and replacing one in a single step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from actors_app.core.htmx import render_page
from actors_app.core.pages import csv_lists
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.formatting import now, visible
from actors_app.core.pages.forms import ReasonForm
from actors_app.core.pages.timezones import RelativeTime, when
from actors_app.nonces import notes
from actors_app.nonces.commands import Holder
from actors_app.nonces.commands_replace import replace
from actors_app.nonces.hygiene import FINDINGS
from actors_app.nonces.listing import Keyed, keyed_of, look
from actors_app.nonces.models import NonceNote
from actors_app.nonces.notes import nonce_behind
from actors_app.nonces.views import curl_of, frame, tenant_of, uses_words, wave_of
from actors_app.services import Abaco
from actors_app.services.errors import NotFound
from actors_app.services.types import Nonce

PER_PAGE = 20  # actors and aliases, two calls each


@dataclass(frozen=True, slots=True)
class HygieneRow:
    """One nonce of an actor or an alias, masked; `findings` are what is worth a look, each as word and meaning."""

    of: Holder
    holder: str
    holder_url: str
    is_alias: bool
    masked: str
    url: str
    level: str
    uses: str
    description: str
    note: NonceNote | None
    owner: str
    used: RelativeTime
    findings: tuple[tuple[str, str], ...]


@abaco_page("GET")
def nonce_overview(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show the nonces of the visitor's actors and of their own aliases, twenty of both to a page.

    `GET /actors/{id}/nonces` and `/actors/aliases/{alias}/nonces` of each.
    """
    show = request.GET.get("show", "")
    show = show if show in ("worth", *FINDINGS) else ""
    choices = [("", "All"), ("worth", "Needs review"), *((name, word) for name, (word, _) in FINDINGS.items())]
    context: dict[str, Any] = {"section": "nonces", "show": show, "choices": choices}
    answers = abaco.gather(actors=lambda: abaco.actors.list(), aliases=lambda: abaco.aliases.list())
    if error := answers["actors"].error:
        return _sent(request, context | {"error": error}, error.status)
    me = request.session["who"]["username"]
    every_holder = keyed_of(answers["actors"].value, answers["aliases"].value or (), me)
    page = Paginator(every_holder, PER_PAGE).get_page(request.GET.get("page", "1")[:9])
    reviewed, unread = look(abaco, tenant_of(request), list(page.object_list))
    selected = [
        item for item in reviewed if not show or (bool(item.findings) if show == "worth" else show in item.findings)
    ]
    if csv_lists.is_asked(request):
        return csv_lists.csv_of(f"nonces-page-{page.number}", csv_lists.KEYED_NONCES, selected)
    at = now()
    context |= {
        "rows": [_row(item.keyed, item.nonce, item.handle, item.findings, item.note, at) for item in selected],
        "page": page,
        "total": len(reviewed),
        "worth": sum(bool(item.findings) for item in reviewed),
        "unread": [f"the alias {item.label}" if item.holder.is_alias else item.label for item in unread],
        "aliases_error": answers["aliases"].error,
    }
    return _sent(request, context, 200)


def _sent(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render_page(
        request, "nonces/overview.html", context, partial="nonces/_overview_table.html", status=status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _row(
    keyed: Keyed, nonce: Nonce, handle: str, names: tuple[str, ...], note: NonceNote | None, at: datetime
) -> HygieneRow:
    return HygieneRow(
        of=keyed.holder,
        holder=keyed.label,
        holder_url=keyed.holder.url,
        is_alias=keyed.holder.is_alias,
        masked=visible(nonce.masked),
        url=f"{keyed.holder.url}{handle}/",
        level=visible(nonce.level),
        uses="exhausted" if nonce.is_exhausted else uses_words(nonce),
        description=visible(nonce.description),
        note=note,
        owner=visible(nonce.owner),
        used=when(nonce.last_use_time, at, "never"),
        findings=tuple(FINDINGS[name] for name in names),
    )


@abaco_page("GET", "POST")
def nonce_replace(request: HttpRequest, abaco: Abaco, actor_id: str, handle: str) -> HttpResponse:
    """Create a nonce like another, show it once, and delete the other (`POST` and `DELETE /actors/{id}/nonces`)."""
    return _replace(request, abaco, Holder(actor_id), handle)


@abaco_page("GET", "POST")
def alias_nonce_replace(request: HttpRequest, abaco: Abaco, alias: str, handle: str) -> HttpResponse:
    """Rotate a nonce of an alias in the same way (`POST` and `DELETE /actors/aliases/{alias}/nonces`)."""
    return _replace(request, abaco, Holder(alias, is_alias=True), handle)


def _replace(request: HttpRequest, abaco: Abaco, holder: Holder, handle: str) -> HttpResponse:
    """Make the new one first, so that nothing is lost where either call fails."""
    tenant = tenant_of(request)
    answers = wave_of(abaco, holder)
    actor, nonces = answers["actor"].unwrap(), answers["nonces"].unwrap()
    context = frame(holder) | {"actor": actor, "counts": {"nonces": len(nonces)}, "handle": handle}
    context |= {"form": ReasonForm(), "note": notes.noted(tenant, handle)}
    try:
        old = context["nonce"] = nonce_behind(handle, holder.id, nonces)
    except NotFound:
        if request.method == "GET":
            raise
        context["was_replaced"] = True
        return _page(request, context, 409)
    if request.method == "POST":
        context["form"] = ReasonForm(request.POST)
    if context["form"].is_valid():
        with context["form"].catch_refusal():
            replaced = replace(request, abaco, holder, handle, old)
            nonce = replaced.result.value
            if nonce is None:
                context["was_replaced"] = True
                return _page(request, context, 409)
            context |= {"created": nonce, "curl_message": ""}
            if nonce.level != "READ":
                context["curl_message"] = curl_of(request, holder, nonce).message_with_nonce(nonce.id)
            if replaced.error:
                context["form"].refuse(replaced.error)
    return _page(request, context, context["form"].status_code)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render_page(request, "nonces/replace.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
