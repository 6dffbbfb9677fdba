"""`/actors/{actor}/state`: the value a stateful actor keeps between executions."""

from django.http import HttpResponse

from sandbox.answers import Refusal
from sandbox.bodies import read_json
from sandbox.endpoint import Call, of_actor
from sandbox.models import Actor
from sandbox.records import actor_record


def state_get(call: Call) -> HttpResponse:
    """Answer the state, whatever it is."""
    return call.answer("Actor state retrieved successfully.", {"state": _stateful(call).state})


def state_post(call: Call) -> HttpResponse:
    """Make the JSON body the state and answer the actor; an empty value cannot be set here."""
    actor = _stateful(call)
    value = read_json(call.request, call.dialect, silent=True)
    if not value:
        raise Refusal("Invalid actor state description: state must be JSON serializable.")
    Actor.objects.filter(id=actor.id).update(state=value)
    actor.state = value
    return call.answer("State updated successfully.", actor_record(actor, call.dialect))


def _stateful(call: Call) -> Actor:
    actor = call.actor()
    if actor.stateless:
        raise Refusal("actor is stateless.", 404)
    return actor


item = of_actor("state", GET=state_get, POST=state_post)
