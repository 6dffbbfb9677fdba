"""Mailboxes, and messages as they are sent: in one of three forms, with variables for this one execution."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from actors_app.core.api.fields import Body, Object, Text


class Mailbox(serializers.Serializer):
    """The number of queued messages, without the one that is running."""

    messages = serializers.IntegerField(allow_null=True, help_text="null if unknown.")


class _Message(Body):
    environment = Object(required=False, help_text="Names and values (text) for this execution.")


class TextMessage(_Message):
    """A text message."""

    text = Text(help_text="Passed in the variable MSG; by default at most 131,067 bytes of UTF-8.")


class JSONMessage(_Message):
    """A JSON message: an object."""

    json = Object(
        help_text=(
            "The key `message` and names of settings are reserved; at most 131,067 bytes in its Python representation."
        )
    )


class BytesMessage(_Message):
    """A binary message."""

    base64 = Text(help_text="The bytes in base64 (RFC 4648); by default at most 65,536 bytes.")


FORMS: dict[str, type[Body]] = {"text": TextMessage, "json": JSONMessage, "base64": BytesMessage}
Message = PolymorphicProxySerializer("Message", list(FORMS.values()), None)


class SentMessage(serializers.Serializer):
    """The execution of a sent message."""

    actor_id = serializers.CharField()
    execution_id = serializers.CharField(help_text="ID of the queued execution.")
    message = serializers.CharField(help_text="Summary of the result.")
    url = serializers.CharField(allow_null=True, help_text="URL of the execution.")


class WaitingMailbox(serializers.Serializer):
    """A mailbox."""

    actor_id = serializers.CharField()
    actor_name = serializers.CharField(help_text="Name of the actor, or its ID if you have no access to it.")
    messages = serializers.IntegerField(allow_null=True, help_text="Queued messages; null if unknown.")
    executions = serializers.IntegerField(help_text="Waiting executions of the actor.")


class Mailboxes(serializers.Serializer):
    """The checked mailboxes, the fullest first."""

    items = WaitingMailbox(many=True)
    not_asked = serializers.IntegerField(help_text="Number of further actors with waiting executions.")
    is_cut = serializers.BooleanField(
        help_text="Whether some waiting executions were not read; `executions` and `not_asked` are then lower bounds."
    )
