"""Links and webhooks of all actors, as a graph; one is set by changing the actor."""

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.schema import operation
from actors_app.links import serializers
from actors_app.links.graph import host_of, links_of, ring_of
from actors_app.services.errors import SignedOut
from actors_app.services.types import Actor, Alias


class LinkList(Resource):
    """`/links/`."""

    @operation(
        "Who sends their events to whom",
        tag="Links",
        upstream="actor.list alias.list",
        gives=serializers.Graph,
        about="Of the actors that you may read. A link is set by changing its actor.",
    )
    def get(self, request: Request) -> Response:
        """Answer with the graph."""
        answers = self.abaco.wave(actors=lambda: self.abaco.actors.list(), aliases=lambda: self.abaco.aliases.list())
        actors: tuple[Actor, ...] = answers["actors"].need()
        if isinstance(answers["aliases"].error, SignedOut):
            raise answers["aliases"].error
        aliases: tuple[Alias, ...] = answers["aliases"].value or ()
        names = {one.id: one.name for one in actors}
        edges = [
            {
                "source": link.source.id,
                "named": link.named,
                "target": link.target or link.named,
                "is_in_ring": bool(ring_of(link.source.id, link.named, actors, aliases)),
            }
            for link in sorted(links_of(actors, aliases), key=lambda link: link.source.id)
        ]
        nodes = sorted({str(one[end]) for one in edges for end in ("source", "target")})
        webhooks = sorted((one for one in actors if one.webhook), key=lambda one: one.id)
        return Response(
            {
                "nodes": [{"id": one, "name": names.get(one), "is_known": one in names} for one in nodes],
                "edges": edges,
                "webhooks": [
                    {
                        "actor_id": one.id,
                        "host": host_of(one.webhook),
                        "is_safe": one.webhook.startswith("https://"),
                    }
                    for one in webhooks
                ],
                "aliases_known": answers["aliases"].error is None,
            }
        )
