"""Mailboxes, and messages as they are sent: in one of three forms, with variables for this one execution."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from actors_app.api.fields import Body, Object, Text
from actors_app.forms.messages import MAX_TEXT


class Mailbox(serializers.Serializer):
    """How many messages wait, without the one that is being run."""

    messages = serializers.IntegerField(allow_null=True, help_text="null where the API does not say.")


class _Message(Body):
    environment = Object(required=False, help_text="Names and texts, for this execution.")


class TextMessage(_Message):
    """A message that is a text."""

    text = Text(max_length=MAX_TEXT, help_text="The actor finds it in MSG.")


class JSONMessage(_Message):
    """A message that is a JSON object."""

    json = Object(help_text="The key `message` and names of settings are taken.")


class BytesMessage(_Message):
    """A message that is bytes."""

    base64 = Text(help_text="The bytes in base64 (RFC 4648), some 8 MB at most.")


FORMS: dict[str, type[Body]] = {"text": TextMessage, "json": JSONMessage, "base64": BytesMessage}
Message = PolymorphicProxySerializer("Message", list(FORMS.values()), None)


class SentMessage(serializers.Serializer):
    """What a message became."""

    actor_id = serializers.CharField()
    execution_id = serializers.CharField(help_text="The execution that was queued.")
    message = serializers.CharField(help_text="What was done, in a sentence.")
    url = serializers.CharField(allow_null=True, help_text="Where the execution is.")
