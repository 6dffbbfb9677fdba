"""Aliases as they go out, and as they are made and moved."""

from rest_framework import serializers

from actors_app.core.api.fields import Body, NameProblem, PageQuery, Text, Trimmed
from actors_app.permissions.serializers import OthersWithAccess


class Alias(serializers.Serializer):
    """Another name of an actor."""

    alias = serializers.CharField()
    actor_id = serializers.CharField(help_text="The actor that it leads to; it may be gone, or not yours to read.")
    owner = serializers.CharField()
    name_problem = NameProblem()


class CreatedAlias(Alias):
    """An alias that was just created, and who else has access to it."""

    others_with_access = OthersWithAccess()


class AliasesQuery(PageQuery):
    """Which aliases."""

    q = Trimmed(required=False, max_length=128, help_text="Part of the alias, of its actor's id, or of its owner.")
    actor_id = Text(required=False, max_length=128, help_text="Those that lead to this actor.")
    owner = Trimmed(required=False, max_length=128, help_text="Those of this person.")


class Pointing(Body):
    """Where an alias leads."""

    actor_id = Text(max_length=128, help_text="The id of an actor on which you have UPDATE.")


class NewAlias(Pointing):
    """A new alias."""

    alias = Text(max_length=128, help_text="Unique in the whole tenant, and it cannot be renamed.")
