"""`GET /actors/utilization`: four counts over the whole server, for anybody signed in."""

from django.http import HttpResponse

from sandbox.endpoint import Call, open_to_all_signed_in
from sandbox.models import Actor, Execution, Worker


def utilization_get(call: Call) -> HttpResponse:
    """Answer the counts; their names are camelCase in every version."""
    counts = {
        "currentActors": Actor.objects.count(),
        "totalActors": actors_ever(),
        "workers": Worker.objects.count(),
        "commandQueue": Worker.objects.filter(status="REQUESTED").count(),  # messages wait elsewhere
    }
    return call.answer("Abaco utilization returned successfully.", counts)


def actors_ever() -> int:
    """Return how many actors there are and were, as far as what they left behind tells."""
    gone = Execution.objects.exclude(actor_id__in=Actor.objects.values("id")).values("actor_id").distinct().count()
    return Actor.objects.count() + gone


item = open_to_all_signed_in(GET=utilization_get)
