"""Aliases as they go out, and as they are made and moved."""

from rest_framework import serializers

from actors_app.core.api.fields import Body, NameProblem, PageQuery, Text, Trimmed
from actors_app.permissions.serializers import OthersWithAccess


class Alias(serializers.Serializer):
    """A name that points to an actor."""

    alias = serializers.CharField()
    actor_id = serializers.CharField(help_text="Target actor; it may be deleted or not accessible to you.")
    owner = serializers.CharField()
    name_problem = NameProblem()


class CreatedAlias(Alias):
    """An alias that was just created, and who else has access to it."""

    others_with_access = OthersWithAccess()


class AliasesQuery(PageQuery):
    """Which aliases."""

    q = Trimmed(required=False, max_length=128, help_text="Part of the alias, actor ID or owner.")
    actor_id = Text(required=False, max_length=128, help_text="Only aliases of this actor.")
    owner = Trimmed(required=False, max_length=128, help_text="Only aliases of this user.")


class Pointing(Body):
    """The target of an alias."""

    actor_id = Text(max_length=128, help_text="ID of an actor on which you have UPDATE.")


class NewAlias(Pointing):
    """A new alias."""

    alias = Text(max_length=128, help_text="Unique in the tenant; cannot be renamed.")
