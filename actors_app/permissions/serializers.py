"""Permissions as they go out, each with what it allows and why, and as they are granted."""

from rest_framework import serializers

from actors_app.core.api.fields import Body, Choice, Text, Trimmed, Truth
from actors_app.core.api.schema import page_of
from actors_app.permissions.forms import MAX_USER
from actors_app.services.permissions import LEVELS


class Permission(serializers.Serializer):
    """A name of the API's list, and what its level comes to."""

    user = serializers.CharField(help_text="ABACO_WORLD stands for everybody.")
    level = serializers.CharField(help_text="NONE, READ, EXECUTE or UPDATE; of ABACO_WORLD it says nothing.")
    allows = serializers.CharField(help_text="What it lets this name do, in a sentence.")
    why = serializers.ListField(child=serializers.CharField(), help_text="How it came about, and what limits it.")
    lets_in = serializers.BooleanField(help_text="Whether it allows anything.")
    is_you = serializers.BooleanField()
    doubt = serializers.CharField(allow_blank=True, help_text="What the name could be taken for; empty for most.")


class Way(serializers.Serializer):
    """A way in that is no name of the list: a nonce, an alias, the admin role."""

    who = serializers.CharField()
    allows = serializers.CharField()
    why = serializers.CharField()


class PermissionsPage(page_of(Permission)):  # type: ignore[misc]  # made while it runs
    """A page of the list, with all that lets in beside it."""

    ways = Way(many=True)
    may_not = serializers.CharField(allow_blank=True, help_text="Why you cannot grant; empty where you can.")


class Access(serializers.Serializer):
    """A name that a level lets in."""

    user = serializers.CharField(help_text="ABACO_WORLD stands for everybody.")
    level = serializers.CharField()


class OthersWithAccess(serializers.ListSerializer):
    """Who has access to an alias or config that was just created, beside its creator."""

    def __init__(self) -> None:
        super().__init__(
            child=Access(),
            allow_null=True,
            help_text="Granted before it existed, and kept by the API for its name; null where the API does not tell.",
        )


class Grant(Body):
    """A level for a name; NONE takes it back, since the API can remove no name."""

    user = Text(max_length=MAX_USER, help_text="A user name, in its capitals and small letters; or ABACO_WORLD.")
    level = Choice(list(LEVELS))
    confirm_self = Truth(required=False, help_text="Needed for less than UPDATE for yourself: you cannot undo it.")
    confirm = Trimmed(
        required=False,
        max_length=MAX_USER,
        help_text="The name once more. Needed for ABACO_WORLD, which gives everybody everything for ever; and to let "
        "in a name that is not plain ASCII, or that resembles a name of the list, your own or a word for everybody.",
    )


class Granted(serializers.Serializer):
    """How the name stands now, by the API's own list."""

    user = serializers.CharField()
    level = serializers.CharField(allow_null=True, help_text="null where the API's list does not have the name.")
    message = serializers.CharField(help_text="What was done, in a sentence.")
