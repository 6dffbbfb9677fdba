"""`/actors/aliases` and one of them: list, make, read, point elsewhere, delete."""

from django.db import transaction
from django.http import HttpResponse

from sandbox import access
from sandbox.answers import BrokenJson, Crash, Refusal
from sandbox.bodies import Field, read_fields, read_form, read_json
from sandbox.endpoint import Call, alias_subject, of_alias, open_to_all_signed_in
from sandbox.ids import is_hashid
from sandbox.models import Actor, Alias, Permission
from sandbox.records import alias_record

RESERVED = ["executions", "nonces", "logs", "messages", "adapters", "admin"]
FORBIDDEN = [
    "\\",
    " ",
    '"',
    ":",
    "/",
    "?",
    "#",
    "[",
    "]",
    "@",
    "!",
    "$",
    "&",
    "'",
    "(",
    ")",
    "*",
    "+",
    ",",
    ";",
    "=",
]
THING = "Invalid alias description. Missing required field"
ALIAS = Field("alias", "str", "Actual alias for the actor; must be unique within a tenant.", required=True)
ACTOR_ID = Field("actor_id", "str", "The human readable id for the actor associated with this alias.", required=True)


def alias_list(call: Call) -> HttpResponse:
    """Answer every alias of the tenant, to anybody signed in."""
    records = [alias_record(row, call.dialect) for row in Alias.objects.order_by("alias")]
    return call.answer("Aliases retrieved successfully.", records)


def alias_create(call: Call) -> HttpResponse:
    """Make an alias for an actor the caller may update."""
    values = read_fields(call.request, call.dialect, (ALIAS, ACTOR_ID), THING)
    name, actor_id = values["alias"], str(values["actor_id"])
    if name is not None and is_hashid(name):
        raise Refusal("Invalid alias description. Alias cannot be an Abaco hash id.")
    if not Actor.objects.filter(id=actor_id).exists():
        raise Refusal(f"No actor found with id: {actor_id}.", 404)
    _check_target(call, actor_id, f"Not authorized -- you do not have access to {actor_id}.")
    shown = ", ".join(f"'{each}'" for each in FORBIDDEN)
    check_name(name, "an alias", RESERVED, FORBIDDEN, f"for an alias: [{shown}].")
    if Alias.objects.filter(alias=name).exists():
        raise Refusal(f"Alias {name} already exists.")
    with transaction.atomic():
        alias = Alias.objects.create(alias=name, actor_id=actor_id, owner=call.caller.user)
        access.grant(alias_subject(name), call.caller.user, "UPDATE")
    return call.answer("Actor alias created successfully.", alias_record(alias, call.dialect))


def alias_get(call: Call) -> HttpResponse:
    """Answer one alias."""
    return call.answer("Alias retrieved successfully.", alias_record(alias_of(call), call.dialect))


def alias_update(call: Call) -> HttpResponse:
    """Point an alias at another actor; admins may point it anywhere, and whoever does may update it from then on."""
    row = alias_of(call)
    if _renames(call):
        raise Refusal("Invalid alias update description. The alias itself cannot be updated in a PUT request.")
    actor_id = str(read_fields(call.request, call.dialect, (ACTOR_ID,), THING)["actor_id"])
    if not call.caller.is_admin:
        refusal = "Not authorized -- you do not have UPDATE access to the actor you want to associate with this alias."
        _check_target(call, actor_id, refusal)
    row.actor_id = actor_id
    with transaction.atomic():
        row.save(update_fields=["actor_id"])
        access.grant(call.subject, call.caller.user, "UPDATE")
    return call.answer("Actor alias updated successfully.", alias_record(row, call.dialect))


def alias_delete(call: Call) -> HttpResponse:
    """Delete an alias; the message holds the whole record, as Abaco's does, and its nonces stay, as there."""
    row = alias_of(call)
    record = {
        "tenant": call.dialect.tenant,
        "alias_id": call.dialect.dbid(row.alias),
        "alias": row.alias,
        "actor_id": row.actor_id,
        "db_id": call.dialect.dbid(row.actor_id),
        "owner": row.owner,
        "api_server": call.dialect.api_server,
    }
    with transaction.atomic():
        row.delete()
        Permission.objects.filter(subject=call.subject).delete()
    return call.answer(f"Alias {record} deleted successfully.")


def alias_of(call: Call) -> Alias:
    """Return the alias of the path; raise the 404 that admins meet, and who names an actor's id as an alias."""
    row = Alias.objects.filter(alias=call.identifier).first()
    if row is None:
        raise Refusal(f"No alias found: {call.identifier}.", 404)
    return row


def check_name(name: str | None, kind: str, reserved: list[str], forbidden: list[str], rule: str) -> None:
    """Refuse a reserved name and one with a forbidden character, for `an alias` or `a config`, as `rule` says."""
    if name in reserved:
        raise Refusal(f"{name} is a reserved word. The following reserved words cannot be used for {kind}: {reserved}.")
    if name is None:
        raise Crash("TypeError", "argument of type 'NoneType' is not iterable")
    for character in forbidden:
        if character in name:
            raise Refusal(f"'{character}' is a forbidden character. The following characters cannot be used {rule}")


def _renames(call: Call) -> bool:
    # Abaco looks for the name in whatever the body holds; v2 reads a broken one again later.
    try:
        data = read_json(call.request, call.dialect, silent=True)
    except BrokenJson:
        data = None
    if data and not isinstance(data, dict | list | str):
        raise Crash("TypeError", f"argument of type '{type(data).__name__}' is not iterable")
    return bool(data and "alias" in data) or "alias" in read_form(call.request)


def _check_target(call: Call, actor_id: str, refusal: str) -> None:
    level = access.level_of(call.caller.user, alias_subject(actor_id))
    if level is None:
        raise Refusal(f"Actor {call.dialect.dbid(actor_id)} does not exist")
    if level != "UPDATE":
        raise Refusal(refusal)


collection = open_to_all_signed_in(GET=alias_list, POST=alias_create)
item = of_alias("alias", GET=alias_get, PUT=alias_update, DELETE=alias_delete)
