"""Who may do what with an actor, an alias or a config, and granting it. The rules of use are in `access.py`."""

from django.http import HttpResponse

from sandbox import access
from sandbox.answers import Crash, Refusal
from sandbox.bodies import Field, read_fields
from sandbox.endpoint import Call, config_subject, of_actor, of_alias, of_config
from sandbox.models import LEVELS
from sandbox.records import permission_map

FIELDS = (
    Field("user", "str", "User owning the permission.", required=True),
    Field("level", "str", f"Level of the permission: {LEVELS}", required=True),
)


def permission_get(call: Call) -> HttpResponse:
    """Answer the map from users to levels; of what nobody was ever granted there is none, or in v3 an empty one."""
    levels = permission_map(call.subject)
    kind = "Config" if call.subject == config_subject(call.identifier) else "Actor"
    if not levels and (kind == "Config" or not call.dialect.hides_missing):
        raise Refusal(f"{kind} {call.dialect.dbid(call.actor_id or call.identifier)} does not exist", 404)
    return call.answer("Permissions retrieved successfully.", levels)


def permission_grant(call: Call) -> HttpResponse:
    """Grant a level, in place of the one the user had, and answer the map; whether the thing exists is not asked."""
    values = read_fields(call.request, call.dialect, FIELDS, "Invalid permissions description")
    if values["level"] not in LEVELS:
        gap = " " if call.dialect.hides_missing else " " * 13
        raise Refusal(f"Invalid permission level: {values['level']}.{gap}The valid values are {LEVELS}")
    if values["user"] is None:
        raise Crash("TypeError", "sequence item 0: expected str instance, NoneType found")
    access.grant(call.subject, values["user"], values["level"])
    return call.answer("Permission added successfully.", permission_map(call.subject))


collection = of_actor("permissions", GET=permission_get, POST=permission_grant)
of_aliases = of_alias("permissions", GET=permission_get, POST=permission_grant)
of_configs = of_config(GET=permission_get, POST=permission_grant)
