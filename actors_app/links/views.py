"""Links and webhooks: who sends its events to whom, drawn and as a table, rings and ends that lead nowhere marked."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from actors_app.core.addresses import page_of
from actors_app.core.htmx import render_page
from actors_app.core.pages.decorators import abaco_page
from actors_app.core.pages.formatting import visible
from actors_app.links.graph import drawing, host_of, links_of, ring_of
from actors_app.services import Abaco
from actors_app.services.types import Actor, Alias


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link: from where to where; `target` is empty where it leads to no actor that the visitor may read."""

    source: str
    source_url: str
    named: str
    target: str
    target_url: str
    ring: str


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """One webhook; of its address the host alone, since the rest is often a key."""

    source: str
    source_url: str
    host: str
    is_safe: bool


@abaco_page("GET")
def link_list(request: HttpRequest, abaco: Abaco) -> HttpResponse:
    """Show the links and webhooks of the actors that the visitor may read (`GET /actors`, `GET /actors/aliases`)."""
    answers = abaco.gather(actors=lambda: abaco.actors.list(), aliases=lambda: abaco.aliases.list())
    error = answers["actors"].error
    context: dict[str, Any] = {"section": "links"}
    if error:
        return render_page(request, "links/list.html", context | {"error": error}, status=error.status)
    actors: tuple[Actor, ...] = answers["actors"].value
    aliases: tuple[Alias, ...] = answers["aliases"].value or ()
    links = links_of(actors, aliases)
    labels = {actor.id: visible(actor.label) for actor in actors}
    context |= {
        "rows": [
            LinkRow(
                source=visible(link.source.label),
                source_url=page_of("actor-detail", link.source.id),
                named=visible(link.named),
                target=labels.get(link.target, ""),
                target_url=page_of("actor-detail", link.target) if link.target in labels else "",
                ring=" → ".join(ring_of(link.source.id, link.named, actors, aliases)),
            )
            for link in sorted(links, key=lambda link: link.source.label.casefold())
        ],
        "drawing": drawing(links, labels) if links else None,
        "aliases_unknown": answers["aliases"].error,
        "webhooks": [
            WebhookRow(
                visible(actor.label),
                page_of("actor-detail", actor.id),
                visible(host_of(actor.webhook)),
                actor.webhook.startswith("https://"),
            )
            for actor in sorted(actors, key=lambda actor: actor.label.casefold())
            if actor.webhook
        ],
    }
    return render_page(request, "links/list.html", context)
