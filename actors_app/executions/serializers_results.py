"""Results of an execution that were taken, as they go out."""

from rest_framework import serializers

from actors_app.core.api.fields import MOMENT


class Result(serializers.Serializer):
    """A result that was taken from the API and is kept here, for who took it alone."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField(help_text="A guess: json, text, image or binary.")
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()
    fetched_at = serializers.DateTimeField(help_text=MOMENT)
    expires_at = serializers.DateTimeField(help_text="When it goes, for good.")


class WholeResult(Result):
    """A result with what is in it."""

    encoding = serializers.ChoiceField(["json", "text", "base64"], help_text="How `content` is written.")
    content = serializers.JSONField(help_text="Untrusted: JSON itself, a text, or bytes in base64.")


class TakenResult(serializers.Serializer):
    """What taking came to."""

    result = Result(allow_null=True, help_text="null where none waited, or an empty one.")
    message = serializers.CharField(help_text="What was done, in a sentence.")
