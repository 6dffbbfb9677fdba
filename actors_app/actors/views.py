"""Actors as they are: the list, one actor, its configuration. Changing them is in `views_changes.py`."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from actors_app.actors import archive as definition_archive
from actors_app.actors import facets
from actors_app.actors.activity import Live, activities, read_live
from actors_app.actors.forms import ActorListForm
from actors_app.actors.rows import Look, replacements, rows
from actors_app.audit.activity import latest_changes
from actors_app.core.cron import Schedule
from actors_app.core.htmx import is_poll, render_page, render_poll, wants_fragment
from actors_app.core.pages import csv_lists
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.formatting import now
from actors_app.core.pages.forms_slice import shown_slice
from actors_app.core.pages.preferences import preferences_of
from actors_app.core.security.credentials import abaco_for, signed_in
from actors_app.history import visibility
from actors_app.history.actor_summary import last_runs, summary
from actors_app.masking import Masker, may_hold_secret
from actors_app.permissions.access import unusable
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, NotFound
from actors_app.services.permissions import WORLD
from actors_app.services.types import Listed, Worker
from actors_app.services.types.actor_fields import FIELDS

MOST_POLLED = 250  # rows whose activity a page asks for: their ids stand in the address


@page("GET")
def actor_list(request: HttpRequest) -> HttpResponse:
    """Show the actors that the visitor may read, 50 on a page or a slice by `limit` and `offset` (`GET /actors`).

    Their activity comes after the first paint: the page requests it automatically, or the visitor with `live=1`.
    """
    form = ActorListForm(request.GET)
    choice, likes = form.choice(request.GET), preferences_of(request)
    context: dict[str, Any] = {"section": "actors", "choice": choice, "at": now()}
    if form.slice_errors:
        context |= {"complaints": form.slice_errors}
        return render_page(request, "actors/list.html", context, status=422)
    live: Live | None = None
    try:
        abaco = abaco_for(request)
        if is_poll(request) or "live" in request.GET:
            live = read_live(abaco)
        listing = live.listing if live else abaco.actors.lines()
    except AbacoError as error:
        if wants_fragment(request):
            raise
        return render_page(request, "actors/list.html", {**context, "error": error}, status=error.status)
    tenant = request.session["who"]["tenant"]
    definition_archive.record_list(tenant, listing)
    favorites = frozenset(likes.favorites)
    candidates = facets.narrowed(listing.lines, choice)
    matching = facets.of_segment(candidates, choice, favorites)
    columns = facets.selected_columns(likes.actor_columns)
    context |= {"segments": facets.segments(candidates, choice, favorites)}
    if live and is_poll(request):
        return _live_rows(request, abaco, live, matching, context, columns)
    ids = [actor.id for actor in matching if is_id(actor.id)]
    newest = last_runs(tenant, ids)
    groups = facets.grouped(matching, choice.sort, favorites, newest)
    ordered = [actor for group in groups for actor in group.actors]
    paginator = Paginator(ordered, form.page_size(likes.page_size))
    page_number = form.value_of("page") or 1
    page = paginator.get_page(min(page_number, paginator.num_pages))
    page_actors = list(page.object_list)
    if selected := form.selected_slice:
        page_actors = ordered[selected.offset : selected.end]
        context["slice"] = shown_slice(selected, len(page_actors), len(ordered))
    if csv_lists.is_asked(request):
        return csv_lists.csv_of("actors", csv_lists.ACTORS, page_actors if selected else ordered)
    page_ids = [actor.id for actor in page_actors if is_id(actor.id)]
    done = activities(request, abaco, live, page_ids) if live else None
    look = Look(columns, favorites, last_runs(tenant, page_ids) if live else newest, done)
    heads, filters = facets.heads(choice.sort, columns), facets.filters(listing.lines, choice)
    context |= {
        "actors": listing.lines,
        "lists_world": abaco.actors.lists_world,
        "page": page,
        "rows": rows(page_actors, groups, look),
        "note": f"there is no page {page_number:,}, this is the last" if page_number > paginator.num_pages else "",
        "filters": filters,
        "chips": facets.chips(request.GET, filters),
        "heads": heads,
        "orders": [head for head in heads if head.sort],
        "column_choices": [(column, column in columns) for column in facets.COLUMNS if column.is_optional],
        "poll": _poll(request, page_ids, len(matching)),
    }
    return render_page(request, "actors/list.html", context, partial="actors/_list.html")


def _poll(request: HttpRequest, ids: Sequence[str], number: int) -> str:
    """Return the query of the updates of a page: its filters, its rows, and how many actors matched."""
    parameters = request.GET.copy()
    for name in ("page", "limit", "offset", "live"):
        parameters.pop(name, None)
    parameters["poll"], parameters["rows"], parameters["seen"] = "1", ",".join(ids[:MOST_POLLED]), str(number)
    return parameters.urlencode(safe=",")


def _live_rows(
    request: HttpRequest,
    abaco: Abaco,
    live: Live,
    matching: Sequence[Listed],
    context: dict[str, Any],
    columns: Sequence[facets.ListColumn],
) -> HttpResponse:
    """Answer a page that asks what its actors do now: its rows, as far as the API still lists them."""
    asked = request.GET.get("rows", "").split(",")[:MOST_POLLED]
    by_id = {actor.id: actor for actor in live.listing.lines if is_id(actor.id)}
    actors = [by_id[actor_id] for actor_id in dict.fromkeys(asked) if actor_id in by_id]
    ids = [actor.id for actor in actors]
    done = activities(request, abaco, live, ids)
    tenant, favorites = request.session["who"]["tenant"], frozenset(preferences_of(request).favorites)
    look = Look(columns, favorites, last_runs(tenant, ids), done)
    context |= {
        "has_changed": request.GET.get("seen") != str(len(matching)),
        "rows": replacements(actors, look),
    }
    state = ([(actor.id, actor.status) for actor in actors], look.last_runs, done, context["has_changed"])
    return render_poll(request, "actors/_live.html", context, state=state, done=False)


@abaco_page("GET")
def actor_detail(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show one actor with its mailbox, workers, nonces and permissions, asked for all at once (`GET /actors/{id}`).

    Its executions are those that the history knows; the page itself asks for newer ones.
    """
    if is_poll(request):
        return _actor_status(request, abaco, actor_id)
    answers = abaco.gather(
        actor=lambda: abaco.actors.get(actor_id),
        mailbox=lambda: abaco.messages.count(actor_id),
        workers=lambda: abaco.workers.list(actor_id),
        nonces=lambda: abaco.nonces.list(actor_id),
        permissions=lambda: abaco.permissions.get(actor_id),
    )
    actor = answers["actor"].unwrap()
    levels: dict[str, str] = answers["permissions"].value or {}
    history = next(map(summary, visibility.remember(request.session["who"]["tenant"], [actor])), None)
    context = {
        **answers,
        "actor": actor,
        "actor_id": actor_id,
        # In an alias stands the actor's id, whatever this page was opened by; the API's text may make no address.
        "own_id": actor.id if is_id(actor.id) else actor_id,
        "tab": "overview",
        "section": "actors",
        "counts": {
            "messages": answers["mailbox"].value.messages if answers["mailbox"].value else None,
            "workers": _count(answers["workers"].value),
            "nonces": _count(answers["nonces"].value),
            "executions": history.total if history else None,
        },
        "worker_states": _worker_states(answers["workers"].value or ()),
        "usable_nonces": sum(not nonce.is_exhausted for nonce in answers["nonces"].value or ()),
        "people": sum(level != "NONE" and user != WORLD and not unusable(user) for user, level in levels.items()),
        "is_shared": WORLD in levels,
        "known": history,
        "schedule": Schedule.parse(actor.cron_schedule),
        "changes": latest_changes(signed_in(request), actor),
        "rows": history.recent if history else [],
    }
    return render_page(request, "actors/detail.html", context)


