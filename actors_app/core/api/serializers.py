"""Who asks, as the first address says it."""

from rest_framework import serializers


class Start(serializers.Serializer):
    """The current user, and the URLs of the schema and the documentation."""

    username = serializers.CharField()
    tenant = serializers.CharField(help_text="Name of the Actors API.")
    read_only = serializers.CharField(allow_blank=True, help_text="Why the session is read-only; empty if it is not.")
    csrf_token = serializers.CharField(allow_null=True, help_text="Value of X-CSRFToken for writes with a session.")
    schema = serializers.CharField(help_text="URL of the schema (OpenAPI 3).")
    docs = serializers.CharField(help_text="URL of the documentation.")
