"""Aliases: the list of the tenant's, one, making one, changing its target, deleting it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from actors_app.aliases import commands
from actors_app.aliases.forms import AliasDeleteForm, AliasFilter, AliasForm, PointForm
from actors_app.aliases.operations import CREATE_ALIAS, DELETE_ALIAS, UPDATE_ALIAS
from actors_app.aliases.rows import AliasRow, dead_among, linking, rows
from actors_app.core.htmx import render_page, wants_fragment
from actors_app.core.operations.perform import answered
from actors_app.core.pages import csv_lists
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.forms import form_page
from actors_app.core.pages.preferences import preferences_of
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.links.graph import ring_words
from actors_app.permissions.access import Subject
from actors_app.permissions.access_pages import after_creation
from actors_app.services import Abaco
from actors_app.services.errors import Forbidden, NamingMismatch
from actors_app.services.names import problem_of
from actors_app.services.types import Actor, Alias


@abaco_page("GET")
def alias_list(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show the aliases of the tenant: which are whose, and which lead nowhere (`GET /actors/aliases`)."""
    chosen = AliasFilter(request.GET).chosen
    context: dict[str, Any] = {"section": "aliases", "choices": AliasFilter.SHOW, **chosen}
    answers = abaco.gather(aliases=lambda: abaco.aliases.list(), actors=lambda: abaco.actors.list())
    error = answers["aliases"].error
    if error:
        return render_page(request, "aliases/list.html", context | {"error": error}, status=error.status)
    aliases: tuple[Alias, ...] = answers["aliases"].value
    actors = {actor.id: actor for actor in answers["actors"].value or ()}
    me = signed_in(request).username
    owned = [alias for alias in aliases if alias.owner == me]
    lost = (
        [alias.actor_id for alias in owned if alias.actor_id not in actors]
        if answers["actors"].value is not None
        else []
    )
    dead = dead_among(abaco, lost)
    all_rows = rows(aliases, actors, dead, me)
    visible_rows = [row for row in all_rows if _is_shown(row, chosen)]
    if csv_lists.is_asked(request):
        return csv_lists.csv_of("aliases", csv_lists.ALIASES, visible_rows)
    page = Paginator(visible_rows, preferences_of(request).page_size).get_page(chosen["page"])
    context |= {
        "rows": page.object_list,
        "page": page,
        "total": len(all_rows),
        "mine": len(owned),
        "dead": sum(row.state == "dead" for row in all_rows),
    }
    return render_page(request, "aliases/list.html", context, partial="aliases/_table.html")


def _is_shown(row: AliasRow, chosen: dict[str, Any]) -> bool:
    text, show = chosen["q"].casefold(), chosen["show"]
    if text and not any(text in field.casefold() for field in (row.alias, row.actor, row.actor_id, row.owner)):
        return False
    if show == "mine":
        return row.is_mine
    return not show or row.state == {"readable": "ready", "dead": "dead"}[show]


@page("GET", "POST")
def alias_create(request: HttpRequest) -> HttpResponse:
    """Create an alias (`POST /actors/aliases`)."""
    context: dict[str, Any] = {"section": "aliases"}
    if request.method != "POST":
        context["form"] = AliasForm(initial={"actor_id": request.GET.get("actor", "")[:128]})
        context["known"] = _selectable_actors(abaco_for(request))
    else:
        form = AliasForm(request.POST)
        context["form"] = form
        if form.is_valid():
            abaco, typed = abaco_for(request), form.cleaned_data
            if earlier := answered(request, CREATE_ALIAS, actor_id=typed["actor_id"], object_id=typed["alias"]):
                return earlier.go(request)
            with form.catch_refusal(is_fragment=wants_fragment(request)):
                if ring := commands.ring(abaco, typed["alias"], typed["actor_id"]):
                    form.add_error("actor_id", ring_words(ring))
                else:
                    return commands.create(request, abaco, typed["alias"], typed["actor_id"]).go(request)
    return form_page(request, "aliases/create.html", context, partial="aliases/_create.html")


@abaco_page("GET")
def alias_detail(request: HttpRequest, abaco: Abaco, alias: str) -> HttpResponse:
    """Show an alias and what follows it when it points elsewhere (`GET /actors/aliases/{alias}`)."""
    context = _context(alias)
    try:
        context |= _followers(abaco, alias)
    except Forbidden as error:
        return _closed(request, abaco, context, error)
    context |= after_creation(request, abaco, Subject("alias", alias))
    return render_page(request, "aliases/detail.html", context)