def _actor_status(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Answer the head's poll: the status now, until it is one that stays."""
    try:
        actor = abaco.actors.get(actor_id)
    except NotFound:
        return render_poll(request, "actors/_status.html", {"is_gone": True}, state="gone", done=True)
    done = not (actor.is_submitted or actor.is_shutting_down)
    context = {"actor": actor, "actor_id": actor_id, "oob": True}
    return render_poll(request, "actors/_status.html", context, state=(actor.status, actor.status_message), done=done)


def _count(items: tuple[object, ...] | None) -> int | None:
    return None if items is None else len(items)


def _worker_states(workers: tuple[Worker, ...]) -> list[tuple[str, int]]:
    """Return each status among the workers and how many are in it, the most common first."""
    return Counter(worker.status for worker in workers).most_common()


@abaco_page("GET")
def actor_configuration(request: HttpRequest, abaco: Abaco, actor_id: str) -> HttpResponse:
    """Show every field of an actor (`GET /actors/{id}`)."""
    actor = abaco.actors.get(actor_id)
    definition_archive.record(request.session["who"]["tenant"], [actor])
    environment, masker = actor.default_environment, Masker(actor.id)
    context = {
        "actor": actor,
        "actor_id": actor_id,
        "labels": {field.name: field.label for field in FIELDS},
        "tab": "configuration",
        "section": "actors",
        "counts": {},
        "environment": [(name, value, may_hold_secret(name, value)) for name, value in environment.items()],
        "definition": masker.value(actor.definition() | {"default_environment": masker.environment(environment)}),
        "schedule": Schedule.parse(actor.cron_schedule),
        "cpus": f"{actor.max_cpus / 1_000_000_000:g}" if actor.max_cpus else "",
    }
    return render_page(request, "actors/configuration.html", context)
