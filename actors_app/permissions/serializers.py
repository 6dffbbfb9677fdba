"""Permissions as they go out, each with what it allows and why, and as they are granted."""

from rest_framework import serializers

from actors_app.core.api.fields import Choice, ReasonBody, Text, Trimmed, Truth
from actors_app.core.api.schema import page_of
from actors_app.permissions.forms import MAX_USER
from actors_app.services.permissions import LEVELS


class Permission(serializers.Serializer):
    """A user in the API's list, and what the access level allows."""

    user = serializers.CharField(help_text="ABACO_WORLD means everyone.")
    level = serializers.CharField(help_text="NONE, READ, EXECUTE or UPDATE; ignored for ABACO_WORLD.")
    allows = serializers.CharField(help_text="What this user can do.")
    why = serializers.ListField(child=serializers.CharField(), help_text="Origin and limits.")
    lets_in = serializers.BooleanField(help_text="Whether it grants any access.")
    is_you = serializers.BooleanField()
    doubt = serializers.CharField(
        allow_blank=True, help_text="What the username could be confused with; usually empty."
    )


class Way(serializers.Serializer):
    """Access that is not in the API's list: a nonce, an alias, the admin role."""

    who = serializers.CharField()
    allows = serializers.CharField()
    why = serializers.CharField()


class PermissionsPage(page_of(Permission)):  # type: ignore[misc]  # made while it runs
    """A page of the API's list, and all other ways to access the item."""

    ways = Way(many=True)
    may_not = serializers.CharField(allow_blank=True, help_text="Why you cannot grant access; empty if you can.")


class Access(serializers.Serializer):
    """A user, and the access level."""

    user = serializers.CharField(help_text="ABACO_WORLD means everyone.")
    level = serializers.CharField()


class OthersWithAccess(serializers.ListSerializer):
    """Users other than its creator who have access to an alias or config that was just created."""

    def __init__(self) -> None:
        super().__init__(
            child=Access(),
            allow_null=True,
            help_text="Access granted on this name before the item was created; null if unknown.",
        )


class Grant(ReasonBody):
    """An access level for a user; NONE revokes access, since the API cannot remove a user from the list."""

    user = Text(max_length=MAX_USER, help_text="Case-sensitive username, or ABACO_WORLD.")
    level = Choice(list(LEVELS))
    confirm_self = Truth(required=False, help_text="Required to lower your own access, which you cannot undo.")
    confirm = Trimmed(
        required=False,
        max_length=MAX_USER,
        help_text="The username again. Required for ABACO_WORLD, and for a name that is not plain ASCII or resembles "
        "another one.",
    )


class Granted(serializers.Serializer):
    """The user's current access level in the API's list."""

    user = serializers.CharField()
    level = serializers.CharField(allow_null=True, help_text="null if the API does not list the user.")
    message = serializers.CharField(help_text="Result message.")
