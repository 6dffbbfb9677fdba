"""Whether everything is well: the verdict of the overview and its numbers."""

from collections.abc import Iterable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from actors_app.core.api.base import Resource
from actors_app.core.api.schema import operation
from actors_app.core.pages.formatting import now
from actors_app.overview import serializers
from actors_app.overview.inputs import gather_inputs
from actors_app.overview.wellness import Part, wellness


class Overview(Resource):
    """`/overview/`."""

    @operation(
        "Get the health summary",
        tag="Overview",
        upstream="actor.list search.executions search.workers alias.list",
        gives=serializers.Overview,
        about="Covers the actors that you can access. `not_known` names the data that the Actors API did not provide.",
    )
    def get(self, request: Request) -> Response:
        """Answer with the verdict and its numbers."""
        at = now()
        inputs = gather_inputs(self.abaco, self.user.tenant, at)
        if error := inputs.errors["actors"]:
            raise error
        well, day, actors = (
            wellness(inputs.answers, self.user.username, at),
            inputs.answers.day,
            inputs.answers.actors or (),
        )
        values = {
            "verdict": well.verdict,
            "needs": _numbers(well.needs),
            "facts": _numbers(well.facts),
            "not_known": well.unknown,
            "actors": len(actors),
            "ready": sum(actor.is_ready for actor in actors),
            "day": day
            and {
                "total": day.total,
                "known": day.loaded,
                "failed": day.failed,
                "failed_percent": day.failed_share,
                "median_seconds": day.median,
                "p95_seconds": day.p95,
            },
        }
        return Response(serializers.Overview(values).data)


def _numbers(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [{"number": part.number, "words": part.label, "is_least": part.is_least, "page": part.url} for part in parts]
