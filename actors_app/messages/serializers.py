"""Mailboxes, and messages as they are sent: in one of three forms, with variables for this one execution."""

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from actors_app.core.api.fields import Body, Object, Text


class Mailbox(serializers.Serializer):
    """How many messages wait, without the one that is being run."""

    messages = serializers.IntegerField(allow_null=True, help_text="Null if unknown.")


class _Message(Body):
    environment = Object(required=False, help_text="Names and values (text) for this execution.")


class TextMessage(_Message):
    """A message that is a text."""

    text = Text(help_text="The actor finds it in MSG; as a rule 131,067 bytes of UTF-8 at most.")


class JSONMessage(_Message):
    """A message that is a JSON object."""

    json = Object(
        help_text="The key `message` and names of settings are taken; 131,067 bytes at most as Python writes it."
    )


class BytesMessage(_Message):
    """A message that is bytes."""

    base64 = Text(help_text="The bytes in base64 (RFC 4648); as a rule 65,536 bytes at most.")


FORMS: dict[str, type[Body]] = {"text": TextMessage, "json": JSONMessage, "base64": BytesMessage}
Message = PolymorphicProxySerializer("Message", list(FORMS.values()), None)


class SentMessage(serializers.Serializer):
    """What a message became."""

    actor_id = serializers.CharField()
    execution_id = serializers.CharField(help_text="The execution that was queued.")
    message = serializers.CharField(help_text="Summary of the result.")
    url = serializers.CharField(allow_null=True, help_text="URL of the execution.")


class WaitingMailbox(serializers.Serializer):
    """One mailbox."""

    actor_id = serializers.CharField()
    actor_name = serializers.CharField(help_text="Name, or ID without access to the actor.")
    messages = serializers.IntegerField(allow_null=True, help_text="Queued messages; null if unknown.")
    executions = serializers.IntegerField(help_text="Waiting executions of the actor.")


class Mailboxes(serializers.Serializer):
    """The mailboxes that were asked for, the fullest first."""

    items = WaitingMailbox(many=True)
    not_asked = serializers.IntegerField(help_text="Number of further actors with waiting executions.")
    is_cut = serializers.BooleanField(
        help_text="Whether more executions wait than were read, so that `executions` and `not_asked` are the least."
    )
