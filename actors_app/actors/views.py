"""Actors as they are: the list, one actor, its configuration. Changing them is in `views_changes.py`."""

from collections import Counter
from operator import attrgetter
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from actors_app.actors import archive as definition_archive
from actors_app.actors.forms import ActorListForm
from actors_app.actors.rows import columns, rows, select, sort_of
from actors_app.core.htmx import is_poll, render_page, render_poll, wants_fragment
from actors_app.core.pages import csv_lists
from actors_app.core.pages.badges import actor_status_choices
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.decorators import abaco_page, page
from actors_app.core.pages.forms_slice import shown_slice
from actors_app.core.pages.preferences import preferences_of
from actors_app.core.security.credentials import abaco_for
from actors_app.history import visibility
from actors_app.history.actor_summary import last_days, summary
from actors_app.masking import Masker, may_hold_secret
from actors_app.permissions.access import unusable
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, NotFound
from actors_app.services.permissions import WORLD
from actors_app.services.types import ACTOR_STATUSES, ERROR, READY, Listed, Worker
from actors_app.services.types.actor_fields import FIELDS


@page("GET")
def actor_list(request: HttpRequest) -> HttpResponse:
    """Show the actors that the visitor may read, 50 on a page or a slice by `limit` and `offset` (`GET /actors`)."""
    form = ActorListForm(request.GET)
    filters = {
        "q": form.value_of("q") or "",
        "status": (form.value_of("status") or "").upper(),
        "sort": sort_of(form.value_of("sort")),
    }
    context: dict[str, Any] = {**filters, "section": "actors", "columns": columns(filters["sort"])}
    if form.slice_errors:
        context |= {"complaints": form.slice_errors}
        return render_page(request, "actors/list.html", context, status=422)
    try:
        abaco = abaco_for(request)
        listing = abaco.actors.lines()
    except AbacoError as error:
        if wants_fragment(request):
            raise
        return render_page(request, "actors/list.html", {**context, "error": error}, status=error.status)
    definition_archive.record_list(request.session["who"]["tenant"], listing)
    actors = listing.lines
    statuses = Counter(map(attrgetter("status"), actors))
    matching = select(actors, **filters)
    paginator = Paginator(matching, form.page_size(preferences_of(request).page_size))
    page_number = form.value_of("page") or 1
    page = paginator.get_page(min(page_number, paginator.num_pages))
    page_actors = list(page.object_list)
    if selected := form.selected_slice:
        page_actors = matching[selected.offset : selected.end]
        context["slice"] = shown_slice(selected, len(page_actors), len(matching))
    if csv_lists.is_asked(request):
        return csv_lists.csv_of("actors", csv_lists.ACTORS, page_actors if selected else matching)
    ids = [actor.id for actor in page_actors if is_id(actor.id)]
    charts = last_days(request.session["who"]["tenant"], ids, reverse("actors:actor-list"))
    context |= {
        "actors": actors,
        "lists_world": abaco.actors.lists_world,
        "page": page,
        "rows": rows(page_actors, charts),
        "note": f"there is no page {page_number:,}, this is the last" if page_number > paginator.num_pages else "",
        "is_filtered": bool(filters["q"] or filters["status"]),
        "stats": _stats(actors, statuses),
        "segments": _segments(statuses),
    }
    return render_page(request, "actors/list.html", context, partial="actors/_found.html")


def _stats(actors: tuple[Listed, ...], statuses: Counter[str]) -> dict[str, int]:
    return {
        "all": len(actors),
        "ready": statuses[READY],
        "error": statuses[ERROR],
        "scheduled": sum(map(attrgetter("cron_on"), actors)),
        "stateful": len(actors) - sum(map(attrgetter("stateless"), actors)),
    }


def _segments(statuses: Counter[str]) -> list[tuple[str, str]]:
    """Return the status filter: value and word; "Other" only where there is another."""
    segments = actor_status_choices()
    return segments if statuses.keys() - set(ACTOR_STATUSES) else segments[:-1]


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
        "cpus": f"{actor.max_cpus / 1_000_000_000:g}" if actor.max_cpus else "",
    }
    return render_page(request, "actors/configuration.html", context)
