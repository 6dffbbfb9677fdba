"""Logs that are kept here."""

from rest_framework import serializers

from actors_app.core.api.fields import MOMENT


class KeptLog(serializers.Serializer):
    """A log that stays when the API has forgotten it."""

    username = serializers.CharField(help_text="Who kept it.")
    kept_at = serializers.DateTimeField(help_text=MOMENT)
    size = serializers.IntegerField(help_text="In bytes.")
    lines = serializers.IntegerField()
    is_cut = serializers.BooleanField(help_text="Whether the API kept only its beginning.")
    sha256 = serializers.CharField()


class Kept(serializers.Serializer):
    """What keeping a log came to."""

    kept = KeptLog(allow_null=True, help_text="null where the log is empty.")
    message = serializers.CharField(help_text="What was done, in a sentence.")


class Log(serializers.Serializer):
    """What an execution wrote; empty where it has not started, wrote nothing, or the log has expired."""

    logs = serializers.CharField(allow_blank=True, help_text="Untrusted text.")
    is_cut = serializers.BooleanField(help_text="Whether the API kept only its beginning.")
    secrets_masked = serializers.IntegerField(help_text="How many secrets were recognised in it and masked.")
