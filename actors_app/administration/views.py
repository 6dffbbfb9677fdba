"""The administration: how full the server is, the tenant's actors, what is stuck; and the workers of all actors."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from actors_app.administration.forms import AdminFilter, WorkerFilter
from actors_app.administration.lists import (
    Lists,
    StandingActor,
    admin_lists,
    standing_actors,
    standing_workers,
    stuck_mailboxes,
    stuck_workers,
)
from actors_app.administration.rows import columns, rows, select, select_workers, sort_of, worker_rows
from actors_app.core.htmx import render_page, wants_fragment
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.formatting import now
from actors_app.core.pages.preferences import preferences_of
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError
from actors_app.services.types import AdminActor, Worker, WorkerPage
from actors_app.workers.waits import running_in_search

NAMED = 20  # of what is stuck, how many are named
SEARCHED = 1000  # workers that are asked for where the visitor is no administrator


@abaco_page("GET")
def administration(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show the tenant to its administrators, and to everybody how full the server is.

    `GET /actors/utilization`, `/actors/admin`, `/actors/admin/workers`, `/actors/admin/executions`.
    """
    chosen = AdminFilter(request.GET).chosen
    chosen["sort"] = sort_of(chosen["sort"])
    context: dict[str, Any] = {"section": "administration", **chosen}
    answers = {} if wants_fragment(request) else abaco.gather(utilization=lambda: abaco.admin.utilization())
    context["utilization"] = answers.get("utilization")
    access = admin_lists(request, abaco, refresh=_wants_refresh(request))
    context["role"] = access.role
    if error := access.error:
        if wants_fragment(request):
            raise error
        return render_page(request, "administration/detail.html", context | {"error": error}, status=error.status)
    if access.lists:
        context |= _tenant(access.lists, chosen, preferences_of(request).page_size)
    partial = "administration/_table.html" if access.lists else "administration/_closed.html"
    return render_page(request, "administration/detail.html", context, partial=partial)


def _tenant(lists: Lists, chosen: dict[str, Any], size: int) -> dict[str, Any]:
    filters = {name: chosen[name] for name in ("q", "status", "owner", "sort")}
    page = Paginator(select(lists.actors, **filters), size).get_page(chosen["page"])
    workers, mailboxes, standing = stuck_workers(lists), stuck_mailboxes(lists), standing_actors(lists)
    statuses = Counter(actor.status for actor in lists.actors)
    return {
        "lists": lists,
        "page": page,
        "rows": rows(page.object_list, lists.totals.value.used if lists.totals.value else {}),
        "columns": columns(chosen["sort"]),
        "choices": AdminFilter.SHOW,
        "is_filtered": bool(chosen["q"] or chosen["status"] or chosen["owner"]),
        "counts": {
            "actors": len(lists.actors),
            "owners": len({actor.owner for actor in lists.actors}),
            "errors": statuses["ERROR"],
            "messages": sum(actor.messages or 0 for actor in lists.actors),
            "workers": len(lists.all_workers()),
        },
        "standing": [(item, is_id(item.actor.id)) for item in standing[:NAMED]],
        "purges": [*_waiting_in_vain(standing[:NAMED]), *(mailbox.actor for mailbox in mailboxes[:NAMED])],
        "stops": [
            *((item.actor.id, item.standstill.worker_id) for item in standing[:NAMED] if _can_stop(item)),
            *((item.actor.id, item.worker.id) for item in workers[:NAMED]),
        ],
        "standing_more": max(0, len(standing) - NAMED),
        "stuck_workers": workers[:NAMED],
        "stuck_workers_more": max(0, len(workers) - NAMED),
        "stuck_mailboxes": mailboxes[:NAMED],
        "stuck_mailboxes_more": max(0, len(mailboxes) - NAMED),
    }


def _waiting_in_vain(standing: Sequence[StandingActor]) -> list[AdminActor]:
    """Return the actors whose messages no worker will take as they are, each once."""
    kinds = ("no-worker", "no-start", "too-long")
    return [item.actor for item in standing if item.standstill.kind in kinds and item.actor.messages]


def _can_stop(standing: StandingActor) -> bool:
    return any(remedy.name == "stop" for remedy in standing.standstill.remedies)


@abaco_page("GET")
def all_workers(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show the workers of all actors: of the tenant to administrators, to others those that the search gives them.

    They are what is shown too where the API does not say who is an administrator, with a note that there may be more.

    `GET /actors/admin/workers`, or `GET /actors/search/workers` and `GET /actors`.
    """
    chosen = WorkerFilter(request.GET).chosen
    context: dict[str, Any] = {"section": "workers", "choices": WorkerFilter.SHOW, **chosen}
    access = admin_lists(request, abaco, refresh=_wants_refresh(request))
    context["role"] = access.role
    try:
        if access.role.is_admin and access.error:
            raise access.error
        if lists := access.lists:
            context["lists"] = lists
            workers, as_of, standing = lists.all_workers(), lists.as_of, standing_workers(lists)
            labels = {actor.id: actor.label for actor in lists.actors}
        else:
            workers, labels, total = search_workers(abaco)
            as_of, standing = now(), frozenset[str]()
            context["unseen"] = max(0, (total or 0) - len(workers))
    except AbacoError as error:
        if wants_fragment(request):
            raise
        return render_page(request, "administration/workers.html", context | {"error": error}, status=error.status)
    selected = select_workers(workers, labels, chosen["q"], chosen["show"], as_of, standing)
    page = Paginator(selected, preferences_of(request).page_size).get_page(chosen["page"])
    table = worker_rows(page.object_list, labels, as_of, standing, running_in_search(abaco, page.object_list))
    context |= {"page": page, "total": len(workers), "rows": table}
    return render_page(request, "administration/workers.html", context, partial="administration/_workers.html")


def _wants_refresh(request: HttpRequest) -> bool:
    return request.GET.get("read") == "again"


def search_workers(abaco: Abaco) -> tuple[tuple[Worker, ...], dict[str, str], int | None]:
    """Return the workers that the search gives, the names of the visitor's actors, and how many workers there are."""
    answers = abaco.gather(workers=lambda: abaco.search.workers(SEARCHED), actors=lambda: abaco.actors.list())
    page: WorkerPage = answers["workers"].unwrap()
    return page.workers, {actor.id: actor.label for actor in answers["actors"].value or ()}, page.total
