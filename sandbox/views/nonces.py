"""The nonces of an actor or of an alias, and one of them: list, make, read, delete. Using one is in `access.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.http import HttpResponse

from sandbox import times
from sandbox.answers import Crash, Refusal
from sandbox.bodies import Field, read_fields
from sandbox.endpoint import Call, Handler, of_actor, of_alias
from sandbox.ids import new_id
from sandbox.models import LEVELS, Nonce
from sandbox.records import nonce_record
from sandbox.views.aliases import alias_of

FIELDS = (
    Field("roles", "items", "Roles occupied by the user when creating this nonce."),  # checked, and without effect
    Field("level", "str", "Permission level associated with this nonce. Default is EXECUTE.", default="EXECUTE"),
    Field("max_uses", "int", "Maximum number of times this nonce can be redeemed. Default is unlimited.", default=-1),
    Field("description", "str", "Description of this nonce", default=""),
)


@dataclass(frozen=True)
class Kind:
    """What differs between the nonces of actors and those of aliases."""

    noun: str
    levels: tuple[str, ...]
    owner: Callable[[Call], dict[str, str]]


OF_ACTOR = Kind("Actor", LEVELS, lambda call: {"actor_id": call.actor_id})
OF_ALIAS = Kind("Alias", LEVELS[:-1], lambda call: {"alias": alias_of(call).alias})


def nonce_list(call: Call, kind: Kind) -> HttpResponse:
    """Answer the nonces with their ids."""
    rows = Nonce.objects.filter(**kind.owner(call)).order_by("create_time", "id")
    records = [nonce_record(row, call.dialect) for row in rows]
    return call.answer(f"{kind.noun} nonces retrieved successfully.", records)


def nonce_create(call: Call, kind: Kind) -> HttpResponse:
    """Make a nonce of the caller, with the roles they have now."""
    owner = kind.owner(call)
    values = read_fields(call.request, call.dialect, FIELDS, "Invalid nonce description")
    values["roles"] = call.caller.roles
    if values["level"] not in kind.levels:
        raise Refusal(f"Invalid nonce description. The level attribute must be one of: {kind.levels}")
    if values["max_uses"] is None:
        raise Refusal("The max uses parameter must be an integer.")
    if values["max_uses"] < 1 and values["max_uses"] != -1:
        raise Refusal("The max uses parameter must be a positive integer or -1 (to denote unlimited uses).")
    moment = times.now()
    nonce = Nonce(
        id=f"{settings.SANDBOX_TENANT}_{new_id()}",
        owner=call.caller.user,
        remaining_uses=values["max_uses"],
        create_time=moment,
        **owner,
        **values,
    )
    shown = nonce_record(nonce, call.dialect)
    nonce.create_time = times.stored(moment)
    nonce.save(force_insert=True)
    return call.answer(f"{kind.noun} nonce created successfully.", shown)


def nonce_get(call: Call, kind: Kind, nonce: str) -> HttpResponse:
    """Answer one nonce."""
    row = Nonce.objects.filter(id=call.dialect.nonce_kept(nonce), **kind.owner(call)).first()
    if row is None:
        raise Refusal("Nonce not found.")
    return call.answer(f"{kind.noun} nonce retrieved successfully.", nonce_record(row, call.dialect))


def nonce_delete(call: Call, kind: Kind, nonce: str) -> HttpResponse:
    """Delete a nonce; an unknown one is a 500, worded by whether the actor or alias has any."""
    rows = Nonce.objects.filter(**kind.owner(call))
    if not rows.filter(id=call.dialect.nonce_kept(nonce)).delete()[0]:
        if rows.exists():
            place = call.dialect.dbid(call.actor_id or call.identifier)
            raise Crash.of(KeyError(f"Subscript of [{nonce!r}] does not exist in document of '_id' {place}"))
        raise Crash("TypeError", "'NoneType' object is not subscriptable")
    return call.answer(f"{kind.noun} nonce deleted successfully.")


def _of(kind: Kind, handler: Handler) -> Handler:
    return partial(handler, kind=kind)


collection = of_actor("nonces", GET=_of(OF_ACTOR, nonce_list), POST=_of(OF_ACTOR, nonce_create))
item = of_actor("nonces", GET=_of(OF_ACTOR, nonce_get), DELETE=_of(OF_ACTOR, nonce_delete))
alias_collection = of_alias("nonces", GET=_of(OF_ALIAS, nonce_list), POST=_of(OF_ALIAS, nonce_create))
alias_item = of_alias("nonces", GET=_of(OF_ALIAS, nonce_get), DELETE=_of(OF_ALIAS, nonce_delete))
