"""Who asks, as the first address says it."""

from rest_framework import serializers


class Start(serializers.Serializer):
    """Who you are here, and where things are."""

    username = serializers.CharField()
    tenant = serializers.CharField(help_text="The Actors API that answers.")
    read_only = serializers.CharField(allow_blank=True, help_text="Why nothing can be changed; empty where it can.")
    csrf_token = serializers.CharField(
        allow_null=True, help_text="Of a session: what X-CSRFToken must say where something is changed."
    )
    schema = serializers.CharField(help_text="The address of the schema (OpenAPI 3).")
    docs = serializers.CharField(help_text="The address of the documentation.")
