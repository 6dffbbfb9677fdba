"""The state of an actor, as it goes out and comes in."""

from rest_framework import serializers

from actors_app.core.api.fields import Body


class State(serializers.Serializer):
    """What a stateful actor keeps between its executions."""

    state = serializers.JSONField(help_text="Any JSON; untrusted.")


class NewState(Body):
    """What it is to become."""

    state = serializers.JSONField(help_text="Non-empty JSON; DELETE resets it.")
