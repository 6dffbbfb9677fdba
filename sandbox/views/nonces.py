"""`/actors/{actor}/nonces` and one of them: list, make, read, delete. Using one is in `access.py`."""

from django.conf import settings
from django.http import HttpResponse

from sandbox import times
from sandbox.answers import Crash, Refusal
from sandbox.bodies import Field, read_fields
from sandbox.endpoint import Call, of_actor
from sandbox.ids import new_id
from sandbox.models import LEVELS, Nonce
from sandbox.records import nonce_record

FIELDS = (
    Field("level", "str", "Level to associate with the nonce.", default="EXECUTE", nullable=False),
    Field(
        "max_uses",
        "int",
        "Maximum number of times this nonce can be redeemed. Default is unlimited.",
        default=-1,
        nullable=False,
    ),
    Field("description", "str", "Description of this nonce", default=""),
)


def nonce_list(call: Call) -> HttpResponse:
    """Answer an actor's nonces with their ids."""
    rows = Nonce.objects.filter(actor_id=call.actor_id).order_by("create_time", "id")
    return call.answer("Actor nonces retrieved successfully.", [nonce_record(row, call.dialect) for row in rows])


def nonce_create(call: Call) -> HttpResponse:
    """Make a nonce of the caller, with the roles they have now."""
    actor = call.actor()
    values = read_fields(call.request, call.dialect, FIELDS, "Invalid nonce description")
    if values["level"] not in LEVELS:
        raise Refusal(f"Invalid nonce description. The level attribute must be one of: {LEVELS}")
    if values["max_uses"] < 1 and values["max_uses"] != -1:
        raise Refusal("The max uses parameter must be a positive integer or -1 (to denote unlimited uses).")
    moment = times.now()
    nonce = Nonce(
        id=f"{settings.SANDBOX_TENANT}_{new_id()}",
        actor_id=actor.id,
        owner=call.caller.user,
        roles=call.caller.roles,
        remaining_uses=values["max_uses"],
        create_time=moment,
        **values,
    )
    shown = nonce_record(nonce, call.dialect)
    nonce.create_time = times.stored(moment)
    nonce.save(force_insert=True)
    return call.answer("Actor nonce created successfully.", shown)


def nonce_get(call: Call, nonce: str) -> HttpResponse:
    """Answer one nonce."""
    row = Nonce.objects.filter(id=nonce, actor_id=call.actor_id).first()
    if row is None:
        raise Refusal("Nonce not found.")
    return call.answer("Actor nonce retrieved successfully.", nonce_record(row, call.dialect))


def nonce_delete(call: Call, nonce: str) -> HttpResponse:
    """Delete a nonce; an unknown one is a 500, worded by whether the actor ever had any."""
    if not Nonce.objects.filter(id=nonce, actor_id=call.actor_id).delete()[0]:
        if Nonce.objects.filter(actor_id=call.actor_id).exists():
            raise Crash("KeyError", repr(nonce))
        raise Crash("TypeError", "'NoneType' object is not subscriptable")
    return call.answer("Actor nonce deleted successfully.")


collection = of_actor("nonces", GET=nonce_list, POST=nonce_create)
item = of_actor("nonces", GET=nonce_get, DELETE=nonce_delete)
