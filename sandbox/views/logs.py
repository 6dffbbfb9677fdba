"""`GET /actors/{actor}/executions/{execution}/logs`: what an execution has printed so far."""

from django.http import HttpResponse

from sandbox import engine, search
from sandbox.endpoint import Call, of_actor
from sandbox.views.executions import find_execution


def log_get(call: Call, execution: str) -> HttpResponse:
    """Answer the log, empty where there is none; any query parameter asks for a search instead."""
    if search.wanted(call.request):
        found_logs = search.run("logs", call.request, call, execution_id=execution)
        return call.answer("Log search completed successfully.", found_logs)
    owner = call.actor().owner
    found = find_execution(call, execution)
    links = {
        "self": call.dialect.link(call.actor_id, "executions", found.id, "logs"),
        "owner": call.dialect.owner_link(owner),
        "execution": call.dialect.link(call.actor_id, "executions", found.id),
    }
    return call.answer("Logs retrieved successfully.", {"logs": engine.log_of(found.id), "_links": links})


item = of_actor("logs", GET=log_get)