def _closed(request: HttpRequest, abaco: Abaco, context: dict[str, Any], error: Forbidden) -> HttpResponse:
    """Show an alias to somebody without READ on it, as the list of all aliases has it (`GET /actors/aliases`)."""
    listed = next((alias for alias in abaco.aliases.list() if alias.alias == context["alias"]), None)
    if listed is None:
        raise error
    return render_page(request, "aliases/closed.html", context | {"found": listed})


@abaco_page("GET", "POST")
def alias_update(request: HttpRequest, abaco: Abaco, alias: str) -> HttpResponse:
    """Change the target of an alias: from, to, and what follows (`PUT /actors/aliases/{alias}`)."""
    context = _context(alias)
    if request.method != "POST":
        context |= _followers(abaco, alias) | {"form": PointForm(), "known": _selectable_actors(abaco)}
    else:
        form = PointForm(request.POST)
        context["form"] = form
        if form.is_valid():
            to = form.cleaned_data["actor_id"]
            if earlier := answered(request, UPDATE_ALIAS, actor_id=to, object_id=alias):
                return earlier.go(request)
            with form.catch_refusal():
                before = abaco.aliases.get(alias)
                if ring := commands.ring(abaco, alias, to):
                    form.add_error("actor_id", ring_words(ring))
                else:
                    return commands.point(request, abaco, alias, before, to).go(request)
    return form_page(request, "aliases/update.html", context, partial="aliases/_update.html")


@abaco_page("GET", "POST")
def alias_delete(request: HttpRequest, abaco: Abaco, alias: str) -> HttpResponse:
    """Say what is cut off, then delete an alias once its name was typed (`DELETE /actors/aliases/{alias}`)."""
    context = _context(alias)
    if request.method != "POST":
        context |= _followers(abaco, alias) | {"form": AliasDeleteForm(actor_id=alias, label=alias)}
    else:
        form = AliasDeleteForm(request.POST, actor_id=alias)
        context["form"] = form
        if form.is_valid():
            if earlier := answered(request, DELETE_ALIAS, object_id=alias):
                return earlier.go(request)
            with form.catch_refusal():
                return commands.delete(request, abaco, alias).go(request)
    return form_page(request, "aliases/delete.html", context, partial="aliases/_delete.html")


@abaco_page("GET")
def actor_aliases(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show the aliases that lead to an actor (`GET /actors/aliases`)."""
    calls: dict[str, Any] = {"aliases": lambda: abaco.aliases.list()}
    if not wants_fragment(request):
        calls["actor"] = lambda: abaco.actors.get(actor_id)
    answers = abaco.gather(**calls)
    actor: Actor | None = answers["actor"].unwrap() if "actor" in answers else None
    error = answers["aliases"].error
    # In an alias stands the actor's id, whatever this page was opened by.
    ids = {actor.id if actor else actor_id}
    aliases = [alias for alias in answers["aliases"].value or () if alias.actor_id in ids]
    context: dict[str, Any] = {
        "actor_id": actor_id,
        "actor": actor,
        "section": "actors",
        "tab": "",
        "counts": {},
        "rows": rows(aliases, {}, frozenset(), signed_in(request).username),
        "error": error,
    }
    status = error.status if error else 200
    return render_page(request, "aliases/of_actor.html", context, partial="aliases/_of_actor.html", status=status)


def _context(alias: str) -> dict[str, Any]:
    return {"alias": alias, "section": "aliases", "tab": "overview", "problem": problem_of("alias", alias)}


def _selectable_actors(abaco: Abaco) -> tuple[Actor, ...]:
    """Return the actors to choose from; none where they cannot be listed, since an id can be typed all the same."""
    answer = abaco.gather(actors=lambda: abaco.actors.list())["actors"]
    if isinstance(answer.error, NamingMismatch):
        raise answer.error
    actors: tuple[Actor, ...] = answer.value or ()
    return actors


def _followers(abaco: Abaco, alias: str) -> dict[str, Any]:
    """Return an alias with its actor and all that depends on it, each with its error where it cannot be known."""
    answers = abaco.gather(
        found=lambda: abaco.aliases.get(alias),
        actor=lambda: abaco.actors.get(alias),
        nonces=lambda: abaco.alias_nonces.list(alias),
        mailbox=lambda: abaco.messages.count(alias),
        actors=lambda: abaco.actors.list(),
    )
    details: Alias = answers["found"].unwrap()
    actors: tuple[Actor, ...] = answers["actors"].value or ()
    return {
        "found": details,
        "actor": answers["actor"].value,
        "actor_error": answers["actor"].error,
        "nonces": answers["nonces"],
        "usable": sum(not nonce.is_exhausted for nonce in answers["nonces"].value or ()),
        "mailbox": answers["mailbox"],
        "links": linking(actors, alias),
        "links_error": answers["actors"].error,
    }
