"""Actors as they go out, and their definitions as they come in."""

from typing import Any

from rest_framework import serializers

from actors_app.actors.facets import SORTS
from actors_app.core.api.fields import MOMENT, Choice, Object, ReasonBody, SliceQuery, Text, Trimmed, Truth, Whole
from actors_app.services.types.actor_fields import FIELDS, ActorField


class ActorRow(serializers.Serializer):
    """An actor, as in lists."""

    id = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    image = serializers.CharField()
    description = serializers.CharField()
    owner = serializers.CharField()
    status = serializers.CharField(help_text="SUBMITTED, READY, ERROR or SHUTTING_DOWN.")
    status_message = serializers.CharField(help_text="Why it is in ERROR; untrusted text.")
    stateless = serializers.BooleanField()
    cron_on = serializers.BooleanField()
    cron_schedule = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    create_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    last_update_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)


class Actor(ActorRow):
    """An actor with its complete definition."""

    type = serializers.CharField()
    token = serializers.BooleanField()
    link = serializers.CharField()
    webhook = serializers.CharField()
    hints = serializers.ListField(child=serializers.CharField())
    privileged = serializers.BooleanField()
    max_workers = serializers.IntegerField(allow_null=True)
    mem_limit = serializers.CharField(allow_null=True)
    max_cpus = serializers.IntegerField(allow_null=True, help_text="In billionths of a CPU.")
    use_container_uid = serializers.BooleanField()
    run_as_executor = serializers.BooleanField(help_text="v3 only; false in v2.")
    queue = serializers.CharField(allow_null=True)
    log_ex = serializers.IntegerField(allow_null=True, help_text="Seconds for which logs are kept.")
    cron_next_ex = serializers.CharField(allow_null=True)
    default_environment = serializers.DictField(help_text="Environment variables of every execution.")
    state = serializers.JSONField(help_text="Stateful actors only: any JSON.")


class ActorsQuery(SliceQuery):
    """Which actors, and in which order."""

    q = Trimmed(required=False, max_length=200, help_text="Part of the name, ID, image or owner.")
    status = Text(required=False, max_length=40, help_text="A status, or `other` for any other.")
    sort = Choice(
        [sign + name for name in SORTS for sign in ("", "-")],
        required=False,
        default="name",
        help_text="Sort order; `-` for descending.",
    )


def _input_field(field: ActorField, *, is_required: bool = False) -> Any:
    """Return what may be sent for a field of a definition."""
    options: dict[str, Any] = {} if is_required else {"required": False}
    if field.api_help:
        options["help_text"] = field.api_help
    if field.type == "text":
        empty = {} if field.is_required else {"allow_null" if field.is_set_back_by_null else "allow_blank": True}
        return Text(max_length=field.longest, **empty, **options)
    if field.type == "number":
        return Whole(allow_null=True, min_value=field.least, max_value=field.most, **options)
    if field.type == "choice":
        return Choice(["none", "json", "bin"], **options)
    if field.type == "list":
        return serializers.ListField(child=Text(max_length=100), max_length=50, **options)
    return Truth(**options) if field.type == "truth" else Object(**options)


class ActorChanges(ReasonBody):
    """Fields of an actor's definition; omitted fields stay unchanged."""

    locals().update({field.name: _input_field(field) for field in FIELDS if field.can_change})
    force = Truth(required=False, help_text="Pull the image again and restart the workers, even if nothing changed.")


class ActorDefinition(ActorChanges):
    """The definition of a new actor."""

    locals().update({field.name: _input_field(field) for field in FIELDS if not field.can_change})
    locals().update({field.name: _input_field(field, is_required=True) for field in FIELDS if field.is_required})
    force = None  # type: ignore[assignment]  # a new one is pulled anyway
    reason = None  # type: ignore[assignment]  # registering destroys nothing
