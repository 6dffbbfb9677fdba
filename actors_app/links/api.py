"""Links and webhooks of all actors, as a graph; one is set by changing the actor."""

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.schema import operation
from actors_app.links import serializers
from actors_app.links.graph import host_of, links_of, ring_of
from actors_app.services.types import Actor, Alias


class LinkList(Resource):
    """`/links/`."""

    @operation(
        "List links and webhooks",
        tag="Links",
        upstream="actor.list alias.list",
        gives=serializers.Graph,
        about="Covers all actors that you can access. To change a link, update its actor.",
    )
    def get(self, request: Request) -> Response:
        """Answer with the graph."""
        answers = self.abaco.gather(actors=lambda: self.abaco.actors.list(), aliases=lambda: self.abaco.aliases.list())
        actors: tuple[Actor, ...] = answers["actors"].unwrap()
        aliases: tuple[Alias, ...] = answers["aliases"].value or ()
        names = {actor.id: actor.name for actor in actors}
        edges = [
            {
                "source": link.source.id,
                "named": link.named,
                "target": link.target or link.named,
                "is_in_ring": bool(ring_of(link.source.id, link.named, actors, aliases)),
            }
            for link in sorted(links_of(actors, aliases), key=lambda link: link.source.id)
        ]
        nodes = sorted({str(edge[end]) for edge in edges for end in ("source", "target")})
        webhooks = sorted((actor for actor in actors if actor.webhook), key=lambda actor: actor.id)
        return Response(
            {
                "nodes": [{"id": node, "name": names.get(node), "is_known": node in names} for node in nodes],
                "edges": edges,
                "webhooks": [
                    {
                        "actor_id": actor.id,
                        "host": host_of(actor.webhook),
                        "is_safe": actor.webhook.startswith("https://"),
                    }
                    for actor in webhooks
                ],
                "aliases_known": answers["aliases"].error is None,
            }
        )
