"""Links and webhooks, as a graph."""

from rest_framework import serializers


class Node(serializers.Serializer):
    """An actor that sends events to another actor or receives them."""

    id = serializers.CharField(
        help_text="ID of the actor, or the configured target if the actor is not accessible to you."
    )
    name = serializers.CharField(allow_null=True)
    is_known = serializers.BooleanField(help_text="Whether the actor is accessible to you.")


class Edge(serializers.Serializer):
    """A link between two actors."""

    source = serializers.CharField(help_text="ID of the source actor.")
    named = serializers.CharField(help_text="Configured ID or alias.")
    target = serializers.CharField(help_text="ID of the target node.")
    is_in_ring = serializers.BooleanField(help_text="Whether the link is part of a loop.")


class Webhook(serializers.Serializer):
    """A webhook of an actor."""

    actor_id = serializers.CharField()
    host = serializers.CharField(help_text="Host only, since URLs often contain keys.")
    is_safe = serializers.BooleanField(help_text="Whether it uses HTTPS.")


class Graph(serializers.Serializer):
    """Links and webhooks, as a graph."""

    nodes = Node(many=True)
    edges = Edge(many=True)
    webhooks = Webhook(many=True)
    aliases_known = serializers.BooleanField(help_text="false if aliases could not be loaded.")
