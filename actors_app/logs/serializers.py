"""Logs that are kept here."""

from rest_framework import serializers

from actors_app.core.api.fields import MOMENT


class KeptLog(serializers.Serializer):
    """An archived log, which stays after the API has deleted its own."""

    username = serializers.CharField(help_text="User who archived it.")
    kept_at = serializers.DateTimeField(help_text=MOMENT)
    size = serializers.IntegerField(help_text="In bytes.")
    lines = serializers.IntegerField()
    is_cut = serializers.BooleanField(help_text="Whether the API truncated it.")
    sha256 = serializers.CharField()


class Kept(serializers.Serializer):
    """The result of archiving a log."""

    kept = KeptLog(allow_null=True, help_text="null if the log is empty.")
    message = serializers.CharField(help_text="Result message.")


class Log(serializers.Serializer):
    """The log of an execution; empty if it has not started, wrote nothing, or its log has expired."""

    logs = serializers.CharField(allow_blank=True, help_text="Untrusted text.")
    is_cut = serializers.BooleanField(help_text="Whether the API truncated it.")
    secrets_masked = serializers.IntegerField(help_text="Number of secrets masked.")
