"""`/actors/configs` and one of them: values for the actors they name, secret ones encrypted.

As in Abaco the items answer admins only: for everybody else who may read them it fails (see `endpoint.py`).
"""

from typing import Any

from django.db import transaction
from django.http import HttpResponse

from sandbox import access, vault
from sandbox.answers import Crash, Refusal
from sandbox.bodies import Field, read_fields
from sandbox.dialect import V2
from sandbox.endpoint import Call, config_subject, of_config, open_to_all_signed_in
from sandbox.models import Actor, Alias, Config, Permission
from sandbox.records import config_record
from sandbox.views.aliases import RESERVED as RESERVED_FOR_ALIASES
from sandbox.views.aliases import check_name

RESERVED = [*RESERVED_FOR_ALIASES, "utilization"]
FORBIDDEN = [*":/?#[]@!$&'()*+,;= "]
FIELDS = (
    Field("name", "str", "Name of the config", required=True),
    Field("value", "str", "The value of the config; JSON Serializable. Set as the ENV VAR value.", required=True),
    Field("is_secret", "bool", "Whether the config should be encrypted at rest and not retrievable.", required=True),
    Field("actors", "str", "List of actor IDs or aliases that should get this config/secret.", required=True),
)
MISSING = "Invalid config description. Missing required field"
MISSING_IN_UPDATE = (
    "Invalid alias description. Could not determine if required fields are present. Is the body valid JSON? Details"
)


def config_list(call: Call) -> HttpResponse:
    """Answer every config of the tenant with its value, to anybody signed in."""
    records = [config_record(row, call.dialect) for row in Config.objects.order_by("name")]
    return call.answer("Actor Configs retrieved successfully.", records)


def config_create(call: Call) -> HttpResponse:
    """Make a config; whether the caller may update the actors it names is not asked."""
    values = read_fields(call.request, call.dialect, FIELDS, MISSING)
    _check_actors(values["actors"], "actors ids or alias ids", call.dialect)
    kept = _kept(values)
    check_name(values["name"], "a config", RESERVED, FORBIDDEN, f"for a config name: [{''.join(FORBIDDEN)}].")
    if Config.objects.filter(name=values["name"]).exists():
        raise Refusal(f"Config {values['name']} already exists; please choose another name for your config")
    with transaction.atomic():
        config = Config.objects.create(**kept)
        access.grant(config_subject(config.name), call.caller.user, "UPDATE")
    return call.answer("Actor config created successfully.", config_record(config, call.dialect))


def config_get(call: Call) -> HttpResponse:
    """Answer one config."""
    return call.answer("Config retrieved successfully.", config_record(_find(call), call.dialect))


def config_update(call: Call) -> HttpResponse:
    """Replace a config but for its name; all four fields must be given."""
    config = _find(call)
    values = read_fields(call.request, call.dialect, FIELDS, MISSING_IN_UPDATE)
    _check_actors(values["actors"], "actors ids", call.dialect)
    for name, value in _kept(values | {"name": config.name}).items():
        setattr(config, name, value)
    config.save()
    return call.answer("Actor config updated successfully.", config_record(config, call.dialect))


def config_delete(call: Call) -> HttpResponse:
    """Delete a config with its permissions."""
    if not Config.objects.filter(name=call.identifier).exists():
        raise Refusal(f"No config found with name: {call.identifier}.", 404)
    with transaction.atomic():
        Config.objects.filter(name=call.identifier).delete()
        Permission.objects.filter(subject=config_subject(call.identifier)).delete()
    return call.answer(f"Actor config {call.identifier} deleted successfully.")


def _find(call: Call) -> Config:
    row = Config.objects.filter(name=call.identifier).first()
    if row is None:
        raise Refusal(f"No config found: {call.identifier}.", 404)
    return row


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    if not values["is_secret"]:
        return values
    if values["value"] is None:
        raise Crash("AttributeError", "'NoneType' object has no attribute 'encode'")
    return values | {"value": vault.encrypt(values["value"])}


def _check_actors(actors: str | None, which: str, dialect: V2) -> None:
    if actors is None:
        raise Refusal(
            f"Could not parse the actors parameter (None). It should be a comma-separated list of {which}. "
            f"Details: {dialect.null_is_no_text}"
        )
    for name in (part.strip() for part in actors.split(",")):
        if not Actor.objects.filter(id=name).exists() and not Alias.objects.filter(alias=name).exists():
            raise Refusal(f"No actor or alias found with id: {name}.", 404)


collection = open_to_all_signed_in(GET=config_list, POST=config_create)
item = of_config(GET=config_get, PUT=config_update, DELETE=config_delete)
