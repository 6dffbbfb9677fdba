"""Nonces as they go out, masked and once in full, and as they are asked for."""

from rest_framework import serializers

from actors_app.core.api.fields import MOMENT, Body, Choice, Query, Text, Truth, Whole, WholeInQuery
from actors_app.nonces.forms import MAX_DESCRIPTION, MAX_NOTE, MAX_USES
from actors_app.nonces.hygiene import FINDINGS
from actors_app.services.types.nonces import LEVELS


class Nonce(serializers.Serializer):
    """A nonce without its ID, which is the secret; URLs contain `handle` instead."""

    handle = serializers.CharField(help_text="Identifier in this portal's URLs.")
    masked = serializers.CharField(help_text="Masked ID.")
    level = serializers.CharField()
    max_uses = serializers.IntegerField(allow_null=True, help_text="-1 for unlimited.")
    remaining_uses = serializers.IntegerField(allow_null=True, help_text="-1 for unlimited.")
    current_uses = serializers.IntegerField(allow_null=True)
    description = serializers.CharField()
    owner = serializers.CharField()
    create_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)
    last_use_time = serializers.DateTimeField(allow_null=True, help_text=MOMENT)


class ShownNonce(Nonce):
    """A nonce with its ID."""

    id = serializers.CharField(
        allow_null=True, help_text="The nonce itself (secret); null if the response is repeated."
    )


class NewNonce(Body):
    """A new nonce; by default for one use, with EXECUTE access."""

    level = Choice(list(LEVELS), required=False, help_text="For an alias: READ or EXECUTE.")
    confirm_update = Truth(required=False, help_text="Required for UPDATE, which can edit and delete the actor.")
    max_uses = Whole(required=False, min_value=1, max_value=MAX_USES)
    unlimited = Truth(required=False, help_text="Whether the nonce works until it is deleted.")
    description = Text(required=False, allow_blank=True, max_length=MAX_DESCRIPTION)


class ReplacingNonce(ShownNonce):
    """A nonce that replaces another one."""

    old_is_deleted = serializers.BooleanField(help_text="false if it could not be deleted; see `message`.")
    message = serializers.CharField()


class Note(serializers.Serializer):
    """The recipients of a nonce."""

    text = serializers.CharField(allow_blank=True)
    username = serializers.CharField(allow_null=True, help_text="Author.")
    noted = serializers.DateTimeField(allow_null=True, help_text=MOMENT)


class NewNote(Body):
    """The new recipients; an empty text deletes them."""

    text = Text(allow_blank=True, max_length=MAX_NOTE, help_text="Visible to everyone who can view the nonce.")


class Finding(serializers.Serializer):
    """A reason to review a nonce."""

    name = serializers.ChoiceField(list(FINDINGS))
    meaning = serializers.CharField()


class HeldNonce(Nonce):
    """A nonce of any actor or alias, masked."""

    holder = serializers.CharField(help_text="Actor ID, or alias.")
    is_alias = serializers.BooleanField()
    findings = Finding(many=True)
    note = serializers.CharField(allow_null=True, help_text="Recipients.")


class HygieneQuery(Query):
    """Which nonces, of which actors and aliases."""

    show = Choice(
        ["worth", *FINDINGS],
        required=False,
        help_text="Only nonces that need review (`worth`), or that have this finding.",
    )
    cursor = Text(required=False, max_length=4000, help_text="Start of the page; default: the first page.")
    limit = WholeInQuery(
        required=False, min_value=1, max_value=20, default=20, help_text="Number of actors and aliases per page."
    )


class HygienePage(serializers.Serializer):
    """Nonces of some actors and aliases; nonces that need review come first."""

    items = HeldNonce(many=True)
    next = serializers.CharField(allow_null=True, help_text="URL of the next page, if any.")
    previous = serializers.CharField(allow_null=True, help_text="URL of the previous page, if any.")
    total_holders = serializers.IntegerField(help_text="Number of actors and aliases on all pages.")
    unread = serializers.ListField(
        child=serializers.CharField(), help_text=("Actors and aliases whose nonces could not be read.")
    )
