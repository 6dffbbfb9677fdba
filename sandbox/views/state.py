"""`/actors/{actor}/state`: the value a stateful actor keeps between executions."""

from django.http import HttpResponse

from sandbox.answers import Refusal
from sandbox.bodies import check_storable, read_json
from sandbox.endpoint import Call, of_actor
from sandbox.models import Actor
from sandbox.records import actor_record


def state_get(call: Call) -> HttpResponse:
    """Answer the state, whatever it is; that of a stateless actor is what it was registered with."""
    return call.answer("Actor state retrieved successfully.", {"state": call.actor().state})


def state_post(call: Call) -> HttpResponse:
    """Make the JSON body the state and answer the actor; an empty value cannot be set here."""
    actor = call.actor()
    if actor.stateless:
        raise Refusal("actor is stateless.", 404)
    value = read_json(call.request, call.dialect, silent=True)
    if not value:
        raise Refusal("Invalid actor state description: state must be JSON serializable.")
    check_storable(value)
    Actor.objects.filter(id=actor.id).update(state=value)
    actor.state = value
    return call.answer("State updated successfully.", actor_record(actor, call.dialect))


item = of_actor("state", GET=state_get, POST=state_post)
