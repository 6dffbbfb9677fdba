"""The nonces of all actors of the visitor, those worth a look first, and replacing one in a single step."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actors_app.alias_rows import page_of
from actors_app.converters import is_id
from actors_app.credentials import abaco_for
from actors_app.curl import Curl
from actors_app.decorators import credentials_required
from actors_app.forms.base import PortalForm
from actors_app.handles import nonce_behind, nonce_handle
from actors_app.htmx import render_page
from actors_app.moments import When, when
from actors_app.nonce_hygiene import FINDINGS, findings
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, NotFound, SignedOut
from actors_app.services.types import Actor, Nonce
from actors_app.templatetags.actors import now, visible
from actors_app.views.nonces import uses_words
from actors_app.writes import Answer, perform

ACTORS_PER_PAGE = 20  # two calls each


@dataclass(frozen=True, slots=True)
class HygieneRow:
    """One nonce of one actor, masked; `found` are its findings, each as word and meaning."""

    actor: str
    actor_url: str
    masked: str
    url: str
    level: str
    uses: str
    note: str
    owner: str
    used: When
    found: tuple[tuple[str, str], ...]


@require_http_methods(["GET", "HEAD"])
@credentials_required
def nonce_overview(request: HttpRequest) -> HttpResponse:
    """Show the nonces of the visitor's actors, twenty actors to a page (`GET /actors/{id}/nonces` of each)."""
    abaco, show = abaco_for(request), request.GET.get("show", "")
    show = show if show in ("worth", *FINDINGS) else ""
    choices = [("", "All"), ("worth", "Worth a look"), *((name, word) for name, (word, _) in FINDINGS.items())]
    context: dict[str, Any] = {"section": "nonces", "show": show, "choices": choices}
    try:
        actors = [one for one in abaco.actors.list() if is_id(one.id)]
    except SignedOut:
        raise
    except AbacoError as error:
        return _sent(request, context | {"error": error}, error.status)
    actors.sort(key=lambda one: (one.label.casefold(), one.id))
    page = Paginator(actors, ACTORS_PER_PAGE).get_page(request.GET.get("page", "1")[:9])
    every, unread = _rows(abaco, list(page.object_list))
    rows = [(names, row) for names, row in every if not show or (bool(names) if show == "worth" else show in names)]
    context |= {
        "rows": [row for _, row in rows],
        "page": page,
        "total": len(every),
        "worth": sum(bool(names) for names, _ in every),
        "unread": unread,
        "actors": len(actors),
    }
    return _sent(request, context, 200)


def _sent(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render_page(
        request, "nonces/overview.html", context, partial="nonces/_overview_table.html", status=status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(abaco: Abaco, actors: list[Actor]) -> tuple[list[tuple[tuple[str, ...], HygieneRow]], list[str]]:
    """Return the nonces of some actors with the names of their findings, the worst first, and actors not read."""
    calls: dict[str, Any] = {}
    for one in actors:
        calls[f"nonces {one.id}"] = lambda id_=one.id: abaco.nonces.list(id_)
        calls[f"levels {one.id}"] = lambda id_=one.id: abaco.permissions.get(id_)
    answers = abaco.wave(**calls) if calls else {}
    for answer in answers.values():
        if isinstance(answer.error, SignedOut):
            raise answer.error
    found, unread, at = [], [], now()
    for one in actors:
        nonces: tuple[Nonce, ...] | None = answers[f"nonces {one.id}"].value
        if nonces is None:
            unread.append(visible(one.label))
            continue
        for nonce in nonces:
            names = findings(nonce, answers[f"levels {one.id}"].value, at)
            found.append((names, _row(one, nonce, names, at)))
    order = list(FINDINGS)
    found.sort(key=lambda pair: (not pair[0], order.index(pair[0][0]) if pair[0] else 0, pair[1].actor.casefold()))
    return found, unread


def _row(actor: Actor, nonce: Nonce, names: tuple[str, ...], at: Any) -> HygieneRow:
    return HygieneRow(
        actor=visible(actor.label),
        actor_url=page_of("nonce-list", actor.id),
        masked=visible(nonce.masked),
        url=page_of("nonce-detail", actor.id, nonce_handle(actor.id, nonce.id)),
        level=visible(nonce.level),
        uses="used up" if nonce.is_exhausted else uses_words(nonce),
        note=visible(nonce.description),
        owner=visible(nonce.owner),
        used=when(nonce.last_use_time, at, "never"),
        found=tuple(FINDINGS[name] for name in names),
    )


@require_http_methods(["GET", "POST"])
@credentials_required
def nonce_replace(request: HttpRequest, actor_id: str, handle: str) -> HttpResponse:
    """Make a nonce like another, show it once, and delete the other (`POST` and `DELETE /actors/{id}/nonces`).

    The new one is made first, so that nothing is lost where either call fails.
    """
    abaco = abaco_for(request)
    answers = abaco.wave(actor=lambda: abaco.actors.get(actor_id), nonces=lambda: abaco.nonces.list(actor_id))
    actor: Actor = answers["actor"].need()
    nonces: tuple[Nonce, ...] = answers["nonces"].need()
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "actor": actor,
        "section": "actors",
        "tab": "nonces",
        "counts": {"nonces": len(nonces)},
        "handle": handle,
        "form": PortalForm(),
    }
    status = 200
    try:
        old = context["nonce"] = nonce_behind(handle, actor_id, nonces)
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
                "nonce.create",
                lambda: abaco.nonces.create(
                    actor_id, level=old.level, max_uses=_uses(old), description=old.description
                ),
                lambda new: Answer(f"The nonce {new.masked} was made.", reverse("actors:nonce-list", args=[actor_id])),
                actor_id=actor_id,
                object_id=handle,
                details={"level": old.level, "max_uses": _uses(old), "replaces": old.masked},
            ).value
            if made is None:
                context["was_replaced"] = True
                return _shown(request, context, 409)
            context |= {"created": made, "curl_message": ""}
            if made.level != "READ":
                context["curl_message"] = Curl(request, actor.id).message_with_nonce(made.id)
            perform(
                request,
                "nonce.delete",
                lambda: abaco.nonces.delete(actor_id, old.id),
                lambda _: Answer(f"The nonce {old.masked} was deleted.", reverse("actors:nonce-list", args=[actor_id])),
                actor_id=actor_id,
                object_id=handle,
                details={"nonce": old.masked},
            )
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
