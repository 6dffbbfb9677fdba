"""The nonces of all actors and aliases of the visitor, those worth a look first, and replacing one in a single step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from actors_app import nonce_notes
from actors_app.acts.nonces import Holder
from actors_app.alias_rows import page_of
from actors_app.converters import is_id
from actors_app.credentials import abaco_for
from actors_app.decorators import credentials_required
from actors_app.forms.base import PortalForm
from actors_app.handles import nonce_behind, nonce_handle
from actors_app.htmx import render_page
from actors_app.models import NonceNote
from actors_app.moments import When, when
from actors_app.nonce_hygiene import FINDINGS, findings
from actors_app.services import Abaco
from actors_app.services import Answer as Said
from actors_app.services.errors import AbacoError, NotFound, SignedOut
from actors_app.services.types import Actor, Alias, Nonce
from actors_app.templatetags.actors import now, visible
from actors_app.views.nonces import curl_of, frame, tenant_of, uses_words, wave_of
from actors_app.writes import Answer, perform

PER_PAGE = 20  # actors and aliases, two calls each


@dataclass(frozen=True, slots=True)
class Keyed:
    """An actor or an alias whose nonces are shown; its actor's permissions say what their makers may do."""

    holder: Holder
    label: str
    actor_id: str

    @property
    def page(self) -> str:
        """Return what the names of its pages begin with."""
        return self.holder.action

    @classmethod
    def of_actor(cls, actor: Actor) -> "Keyed":
        """Return an actor as one that has nonces."""
        return cls(Holder(actor.id), visible(actor.label), actor.id)

    @classmethod
    def of_alias(cls, alias: Alias) -> "Keyed":
        """Return an alias as one that has nonces, which act on the actor that it leads to."""
        return cls(Holder(alias.alias, is_alias=True), visible(alias.alias), alias.actor_id)


@dataclass(frozen=True, slots=True)
class HygieneRow:
    """One nonce of an actor or an alias, masked; `found` are its findings, each as word and meaning."""

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
    used: When
    found: tuple[tuple[str, str], ...]


@require_http_methods(["GET", "HEAD"])
@credentials_required
def nonce_overview(request: HttpRequest) -> HttpResponse:
    """Show the nonces of the visitor's actors and of their own aliases, twenty of both to a page.

    `GET /actors/{id}/nonces` and `/actors/aliases/{alias}/nonces` of each.
    """
    abaco, show = abaco_for(request), request.GET.get("show", "")
    show = show if show in ("worth", *FINDINGS) else ""
    choices = [("", "All"), ("worth", "Worth a look"), *((name, word) for name, (word, _) in FINDINGS.items())]
    context: dict[str, Any] = {"section": "nonces", "show": show, "choices": choices}
    answers = abaco.wave(actors=lambda: abaco.actors.list(), aliases=lambda: abaco.aliases.list())
    _stop_where_signed_out(answers)
    if error := answers["actors"].error:
        return _sent(request, context | {"error": error}, error.status)
    me = request.session["who"]["username"]
    every_holder = [Keyed.of_actor(one) for one in answers["actors"].value if is_id(one.id)]
    every_holder += [
        Keyed.of_alias(one)
        for one in answers["aliases"].value or ()
        if one.owner == me and is_id(one.actor_id) and page_of("alias-detail", one.alias)
    ]
    every_holder.sort(key=lambda one: (one.label.casefold(), one.holder.is_alias, one.holder.id))
    page = Paginator(every_holder, PER_PAGE).get_page(request.GET.get("page", "1")[:9])
    every, unread = _rows(abaco, tenant_of(request), list(page.object_list))
    rows = [(names, row) for names, row in every if not show or (bool(names) if show == "worth" else show in names)]
    context |= {
        "rows": [row for _, row in rows],
        "page": page,
        "total": len(every),
        "worth": sum(bool(names) for names, _ in every),
        "unread": unread,
        "aliases_error": answers["aliases"].error,
    }
    return _sent(request, context, 200)


def _stop_where_signed_out(answers: Mapping[str, Said]) -> None:
    for answer in answers.values():
        if isinstance(answer.error, SignedOut):
            raise answer.error


