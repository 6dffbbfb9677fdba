"""`GET /actors/utilization`: four counts over the whole server, for anybody signed in."""

from django.http import HttpResponse

from sandbox.endpoint import Call, open_to_all_signed_in
from sandbox.models import Actor, Execution, Message, Worker


def utilization_get(call: Call) -> HttpResponse:
    """Answer the counts; their names are camelCase in every version."""
    ever = Execution.objects.exclude(actor_id__in=Actor.objects.values("id")).values("actor_id").distinct().count()
    present = Actor.objects.count()
    counts = {
        "currentActors": present,
        "totalActors": present + ever,
        "workers": Worker.objects.count(),
        "commandQueue": Message.objects.filter(taken=False).count(),
    }
    return call.answer("Abaco utilization returned successfully.", counts)


item = open_to_all_signed_in(GET=utilization_get)
