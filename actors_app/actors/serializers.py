"""Actors as they go out, and their definitions as they come in."""

from rest_framework import serializers

from actors_app.actors.rows import SORTS
from actors_app.core.api.fields import MOMENT, Body, Choice, Object, SliceQuery, Text, Trimmed, Truth, Whole


class ActorRow(serializers.Serializer):
    """An actor, as a list has it."""

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
    """An actor with its whole definition."""

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
    run_as_executor = serializers.BooleanField(help_text="Of v3; false in v2.")
    queue = serializers.CharField(allow_null=True)
    log_ex = serializers.IntegerField(allow_null=True, help_text="Seconds for which logs are kept.")
    cron_next_ex = serializers.CharField(allow_null=True)
    default_environment = serializers.DictField(help_text="What every execution finds in its environment.")
    state = serializers.JSONField(help_text="Of a stateful actor: any JSON.")


class ActorsQuery(SliceQuery):
    """Which actors, and in which order."""

    q = Trimmed(required=False, max_length=200, help_text="Part of the name, id, image or owner.")
    status = Text(required=False, max_length=40, help_text="A status, or `other` for any but the usual ones.")
    sort = Choice(
        [sign + name for name in SORTS for sign in ("", "-")],
        required=False,
        default="name",
        help_text="The order; with `-` before it the other way round.",
    )


class ActorChanges(Body):
    """Fields of an actor's definition; what is left out stays as it is."""

    image = Text(required=False, max_length=800, help_text="A reference to a Docker image.")
    description = Text(required=False, max_length=10_000, allow_blank=True)
    stateless = Truth(required=False, help_text="A stateful actor cannot become stateless again.")
    state = Object(required=False, help_text="Of a stateful actor: a JSON object.")
    type = Choice(["none", "json", "bin"], required=False)
    token = Truth(required=False, help_text="Whether each execution is given a token of the owner's.")
    hints = serializers.ListField(
        child=Text(max_length=100), required=False, max_length=50, help_text="Only `sync` means something to the API."
    )
    default_environment = Object(required=False, help_text="Names and texts.")
    cron_schedule = Text(required=False, max_length=60, allow_blank=True, help_text="Such as `now + 1 hour`.")
    cron_on = Truth(required=False)
    link = Text(required=False, max_length=128, allow_blank=True, help_text="The id or alias of another actor.")
    webhook = Text(required=False, max_length=2000, allow_blank=True, help_text="An https address.")
    log_ex = Whole(required=False, allow_null=True, min_value=1, max_value=1_000_000_000)
    max_workers = Whole(required=False, allow_null=True, min_value=1, max_value=1000)
    mem_limit = Text(required=False, allow_null=True, max_length=20, help_text="Such as `512m` or `3g`.")
    max_cpus = Whole(required=False, allow_null=True, min_value=1, max_value=10**12)
    queue = Text(required=False, allow_null=True, max_length=100)
    privileged = Truth(required=False)
    use_container_uid = Truth(required=False)
    run_as_executor = Truth(
        required=False, help_text="Of v3 alone: run as whoever sends the message, in tenants of TACC."
    )
    force = Truth(required=False, help_text="Pull the image again and restart the workers, even if nothing changed.")


class ActorDefinition(ActorChanges):
    """The definition of a new actor."""

    name = Text(required=False, max_length=200, allow_blank=True, help_text="It cannot be changed later.")
    image = Text(max_length=800, help_text="A reference to a Docker image.")
    force = None  # type: ignore[assignment]  # a new one is pulled anyway
