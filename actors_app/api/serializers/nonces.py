"""Nonces as they go out, masked and once in full, and as they are asked for."""

from rest_framework import serializers

from actors_app.api.fields import Body, Choice, Text, Truth, Whole
from actors_app.api.serializers.actors import MOMENT
from actors_app.forms.nonces import MAX_DESCRIPTION, MAX_USES
from actors_app.services.types.nonces import LEVELS


class Nonce(serializers.Serializer):
    """A nonce without its id, which is the secret itself; `handle` stands for it in addresses."""

    handle = serializers.CharField(help_text="What stands for it in this portal's addresses.")
    masked = serializers.CharField(help_text="Its id with all but the end left out.")
    level = serializers.CharField()
    max_uses = serializers.IntegerField(allow_null=True, help_text="-1 for unlimited.")
    remaining_uses = serializers.IntegerField(allow_null=True, help_text="-1 for unlimited.")
    current_uses = serializers.IntegerField(allow_null=True)
    description = serializers.CharField()
    owner = serializers.CharField()
    create_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    last_use_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)


class ShownNonce(Nonce):
    """A nonce with its id."""

    id = serializers.CharField(
        allow_null=True, help_text="The nonce itself: a secret. null where an answer is given again."
    )


class NewNonce(Body):
    """A nonce to be made: of one use and the level EXECUTE where nothing else is said."""

    level = Choice(list(LEVELS), required=False, help_text="Of an alias READ or EXECUTE.")
    confirm_update = Truth(required=False, help_text="Needed for UPDATE: its holder may change and delete the actor.")
    max_uses = Whole(required=False, min_value=1, max_value=MAX_USES)
    unlimited = Truth(required=False, help_text="It works until somebody deletes it.")
    description = Text(required=False, allow_blank=True, max_length=MAX_DESCRIPTION)