def _sent(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render_page(
        request, "nonces/overview.html", context, partial="nonces/_overview_table.html", status=status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(
    abaco: Abaco, tenant: str, holders: list[Keyed]
) -> tuple[list[tuple[tuple[str, ...], HygieneRow]], list[str]]:
    """Return the nonces of some actors and aliases with their findings, the worst first; and who was not read."""
    calls: dict[str, Any] = {}
    for number, one in enumerate(holders):
        calls[f"nonces{number}"] = lambda of=one.holder: of.service(abaco).list(of.id)
        # With a nonce of an alias too, the API looks at what its maker may do with the actor, and not with the alias.
        calls[f"levels {one.actor_id}"] = lambda id_=one.actor_id: abaco.permissions.get(id_)
    answers = abaco.wave(**calls) if calls else {}
    _stop_where_signed_out(answers)
    read: list[tuple[Keyed, Nonce, str]] = []
    unread = []
    for number, one in enumerate(holders):
        nonces: tuple[Nonce, ...] | None = answers[f"nonces{number}"].value
        if nonces is None:
            unread.append(f"the alias {one.label}" if one.holder.is_alias else one.label)
        read += [(one, nonce, nonce_handle(one.holder.id, nonce.id)) for nonce in nonces or ()]
    notes, at = nonce_notes.noted_of(tenant, [handle for _, _, handle in read]), now()
    found = []
    for one, nonce, handle in read:
        names = findings(nonce, answers[f"levels {one.actor_id}"].value, at)
        found.append((names, _row(one, nonce, handle, names, notes.get(handle), at)))
    order = list(FINDINGS)
    found.sort(key=lambda pair: (not pair[0], order.index(pair[0][0]) if pair[0] else 0, pair[1].holder.casefold()))
    return found, unread


def _row(
    keyed: Keyed, nonce: Nonce, handle: str, names: tuple[str, ...], note: NonceNote | None, at: datetime
) -> HygieneRow:
    return HygieneRow(
        holder=keyed.label,
        holder_url=keyed.holder.url,
        is_alias=keyed.holder.is_alias,
        masked=visible(nonce.masked),
        url=f"{keyed.holder.url}{handle}/",
        level=visible(nonce.level),
        uses="used up" if nonce.is_exhausted else uses_words(nonce),
        description=visible(nonce.description),
        note=note,
        owner=visible(nonce.owner),
        used=when(nonce.last_use_time, at, "never"),
        found=tuple(FINDINGS[name] for name in names),
    )


@require_http_methods(["GET", "POST"])
@credentials_required
def nonce_replace(request: HttpRequest, actor_id: str, handle: str) -> HttpResponse:
    """Make a nonce like another, show it once, and delete the other (`POST` and `DELETE /actors/{id}/nonces`)."""
    return _replace(request, Holder(actor_id), handle)


@require_http_methods(["GET", "POST"])
@credentials_required
def alias_nonce_replace(request: HttpRequest, alias: str, handle: str) -> HttpResponse:
    """Replace a nonce of an alias in the same way (`POST` and `DELETE /actors/aliases/{alias}/nonces`)."""
    return _replace(request, Holder(alias, is_alias=True), handle)


def _replace(request: HttpRequest, holder: Holder, handle: str) -> HttpResponse:
    """Make the new one first, so that nothing is lost where either call fails."""
    abaco, tenant = abaco_for(request), tenant_of(request)
    service = holder.service(abaco)
    answers = wave_of(abaco, holder)
    actor, nonces = answers["actor"].need(), answers["nonces"].need()
    context = frame(holder) | {"actor": actor, "counts": {"nonces": len(nonces)}, "handle": handle}
    context |= {"form": PortalForm(), "note": nonce_notes.noted(tenant, handle)}
    status = 200
    try:
        old = context["nonce"] = nonce_behind(handle, holder.id, nonces)
    except NotFound:
        if request.method == "GET":
            raise
        context["was_replaced"] = True
        return _shown(request, context, 409)
    if request.method == "POST":
        context["form"] = PortalForm(request.POST)
        try:
            made = perform(
                request,
                f"{holder.action}.create",
                lambda: service.create(holder.id, level=old.level, max_uses=_uses(old), description=old.description),
                lambda new: Answer(f"The nonce {new.masked} was made.", holder.url),
                **holder.about(handle),
                details={"level": old.level, "max_uses": _uses(old), "replaces": old.masked} | holder.details,
            ).value
            if made is None:
                context["was_replaced"] = True
                return _shown(request, context, 409)
            context |= {"created": made, "curl_message": ""}
            if made.level != "READ":
                context["curl_message"] = curl_of(request, holder, made).message_with_nonce(made.id)
            perform(
                request,
                f"{holder.action}.delete",
                lambda: service.delete(holder.id, old.id),
                lambda _: Answer(f"The nonce {old.masked} was deleted.", holder.url),
                **holder.about(handle),
                details={"nonce": old.masked} | holder.details,
            )
            nonce_notes.hand_on(tenant, handle, nonce_handle(holder.id, made.id))
        except AbacoError as error:
            # A nonce that was made is shown whatever became of the old one: nobody could see it again without asking.
            status = context["form"].refuse(error)
    return _shown(request, context, status)


def _shown(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render_page(request, "nonces/replace.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _uses(nonce: Nonce) -> int:
    """Return how many uses the new one has: as many as the old one was made with."""
    return nonce.max_uses if nonce.max_uses is not None else 1
