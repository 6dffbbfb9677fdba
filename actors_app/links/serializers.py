"""Links and webhooks, as a graph."""

from rest_framework import serializers


class Node(serializers.Serializer):
    """An actor that sends its events to another, or gets them."""

    id = serializers.CharField(help_text="Its ID, or the configured target if it is not accessible.")
    name = serializers.CharField(allow_null=True)
    is_known = serializers.BooleanField(help_text="Whether it is accessible to you.")


class Edge(serializers.Serializer):
    """A link."""

    source = serializers.CharField(help_text="ID of the source actor.")
    named = serializers.CharField(help_text="Configured ID or alias.")
    target = serializers.CharField(help_text="Target node.")
    is_in_ring = serializers.BooleanField(help_text="Whether it is part of a loop.")


class Webhook(serializers.Serializer):
    """A webhook."""

    actor_id = serializers.CharField()
    host = serializers.CharField(help_text="Host only, since URLs often contain keys.")
    is_safe = serializers.BooleanField(help_text="Whether it uses HTTPS.")


class Graph(serializers.Serializer):
    """List links and webhooks."""

    nodes = Node(many=True)
    edges = Edge(many=True)
    webhooks = Webhook(many=True)
    aliases_known = serializers.BooleanField(help_text="false if aliases could not be loaded.")
