"""The state of an actor, as it goes out and comes in."""

from rest_framework import serializers

from actors_app.core.api.fields import Body


class State(serializers.Serializer):
    """The data that a stateful actor keeps between executions."""

    state = serializers.JSONField(help_text="Any JSON; untrusted.")


class NewState(Body):
    """The new state."""

    state = serializers.JSONField(help_text="Non-empty JSON; DELETE resets it.")
