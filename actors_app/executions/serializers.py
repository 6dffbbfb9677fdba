"""Executions as they go out: one of them, and as the history remembers many."""

from rest_framework import serializers

from actors_app.core.api.fields import Body, Whole
from actors_app.executions.forms import MAX_COUNT
from actors_app.history.serializers import Told


class Execution(Told):
    """One execution. `runtime` is in seconds, `cpu` in nanoseconds, `io` in bytes."""

    executor = serializers.CharField(help_text="Who sent the message.")
    final_state = serializers.DictField(help_text="As the container's host has it.")


class Registered(Body):
    """An execution that ran elsewhere, in the units in which the API measures."""

    runtime = Whole(min_value=0, max_value=MAX_COUNT, help_text="Seconds.")
    cpu = Whole(min_value=0, max_value=MAX_COUNT, help_text="Nanoseconds.")
    io = Whole(min_value=0, max_value=MAX_COUNT, help_text="Bytes.")


class RegisteredExecution(serializers.Serializer):
    """What the API made of it."""

    message = serializers.CharField()
    id = serializers.CharField(allow_null=True, help_text="null where the API names none.")
