"""Links and webhooks, as a graph."""

from rest_framework import serializers


class Node(serializers.Serializer):
    """An actor that sends its events to another, or gets them."""

    id = serializers.CharField(help_text="Its id; or what the link names, where that is no actor that you may read.")
    name = serializers.CharField(allow_null=True)
    is_known = serializers.BooleanField(help_text="Whether it is an actor that you may read.")


class Edge(serializers.Serializer):
    """A link."""

    source = serializers.CharField(help_text="The id of the actor whose link it is.")
    named = serializers.CharField(help_text="The id or alias that the link names.")
    target = serializers.CharField(help_text="The node that it leads to.")
    is_in_ring = serializers.BooleanField(help_text="Whether each run starts the next for ever.")


class Webhook(serializers.Serializer):
    """A webhook."""

    actor_id = serializers.CharField()
    host = serializers.CharField(help_text="Of its address the host alone, since the rest is often a key.")
    is_safe = serializers.BooleanField(help_text="Whether it is https.")


class Graph(serializers.Serializer):
    """Who sends their events to whom."""

    nodes = Node(many=True)
    edges = Edge(many=True)
    webhooks = Webhook(many=True)
    aliases_known = serializers.BooleanField(help_text="False where the aliases could not be asked for.")
